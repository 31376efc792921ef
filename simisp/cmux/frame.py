"""A frame: its address, its control field and its check sequence, the same in both options.

====  =========  ==============================================================  =====================================
octet frame      sent to                                                         answered by
====  =========  ==============================================================  =====================================
0x2F  SABM       set up a DLC                                                    UA, or DM if it is refused
0x43  DISC       take a DLC down                                                 UA, or DM if it is down already
0x63  UA         say yes                                                         nothing
0x0F  DM         say that the DLC is down                                        nothing
0xEF  UIH        carry octets; the check sequence covers the header alone        nothing, or DM if the DLC is down
0x03  UI         carry octets; the check sequence covers them too                nothing, or DM if the DLC is down
====  =========  ==============================================================  =====================================

Bit 0x10 of the control octet is P in a command, which asks for an answer at once, and F in the answer to one.

See Also:
    3GPP TS 27.010, 5.2.1.2 (address), 5.2.1.3 (control), 5.2.1.6 (check sequence), Annex B (its calculation).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

__all__ = [
    "ANSWERS",
    "CARRIES",
    "CONTROL_DLCI",
    "HIGHEST_DLCI",
    "MOST_FLAGS",
    "FlagsRepeated",
    "Found",
    "FrameDiscarded",
    "FrameKind",
    "FrameReader",
    "MuxFrame",
    "check_sequence",
]

CONTROL_DLCI = 0
"""The identifier of the control channel."""
HIGHEST_DLCI = 61
"""The highest identifier of a DLC. The address of DLCI 62 would be the flag of the basic option; 63 is reserved."""
MOST_FLAGS = 3
"""From this many flags in succession on, they are more than the end of one frame and the beginning of the next."""

_EA = 0x01
_C_R = 0x02
_P_F = 0x10
_POLYNOMIAL = 0xE0
"""x^8 + x^2 + x + 1, with its bits reversed: the lowest bit of an octet is sent first."""


def _row(octet: int) -> int:
    for _ in range(8):
        octet = octet >> 1 ^ (_POLYNOMIAL if octet & 1 else 0)
    return octet


_TABLE = bytes(map(_row, range(256)))


def check_sequence(octets: bytes) -> int:
    """Return the frame check sequence of these octets.

    Example:
        The header of SABM on DLCI 0 in the basic option:

        >>> hex(check_sequence(bytes((0x03, 0x3F, 0x01))))
        '0x1c'

    See Also:
        3GPP TS 27.010, Annex B.3.
    """
    register = 0xFF
    for octet in octets:
        register = _TABLE[register ^ octet]
    return 0xFF - register


class FrameKind(Enum):
    """What a frame is for. The value is its control octet without P/F."""

    __hash__ = object.__hash__  # looked up with each frame; Enum hashes the name each time

    SABM = 0x2F
    UA = 0x63
    DM = 0x0F
    DISC = 0x43
    UIH = 0xEF
    UI = 0x03


ANSWERS = frozenset({FrameKind.UA, FrameKind.DM})
"""The frames that answer another."""
CARRIES = frozenset({FrameKind.UIH, FrameKind.UI})
"""The frames that carry octets. They are not recorded: what they carry is."""

_KINDS = {kind.value: kind for kind in FrameKind}


@dataclass(frozen=True, slots=True)
class MuxFrame:
    r"""One frame.

    Attributes:
        dlci: The DLC that it belongs to, 0 to 61; of what comes also 62 and 63, which no side may use.
        kind: What it is for.
        command: The C/R bit. In the initiator's commands and the responder's answers it is 1, in the others 0; UIH and
            UI have it as commands do.
        final: The P/F bit.
        data: What it carries.

    Example:
        >>> MuxFrame(1, FrameKind.SABM, command=True, final=True).header
        b'\x07?'
    """

    dlci: int
    kind: FrameKind
    command: bool
    final: bool = False
    data: bytes = b""

    @property
    def header(self) -> bytes:
        """Address and control."""
        return bytes(
            (
                self.dlci << 2 | (_C_R if self.command else 0) | _EA,
                self.kind.value | (_P_F if self.final else 0),
            )
        )

    @staticmethod
    def starts_with(address: int, control: int) -> bool:
        """Return whether these octets can be the address and the control field of a frame."""
        return bool(address & _EA) and control & ~_P_F in _KINDS

    @staticmethod
    def of(address: int, control: int, data: bytes) -> MuxFrame:
        """Return the frame with an address and a control field that :meth:`starts_with` accepts."""
        kind = _KINDS[control & ~_P_F]
        return MuxFrame(address >> 2, kind, bool(address & _C_R), bool(control & _P_F), data)


@dataclass(frozen=True, slots=True)
class FrameDiscarded:
    """Octets that are no frame.

    Attributes:
        why: What is wrong with them.
        octets: How many there are.
    """

    why: str
    octets: int


@dataclass(frozen=True, slots=True)
class FlagsRepeated:
    """Three flags or more, one behind the other: the other side asks whether anything is there (5.2.5 and 5.4.7)."""


Found = MuxFrame | FrameDiscarded | FlagsRepeated
"""What a reader finds in its input."""


class FrameReader(Protocol):
    """Finds the frames in an octet stream, however it is cut."""

    @property
    def held(self) -> int:
        """How many octets are kept because the frame that they may begin has not ended."""

    def feed(self, data: bytes) -> None:
        """Take octets."""

    def find(self) -> Found | None:
        """Return what comes next in the octets; None if more are needed."""

    def rest(self) -> bytes:
        """Return the octets behind the last frame, and forget them: they are no longer the multiplexer's."""
