r"""What the control channel says: messages of a type, a length and a value, as commands and as their responses.

====  =====  ==========================================================================  ===========================
type  name   says                                                                        the response
====  =====  ==========================================================================  ===========================
0x83  PN     the parameters of a DLC that is to be set up: N1, timers, priority          those that are accepted
0x43  PSC    this side is going to sleep                                                 yes
0xC3  CLD    the multiplexer is over; the line is an AT line again                       yes
0x23  TEST   any octets                                                                  the same octets
0xA3  FCon   this side takes octets of all DLCs again                                    yes
0x63  FCoff  this side takes no octets but the control channel's                         yes
0xE3  MSC    the circuits of a DLC (:mod:`simisp.cmux.signals`), and breaks              the same
0x13  NSC    (response only) no such command                                             -
0x93  RPN    the speed and framing of a DLC, or a question for them                      those in force
0x53  RLS    an overrun, parity or framing error on a DLC                                the same
0xD3  SNC    the services of a DLC, or a question for them                               those that are accepted
====  =====  ==========================================================================  ===========================

Bit 0x02 of the type is 1 in a command and 0 in a response; bit 0x01 is EA. A message may be longer than a frame: the
rest is in the next one. So that one damaged message does not swallow those behind it, a frame that is whole messages
by itself is never taken for the rest of another.

See Also:
    3GPP TS 27.010, 5.4.6.1 (format), 5.4.6.3 (messages).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["LONGEST_MESSAGE", "ControlMessage", "ControlReader", "MessageKind"]

LONGEST_MESSAGE = 1024
"""How many octets of a message whose end has not come are kept."""

_EA = 0x01
_COMMAND = 0x02


class MessageKind(Enum):
    """What a message is about. The value is the type of its command."""

    __hash__ = object.__hash__

    PN = 0x83
    PSC = 0x43
    CLD = 0xC3
    TEST = 0x23
    FCON = 0xA3
    FCOFF = 0x63
    MSC = 0xE3
    NSC = 0x13
    RPN = 0x93
    RLS = 0x53
    SNC = 0xD3


_KINDS = {kind.value: kind for kind in MessageKind}
_ABOUT_ONE_DLC = frozenset({MessageKind.PN, MessageKind.MSC, MessageKind.RPN, MessageKind.RLS, MessageKind.SNC})


@dataclass(frozen=True, slots=True)
class ControlMessage:
    r"""One message.

    Attributes:
        type: The type as in a command: a :class:`MessageKind`'s value, or one that this multiplexer does not know.
        command: Whether it is a command, rather than the response to one.
        value: What it says.

    Example:
        >>> ControlMessage(MessageKind.MSC.value, command=True, value=b"\x07\x0d").encode().hex(" ")
        'e3 05 07 0d'
    """

    type: int
    command: bool
    value: bytes = b""

    @property
    def kind(self) -> MessageKind | None:
        """What it is about; None if this multiplexer does not know its type."""
        return _KINDS.get(self.type)

    @property
    def is_about_a_dlc(self) -> bool:
        """Whether it names a DLC."""
        return self.kind in _ABOUT_ONE_DLC

    @property
    def dlci(self) -> int:
        """The DLC that it is about; 0 if it is about none."""
        if not self.is_about_a_dlc or not self.value:
            return 0
        return self.value[0] & 0x3F if self.kind is MessageKind.PN else self.value[0] >> 2

    @property
    def words(self) -> str:
        """The message in words."""
        kind = self.kind
        name = f"type 0x{self.type:02X}" if kind is None else kind.name
        return f"{name} {'command' if self.command else 'response'}"

    def encode(self) -> bytes:
        """Return its octets."""
        count = len(self.value)
        length = bytes((count << 1 | _EA,)) if count < 0x80 else bytes((count << 1 & 0xFE, count >> 7 << 1 | _EA))
        return bytes((self.type if self.command else self.type & ~_COMMAND,)) + length + self.value

    def answer(self, value: bytes | None = None) -> ControlMessage:
        """Return the response to it, with the same value if none is given."""
        return ControlMessage(self.type, command=False, value=self.value if value is None else value)


class ControlReader:
    """Finds the messages in the frames of the control channel."""

    def __init__(self) -> None:
        self._begun = b""

    def take(self, data: bytes) -> list[ControlMessage]:
        """Return the messages that a frame ends, in order."""
        messages, rest = _messages(data)
        if self._begun and (rest or not messages):
            messages, rest = _messages(self._begun + data)
        self._begun = rest if len(rest) <= LONGEST_MESSAGE else b""
        return messages


def _messages(data: bytes) -> tuple[list[ControlMessage], bytes]:
    """Return the messages in these octets, and what is behind the last whole one."""
    messages: list[ControlMessage] = []
    position = 0
    while position < len(data):
        found = _message_at(data, position)
        if found is None:
            break
        message, position = found
        messages.append(message)
    return messages, data[position:]


def _message_at(data: bytes, start: int) -> tuple[ControlMessage, int] | None:
    """Return the message at an index, and the index behind it; None if its end is not there."""
    position, length, shift = start + 1, 0, 0
    while position < len(data) and shift < 14:  # a length of more than two octets is beyond every frame
        length |= data[position] >> 1 << shift
        position, shift = position + 1, shift + 7
        if data[position - 1] & _EA:
            break
    else:
        return None
    end = position + length
    if end > len(data):
        return None
    kind = data[start] | _EA
    return ControlMessage(kind | _COMMAND, bool(kind & _COMMAND), data[position:end]), end
