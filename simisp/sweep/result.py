"""The result of a sweep: everything that reports, baselines, merging and resuming read, and its JSON, version 1."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.sweep.case import Case
from simisp.sweep.findings import FindingClass, SweepFinding
from simisp.sweep.outcome import CaseOutcome, Stand

__all__ = ["VERSION", "CaseResult", "DialoguePiece", "Group", "Shrunk", "StatementUse", "SweepResult"]

VERSION = 1
"""The version of the JSON. A reader refuses any other."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, what came of it, and what that shows.

    Attributes:
        case: The case.
        outcome: What came of it.
        findings: What that shows.
        number: Its number in the plan, from 0; -1 for the undisturbed run.
    """

    case: Case
    outcome: CaseOutcome
    findings: tuple[SweepFinding, ...] = ()
    number: int = -1


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest case that still shows what a group has in common.

    Attributes:
        case: The case.
        outcome: What comes of it.
        token: What ``simisp run --replay`` takes.
        file: The scenario that was written for it; empty if none was.
    """

    case: Case
    outcome: CaseOutcome
    token: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind at one place: one cause.

    Attributes:
        kind: What they are.
        stand: Where the client stood; None if that isn't known.
        detail: What happened in the first case, as a clause.
        cases: The names of the cases that show it, in the order of the sweep.
        shrunk: The smallest case; None if it was not looked for.
    """

    kind: FindingClass
    stand: Stand | None
    detail: str
    cases: tuple[str, ...]
    shrunk: Shrunk | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What a baseline knows it by: its kind, and where the client stood."""
        return self.kind.value, "" if self.stand is None else str(self.stand)


@dataclass(frozen=True, slots=True)
class StatementUse:
    """A statement of the client, or an expect, and whether the sweep came to it.

    Attributes:
        stand: The statement.
        undisturbed: Whether the undisturbed run came to it.
        cases: In how many cases the client came to it.
    """

    stand: Stand
    undisturbed: bool
    cases: int


@dataclass(frozen=True, slots=True)
class DialoguePiece:
    """Octets of the undisturbed dialogue, to show where a case departs from it.

    Attributes:
        at: When, in seconds since the run began.
        sender: ``"client"``, ``"modem"`` or ``"isp"``.
        text: The octets as text, one character each, with an asterisk for each that is secret.
        position: How many octets have passed before it, in both directions together.
    """

    at: float
    sender: str
    text: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """What a sweep has found.

    Attributes:
        scenario: The scenario's name.
        path: The path that it came from.
        digest: What identifies the scenario.
        client: What the client is called.
        recipe: The words by which the client is asked for.
        plan: The plan's name.
        seed: The seed of everything random.
        planned: How many cases the plan has; fewer were played if the sweep was interrupted.
        undisturbed: What came of the run in which nothing goes wrong.
        dialogue: What was said in it.
        results: The cases that were played, in the plan's order.
        groups: The findings, those of one cause together.
        coverage: The client's statements; empty if they are not known.
        seconds: How long it took.
        replaced: How long it would have taken in real time, one case after the other.
        interrupted: Whether it was interrupted.
        shard: Which part of the sweep it is, such as ``2/8``; empty for the whole.
    """

    scenario: str
    path: str
    digest: str
    client: str
    recipe: tuple[str, ...]
    plan: str
    seed: int
    planned: int
    undisturbed: CaseOutcome
    dialogue: tuple[DialoguePiece, ...] = ()
    results: tuple[CaseResult, ...] = ()
    groups: tuple[Group, ...] = ()
    coverage: tuple[StatementUse, ...] = ()
    seconds: float = 0.0
    replaced: float = 0.0
    interrupted: bool = False
    shard: str = ""

    @property
    def rate(self) -> float:
        """How many cases were played in a second."""
        return len(self.results) / self.seconds if self.seconds > 0 else 0.0

    def to_json(self) -> str:
        """Return it as JSON, version 1."""
        from simisp.sweep.result_json import text_of

        return text_of(self)

    @classmethod
    def from_json(cls, text: str, *, name: str) -> SweepResult:
        """Return the result that was written as JSON.

        Args:
            text: The JSON.
            name: The name of its file, for the message if it is something else.

        Raises:
            FileError: It is no result of a sweep, or of another version.
        """
        from simisp.sweep.result_json import result_of

        return result_of(text, name)
