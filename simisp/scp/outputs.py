"""What a running script asks of its owner, or tells it, besides :class:`~simisp.machine.SendData`."""

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
    """``set port``: the port changes one setting of its framing, if it has any.

    Attributes:
        setting: What changes.
        value: A number of bits, or the parity's word.
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
    """A statement runs, or its wait is over; only when :attr:`~simisp.scp.options.Options.trace` is on.

    Attributes:
        place: Where the statement stands.
        statement: Its text on one line; of a block, the line that opens it.
        outcome: How its wait ended, in words; empty when the statement begins.
        seen: The last octets that the wait looked at, with the password masked; empty when the statement begins.
    """

    place: Place
    statement: str
    outcome: str = ""
    seen: bytes = b""


@dataclass(frozen=True, slots=True)
class Spinning(Output):
    """The script runs on and on at one instant. It is slowed down, and not traced, until it waits for something."""

    place: Place


@dataclass(frozen=True, slots=True)
class Halted(Output):
    """``halt``: the script has stopped and a user must press Continue, if there is one."""

    place: Place


@dataclass(frozen=True, slots=True)
class Ended(Output):
    """The script has reached ``endproc``: PPP or SLIP starts. Octets not yet read belong to it."""


@dataclass(frozen=True, slots=True)
class CarrierLost(Output):
    """The carrier was lost while the script ran, and the script is over.

    Attributes:
        place: Where it was.
    """

    place: Place


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """The script could not go on, and is over.

    Attributes:
        place: Where it was.
        message: Why.
    """

    place: Place
    message: str
