"""The outcome of a run: the port became free, an expectation did not hold, or a hang."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from simisp.facts.run import VerdictKind
from simisp.forensics.report import PortReport
from simisp.runner.clocks import ClockChoice
from simisp.runner.departure import Departure
from simisp.runner.hang import Hang
from simisp.shared_time.real_pace import RealPace, in_words
from simisp.visible import visible

__all__ = ["ClientReport", "ExpectationResult", "Verdict", "VerdictKind"]


_EXIT_STATUS = {VerdictKind.RELEASED: 0, VerdictKind.FAILED: 1, VerdictKind.HANG: 3, VerdictKind.CUT_SHORT: 2}


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """One expectation of the scenario.

    Attributes:
        expectation: As written in the scenario.
        held: Whether it held; None if it can't be judged in this run.
        found: What was found instead, or why it can't be judged; empty if it held.
        shortcoming: What was found instead, as a clause; empty unless it did not hold.
    """

    expectation: str
    held: bool | None
    found: str = ""
    shortcoming: str = ""

    def describe(self) -> str:
        """Return it in words."""
        fate = {True: "held", False: "did not hold", None: "not judged"}[self.held]
        return f"{fate}: {self.expectation}" + (f" ({self.found})" if self.found else "")


@dataclass(slots=True, unsafe_hash=True)  # immutable by Final fields, as the verdict is
class ClientReport:
    """The outcome of the command. Its fields are not to be changed.

    Attributes:
        command: The command, with secrets masked.
        pid: Its process id.
        exit_status: Its exit status; None if a signal ended it or it was still running at the verdict.
        signal: The signal that ended it; None if it was not ended by a signal.
        gave_up_at: When the dialler gave up, in seconds since the run began; None if it did not.
        cleaned_up: The processes that were ended after the verdict.
        locks_removed: The lock files that the command had left and that were removed.
        locks_remaining: Why other lock files could not be removed.
        departure: The last thing that it received before it ended; None if it was still running.
        left_behind: The names of the programs that it had started and that ran on after it.
    """

    command: Final[str]
    pid: Final[int]
    exit_status: Final[int | None] = None
    signal: Final[str | None] = None
    gave_up_at: Final[float | None] = None
    cleaned_up: Final[Sequence[int]] = ()
    locks_removed: Final[Sequence[str]] = ()
    locks_remaining: Final[Sequence[str]] = ()
    departure: Final[Departure | None] = None
    left_behind: Final[Sequence[str]] = ()

    def describe(self) -> str:
        """Return the outcome of the command, in words."""
        if self.exit_status is not None:
            fate = f"ended with exit status {self.exit_status}"
        elif self.signal is not None:
            fate = f"was ended by {self.signal}"
        else:
            fate = "was still running"
        patience = f"; its patience ended after {self.gave_up_at:.3f} s" if self.gave_up_at is not None else ""
        return f"the client ({self.command}) {fate}{patience}"


@dataclass(slots=True, unsafe_hash=True)  # a frozen one takes five times as long to build
class Verdict:
    """The verdict on a run. Its fields are not to be changed.

    Attributes:
        kind: Released, failed or hang.
        scenario: The scenario's name.
        reason: The reason, in one sentence.
        at: When it was reached, in seconds since the run began.
        calls: How many calls the ISP answered, or one line of a bank from another.
        waiting_for: What the ISP's side was waiting for, in words.
        client: The outcome of the command; None if there was no command.
        report: The holders of the port; None if holders were not searched for.
        expectations: The scenario's expectations, each with whether it held.
        hang: The kind of the hang; None if it is not a hang.
        clock: The clock of the run.
        real_paces: The waits for something outside the run during which virtual time passed no faster than real time,
            the longest first.
        interrupted: Whether the run was cancelled; the other attributes are as of then.
        client_faults: What the scenario did to the client itself, and when, in words.
    """

    kind: Final[VerdictKind]
    scenario: Final[str]
    reason: Final[str]
    at: Final[float]
    calls: Final[int]
    waiting_for: Final[str] = ""
    client: Final[ClientReport | None] = None
    report: Final[PortReport | None] = None
    expectations: Final[Sequence[ExpectationResult]] = ()
    hang: Final[Hang | None] = None
    clock: Final[ClockChoice] = field(default_factory=ClockChoice)
    real_paces: Final[Sequence[RealPace]] = ()
    interrupted: Final[bool] = False
    client_faults: Final[Sequence[str]] = ()

    @property
    def exit_status(self) -> int:
        """The exit status for the verdict: 0 released, 1 failed, 2 cut short, 3 hang; and 2 for a run that was to be
        virtual but could not stay so, whatever its outcome in real time.
        """
        return _EXIT_STATUS[self.kind] if self.clock.was_kept else _EXIT_STATUS[VerdictKind.CUT_SHORT]

    def to_json(self) -> str:
        """Return the verdict as JSON."""
        return json.dumps(
            {
                "verdict": self.kind.value,
                "scenario": self.scenario,
                "reason": self.reason,
                "interrupted": self.interrupted,
                "at": round(self.at, 6),
                "clock": {
                    "asked": self.clock.asked,
                    "used": self.clock.used,
                    "why": self.clock.why,
                    "real_pace": [asdict(pace) for pace in self.real_paces],
                },
                "calls": self.calls,
                "client_faults": list(self.client_faults),
                "hang": None if self.hang is None else _hang_data(self.hang),
                "isp": self.waiting_for,
                "client": None if self.client is None else _client_data(self.client),
                "port": self.report.to_data() if self.report is not None else None,
                "expectations": [
                    {"expectation": result.expectation, "held": result.held, "found": result.found}
                    for result in self.expectations
                ],
            },
            indent=2,
        )

    def describe(self) -> str:
        """Return the verdict in words, a line for each finding; the first line begins with its name."""
        lines = [f"{self.kind.value}: {self.reason}"]
        if self.client is not None:
            lines.append(f"  {self.client.describe()}")
            if self.client.departure is not None:
                lines.append(f"  before it ended, {self.client.departure.text}")
            if self.client.cleaned_up:
                ended = ", ".join(map(str, self.client.cleaned_up))
                lines.append(f"  simisp has ended what the client left behind: pid {ended}")
            lines += [f"  simisp has removed the lock file that was left: {path}" for path in self.client.locks_removed]
            lines += [f"  a lock file remains: {complaint}" for complaint in self.client.locks_remaining]
        lines += [f"  {what}" for what in self.client_faults]
        if self.kind is VerdictKind.HANG or self.interrupted:
            lines.append(f"  meanwhile {self.waiting_for}" + (f": {self.hang.waits.value}" if self.hang else ""))
            if self.report is not None:
                lines += [f"  {line}" for line in self.report.describe().splitlines()]
            if self.hang is not None:
                lines += [f"  {wait.describe()}" for wait in self.hang.participants]
        elif self.report is not None:
            lines += [f"  the port had a lock file: {lock.describe()}" for lock in self.report.locks]
        lines += [f"  {result.describe()}" for result in self.expectations]
        lines += [f"  {line}" for line in in_words(self.real_paces)]
        if self.clock.why:
            lines.append(f"  {self.clock.describe()}")
        return "\n".join(map(visible, lines))


def _hang_data(hang: Hang) -> dict[str, object]:
    """Return a hang as JSON has it."""
    return {
        "waits": hang.waits.value,
        "proven": hang.proven,
        "unless_signalled": hang.unless_signalled,
        "outside": hang.outside,
        "until": hang.until,
        "participants": [asdict(wait) for wait in hang.participants],
    }


def _client_data(client: ClientReport) -> dict[str, object]:
    """Return what is known of the client as JSON has it."""
    return {
        "command": client.command,
        "pid": client.pid,
        "exit_status": client.exit_status,
        "signal": client.signal,
        "gave_up_at": client.gave_up_at,
        "cleaned_up": list(client.cleaned_up),
        "locks_removed": list(client.locks_removed),
        "locks_remaining": list(client.locks_remaining),
        "departure": None if client.departure is None else asdict(client.departure),
    }
