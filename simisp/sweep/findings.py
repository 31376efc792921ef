"""What is a finding: an outcome judged by itself, and against that of the undisturbed run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from simisp.runner.hang import WhoWaits
from simisp.runner.verdict import VerdictKind
from simisp.sweep.outcome import CaseOutcome, Stand

__all__ = ["FindingClass", "SweepFinding", "judge"]

_STORM = 10
"""How many more times than in the undisturbed run a client may dial, or send a password."""


class FindingClass(Enum):
    """The kinds of findings. The value is what reports and files have."""

    HANG_PROVEN = "hang, proven"
    """The client holds the port, and would do so forever."""
    HANG_UNTIL = "hang"
    """The client holds the port at the latest time for a verdict."""
    PORT_HELD = "port held after exit"
    """The command has ended, and another process still holds the port."""
    ORPHAN = "orphan"
    """The command has left a process behind."""
    STALE_LOCK = "stale lock left"
    """The command has left a lock file behind."""
    CRASH = "crash"
    """A signal has ended the client, or it could not go on."""
    WRONG_SUCCESS = "wrong success"
    """The client ended as if all had gone well, and it had not."""
    SECRET_ASTRAY = "secret astray"  # noqa: S105 - no password
    """A password went where nobody had asked for one, or after a wait that had failed."""
    RETRY_STORM = "retry storm"
    """The client tries again and again."""
    SPINNING = "spinning"
    """The client runs on without ever waiting."""
    OTHER_BEHAVIOUR = "other behaviour"
    """The client behaved in another way, though what changed must not matter."""


@dataclass(frozen=True, slots=True)
class SweepFinding:
    """One thing that a case has shown.

    Attributes:
        kind: What it is.
        stand: Where the client stood; None if that isn't known.
        detail: What happened, as a clause without secrets.
    """

    kind: FindingClass
    stand: Stand | None
    detail: str

    @property
    def key(self) -> tuple[str, str]:
        """What it has in common with other cases of the same cause: its kind, and where the client stood."""
        return self.kind.value, "" if self.stand is None else str(self.stand)


_Rule = Callable[[CaseOutcome, CaseOutcome], Iterator[SweepFinding]]


def judge(undisturbed: CaseOutcome, outcome: CaseOutcome) -> tuple[SweepFinding, ...]:
    """Return what an outcome shows, at most one finding of each kind and stand.

    Args:
        undisturbed: What came of the run in which nothing goes wrong.
        outcome: What came of the case; it may be the undisturbed one itself.
    """
    found = (finding for rule in _RULES for finding in rule(undisturbed, outcome))
    return tuple({finding.key: finding for finding in reversed(list(found))}.values())[::-1]


def _hang(_: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    if outcome.spinning is not None:
        return  # it holds the port, too, but the loop is the cause
    if outcome.verdict is not VerdictKind.HANG or outcome.waits == WhoWaits.LIVE_LOCK.value or outcome.held_by:
        return
    if outcome.proven:
        yield SweepFinding(FindingClass.HANG_PROVEN, outcome.stand, "the client would hold the port forever")
    else:
        ends = "and no end of it was found" if outcome.until is None else f"and lets it go at {outcome.until:g} s"
        detail = f"the client holds the port at {outcome.at:g} s, {ends}"
        yield SweepFinding(FindingClass.HANG_UNTIL, outcome.stand, detail)


def _left_behind(_: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    for kind, left in (
        (FindingClass.PORT_HELD, outcome.held_by),
        (FindingClass.ORPHAN, outcome.orphans),
        (FindingClass.STALE_LOCK, outcome.locks),
    ):
        if left:
            yield SweepFinding(kind, outcome.stand, ", ".join(left))


def _crash(undisturbed: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    if outcome.crashed and outcome.crashed != undisturbed.crashed:
        yield SweepFinding(FindingClass.CRASH, outcome.stand, outcome.crashed)


def _wrong_success(undisturbed: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    if outcome.exit_status != 0 or undisturbed.exit_status != 0:
        return
    reached = set(outcome.reached)
    missing = [each for each in undisturbed.reached if each not in reached]
    if missing:
        detail = f"the client ends with status 0, and the ISP never came to {missing[0]}"
        yield SweepFinding(FindingClass.WRONG_SUCCESS, outcome.stand, detail)


def _secret_astray(undisturbed: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    # A prompt and the end of the carrier may come at one instant: a client that answers has done nothing wrong.
    usual = {secret.where for secret in undisturbed.secrets}
    late = {secret.stand for secret in undisturbed.secrets if secret.after_time_out}
    for secret in outcome.secrets:
        if not secret.asked and secret.where not in usual:
            yield SweepFinding(FindingClass.SECRET_ASTRAY, secret.stand, f"a password was sent {_place(secret.where)}")
        elif secret.after_time_out and secret.stand not in late:
            detail = "a password was sent after a wait that had ended with its time"
            yield SweepFinding(FindingClass.SECRET_ASTRAY, secret.stand, detail)


def _place(where: str) -> str:
    return where if where.startswith(("in ", "outside ")) else f"at {where!r}"


def _retry_storm(undisturbed: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    dialled = outcome.dialled - undisturbed.dialled
    sent = len(outcome.secrets) - len(undisturbed.secrets)
    if dialled >= _STORM:
        yield SweepFinding(FindingClass.RETRY_STORM, outcome.stand, f"the client dialled {outcome.dialled} times")
    elif sent >= _STORM:
        yield SweepFinding(
            FindingClass.RETRY_STORM, outcome.stand, f"the client sent a password {len(outcome.secrets)} times"
        )


def _spinning(_: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    if outcome.spinning is not None:
        yield SweepFinding(FindingClass.SPINNING, outcome.spinning, "the client runs on without ever waiting")


def _other_behaviour(undisturbed: CaseOutcome, outcome: CaseOutcome) -> Iterator[SweepFinding]:
    """Compare what the client did, where that was not to change."""
    if not outcome.conduct:
        return
    usual, lines = undisturbed.conduct.split("\n"), outcome.conduct.split("\n")
    if usual != lines:
        same = next((n for n, (one, other) in enumerate(zip(usual, lines, strict=False)) if one != other), None)
        first = min(len(usual), len(lines)) if same is None else same
        before = f"after sending {usual[first - 1]!r}" if first else "at the beginning"
        did = f"it sent {lines[first]!r}" if first < len(lines) else "it sent nothing more"
        instead = f"in place of {usual[first]!r}" if first < len(usual) else "and nothing in the undisturbed run"
        yield SweepFinding(FindingClass.OTHER_BEHAVIOUR, Stand(before), f"{did}, {instead}")
    elif (outcome.exit_status, outcome.signal) != (undisturbed.exit_status, undisturbed.signal):
        ends = [one.signal or f"exit status {one.exit_status}" for one in (outcome, undisturbed)]
        detail = f"it sent the same and ended with {ends[0]}, in place of {ends[1]}"
        yield SweepFinding(FindingClass.OTHER_BEHAVIOUR, outcome.stand, detail)


_RULES: tuple[_Rule, ...] = (
    _hang, _left_behind, _crash, _wrong_success, _secret_astray, _retry_storm, _spinning, _other_behaviour,
)  # fmt: skip
