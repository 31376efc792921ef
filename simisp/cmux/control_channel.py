"""The control channel's own part: commands that wait for a response, and the responses to the other side's.

==========  ===============================  ==========================================================================
a command   input                            next, and effect
==========  ===============================  ==========================================================================
sent        its response                     done
sent        NSC that names it                done: the other side does not know it
sent        [T2]                             sent again, N2 times; then *given up*
sent        the same command again           the new one takes its place
==========  ===============================  ==========================================================================

See Also:
    3GPP TS 27.010, 5.4.6.2 (procedures), 5.7.3 (T2), 5.4.6.3.1 (PN).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simisp.cmux.control_message import ControlMessage, ControlReader, MessageKind
from simisp.cmux.link import DataLink
from simisp.machine import earliest

__all__ = ["ControlChannel", "NegotiatedConfig"]

_PN_SIZE = 8
_IN_UI = 1
_PORT_SETTINGS = bytes((0x03, 0x03, 0x00, 0x11, 0x13, 0x00, 0x00))
"""What RPN says of a DLC's port: 9600 bit/s, 8N1, no flow control, XON and XOFF. Nothing here has a speed."""


class NegotiatedConfig(Protocol):
    """What this module needs of a multiplexer's configuration."""

    @property
    def frame_size(self) -> int:
        """N1."""

    @property
    def t2(self) -> float:
        """After how many seconds a command is repeated."""

    @property
    def tries(self) -> int:
        """N2."""


@dataclass(slots=True)
class _Pending:
    message: ControlMessage
    deadline: float
    left: int


class ControlChannel:
    """The messages of DLCI 0.

    Args:
        config: N1, T2 and N2.
    """

    def __init__(self, config: NegotiatedConfig) -> None:
        self._config = config
        self._reader = ControlReader()
        self._pending: dict[tuple[int, int], _Pending] = {}
        self._given_up: list[str] = []
        self._agreed: dict[int, tuple[int, bool]] = {}
        self._ports: dict[int, bytes] = {}

    def take(self, data: bytes) -> list[ControlMessage]:
        """Return the messages that a frame ends."""
        return self._reader.take(data)

    def expect(self, message: ControlMessage, now: float) -> None:
        """Note a command that is being sent, until its response comes."""
        self._pending[_key(message)] = _Pending(message, now + self._config.t2, self._config.tries)

    def answered(self, response: ControlMessage) -> None:
        """Take a response."""
        if response.kind is MessageKind.NSC:
            refused = response.value[0] | 0x03 if response.value else 0
            self._pending = {key: each for key, each in self._pending.items() if key[0] != refused}
        else:
            self._pending.pop(_key(response), None)

    def forget(self, dlci: int) -> None:
        """Expect no response about a DLC any more: it is down."""
        self._pending = {
            key: each for key, each in self._pending.items() if not (each.message.is_about_a_dlc and key[1] == dlci)
        }

    def next_timer(self) -> float | None:
        """Return when T2 of a command runs out; None if no command waits."""
        return earliest(each.deadline for each in self._pending.values()) if self._pending else None

    def repeated(self, now: float) -> list[ControlMessage]:
        """Return the commands that are to be sent again now. Those that were sent often enough are given up."""
        again: list[ControlMessage] = []
        for key, each in list(self._pending.items()):
            if now < each.deadline:
                continue
            if each.left:
                each.left -= 1
                each.deadline = now + self._config.t2
                again.append(each.message)
            else:
                del self._pending[key]
                self._given_up.append(each.message.words)
        return again

    def given_up(self) -> list[str]:
        """Return the commands that got no response at all, in words, and forget them."""
        words, self._given_up = self._given_up, []
        return words

    def answer(self, message: ControlMessage, links: Mapping[int, DataLink]) -> ControlMessage | None:
        """Return the response to a command; None if it has none."""
        kind = message.kind
        if kind is MessageKind.NSC:
            return None  # only ever a response
        if kind is None:
            return ControlMessage(MessageKind.NSC.value, command=False, value=bytes((message.type,)))
        if kind is MessageKind.PN:
            return self._negotiated(message, links)
        return message.answer(self._port(message)) if kind is MessageKind.RPN else message.answer()

    def agree(self, response: ControlMessage, links: Mapping[int, DataLink]) -> None:
        """Take the response to a PN of this side."""
        self._negotiated(response, links)

    def prepare(self, link: DataLink) -> None:
        """Give a new DLC the parameters that PN has agreed on for it."""
        link.frame_size, link.in_ui = self._agreed.get(link.dlci, (link.frame_size, link.in_ui))

    def _negotiated(self, message: ControlMessage, links: Mapping[int, DataLink]) -> ControlMessage:
        """Take the parameters of a DLC as far as this side can; return the response that says so."""
        value = message.value
        if len(value) < _PN_SIZE:
            return message.answer()
        dlci = value[0] & 0x3F
        asked = value[4] | value[5] << 8
        size = min(asked or self._config.frame_size, self._config.frame_size)
        in_ui = value[1] & 0x0F == _IN_UI
        self._agreed[dlci] = size, in_ui
        if (link := links.get(dlci)) is not None:
            self.prepare(link)
        # Error recovery (frame type 2) is not offered: UIH, as 5.4.6.3.1 lets the responder choose.
        kind = value[1] if in_ui else value[1] & 0xF0
        return message.answer(bytes((value[0], kind, value[2], value[3], size & 0xFF, size >> 8, value[6], value[7])))

    def _port(self, message: ControlMessage) -> bytes:
        """Return what RPN is answered: the settings that it gives, or those in force."""
        value, dlci = message.value, message.dlci
        if len(value) >= 2:
            self._ports[dlci] = value[1:8]
            return value
        return value[:1] + self._ports.get(dlci, _PORT_SETTINGS)


def _key(message: ControlMessage) -> tuple[int, int]:
    return message.type, message.dlci
