"""A row of the command table: a command's name, its values, and what runs it."""

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
    """Some words.

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
    """One command that the modem knows.

    Attributes:
        name: As :class:`~simisp.modem.syntax.ATCommand` has it.
        clause: Where it is written. "compatibility": not in a standard; makers differ, programs send it.
        meaning: What it does, in a few words.
        handler: What runs it.
        values: What it may be set to: one entry, for an extended command one for each value.
        factory: The values after ``AT&F``; empty for a command that does something and keeps nothing.
    """

    name: str
    clause: str
    meaning: str
    handler: Handler
    values: tuple[Values, ...] = ()
    factory: tuple[str, ...] = ()

    def number(self, command: ATCommand) -> int | None:
        """Return a basic command's value, 0 when it isn't given (ITU-T V.250, 5.3.1), None when out of range."""
        number = int(command.text or 0)
        return number if self.values[0].accepts(str(number)) else None

    def merged(self, command: ATCommand, current: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return an extended command's values with those that the command gives; None when one is wrong.

        A value that is left out stays as it is (ITU-T V.250, 5.4).
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
        """Return whether the command has one of these forms and nothing after it that such a form hasn't."""
        return command.form in forms and (command.form is Form.SET or not command.text)


Handler = Callable[[Unit, CommandRow, ATCommand], ResultCode | None]
"""Runs one command.

It returns OK when the next command of the line may run, another code when the line ends with that code, and None when
the line ends and its result code comes by itself, now or later: CONNECT, NO CARRIER.
"""
