"""The facts of the ISP's dialogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "AnswerLate",
    "Asking",
    "AwaitingDeed",
    "DeedLate",
    "DeedSeen",
    "DialogueOver",
    "FellSilent",
    "LineAnswered",
    "LogInAccepted",
    "LogInRefused",
    "MarkReached",
    "Pausing",
    "ProgramEnded",
    "ProgramSaid",
    "ProgramStarted",
]


@dataclass(frozen=True, slots=True)
class Asking(Fact):
    """The ISP began to wait for a line.

    Attributes:
        prompt: The prompt's text; empty for an ``expect`` without a prompt.
    """

    kind: ClassVar = "asking"
    source: ClassVar = Source.ISP

    prompt: str


@dataclass(frozen=True, slots=True)
class LineAnswered(Fact):
    """The caller answered with a line.

    Attributes:
        prompt: The prompt that the line answers.
        text: The line; empty if it is a secret.
    """

    kind: ClassVar = "answer"
    source: ClassVar = Source.ISP

    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerLate(Fact):
    """The caller has not answered with a whole line in time.

    Attributes:
        prompt: The prompt's text.
        within: How long the caller had, in seconds.
    """

    kind: ClassVar = "answer late"
    source: ClassVar = Source.ISP

    prompt: str
    within: float


@dataclass(frozen=True, slots=True)
class AwaitingDeed(Fact):
    """The ISP began to wait for something that the caller does to its port; input is kept meanwhile.

    Attributes:
        deed: What it waits for, such as ``"break"`` or ``"dtr off"``.
    """

    kind: ClassVar = "awaiting"
    source: ClassVar = Source.ISP

    deed: str


@dataclass(frozen=True, slots=True)
class DeedSeen(Fact):
    """The caller did to its port what the ISP was waiting for.

    Attributes:
        deed: What it did.
    """

    kind: ClassVar = "awaited"
    source: ClassVar = Source.ISP

    deed: str


@dataclass(frozen=True, slots=True)
class DeedLate(Fact):
    """The caller has not done in time what the ISP was waiting for.

    Attributes:
        deed: What it has not done.
        within: How long it had, in seconds.
    """

    kind: ClassVar = "awaited in vain"
    source: ClassVar = Source.ISP

    deed: str
    within: float


@dataclass(frozen=True, slots=True)
class Pausing(Fact):
    """The ISP pauses; input is kept meanwhile.

    Attributes:
        until: When it continues, in seconds of the run.
    """

    kind: ClassVar = "pausing"
    source: ClassVar = Source.ISP

    until: float | None


@dataclass(frozen=True, slots=True)
class FellSilent(Fact):
    """The ISP stopped responding; input is lost meanwhile.

    Attributes:
        until: When it responds again, in seconds of the run; None for never.
    """

    kind: ClassVar = "silent"
    source: ClassVar = Source.ISP

    until: float | None


@dataclass(frozen=True, slots=True)
class MarkReached(Fact):
    """The dialogue reached a mark of its scenario.

    Attributes:
        name: The name of the mark.
    """

    kind: ClassVar = "mark"
    source: ClassVar = Source.ISP

    name: str


@dataclass(frozen=True, slots=True)
class DialogueOver(Fact):
    """The dialogue has completed, and the call stays up."""

    kind: ClassVar = "dialogue over"
    source: ClassVar = Source.ISP


@dataclass(frozen=True, slots=True)
class LogInAccepted(Fact):
    """User name and password were correct.

    Attributes:
        user: The user name.
    """

    kind: ClassVar = "log-in accepted"
    source: ClassVar = Source.ISP

    user: str


@dataclass(frozen=True, slots=True)
class LogInRefused(Fact):
    """User name or password was wrong.

    Attributes:
        user: The user name.
        attempt: The number of the attempt, counted from 1.
    """

    kind: ClassVar = "log-in refused"
    source: ClassVar = Source.ISP

    user: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ProgramStarted(Fact):
    """A program was started, which has the line from now on.

    Attributes:
        pid: Its process id, which is also that of its process group.
        command: The program and its arguments, quoted for a shell.
    """

    kind: ClassVar = "program started"
    source: ClassVar = Source.ISP
    passing: ClassVar = frozenset({"pid"})

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class ProgramSaid(Fact):
    """A program that has the line wrote a line to its standard error.

    Attributes:
        program: Its name.
        text: The line, cut where it is very long.
    """

    kind: ClassVar = "program said"
    source: ClassVar = Source.ISP

    program: str
    text: str


@dataclass(frozen=True, slots=True)
class ProgramEnded(Fact):
    """A program that had the line has ended.

    Attributes:
        program: Its name.
        how: Its exit status, or the signal that ended it, in words; or why it could not be started.
    """

    kind: ClassVar = "program ended"
    source: ClassVar = Source.ISP

    program: str
    how: str
