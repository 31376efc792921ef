"""A modem's configuration: what kind of modem it is, and what differs from that kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from simisp.modem.command_row import CommandRow, CommandTable
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.profile import Identity, ModemProfile
from simisp.modem.registers import factory_values
from simisp.modem.script import ModemScript, WrittenHandler
from simisp.modem.settings import FactoryValues, ModemSettings

__all__ = ["ModemConfig"]


@dataclass(frozen=True)
class ModemConfig:
    """The configuration of a modem. All modems made of one share what is worked out from it.

    Attributes:
        profile: What kind of modem it is.
        identity: The model, returned by ``ATI`` and ``AT+GMM``; None for the profile's.
        revision: Returned by ``AT+GMR``; None for the profile's.
        leased_line: Whether there are no commands and no calls: what the DTE sends always goes to the far end.
        connect_rate: The rate of a call in bit/s unless the owner gives another.
        registers: S-registers whose factory values differ from the profile's, by number.
        settings: Commands that differ likewise, by name: ``{"E": 0, "&D": 3, "+IFC": "0,0"}``.
        stored: Extended commands whose values differ in the stored profiles of a new modem, likewise.
        script: What a scenario writes for the modem; None for nothing.
        marks_answers: Whether octets for the DTE have marks of what they are (:mod:`simisp.modem.marks`).

    Example:
        >>> ModemConfig(registers={7: 60}, settings={"E": 0}).new_settings().registers[7]
        60
    """

    profile: ModemProfile = STANDARD_PROFILE
    identity: str | None = None
    revision: str | None = None
    leased_line: bool = False
    connect_rate: int = 33600
    registers: Mapping[int, int] = field(default_factory=dict)
    settings: Mapping[str, int | str] = field(default_factory=dict)
    stored: Mapping[str, int | str] = field(default_factory=dict)
    script: ModemScript | None = None
    marks_answers: bool = False

    @cached_property
    def identity_in_force(self) -> Identity:
        """What the modem says of itself."""
        identity = self.profile.identity
        model = identity.model if self.identity is None else self.identity
        return replace(identity, model=model, revision=self.revision or identity.revision)

    @cached_property
    def factory(self) -> FactoryValues:
        """What ``AT&F`` restores.

        Raises:
            ValueError: The configuration has an unknown register or setting, or a value out of range.
        """
        return self._worked_out(self.profile.rows)

    @cached_property
    def factory_settings(self) -> ModemSettings:
        """The settings of a modem that was just delivered, which all modems share: nothing changes them."""
        return self.new_settings()

    def new_settings(self) -> ModemSettings:
        """Return the settings of a modem that was just delivered."""
        return ModemSettings(self.factory)

    def new_stored_settings(self) -> ModemSettings:
        """Return what ``&W`` would have stored in a modem that was just delivered."""
        settings = self.new_settings()
        for name, value in self.stored.items():
            settings.parameters[name] = tuple(str(value).split(","))
        return settings

    def with_row(self, row: CommandRow) -> ModemConfig:
        """Return the same configuration for a modem whose profile has one more row, or this one in place of its own.

        The answer is kept, so that all modems of one kind share it.
        """
        kept: dict[CommandRow, ModemConfig] = self.__dict__.setdefault("_with_rows", {})
        if row not in kept:
            rows = CommandTable((*self.profile.rows.values(), row))
            kept[row] = replace(self, profile=replace(self.profile, rows=rows))
        return kept[row]

    def with_subsystem(self, rows: Mapping[str, CommandRow]) -> ModemConfig:
        """Return the same configuration for a modem that has a subsystem with these rows; the profile's precede.

        The answer for the same rows is kept, so that all modems of one kind share it.
        """
        kept: tuple[Mapping[str, CommandRow], ModemConfig] | None = self.__dict__.get("_joined")
        if kept is None or kept[0] is not rows:
            own = (_before(row, rows.get(row.name)) for row in self.profile.rows.values())
            joined = CommandTable((*rows.values(), *own))
            kept = (rows, replace(self, profile=replace(self.profile, rows=joined)))
            self.__dict__["_joined"] = kept
        return kept[1]

    def _worked_out(self, rows: CommandTable) -> FactoryValues:
        table = self.profile.registers
        registers = dict(factory_values(table))
        for register, number in self.registers.items():
            if register not in table or not table[register].low <= number <= table[register].high:
                raise ValueError(f"S{register} can't be {number}")
            registers[register] = number
        numbers = {row.name: int(row.factory[0]) for row in rows.values() if _is_basic(row)}
        parameters = {row.name: row.factory for row in rows.values() if row.factory and not _is_basic(row)}
        for name, value in (*self.profile.settings.items(), *self.settings.items()):
            given = tuple(str(value).split(","))
            row = rows.get_row(name)
            if row is None and self.profile.is_cellular and name not in self.settings:
                continue  # the row is the subsystem's, and this modem has none
            if (
                row is None
                or len(given) != len(row.factory)
                or not all(values.accepts(text) for values, text in zip(row.values, given, strict=True))
            ):
                raise ValueError(f"{name} can't be {value}")
            if name in numbers:
                numbers[name] = int(value)
            else:
                parameters[name] = given
        return FactoryValues(numbers, parameters, table, registers)


def _is_basic(row: CommandRow) -> bool:
    """Return whether a row's value is a number of its own, as that of a basic command."""
    return bool(row.factory) and row.is_basic


def _before(row: CommandRow, other: CommandRow | None) -> CommandRow:
    """Return the profile's row, with the subsystem's of the same name behind it if its answers are written down."""
    if other is None or not isinstance(row.handler, WrittenHandler) or row.handler.base is not None:
        return row
    handler = replace(row.handler, base=other)
    return replace(row, handler=handler, values=other.values, factory=other.factory)
