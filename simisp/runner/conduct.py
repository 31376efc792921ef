"""What a scenario expects of the client's conduct, watched record by record.

Each expectation has a watch of its own, which takes the records of the run in order and keeps the first thing that was
not as expected, with its time. Those of the port are in :mod:`simisp.runner.port_conduct`, those of PPP in
:mod:`simisp.runner.ppp_conduct`. A watch is a small machine; the states of those that have some:

==========================  =========================================================================================
expectation                 states
==========================  =========================================================================================
no write before             *idle*; *waiting* from dialling or answering until the text has come, or the modem takes
                            commands again
guard time kept             *outside* a call; *online*, where octets between two guard times are one burst
hung up by                  *no call*; *up* from the carrier on; judged when the modem goes on hook
retry not before            *free*; *over since* an attempt ended, until the next one
answered within             *free*; *asked since*, until a line has come or the call is over
==========================  =========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

from simisp.circuits import Circuit
from simisp.facts.isp import Asking, LineAnswered
from simisp.facts.line import (
    CallEnded,
    CircuitSet,
    CommandRun,
    Dialled,
    HangUpReason,
    ModemState,
    ModemStateEntered,
    Octets,
    WentOnHook,
)
from simisp.facts.port import PortClosed
from simisp.facts.sources import Source
from simisp.runner.conduct_watch import ConductWatch, ExpectationWatch, moment_of
from simisp.runner.credentials import SentWords
from simisp.runner.excerpts import Excerpts
from simisp.runner.port_conduct import LockFileWatch, OpenedWatch, RawWatch, SpeedWatch
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.conduct_expectations import (
    HANG_UP_WAYS,
    AnsweredWithin,
    ClientLockFile,
    CommandsInOrder,
    GuardTimeKept,
    HungUpBy,
    NeverSent,
    NoWriteBefore,
    OpenedTimes,
    RawBeforeFirstOctet,
    RetryNotBefore,
    SecretOnlyAt,
    SpeedUsed,
)
from simisp.scenario.model import Scenario
from simisp.scenario.ppp_expectations import (
    AgreedAddress,
    AuthenticatedAs,
    GaveUpWithin,
    PppUpWithin,
    TerminatedCleanly,
)
from simisp.scenario.values import is_pattern
from simisp.spans import Spans, joined, within
from simisp.transcript import Record

if TYPE_CHECKING:
    from simisp.scenario.expectations import ClientConduct

__all__ = ["watch_of"]

_MOST_KEPT = 1024
"""How many octets before the newest ones a match may begin in."""
_MOST_OF_BURST = 16
"""How many octets of a burst are kept at its beginning, and how many at its end."""
_MOST_COMMANDS = 3
"""How many commands are named that were sent in place of one."""


class _NoWriteBefore(ExpectationWatch):
    def __init__(self, expected: NoWriteBefore, passwords: Iterable[str]) -> None:
        super().__init__(f"no write before {expected.no_write_before}")
        self._shown = expected.no_write_before
        self._excerpts = Excerpts(passwords)
        self._awaited = _pattern(expected.no_write_before, 0)
        self._tail: str | None = None
        """What has come since it dialled or answered, as far as the text can begin in it; None if none is awaited."""

    def take(self, record: Record) -> None:
        match record.fact:
            case ModemStateEntered(ModemState.DIALLING | ModemState.ANSWERING):
                self._tail = ""
            case ModemStateEntered(ModemState.COMMAND):
                self._tail = None
            case Octets(data, secrets) if self._tail is not None:
                if record.source is not Source.CLIENT:
                    stream = self._tail + data.decode("latin-1")
                    self._tail = None if self._awaited.search(stream) else stream[-_MOST_KEPT:]
                elif not self._wrong and data.strip(b"\n"):  # the LF behind the CR of a line belongs to the command
                    sent = self._excerpts.of(data, secrets)
                    self.note(f"at {moment_of(record)} it sent {sent}, and {self._shown} had not come")


class _GuardTime(ExpectationWatch):
    """The guard time is S12's, in fiftieths of a second, and the sequence three times the character in S2 (Hayes)."""

    def __init__(self) -> None:
        super().__init__("guard time kept")
        self._guard, self._sequence = 1.0, b"+++"
        self._is_online = False
        self._burst = b""
        self._times: list[float] = []
        """When each octet of the burst came."""
        self._is_long = False
        self._has_gap = False
        """Whether octets between the beginning of the burst and its end were left out."""
        self._seen = False

    def take(self, record: Record) -> None:
        match record.fact:
            case ModemStateEntered(state):
                self._end_burst()
                self._is_online = state is ModemState.ONLINE_DATA
            case CommandRun(line):
                self._take_registers(line)
            case Octets(data) if record.source is Source.CLIENT and self._is_online:
                self._take_data(data, record.at)

    def judge(self, facts: RunFacts) -> ExpectationResult:
        self._end_burst()
        return super().judge(facts) if self._seen or self._wrong else self.not_judged("it sent no escape sequence")

    def _take_registers(self, line: str) -> None:
        for register, value in re.findall(r"S(2|12)=(\d{1,3})", line.upper()):
            if register == "12":
                self._guard = int(value) / 50
            else:
                self._sequence = bytes([int(value) & 0x7F]) * 3

    def _take_data(self, data: bytes, at: float) -> None:
        if self._burst and at - self._times[-1] >= self._guard:
            self._end_burst()
        stream, times = self._burst + data, [*self._times, *[at] * len(data)]
        self._is_long = self._is_long or len(stream) > len(self._sequence)
        is_whole = len(stream) <= 2 * _MOST_OF_BURST
        self._has_gap = self._has_gap or not is_whole
        self._burst = stream if is_whole else stream[:_MOST_OF_BURST] + stream[-_MOST_OF_BURST:]
        self._times = times if is_whole else times[:_MOST_OF_BURST] + times[-_MOST_OF_BURST:]

    def _end_burst(self) -> None:
        """Judge the octets between two guard times: the sequence alone, or with a command behind it, or other data."""
        burst, self._burst = self._burst, b""
        times, self._times = self._times, []
        is_long, self._is_long = self._is_long, False
        has_gap, self._has_gap = self._has_gap, False
        if burst == self._sequence:
            self._seen = True
        elif is_long and burst.startswith(self._sequence) and burst[3:5].upper() in {b"AT", b"\rA", b"\r", b"\r\n"}:
            self._note_gaps(times, 0)
        elif is_long and burst.endswith(self._sequence):
            self._note_gaps(times, len(burst) - 3)
        elif (start := self._place_within(burst, has_gap=has_gap)) is not None:
            self._note_gaps(times, start)

    def _place_within(self, burst: bytes, *, has_gap: bool) -> int | None:
        """Return where a sequence with a command behind it begins in a burst; None if there is none."""
        wanted = re.compile(re.escape(self._sequence) + rb"\r?AT", re.IGNORECASE)
        # Across a gap there is no sequence, and the time before the first octet behind it is not known.
        parts = ((0, _MOST_OF_BURST), (_MOST_OF_BURST + 1, len(burst))) if has_gap else ((0, len(burst)),)
        return next((found.start() for part in parts if (found := wanted.search(burst, *part))), None)

    def _note_gaps(self, times: list[float], start: int) -> None:
        """Note the times beside an escape sequence that begins at this octet."""
        gaps = [f"{times[start] - times[start - 1]:.3f} s after other octets"] if start else []
        if len(times) > start + 3:
            gaps.append(f"{times[start + 3] - times[start + 2]:.3f} s before the next octet")
        self.note(
            f"at {times[start]:.3f} s it sent an escape sequence {' and '.join(gaps)}, and the guard time is"
            f" {self._guard:g} s"
        )


