"""What a client does to a port besides sending: what a line's triggers and an ISP's dialogue can wait for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from simisp.circuits import Circuit

__all__ = ["CircuitTurned", "ClientDeed", "PortAct", "RateTaken", "deed_in_words"]


class PortAct(Enum):
    """What the client did to the port as a whole."""

    OPENED = "opened"
    CLOSED = "closed"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class CircuitTurned:
    """The client turned a circuit on or off: DTR or RTS."""

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class RateTaken:
    """The client set the port to a rate in bit/s."""

    rate: int


ClientDeed = PortAct | CircuitTurned | RateTaken


def deed_in_words(deed: ClientDeed) -> str:
    """Return what a client did, in the words of the scenario language.

    Example:
        >>> deed_in_words(CircuitTurned(Circuit.DTR, False)), deed_in_words(PortAct.BREAK)
        ('dtr off', 'break')
    """
    match deed:
        case CircuitTurned(circuit, on):
            return f"{circuit.value.lower()} {'on' if on else 'off'}"
        case RateTaken(rate):
            return f"speed {rate}"
        case PortAct.BREAK:
            return "break"
        case PortAct():
            return f"port {deed.value}"
        case _:
            assert_never(deed)
