"""Which command of the DTE is meant: by its text, or by a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from simisp.modem.syntax import ATCommand, Form, split
from simisp.modem.written_answer import WrittenAnswer

__all__ = ["LONGEST_MATCHED", "CommandPattern", "WrittenCommands", "canonical", "only_command", "text_of"]

LONGEST_MATCHED = 255
"""A longer command matches no pattern, so that no pattern takes long."""

_PREFIXES = "+^$*!_#%"
_OPERATION = {Form.ACTION: "", Form.SET: "=", Form.READ: "?", Form.TEST: "=?"}


@lru_cache(maxsize=64)
def text_of(command: ATCommand) -> str:
    """Return a command as text, without AT: in capitals and without blanks, except in strings.

    A basic command without its number has the number 0 (ITU-T V.250, 5.3.1).

    Example:
        >>> [text_of(command) for command in split(b'e i3 s7=60 +csq; +cgdcont=1,"IP"')]
        ['E0', 'I3', 'S7=60', '+CSQ', '+CGDCONT=1,"IP"']
    """
    name = command.name
    if name == "S":
        return f"S{command.register}{_OPERATION[command.form]}{command.text}"
    if name == "=":  # the register that was selected before
        return _OPERATION[command.form] + command.text
    if name in ("D", "&Z"):
        return name + command.text
    is_basic = command.form is Form.ACTION and len(name) - (not name[0].isalpha()) == 1 and name[0] != "+"
    return name + _OPERATION[command.form] + (command.text or ("0" if is_basic and name[-1].isalpha() else ""))


def only_command(text: str) -> ATCommand | None:
    """Return the one command that a text is, or None if it is not exactly one."""
    if not text.isascii() or not text.isprintable():
        return None
    commands = split(text.encode("ascii"))
    if len(commands) != 1 or (
        commands[0].name[0] in _PREFIXES and commands[0].form is Form.ACTION and _tail(commands[0])
    ):
        return None
    return commands[0]


def _tail(command: ATCommand) -> bool:
    """Return whether something stands behind the name of an extended command that is not in one of its forms."""
    return len(command.name) > 2 and bool(command.text)


def canonical(text: str) -> str | None:
    """Return a command as :func:`text_of` has it, or None if the text is not one command."""
    command = only_command(text)
    return None if command is None else text_of(command)


@dataclass(frozen=True, slots=True)
class CommandPattern:
    r"""One command, or those that match a pattern.

    Attributes:
        literal: The command as :func:`text_of` has it, or the name alone of an extended command, for all its forms.
        expression: Matches the whole command; in this case ``literal`` is empty.

    Example:
        >>> CommandPattern.of("+CUSD").matches(split(b"+cusd=1")[0])
        True
        >>> CommandPattern.of("+CGATT=1").matches(split(b"+cgatt=0")[0])
        False
        >>> CommandPattern.of(r"/\+CG.*\?/").matches(split(b"+cgatt?")[0])
        True
    """

    literal: str = ""
    expression: re.Pattern[str] | None = None

    @classmethod
    def of(cls, text: str) -> CommandPattern:
        """Return the pattern that is written so: a command, or a regular expression in slashes."""
        if len(text) > 1 and text.startswith("/") and text.endswith("/"):
            return cls(expression=re.compile(text[1:-1], re.IGNORECASE))
        return cls(canonical(text) or text)

    def matches(self, command: ATCommand) -> bool:
        """Return whether it means this command."""
        text = text_of(command)
        if self.expression is None:
            return self.literal in (text, command.name)
        return len(text) <= LONGEST_MATCHED and self.expression.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class WrittenCommands:
    """Commands with written answers. One written out precedes the patterns, which are tried in order.

    Attributes:
        literals: Answers by command, as :func:`text_of` has it.
        patterns: Patterns of whole commands, with their answers.
    """

    literals: dict[str, WrittenAnswer] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], WrittenAnswer], ...] = ()

    @classmethod
    def of(cls, answers: Iterable[tuple[str, WrittenAnswer]]) -> WrittenCommands:
        """Return the commands that are written so, each with its answer."""
        literals: dict[str, WrittenAnswer] = {}
        patterns: list[tuple[re.Pattern[str], WrittenAnswer]] = []
        for text, answer in answers:
            pattern = CommandPattern.of(text)
            if pattern.expression is None:
                literals[pattern.literal] = answer
            else:
                patterns.append((pattern.expression, answer))
        return cls(literals, tuple(patterns))

    def find(self, command: ATCommand) -> tuple[WrittenAnswer, dict[str, str | None]] | None:
        """Return the answer to a command, and what its pattern has found, by name; None if none is written."""
        text = text_of(command)
        answer = self.literals.get(text)
        if answer is not None:
            return answer, {}
        if len(text) <= LONGEST_MATCHED:
            for expression, answer in self.patterns:
                if match := expression.fullmatch(text):
                    return answer, match.groupdict()
        return None