class _HungUpBy(ExpectationWatch):
    def __init__(self, expected: HungUpBy) -> None:
        super().__init__(f"hung up by {expected.hung_up_by}")
        self._wanted = expected.hung_up_by
        self._up_since: float | None = None
        self._any = False
        self._closed_at: float | None = None
        self._fell_by = "dtr"

    @property
    def was_tried(self) -> bool:
        return self._any

    def take(self, record: Record) -> None:
        match record.fact:
            case ModemStateEntered(ModemState.ONLINE_DATA):
                self._up_since = record.at if self._up_since is None else self._up_since
            case PortClosed(0):
                self._closed_at = record.at
            case CircuitSet(Circuit.DTR, False) if record.source is Source.CLIENT:
                self._fell_by = "close" if self._closed_at == record.at else "dtr"
            case WentOnHook(reason) if self._up_since is not None:
                self._up_since, self._any = None, True
                way = {HangUpReason.COMMAND: "ath", HangUpReason.DTR: self._fell_by}.get(reason)
                if way != self._wanted:
                    how = HANG_UP_WAYS[way] if way else f"otherwise: {reason.value}"
                    self.note(f"at {moment_of(record)} the call ended {how}")

    def judge(self, facts: RunFacts) -> ExpectationResult:
        if self._any:
            return super().judge(facts)
        is_up = self._up_since is not None
        return self.result(
            f"the call that is up since {self._up_since:.3f} s did not end" if is_up else "no call ended"
        )


