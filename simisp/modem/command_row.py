"""A row of the command table: a command's name, its values, and its handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form
from simisp.modem.unit import Unit

__all__ = ["Choice", "CommandRow", "Handler", "Range", "Values"]


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
    """

    name: str
    clause: str
    meaning: str
    handler: Handler
    values: tuple[Values, ...] = ()
    factory: tuple[str, ...] = ()

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


Handler = Callable[[Unit, CommandRow, ATCommand], ResultCode | None]
"""Runs one command.

It returns OK if the next command of the line may run; another code if the line ends with that code; and None if
the line ends and its result code is sent separately, now or later: CONNECT, NO CARRIER.
"""
