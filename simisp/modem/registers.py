"""The S-registers: their meanings, units and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simisp.modem.differences import Differences

__all__ = ["REGISTERS", "Register", "Registers", "factory_values"]


@dataclass(frozen=True, slots=True)
class Register:
    """One S-register.

    Attributes:
        number: The n of ``Sn``.
        clause: The clause of the standard.
        low: The smallest value that may be set.
        high: The largest value that may be set.
        factory: The value after ``AT&F``.
        meaning: What it holds, with its unit.
    """

    number: int
    clause: str
    low: int
    high: int
    factory: int
    meaning: str


_DEFINED = (
    Register(0, "V.250 6.3.8", 0, 255, 0, "rings after which the modem answers automatically; 0: never"),
    Register(1, "Hayes", 0, 255, 0, "rings counted; 8 s without a ring clear it"),
    Register(2, "Hayes", 0, 255, 43, "escape octet; above 127 there is no escape"),
    Register(3, "V.250 6.2.1", 0, 127, 13, "octet that ends a command line and a response"),
    Register(4, "V.250 6.2.2", 0, 127, 10, "second octet around a response"),
    Register(5, "V.250 6.2.3", 0, 127, 8, "octet that deletes the octet before it"),
    Register(6, "V.250 6.3.9", 2, 255, 2, "wait before blind dialling (X0, X1, X3), seconds"),
    Register(7, "V.250 6.3.10", 1, 255, 50, "wait for the carrier once dialled or answered, seconds"),
    Register(8, "V.250 6.3.11", 0, 255, 2, "pause for a comma in a dial string, seconds"),
    Register(9, "Hayes", 1, 255, 6, "carrier detection time, tenths of a second (kept only)"),
    Register(10, "V.250 6.3.12", 1, 255, 14, "time from loss of the carrier to hang-up, tenths of a second"),
    Register(11, "Hayes", 50, 255, 95, "length of a dialled tone, milliseconds (kept only: digits take no time)"),
    Register(12, "Hayes", 0, 255, 50, "escape guard time, fiftieths of a second"),
    Register(18, "Hayes", 0, 255, 0, "length of a test, seconds (kept only)"),
    Register(25, "Hayes", 0, 255, 0, "how long DTR must be off to count, hundredths of a second; 0: any time"),
    Register(26, "Hayes", 0, 255, 1, "delay from RTS to CTS, hundredths of a second (kept only)"),
    Register(29, "Rockwell", 0, 255, 70, "length of a hook flash, hundredths of a second (kept only)"),
    Register(30, "Rockwell", 0, 255, 0, "silence on both sides after which a call is ended, tens of seconds; 0: never"),
    Register(36, "Hayes", 0, 7, 7, "what follows if error control fails (kept only)"),
    Register(37, "Hayes", 0, 19, 0, "rate of the line (kept only: +MS has an effect)"),
    Register(38, "Hayes", 0, 255, 20, "wait for octets under way before hang-up, seconds (kept only)"),
    Register(46, "Hayes", 0, 255, 138, "136: no compression"),
    Register(48, "Hayes", 0, 255, 7, "negotiation of error control (kept only)"),
    Register(82, "Hayes", 0, 255, 128, "how a break is signalled (kept only)"),
    Register(91, "Rockwell", 0, 15, 10, "transmit level, -dBm (kept only)"),
    Register(95, "Rockwell", 0, 255, 0, "bits: 1 rate of the line in CONNECT, 4 CARRIER, 8 PROTOCOL, 32 COMPRESSION"),
)

REGISTERS: Mapping[int, Register] = {
    number: Register(number, "compatibility", 0, 255, 0, "kept only") for number in range(256)
} | {register.number: register for register in _DEFINED}
"""Every register by its number. Those that have no clause differ from maker to maker: stored, without effect."""


class Registers(Differences[int, int]):
    """The values of the S-registers, by number. Set them with :meth:`set`, which checks the bounds.

    Args:
        table: Every register by its number. It is shared and must not change.
        factory: The factory value of each. It is shared and must not change.

    Example:
        >>> registers = Registers()
        >>> registers[7]
        50
        >>> registers.set(7, 60), registers.set(7, 256), registers[7]
        (True, False, 60)
    """

    __slots__ = ("table",)

    def __init__(self, table: Mapping[int, Register] = REGISTERS, factory: Mapping[int, int] | None = None) -> None:
        Differences.__init__(self, factory_values(table) if factory is None else factory)
        self.table = table

    def set(self, number: int, value: int) -> bool:
        """Set a register. Return False, and change nothing, if there is no such register or value."""
        register = self.table.get(number)
        if register is None or not register.low <= value <= register.high:
            return False
        self[number] = value
        return True


def factory_values(table: Mapping[int, Register]) -> Mapping[int, int]:
    """Return the factory value of each register of a table, by its number."""
    return {number: register.factory for number, register in table.items()}