class _RetryNotBefore(ExpectationWatch):
    def __init__(self, expected: RetryNotBefore) -> None:
        super().__init__(f"retry not before {expected.retry_not_before:g} s")
        self._least = expected.retry_not_before
        self._over_at: float | None = None

    def take(self, record: Record) -> None:
        match record.fact:
            case WentOnHook():
                self._over_at = record.at
            case Dialled() if self._over_at is not None:
                after = record.at - self._over_at
                if after < self._least:
                    self.note(f"at {moment_of(record)} it dialled again only {after:.3f} s after the call before")
                self._over_at = None


class _InOrder(ExpectationWatch):
    def __init__(self, expected: CommandsInOrder, passwords: Iterable[str]) -> None:
        super().__init__("commands in order " + ", ".join(expected.commands_in_order))
        self._awaited = list(expected.commands_in_order)
        self._patterns = [_pattern(text) for text in expected.commands_in_order]
        self._excerpts = Excerpts(passwords)
        self._last = ""
        self._since: list[str] = []
        """The first commands since then, with their times."""
        self._more = 0
        self._too_early: dict[int, str] = {}
        """When commands that are still awaited were sent before their turn, by how many are awaited behind them."""

    def take(self, record: Record) -> None:
        fact = record.fact
        if not isinstance(fact, CommandRun) or not self._patterns:
            return
        if self._patterns[0].fullmatch(fact.line):
            del self._patterns[0]
            self._last = f"{self._awaited.pop(0)} at {moment_of(record)}"
            self._since.clear()
            self._more = 0
            return
        for index, pattern in enumerate(self._patterns):
            if pattern.fullmatch(fact.line):
                self._too_early.setdefault(len(self._patterns) - index, moment_of(record))
        if len(self._since) < _MOST_COMMANDS:
            self._since.append(f"{self._excerpts.of_text(fact.line)} at {moment_of(record)}")
        else:
            self._more += 1

    def judge(self, _facts: RunFacts) -> ExpectationResult:
        if not self._awaited:
            return self.result("")
        found = f"{self._awaited[0]} was not sent" + (f" after {self._last}" if self._last else "")
        early = self._too_early.get(len(self._awaited))
        if early:
            found += f", but before it, at {early}"
        more = f" and {self._more} more" if self._more else ""
        return self.result(f"{found}; it sent {', '.join(self._since)}{more}" if self._since else found)


