"""What a modem is set to, what it is delivered with, and who it says it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simisp.modem.differences import Differences
from simisp.modem.registers import Registers

__all__ = ["MANUFACTURER", "ModemConfig", "ModemSettings", "identification"]

MANUFACTURER = "simisp"


@dataclass(frozen=True, slots=True)
class ModemConfig:
    """How a modem is delivered: what ``AT&F`` comes back to.

    Attributes:
        identity: The model, answered to ``ATI`` and ``AT+GMM``.
        revision: Answered to ``AT+GMR``.
        leased_line: There are no commands and no calls: what the DTE sends goes to the far end at all times.
        connect_rate: The rate of a call in bit/s when the owner doesn't say another.
        registers: S-registers that differ from the usual factory values, by number.
        settings: Basic commands that differ likewise, by name: ``{"E": 0, "&D": 3}``.

    Example:
        >>> ModemConfig(registers={7: 60}, settings={"E": 0}).identity
        'simisp'
    """

    identity: str = "simisp"
    revision: str = "1"
    leased_line: bool = False
    connect_rate: int = 33600
    registers: Mapping[int, int] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)


class ModemSettings:
    """The state that commands change: S-registers, and the values of all other commands.

    One instance holds the settings in force; others hold the factory settings, and what ``&W`` has stored. ITU-T V.250
    speaks of a configuration (6.1.1, 6.1.2), which would be mistaken for :class:`ModemConfig`. Hayes calls what ``&W``
    stores a *profile*, and a scenario the kind of modem: the class has neither's name. Factory values are shared, so an
    instance costs what differs from them.

    Args:
        numbers: The factory values of basic commands, by name. They must not change.
        parameters: The factory values of extended commands, by name; each has one or more. They must not change.
    """

    __slots__ = ("numbers", "parameters", "registers", "tone")

    def __init__(self, numbers: Mapping[str, int], parameters: Mapping[str, tuple[str, ...]]) -> None:
        self.registers = Registers()
        self.numbers = Differences(numbers)
        self.parameters = Differences(parameters)
        self.tone = True
        """Whether D dials by tones or by pulses when the dial string doesn't say."""

    def load(self, other: ModemSettings) -> None:
        """Take over all of ``other``."""
        self.registers.load(other.registers)
        self.numbers.load(other.numbers)
        self.parameters.load(other.parameters)
        self.tone = other.tone

    def copy(self) -> ModemSettings:
        """Return settings of their own with the same values."""
        copy = ModemSettings(self.numbers.factory, self.parameters.factory)
        copy.load(self)
        return copy

    def listing(self) -> str:
        """Return what ``AT&V`` shows: the basic settings, then S0 to S12, as a modem's screen has them."""
        basic = " ".join(f"{name}{number}" for name, number in self.numbers.items())
        registers = " ".join(f"S{number:02}:{self.registers[number]:03}" for number in range(13))
        return f"ACTIVE PROFILE:\n{basic}\n{registers}"


def identification(config: ModemConfig, number: int) -> str | None:
    """Return what ``ATI`` with this number answers, or None for nothing but OK.

    See Also:
        ITU-T V.250, 6.1.3: the numbers' meaning is the maker's.
    """
    return {
        0: config.identity,
        1: config.revision,
        3: f"{MANUFACTURER} {config.identity} {config.revision}",
    }.get(number)
