"""The requests and reports of a running script, besides :class:`~simisp.machine.SendData`."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.diagnostics import Place
from simisp.framing import Framing
from simisp.machine import Output
from simisp.scp.syntax import PortSetting

__all__ = [
    "CarrierLost",
    "Ended",
    "Failed",
    "Halted",
    "SetIpAddress",
    "SetPort",
    "SetScreenKeyboard",
    "Spinning",
    "Traced",
]


@dataclass(frozen=True, slots=True)
class SetPort(Output):
    """``set port``: change one setting of the port's framing, if it has framing.

    Attributes:
        setting: The setting.
        value: A number of bits, or the word for the parity.
        framing: All settings together, after the change.
    """

    setting: PortSetting
    value: int | str
    framing: Framing


@dataclass(frozen=True, slots=True)
class SetScreenKeyboard(Output):
    """``set screen keyboard``: the user may type in the script's window, or not."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetIpAddress(Output):
    """``set ipaddr``: the workstation's address for the session, always a valid one."""

    address: str


@dataclass(frozen=True, slots=True)
class Traced(Output):
    """A statement runs, or its wait has ended; only if :attr:`~simisp.scp.options.Options.trace` is on.

    Attributes:
        place: Where the statement is.
        statement: Its text on one line; for a block, the line that opens it.
        outcome: How its wait ended, in words; empty when the statement begins.
        seen: The last octets that the wait examined, with the password masked; empty when the statement begins.
    """

    place: Place
    statement: str
    outcome: str = ""
    seen: bytes = b""


@dataclass(frozen=True, slots=True)
class Spinning(Output):
    """The script does not stop running at one instant. It is slowed down, and not traced, until it waits."""

    place: Place


@dataclass(frozen=True, slots=True)
class Halted(Output):
    """``halt``: the script has stopped, and a user, if there is one, must press Continue."""

    place: Place


@dataclass(frozen=True, slots=True)
class Ended(Output):
    """The script has reached ``endproc``: PPP or SLIP starts. Unread octets belong to it."""


@dataclass(frozen=True, slots=True)
class CarrierLost(Output):
    """The carrier was lost while the script ran, and the script has ended.

    Attributes:
        place: The statement being played.
    """

    place: Place


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """The script could not continue, and has ended.

    Attributes:
        place: The statement being played.
        message: The reason.
    """

    place: Place
    message: str
