"""A modem's settings, its factory configuration, and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simisp.modem.differences import Differences
from simisp.modem.registers import Registers

__all__ = ["MANUFACTURER", "ModemConfig", "ModemSettings", "identification"]

MANUFACTURER = "simisp"


@dataclass(frozen=True, slots=True)
class ModemConfig:
    """The factory configuration of a modem, restored by ``AT&F``.

    Attributes:
        identity: The model, returned by ``ATI`` and ``AT+GMM``.
        revision: Returned by ``AT+GMR``.
        leased_line: Whether there are no commands and no calls: what the DTE sends always goes to the far end.
        connect_rate: The rate of a call in bit/s unless the owner gives another.
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

    One instance holds the settings in force; others hold the factory settings and the profiles stored by ``&W``. ITU-T
    V.250 calls this a configuration (6.1.1, 6.1.2), which would be confused with :class:`ModemConfig`; Hayes calls what
    ``&W`` stores a *profile*, which in a scenario is the kind of modem. So the class has neither name. Factory values
    are shared, so an instance stores only what differs from them.

    Args:
        numbers: The factory values of basic commands, by name. They must not change.
        parameters: The factory values of extended commands, by name, one or more each. They must not change.
    """

    __slots__ = ("numbers", "parameters", "registers", "tone")

    def __init__(self, numbers: Mapping[str, int], parameters: Mapping[str, tuple[str, ...]]) -> None:
        self.registers = Registers()
        self.numbers = Differences(numbers)
        self.parameters = Differences(parameters)
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
        copy = ModemSettings(self.numbers.factory, self.parameters.factory)
        copy.load(self)
        return copy

    def listing(self) -> str:
        """Return the text for ``AT&V``: the basic settings, then S0 to S12, in the usual layout of modems."""
        basic = " ".join(f"{name}{number}" for name, number in self.numbers.items())
        registers = " ".join(f"S{number:02}:{self.registers[number]:03}" for number in range(13))
        return f"ACTIVE PROFILE:\n{basic}\n{registers}"


def identification(config: ModemConfig, number: int) -> str | None:
    """Return the answer to ``ATI`` with this number, or None if the answer is only OK.

    See Also:
        ITU-T V.250, 6.1.3: the meaning of the numbers is left to the maker.
    """
    return {
        0: config.identity,
        1: config.revision,
        3: f"{MANUFACTURER} {config.identity} {config.revision}",
    }.get(number)
