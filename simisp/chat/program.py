"""A chat script made ready to be played: flat steps, with what their words mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simisp.chat.meaning import SendText, Substitutions, meant_in_expect, meant_in_send
from simisp.chat.reader import ChatKeyword, ChatPart, ChatScript, ChatSetting, ExpectSend
from simisp.diagnostics import Place

__all__ = [
    "ChatFailure",
    "ChatOptions",
    "ChatProgram",
    "ChatStep",
    "ExpectOctets",
    "SendOctets",
    "SetOption",
    "compile_chat",
]

DEFAULT_LIMIT = 45
"""Seconds of a time-out that nothing sets."""

_LONGEST_FILE = 1024
_LONGEST_EXPECTED = 1024
_NO_FILES: Callable[[str], bytes | None] = lambda name: None  # noqa: E731 - a default of a field


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """The options of chat's command line that change what it does on the line.

    Attributes:
        limit: Seconds of the time-out until the script sets another one (-t); None for ``-t 0``, which never runs out.
        substitutions: The texts of -T, -U and -E.
        read_file: Returns the octets of the file that an answer ``@FILE`` names, or None if there is no such file.
    """

    limit: float | None = DEFAULT_LIMIT
    substitutions: Substitutions = field(default_factory=Substitutions)
    read_file: Callable[[str], bytes | None] = field(default=_NO_FILES, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectOctets:
    """Wait for octets.

    Attributes:
        part: The part of the script that it is.
        octets: What to wait for; empty for nothing, which is there at once.
        found: The step to go on with.
        otherwise: The step to go on with when they do not come in time; None if the script fails then.
    """

    part: ChatPart
    octets: bytes
    found: int
    otherwise: int | None

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.part.place


@dataclass(frozen=True, slots=True)
class SendOctets:
    """Send octets.

    Attributes:
        part: The part of the script that it is.
        text: What it does.
        answers: The step whose wait it answers.
        in_vain: Whether it is sent because what was expected has not come.
    """

    part: ChatPart
    text: SendText
    answers: int
    in_vain: bool

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.part.place


@dataclass(frozen=True, slots=True)
class SetOption:
    """Change a setting.

    Attributes:
        statement: The statement that it is.
        octets: What its word means.
    """

    statement: ChatSetting
    octets: bytes

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.statement.place


@dataclass(frozen=True, slots=True)
class ChatFailure:
    """End with an exit status: the script is wrong here.

    Attributes:
        place: Where.
        status: The exit status.
        reason: Why, as a clause.
    """

    place: Place
    status: int
    reason: str


ChatStep = ExpectOctets | SendOctets | SetOption | ChatFailure


@dataclass(frozen=True, slots=True)
class ChatProgram:
    """A chat script that can be played.

    Attributes:
        script: The script.
        steps: What it does; behind the last one it ends with 0.
        options: The options that it was made for.
    """

    script: ChatScript
    steps: tuple[ChatStep, ...]
    options: ChatOptions


def compile_chat(script: ChatScript, options: ChatOptions = ChatOptions()) -> ChatProgram:
    r"""Make a script ready to be played. No script makes this raise.

    Example:
        >>> from simisp.chat.reader import read_chat
        >>> program = compile_chat(read_chat("ogin:-BREAK-ogin: joe"))
        >>> [type(step).__name__ for step in program.steps]
        ['ExpectOctets', 'SendOctets', 'ExpectOctets', 'SendOctets']
        >>> program.steps[0].found, program.steps[0].otherwise, program.steps[2].otherwise
        (3, 1, None)
    """
    steps: list[ChatStep] = []
    for statement in script.statements:
        if isinstance(statement, ExpectSend):
            _add_exchange(statement, script, options, steps)
        elif statement.value is not None:
            octets = meant_in_expect(script.text.octets(statement.value.text), options.substitutions)
            steps.append(_checked(SetOption(statement, octets)))
    if script.file.unterminated is not None:
        steps.append(ChatFailure(script.file.unterminated, 1, "a word lacks its closing quote"))
    return ChatProgram(script, tuple(steps), options)


_LONGEST_SOUGHT = 49
_SOUGHT = {ChatKeyword.ABORT, ChatKeyword.REPORT}


def _checked(step: SetOption) -> ChatStep:
    if step.statement.keyword in _SOUGHT and len(step.octets) > _LONGEST_SOUGHT:
        return ChatFailure(step.place, 1, f"it is longer than the {_LONGEST_SOUGHT} octets that chat keeps")
    return step


def _add_exchange(statement: ExpectSend, script: ChatScript, options: ChatOptions, steps: list[ChatStep]) -> None:
    first = last = len(steps)
    turns = statement.turns
    behind = first + sum(1 if turn.send is None else 2 for turn in turns)
    for turn in turns:
        octets = meant_in_expect(script.text.octets(turn.expect.text), options.substitutions)
        at = last = len(steps)
        if len(octets) > _LONGEST_EXPECTED:
            steps.append(ChatFailure(turn.expect.place, 1, f"it is longer than {_LONGEST_EXPECTED} octets"))
        else:
            steps.append(ExpectOctets(turn.expect, octets, behind, at + 1 if turn.send is not None else None))
        if turn.send is not None:
            steps.append(_send(turn.send, at, script, options, in_vain=True))
    if statement.reply is not None:
        steps.append(_send(statement.reply, last, script, options, in_vain=False))


def _send(part: ChatPart, answers: int, script: ChatScript, options: ChatOptions, *, in_vain: bool) -> ChatStep:
    data = script.text.octets(part.text)
    if part.text.startswith("@") and (name := part.text[1:].lstrip(" \t")):
        content = options.read_file(name)
        if content is None:
            return ChatFailure(part.place, 1, f"the file {name} can't be read")
        data = content[:_LONGEST_FILE].removesuffix(b"\n").partition(b"\0")[0]
    return SendOctets(part, meant_in_send(data, options.substitutions), answers, in_vain)
