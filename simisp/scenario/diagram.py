"""Dialogues as state diagrams in mermaid: a state wherever the ISP waits, and the transitions between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from simisp.client_deeds import deed_in_words
from simisp.isp.steps import (
    AwaitDeed,
    Begin,
    CheckAccount,
    DialogueProgram,
    HandOver,
    HangUp,
    Instruction,
    JumpTo,
    Mark,
    Pause,
    ReadLine,
    RepeatFrom,
    Send,
    Silence,
)
from simisp.scenario.load import LoadedScenario
from simisp.scenario.wording import how_long, joined, ordinal, quoted

__all__ = ["diagram"]

_LONGEST = 48  # characters of a text in the diagram
_STATES = (ReadLine, AwaitDeed, Pause, Silence, HangUp, HandOver, CheckAccount, RepeatFrom)
# Any other character in a label could have a meaning in mermaid and is written as an entity code.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,?!'()/_+*=")


def diagram(loaded: LoadedScenario) -> str:
    r"""Return the state diagrams of all dialogues, as one diagram in mermaid.

    Example:
        >>> from simisp.scenario.load import loads
        >>> print(diagram(loads("title: Hello\nisp: {dialogue: [prompt: Who, hang up]}")))
        stateDiagram-v2
            state "asks #34;Who#34;" as s1
            state "hangs up" as s2
            [*] --> s1
            s1 --> s2 : any line
            s2 --> [*]
    """
    lines = ["stateDiagram-v2"]
    if len(set(loaded.calls)) < 2:
        program = loaded.programs[loaded.calls[0]] if loaded.calls else DialogueProgram()
        lines += (f"    {line}" for line in _Picture(program, "s").lines())
        return "\n".join(lines)
    names = {name: f"d{number}" for number, name in enumerate(dict.fromkeys(loaded.calls), 1)}
    for name, identifier in names.items():
        lines.append(f"    state {_label('dialogue ' + quoted(name, _LONGEST))} as {identifier} {{")
        lines += (f"        {line}" for line in _Picture(loaded.programs[name], identifier + "s").lines())
        lines.append("    }")
    lines += (f"    {line}" for line in _calls(loaded.calls, names))
    return "\n".join(lines)


def _calls(calls: Sequence[str], names: dict[str, str]) -> Iterator[str]:
    before = "[*]"
    for number, name in enumerate(calls, 1):
        later = " and later" if number == len(calls) else ""
        yield f"{before} --> {names[name]} : {ordinal(number)} call{later}"
        before = names[name]


class _Picture:
    """The states and transitions of one dialogue.

    Args:
        program: The dialogue.
        prefix: The beginning of its states' identifiers.
    """

    def __init__(self, program: DialogueProgram, prefix: str) -> None:
        self._code = program.code
        self._prefix = prefix

    def lines(self) -> Iterator[str]:
        """Yield the diagram's lines: the states that can be reached, then the transitions."""
        start, label = self._follow(0)
        transitions = [("[*]", self._identifier(start), label)]
        found, waiting = {start: None}, [start]
        while waiting:
            index = waiting.pop(0)
            for event, target in self._ways(index):
                end, actions = self._follow(target)
                transitions.append((self._identifier(index), self._identifier(end), event + actions))
                if end not in found:
                    found[end] = None
                    waiting.append(end)
        for index in found:
            yield f"state {_label(self._name(index))} as {self._identifier(index)}"
        for before, after, label in transitions:
            yield f"{before} --> {after}" + (f" : {_escaped(label.strip())}" if label.strip() else "")
        for index in found:
            if index < len(self._code) and isinstance(self._code[index], HangUp | HandOver):
                yield f"{self._identifier(index)} --> [*]"

    def _identifier(self, index: int) -> str:
        return f"{self._prefix}{index}"

    def _name(self, index: int) -> str:  # noqa: PLR0911 - a table of instructions
        """Return the name of a state."""
        match instruction := self._instruction(index):
            case ReadLine(prompt):
                return f"asks {quoted(prompt, _LONGEST)}" if prompt else "reads a line"
            case AwaitDeed(deed):
                return f"waits for {deed_in_words(deed)}"
            case Pause(seconds):
                return f"pauses {how_long(seconds)}"
            case Silence(seconds):
                return "is silent forever" if seconds is None else f"is silent {how_long(seconds)}"
            case HangUp():
                return "hangs up"
            case HandOver(name):
                return f"hands over to {name}"
            case CheckAccount():
                return "checks the account"
            case RepeatFrom(_, times):
                return f"was that {times} times?"
            case None | Send() | Mark() | JumpTo() | Begin():
                return "the call stays up"
            case _:
                assert_never(instruction)

    def _ways(self, index: int) -> Iterator[tuple[str, int]]:
        """Yield the transitions out of a state: the label, and the next instruction."""
        match instruction := self._instruction(index):
            case ReadLine() as ask:
                answers: dict[int, list[str]] = {}
                for answer, target in ask.choices:
                    answers.setdefault(target, []).append(quoted(answer.shown, _LONGEST)[1:-1])
                yield from ((joined(shown, "or"), target) for target, shown in answers.items())
                yield ("anything else" if answers else "any line"), ask.otherwise
                yield from _late(ask)
            case AwaitDeed() as wait:
                yield deed_in_words(wait.deed), wait.then
                yield from _late(wait)
            case Pause() | Silence(float()):
                yield "then", index + 1
            case CheckAccount() as check:
                yield "right", check.accepted
                if check.attempts > 1:
                    yield "wrong", check.refused
                yield f"wrong for the {ordinal(check.attempts)} time", check.exhausted
            case RepeatFrom(target):
                yield "no", target
                yield "yes", index + 1
            case None | Silence() | HangUp() | HandOver() | Send() | Mark() | JumpTo() | Begin():
                return
            case _:
                assert_never(instruction)

    def _instruction(self, index: int) -> Instruction | None:
        return self._code[index] if index < len(self._code) else None

    def _follow(self, index: int) -> tuple[int, str]:
        """Return the state reached from ``index``, and the actions on the way."""
        actions = ""
        while (instruction := self._instruction(index)) is not None and not isinstance(instruction, _STATES):
            after = self._instruction(index + 1)
            match instruction:
                case Send(text):
                    is_prompt = isinstance(after, ReadLine) and after.prompt == text
                    actions += "" if is_prompt else f" / sends {quoted(text.strip(), _LONGEST)}"
                case Mark(name):
                    actions += f" / {quoted(name, _LONGEST)[1:-1]}"
                case JumpTo() | Begin():
                    pass
                case _:
                    assert_never(instruction)
            index = instruction.target if isinstance(instruction, JumpTo) else index + 1
        return min(index, len(self._code)), actions


def _late(waits: ReadLine | AwaitDeed) -> Iterator[tuple[str, int]]:
    """Yield the transition at the end of the caller's time, if there is a limit."""
    if waits.within is not None:
        yield f"not within {how_long(waits.within)}", waits.late


def _label(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(c if c in _PLAIN else f"#{ord(c)};" for c in text)
