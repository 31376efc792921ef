"""A modem's settings: what its commands change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simisp.modem.differences import Differences
from simisp.modem.registers import Register, Registers

__all__ = ["FactoryValues", "ModemSettings"]


@dataclass(frozen=True, slots=True, eq=False)
class FactoryValues:
    """The factory values of one kind of modem. All modems of the kind share them, and keys of caches have them in.

    Attributes:
        numbers: The values of basic commands, by name.
        parameters: The values of extended commands, by name, one or more each.
        table: The S-registers by number.
        registers: The values of the S-registers, by number.
    """

    numbers: Mapping[str, int]
    parameters: Mapping[str, tuple[str, ...]]
    table: Mapping[int, Register]
    registers: Mapping[int, int]


class ModemSettings:
    """The state that commands change: S-registers, and the values of all other commands.

    One instance holds the settings in force; others hold the factory settings and the profiles stored by ``&W``. ITU-T
    V.250 calls this a configuration (6.1.1, 6.1.2), which would be confused with :class:`ModemConfig`; Hayes calls what
    ``&W`` stores a *profile*, which in a scenario is the kind of modem. So the class has neither name. Factory values
    are shared, so an instance stores only what differs from them.

    Args:
        factory: The factory values. They must not change.
    """

    __slots__ = ("factory", "numbers", "parameters", "registers", "tone")

    def __init__(self, factory: FactoryValues) -> None:
        self.factory = factory
        self.registers = Registers(factory.table, factory.registers)
        self.numbers = Differences(factory.numbers)
        self.parameters = Differences(factory.parameters)
        self.tone = True
        """Whether D dials by tones, if the dial string does not say."""

    def load(self, other: ModemSettings) -> None:
        """Copy all values of ``other``."""
        self.registers.load(other.registers)
        self.numbers.load(other.numbers)
        self.parameters.load(other.parameters)
        self.tone = other.tone

    def copy(self) -> ModemSettings:
        """Return an independent copy."""
        copy = ModemSettings(self.factory)
        copy.load(self)
        return copy

    def listing(self) -> str:
        """Return what ``AT&V`` shows of these settings: the basic ones, then S0 to S12."""
        basic = " ".join(f"{name}{number}" for name, number in self.numbers.items())
        registers = " ".join(f"S{number:02}:{self.registers[number]:03}" for number in range(13))
        return f"{basic}\n{registers}"
