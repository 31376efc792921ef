"""What a scenario expects of what the client does to its port: a watch for each expectation.

The states of those that wait for the first octet are *opened*, until the client's first octet, and then *begun*,
until the port is opened again.
"""

from __future__ import annotations

from simisp.facts.line import Octets
from simisp.facts.port import LockFileSeen, PortClosed, PortOpened, PortSettings
from simisp.facts.sources import Source
from simisp.runner.conduct_watch import ExpectationWatch, in_times, moment_of
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.conduct_expectations import ClientLockFile, OpenedTimes, SpeedUsed
from simisp.transcript import Record

__all__ = ["LockFileWatch", "OpenedWatch", "RawWatch", "SpeedWatch"]

_BOOTED_SPEED = 9600
_MODES_UNSEEN = "this kind of port does not show whether it is raw"
_SPEED_UNSEEN = "this kind of port does not show the client's speed"


class FirstOctets(ExpectationWatch):
    """Tells the first octets after each opening from later ones."""

    def __init__(self, expectation: str) -> None:
        super().__init__(expectation)
        self._has_begun = False

    def is_first(self, record: Record) -> bool:
        """Take a record, and return whether it is the client's first octets since the port was opened."""
        match record.fact:
            case PortOpened(1):
                self._has_begun = False
            case Octets() if record.source is Source.CLIENT and not self._has_begun:
                self._has_begun = True
                return True
        return False


class RawWatch(FirstOctets):
    """That the port is raw before the first octet.

    Args:
        starts_raw: Whether it is raw from the start.
    """

    def __init__(self, *, starts_raw: bool) -> None:
        super().__init__("raw before first octet")
        self._modes = "" if starts_raw else "canonical, echo"

    def take(self, record: Record) -> None:
        """Take a record."""
        if isinstance(record.fact, PortSettings):
            self._modes = record.fact.modes
        if self.is_first(record) and self._modes:
            self.note(f"at {moment_of(record)} it sent its first octet, and the port was not raw ({self._modes})")

    def judge(self, facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        return super().judge(facts) if facts.sees_modes else self.not_judged(_MODES_UNSEEN)


class SpeedWatch(ExpectationWatch):
    """That the client sends at one speed."""

    def __init__(self, expected: SpeedUsed) -> None:
        super().__init__(f"speed {expected.speed}")
        self._wanted = expected.speed
        self._speed = _BOOTED_SPEED

    def take(self, record: Record) -> None:
        """Take a record."""
        match record.fact:
            case PortSettings(speed):
                self._speed = speed
            case Octets() if record.source is Source.CLIENT and self._speed != self._wanted:
                self.note(f"at {moment_of(record)} it sent octets at {self._speed} bit/s")

    def judge(self, facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        return super().judge(facts) if facts.sees_speed else self.not_judged(_SPEED_UNSEEN)


class OpenedWatch(ExpectationWatch):
    """How often the client opens the port."""

    def __init__(self, expected: OpenedTimes) -> None:
        super().__init__(f"opened {expected.opened if expected.opened == 'once' else in_times(int(expected.opened))}")
        self._wanted = 1 if expected.opened == "once" else int(expected.opened)
        self._count, self._last = 0, ""

    @property
    def is_broken(self) -> bool:
        """Whether it was opened too often."""
        return self._count > self._wanted

    def take(self, record: Record) -> None:
        """Take a record."""
        if isinstance(record.fact, PortOpened):
            self._count += 1
            self._last = moment_of(record)

    def judge(self, _facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        if self._count == self._wanted:
            return self.result("")
        if not self._count:
            return self.result("it never opened the port")
        return self.result(f"it opened the port {in_times(self._count)}, last at {self._last}")


class LockFileWatch(FirstOctets):
    """That there is a lock file at the first octet, and none in the end."""

    def __init__(self, expected: ClientLockFile) -> None:
        self._name, self._removed = expected.lock_file.name, expected.lock_file.removed
        super().__init__(f"lock file {self._name}" + (", removed in the end" if self._removed else ""))
        self._is_there = False
        self._others: dict[str, None] = {}
        self._closed = ""

    def take(self, record: Record) -> None:
        """Take a record."""
        match record.fact:
            case PortOpened(1):
                self._is_there = False
                self._others.clear()
            case PortClosed(0):
                self._closed = f", and the port was closed at {moment_of(record)}"
            case LockFileSeen(name) if name == self._name:
                self._is_there = True
            case LockFileSeen(name):
                self._others[name] = None
        if self.is_first(record) and not self._is_there:
            others = f", but {', '.join(self._others)}" if self._others else ""
            self.note(f"at {moment_of(record)} it sent its first octet, and there was no {self._name}{others}")

    def judge(self, facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        if not facts.sees_locks:
            return self.not_judged("on this kind of port there are no lock files")
        left = f"{self._name} is still there{self._closed}" if self._removed and self._name in facts.lock_names else ""
        return self.result(self._wrong or left)
