"""The table of commands, and its rows: a command's name, its values, and its handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from simisp.modem.answers import CommandAnswer
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["Choice", "CommandRow", "CommandTable", "Disposition", "Handler", "Range", "Values"]


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from ``low`` to ``high``.

    Example:
        >>> str(Range(0, 3)), Range(0, 3).accepts("2"), Range(0, 3).accepts("4")
        ('(0-3)', True, False)
    """

    low: int
    high: int

    def accepts(self, text: str) -> bool:
        """Return whether the text is one of the values."""
        return text.isdecimal() and self.low <= int(text) <= self.high

    def __str__(self) -> str:
        return f"({self.low}-{self.high})" if self.low < self.high else f"({self.low})"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of words.

    Example:
        >>> str(Choice(("V32", "V34"))), Choice(("V32", "V34")).accepts("V90")
        ('(V32,V34)', False)
    """

    words: tuple[str, ...]

    def accepts(self, text: str) -> bool:
        """Return whether the text is one of the values."""
        return text in self.words

    def __str__(self) -> str:
        return f"({','.join(self.words)})"


Values = Range | Choice


class Disposition(Enum):
    """What becomes of a command."""

    IMPLEMENTED = "implemented"
    """It does what its clause says, as far as a simulated line can show it."""
    ACCEPTED = "accepted"
    """Its values are checked, kept and shown, and nothing else depends on them."""
    DECLINED = "declined"
    """It is known, and gives ERROR: the modem has nothing that it could act on."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command of the modem.

    Attributes:
        name: As in :class:`~simisp.modem.syntax.ATCommand`.
        clause: The clause of the standard. "compatibility": not in a standard; makers differ, programs send it.
        meaning: What it does, in a few words.
        handler: The function that runs it.
        values: The values allowed: one entry, or for an extended command one entry for each of its values.
        factory: The values after ``AT&F``; empty for a command that stores no value.
        disposition: What becomes of it.
        source: Where the row comes from: empty for the clause, else "manual", "capture", or a report.
        asks: Whether the command changes nothing in any form, and its answer depends on nothing but the profile and
            the settings: it is then answered from memory when the same line comes again.
        keeps: Whether its form with ``=`` does nothing but keep what it is given: it does so too where a scenario has
            written OK for it.
    """

    name: str
    clause: str
    meaning: str
    handler: Handler
    values: tuple[Values, ...] = ()
    factory: tuple[str, ...] = ()
    disposition: Disposition = Disposition.IMPLEMENTED
    source: str = ""
    asks: bool = False
    keeps: bool = False

    @property
    def is_basic(self) -> bool:
        """Whether it is a command in the basic syntax: a letter, behind a character such as ``&`` or not."""
        return len(self.name.lstrip("&\\%*#$-")) == 1 and self.name[0] != "+"

    def number(self, command: ATCommand) -> int | None:
        """Return a basic command's value, 0 if omitted (ITU-T V.250, 5.3.1), or None if out of range."""
        number = int(command.text or 0)
        return number if self.values[0].accepts(str(number)) else None

    def merged(self, command: ATCommand, current: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return an extended command's values, updated by those that the command gives; None if one is not allowed.

        A value that is omitted is unchanged (ITU-T V.250, 5.4).
        """
        given = [part.strip('"') for part in command.text.split(",")]
        if len(given) > len(self.values):
            return None
        new = list(current)
        for index, text in enumerate(given):
            if text and not self.values[index].accepts(text):
                return None
            new[index] = text or new[index]
        return tuple(new)

    def allows(self, command: ATCommand, *forms: Form) -> bool:
        """Return whether the command has one of these forms, without anything after it that the form does not allow."""
        return command.form in forms and (command.form is Form.SET or not command.text)


class CommandTable(Mapping[str, CommandRow]):
    """Rows by name, in their order. It does not change, and all modems of a profile share it.

    Args:
        rows: The rows. Of two with the same name the later one counts, in the place of the earlier one.

    Example:
        >>> from simisp.modem.commands import COMMANDS
        >>> table = CommandTable(COMMANDS)
        >>> table["E"].clause, len(table.without(["E"])) == len(table) - 1
        ('V.250 6.2.4', True)
    """

    __slots__ = ("_rows",)
    __hash__ = object.__hash__  # the table is a key of caches, by identity

    def __init__(self, rows: Iterable[CommandRow]) -> None:
        self._rows = {row.name: row for row in rows}

    def __getitem__(self, name: str) -> CommandRow:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        return self is other

    def get_row(self, name: str) -> CommandRow | None:
        """Return the row of a command, or None if there is no such command."""
        return self._rows.get(name)

    def with_rows(self, rows: Iterable[CommandRow]) -> CommandTable:
        """Return a table with more rows, which replace those of the same names."""
        return CommandTable((*self._rows.values(), *rows))

    def without(self, names: Iterable[str]) -> CommandTable:
        """Return a table without the rows of these names."""
        left_out = frozenset(names)
        return CommandTable(row for row in self._rows.values() if row.name not in left_out)


Handler = Callable[["Unit", CommandRow, ATCommand], CommandAnswer]
"""Runs one command. What it may return: :data:`~simisp.modem.answers.CommandAnswer`."""
