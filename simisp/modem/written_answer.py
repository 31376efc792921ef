"""Answers that are written down, instead of worked out by a handler: those of a scenario, and most of a profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from simisp.modem.answers import CommandAnswer, FinalText, Later
from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["AnswerPart", "ScriptMemory", "WrittenAnswer", "final_of", "names_in"]

_FINALS: Mapping[str, ResultCode] = {
    code.words: code for code in ResultCode if code not in (ResultCode.CONNECT, ResultCode.RING)
} | {"NO DIAL TONE": ResultCode.NO_DIALTONE}
_FINAL_TEXT = re.compile(r"\+CM[ES] ERROR: ?.+")
_PLACEHOLDER = re.compile(r"\{\{(?P<literal>\w+)\}\}|\{(?P<name>\w+)\}")


class ScriptMemory:
    """What written answers of one modem remember.

    Attributes:
        turns: How often an answer that has several, in turn, was given.
        values: What patterns have found in commands, by name.
    """

    __slots__ = ("turns", "values")

    def __init__(self) -> None:
        self.turns: dict[WrittenAnswer, int] = {}
        self.values: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A piece of an answer.

    Attributes:
        after: How long the modem waits before it, in seconds, 0 or more.
        text: Information text, with LF between lines; empty for none.
        ends: Whether the command ends with it.
        final: The result code that ends the command; None for no result code at all.
        act: What happens with it besides; None for nothing.
    """

    after: float = 0.0
    text: str = ""
    ends: bool = False
    final: ResultCode | FinalText | None = None
    act: Callable[[Unit], None] | None = None

    @property
    def whole(self) -> str:
        """The whole part as text: what is sent if the command has ended before."""
        match self.final:
            case FinalText(text):
                final = text
            case None:
                final = ""
            case code:
                final = code.words
        return "\n".join(filter(None, (self.text, final)))


@dataclass(frozen=True, slots=True, eq=False)
class WrittenAnswer:
    r"""What is answered to a command, in pieces; several such answers come in turn, and the last one repeats.

    ``{name}`` in a text stands for what a pattern has found under that name, in this command or an earlier one, and
    ``{{name}}`` for ``{name}`` itself. If no piece ends the command, OK does. What follows the end comes as an
    unsolicited result.

    Attributes:
        turns: The answers, one or more, each with its pieces.
    """

    turns: tuple[tuple[AnswerPart, ...], ...]

    def give(self, unit: Unit, found: Mapping[str, str | None] | None = None) -> CommandAnswer:
        """Answer the command that runs.

        Args:
            unit: The modem.
            found: What the command's pattern has found, by name.
        """
        memory = unit.memory
        if memory is None:
            memory = unit.memory = ScriptMemory()
        if found:
            memory.values.update((name, text or "") for name, text in found.items())
        parts = self.turns[0]
        if len(self.turns) > 1:
            turn = memory.turns.get(self, 0)
            memory.turns[self] = min(turn + 1, len(self.turns) - 1)
            parts = self.turns[turn]
        return _play(unit, parts, memory.values, waited=False)


def final_of(text: str) -> ResultCode | FinalText | None:
    """Return the result code that a line is, if it is one that ends a command.

    Example:
        >>> final_of("OK"), final_of("+CME ERROR: 10"), final_of("+CSQ: 17,99")
        (<ResultCode.OK: 0>, FinalText(text='+CME ERROR: 10'), None)
    """
    code = _FINALS.get(text)
    return FinalText(text) if code is None and _FINAL_TEXT.fullmatch(text) else code


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in braces in a text."""
    return tuple(match["name"] for match in _PLACEHOLDER.finditer(text) if match["name"])


def _play(unit: Unit, parts: tuple[AnswerPart, ...], values: Mapping[str, str], *, waited: bool) -> CommandAnswer:
    """Give pieces up to the next one that has to wait, or the end."""
    for index, part in enumerate(parts):
        if part.after and not (waited and index == 0):
            return Later(part.after, partial(_play, parts=parts[index:], values=values, waited=True))
        if part.text:
            unit.dte.send_information(_filled(part.text, values))
        if part.act is not None:
            part.act(unit)
        if part.ends:
            _send_later(unit, parts[index + 1 :], values)
            return FinalText(_filled(part.final.text, values)) if isinstance(part.final, FinalText) else part.final
    return ResultCode.OK


def _send_later(unit: Unit, parts: tuple[AnswerPart, ...], values: Mapping[str, str]) -> None:
    """Send what follows the end of the command."""
    at = unit.now
    for part in parts:
        at += part.after
        unit.send_at(at, _filled(part.whole, values), part.act)


def _filled(text: str, values: Mapping[str, str]) -> str:
    if "{" not in text:
        return text
    return _PLACEHOLDER.sub(lambda match: _value(match, values), text)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    name = match["name"]
    return f"{{{match['literal']}}}" if name is None else values.get(name, "")
