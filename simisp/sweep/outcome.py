"""What came of a case: values alone, which can be pickled and written as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.runner.verdict import VerdictKind

__all__ = ["CaseOutcome", "SecretSent", "Stand"]


@dataclass(frozen=True, slots=True, order=True)
class Stand:
    """Where a client stood: a statement of a script, an expect of a chat file, a blocked call of a program.

    Attributes:
        text: What it did there, on one line and without secrets, such as ``waitfor "sername:"``.
        file: The name of the file it is in; empty for what isn't in a file.
        line: The line, counted from 1; 0 for none.
        column: The column, counted from 1; 0 for none.
    """

    text: str
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True, slots=True)
class SecretSent:
    """A password that the client has sent, once.

    Attributes:
        at: When, in seconds since the run began.
        where: The prompt at which the ISP waited then, or in words what it did instead.
        asked: Whether the ISP took it as the answer to a question for a secret.
        after_time_out: Whether the client's last wait before it had ended with its time; None if that isn't known.
        stand: The statement that sent it; None if that isn't known.
    """

    at: float
    where: str
    asked: bool
    after_time_out: bool | None = None
    stand: Stand | None = None


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What came of playing a client against a scenario once.

    Attributes:
        verdict: The kind of the verdict.
        reason: Its reason, in one sentence.
        at: When it was reached, in seconds since the run began.
        exit_status: The client's exit status; None if a signal ended it or it has not ended.
        signal: The signal that ended it; None if no signal did.
        waits: What the hang waits for, as :class:`~simisp.runner.hang.WhoWaits` has it; empty if it is no hang.
        proven: Whether the hang is proven.
        until: When the hang ends by itself; None if it does not, or if it isn't known.
        calls: How many calls the ISP answered, or one line of a bank from another.
        dialled: How many times a number was dialled.
        reached: What the ISP's side came to, in order: marks, a log-in that was accepted, the dialogue's end.
        broken: The scenario's expectations that did not hold.
        stand: Where the client stood when it hung or ended; None if that isn't known.
        timed_out: Whether the last wait of the client had ended with its time; None if that isn't known.
        secrets: The passwords that it sent.
        spinning: Where the client ran on without a wait; None if it did not.
        crashed: Why the client could not go on; empty if it did not crash.
        exercised: The numbers of the client's statements that it came to, in its own list of them.
        held_by: The processes that held the port after the command had ended, each in words.
        orphans: The processes that the command left behind, each in words.
        locks: The lock files that it left behind.
        conduct: A digest of what the client did, for a comparison with the undisturbed run; empty if none was made.
    """

    verdict: VerdictKind
    reason: str
    at: float
    exit_status: int | None = None
    signal: str | None = None
    waits: str = ""
    proven: bool = False
    until: float | None = None
    calls: int = 0
    dialled: int = 0
    reached: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    stand: Stand | None = None
    timed_out: bool | None = None
    secrets: tuple[SecretSent, ...] = ()
    spinning: Stand | None = None
    crashed: str = ""
    exercised: tuple[int, ...] = ()
    held_by: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    conduct: str = ""