class _NeverSent(ExpectationWatch):
    def __init__(self, expected: NeverSent, passwords: Iterable[str]) -> None:
        self._excerpts = Excerpts(passwords)
        super().__init__(f"never sent {self._excerpts.masked(expected.never_sent)}")
        self._pattern = _pattern(expected.never_sent, 0)
        self._is_pattern = is_pattern(expected.never_sent)
        self._tail = b""
        self._secrets: Spans = ()

    def take(self, record: Record) -> None:
        if self._wrong or record.source is not Source.CLIENT or not isinstance(record.fact, Octets):
            return
        stream = self._tail + record.fact.data
        secrets = joined(self._secrets, len(self._tail), record.fact.secrets)
        if found := self._pattern.search(stream.decode("latin-1")):
            what = self._excerpts.of(stream, secrets, found.span()) if self._is_pattern else "it"
            self.note(f"{what} was sent at {moment_of(record)}")
        self._tail = stream[-_MOST_KEPT:]
        self._secrets = within(secrets, len(stream) - len(self._tail), len(stream))


class _SecretOnlyAt(ExpectationWatch):
    def __init__(self, expected: SecretOnlyAt, passwords: Iterable[str]) -> None:
        super().__init__(f"secret only at {', '.join(expected.secret_only_at)}")
        self._allowed = expected.secret_only_at
        self._words = SentWords(passwords, expected.secret_only_at)

    def take(self, record: Record) -> None:
        if not isinstance(record.fact, Octets):
            self._words.take_fact(record.fact)
        elif record.source is Source.CLIENT:
            self._words.take_octets(record.fact.data, record.line)
            if wrong := self._words.elsewhere(self._allowed):
                self.note(f"at {moment_of(record)} a password was sent at: {wrong[0]}")


class _AnsweredWithin(ExpectationWatch):
    def __init__(self, expected: AnsweredWithin) -> None:
        super().__init__(f"answered within {expected.answered_within:g} s")
        self._most = expected.answered_within
        self._asked: tuple[str, float] | None = None

    def take(self, record: Record) -> None:
        match record.fact:
            case Asking(prompt):
                self._asked = prompt, record.at
            case LineAnswered() if self._asked is not None:
                prompt, since = self._asked
                if record.at - since > self._most:
                    self.note(f"{prompt} was answered only after {record.at - since:.3f} s, at {moment_of(record)}")
                self._asked = None
            case CallEnded() if self._asked is not None:
                prompt, since = self._asked
                self.note(f"{prompt}, asked at {since:.3f} s, was not answered: the call ended at {moment_of(record)}")
                self._asked = None

    def judge(self, _facts: RunFacts) -> ExpectationResult:
        open_question = f"{self._asked[0]}, asked at {self._asked[1]:.3f} s, was never answered" if self._asked else ""
        return self.result(self._wrong or open_question)


def watch_of(expected: ClientConduct, scenario: Scenario) -> ConductWatch:  # noqa: C901, PLR0911, PLR0912 - one for each
    """Return a new watch for an expectation of the client's conduct."""
    passwords = [password for _, password in scenario.accounts]
    match expected:
        case RawBeforeFirstOctet():
            return RawWatch(starts_raw=scenario.port.starts == "raw")
        case NoWriteBefore():
            return _NoWriteBefore(expected, passwords)
        case GuardTimeKept():
            return _GuardTime()
        case HungUpBy():
            return _HungUpBy(expected)
        case SpeedUsed():
            return SpeedWatch(expected)
        case OpenedTimes():
            return OpenedWatch(expected)
        case RetryNotBefore():
            return _RetryNotBefore(expected)
        case CommandsInOrder():
            return _InOrder(expected, passwords)
        case NeverSent():
            return _NeverSent(expected, passwords)
        case SecretOnlyAt():
            return _SecretOnlyAt(expected, passwords)
        case AnsweredWithin():
            return _AnsweredWithin(expected)
        case ClientLockFile():
            return LockFileWatch(expected)
        case PppUpWithin() | AgreedAddress() | GaveUpWithin() | TerminatedCleanly() | AuthenticatedAs():
            from simisp.runner.ppp_conduct import watch_of_ppp  # few scenarios come to PPP

            return watch_of_ppp(expected)
        case _:
            assert_never(expected)


def _pattern(text: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Return the pattern of a text: itself, or what is in its slashes."""
    return re.compile(text[1:-1] if is_pattern(text) else re.escape(text), flags)
