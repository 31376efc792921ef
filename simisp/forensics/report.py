"""The report on a port: its holders and locks, as plain data and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from simisp.forensics.waits import Wait
from simisp.locks.holders import FlockFound
from simisp.locks.inspection import LockFound
from simisp.procfs.descriptors import Descriptor

__all__ = ["Holder", "PortReport", "Thread"]

_STATES = {"T": "stopped", "t": "stopped by a debugger", "D": "in uninterruptible sleep", "Z": "ended, not reaped"}
_ASLEEP = "SDI"
_ENDED = "ZX"
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of a process that holds the port.

    Attributes:
        number: The thread id; the first thread's is the pid.
        name: Its short name in the kernel.
        state: One letter, as in proc(5): R running, S sleeping, D in uninterruptible sleep, T stopped, Z zombie.
        wait: Where it is blocked.
        on_port: Whether it is blocked on the port; None if unknown.
        started: When it started, in clock ticks since boot.
        switches: How often it has left the processor; None if unknown.
        asleep_since: It has not run since this time at the latest, in seconds since the Unix epoch; None if no earlier
            look proves that.
    """

    number: int
    name: str
    state: str
    wait: Wait
    on_port: bool | None
    started: int
    switches: int | None
    asleep_since: float | None = None

    def slept_since(self, earlier: Thread) -> bool:
        """Internal: return whether this is the same thread as in an earlier look and has not run in between."""
        return (
            (self.number, self.started, self.switches, self.wait)
            == (earlier.number, earlier.started, earlier.switches, earlier.wait)
            and self.switches is not None
            and self.state in _ASLEEP
            and earlier.state in _ASLEEP
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has the port open.

    Attributes:
        pid: Its process id.
        command: Its command line, quoted as for a shell, secrets masked.
        state: One letter, as in proc(5): R running, S sleeping, D in uninterruptible sleep, T stopped, Z zombie.
        started: When it started, in clock ticks since boot; together with ``pid`` this identifies it.
        started_at: The same in seconds since the Unix epoch.
        parent: The pid of its present parent.
        parent_name: The parent's short name in the kernel; empty if unknown.
        parent_gone: Whether the process that started it is gone; None if unknown.
        group: Its process group.
        session: Its session.
        terminal: The path of its controlling terminal; empty if it has none.
        descriptors: Its descriptors on the port.
        threads: Its threads, the first one first.
        ours: Whether it is the process that looked, such as a test that left the port open.
    """

    pid: int
    command: str
    state: str
    started: int
    started_at: float
    parent: int
    parent_name: str
    parent_gone: bool | None
    group: int
    session: int
    terminal: str
    descriptors: tuple[Descriptor, ...]
    threads: tuple[Thread, ...]
    ours: bool = False

    @property
    def waiting(self) -> Thread | None:
        """The relevant thread: the first one that waits on the port, else the first that has not ended."""
        on_port = (thread for thread in self.threads if thread.on_port)
        living = (thread for thread in self.threads if thread.state not in _ENDED)
        return next(on_port, next(living, self.threads[0] if self.threads else None))

    @property
    def blocked_in(self) -> str:
        """Where it is blocked, as in "blocked in read(0, …)"."""
        thread = self.waiting
        return thread.wait.text if thread else "in a state that can't be seen"

    @property
    def where(self) -> str:
        """Its descriptors on the port, as in "descriptor 3 (read and write)"."""
        return _numbered(self.descriptors)

    def describe(self, now: float, port: str = "the port") -> str:
        """Return one sentence in words.

        Args:
            now: The time of the report, in seconds since the Unix epoch.
            port: The port, in words.
        """
        if self.ours:
            who = f"this process, pid {self.pid} ({self.command or 'command unknown'}),"
            return f"{who} holds {port} on {self.where}; close it"
        clauses = [
            f"pid {self.pid} ({self.command or 'command unknown'}) holds {port} on {self.where}",
            self._describe_wait(now),
            f"started {_seconds(now - self.started_at)} ago",
        ]
        if self.terminal:
            clauses.append(f"controlling terminal {self.terminal}")
        return ", ".join(clauses) + f"; {self._describe_parent()}"

    def _describe_wait(self, now: float) -> str:
        thread = self.waiting
        words = self.blocked_in
        if thread and thread.number != self.pid:
            words = f"its thread {thread.number} ({thread.name}) {words}"
        if self.state in _ENDED and thread and thread.state not in _ENDED:
            words = f"its first thread has ended, {words}"
        elif self.state in _STATES:
            words = f"{_STATES[self.state]}, {words}"
        if thread and thread.asleep_since is not None:
            words += f" for at least {_seconds(now - thread.asleep_since)}"
        return words

    def _describe_parent(self) -> str:
        parent = f"pid {self.parent}" + (f", {self.parent_name}" if self.parent_name else "")
        if self.parent_gone is None:
            return "its parent can't be seen"
        return f"its parent is gone (adopted by {parent})" if self.parent_gone else f"its parent is {parent}"


@dataclass(frozen=True, slots=True)
class PortReport:
    """The holders and locks of a port.

    Attributes:
        port: The port's path as given.
        device: The device behind it; empty if it does not exist.
        taken: When the report was made, in seconds since the Unix epoch.
        holders: The processes that have it open, in order of pid.
        locks: The lock files that concern it.
        flocks: The locks that the kernel keeps on its node.
        exclusive: Whether TIOCEXCL is set; None if unknown.
        unseen: How many processes cannot be inspected.
        quiet_since: When the last octet passed the port, in seconds since the Unix epoch; None if unknown.
        remarks: What could not be found out, and why.
        is_searchable: Whether holders can be found at all; on anything but a terminal of this machine they can't.
        line: The name of the port's line; empty if it is the only one.
        others: The reports on the ports of further lines that are held too.
    """

    port: str
    device: str
    taken: float
    holders: tuple[Holder, ...] = ()
    locks: tuple[LockFound, ...] = ()
    flocks: tuple[FlockFound, ...] = ()
    exclusive: bool | None = None
    unseen: int = 0
    quiet_since: float | None = None
    remarks: tuple[str, ...] = ()
    is_searchable: bool = True
    line: str = ""
    others: tuple[PortReport, ...] = ()

    @property
    def all_ports(self) -> tuple[PortReport, ...]:
        """This report, and those on the ports of further lines that are held."""
        return (self, *self.others)

    @property
    def held_lines(self) -> tuple[str, ...]:
        """The names of the lines whose ports are held; empty if there is only one line."""
        return tuple(report.line for report in self.all_ports if report.line and report.held)

    @property
    def held(self) -> bool:
        """Whether any visible process has the port open."""
        return bool(self.holders)

    @property
    def free(self) -> bool:
        """Whether a dialler can use the port: no process has it open, and no lock that counts is on it."""
        locked = any(not lock.stale for lock in self.locks) or any(not lock.waiting for lock in self.flocks)
        return not self.holders and not locked and not self.exclusive

    def to_data(self) -> dict[str, object]:
        """Return the report as plain data for JSON."""
        data: dict[str, object] = asdict(self)
        data["others"] = [other.to_data() for other in self.others]
        data["holders"] = [asdict(holder) | {"blocked_in": holder.blocked_in} for holder in self.holders]
        return data

    def describe(self) -> str:
        """Return the report in words, one finding a line.

        Example:
            >>> print(PortReport("/tmp/modem", "/dev/pts/3", 0.0, exclusive=False).describe())
            no process holds /tmp/modem (/dev/pts/3)
            lock files: none; flock: none; TIOCEXCL: no
        """
        if not self.is_searchable:
            lines = [f"which process has {self.port} open can't be told: it is no terminal of this machine"]
            return "\n".join([*lines, *self._quiet(), *self.remarks])
        name = f"{self.port} ({self.device})" if self.device not in {"", self.port} else self.port
        lines = _described(self)
        lines = lines or [f"no process holds {name}" + (" as far as can be seen" if self.unseen else "")]
        lines.append(_locks_of(self))
        for other in self.others:
            lines += [*_described(other), _locks_of(other)]
        lines += self._quiet()
        if self.unseen and not self.holders:
            lines.append(f"processes that cannot be inspected: {self.unseen}")
        return "\n".join([*lines, *self.remarks])

    def _quiet(self) -> list[str]:
        if self.quiet_since is None:
            return []
        return [f"nothing has passed the port for {_seconds(self.taken - self.quiet_since)}"]


_YES_NO = {True: "yes", False: "no", None: "unknown"}


def _described(report: PortReport) -> list[str]:
    port = f"the port of line {report.line}" if report.line else "the port"
    lines = [holder.describe(report.taken, port) for holder in report.holders[:_MOST_SHOWN]]
    if len(report.holders) > _MOST_SHOWN:
        lines.append(f"and {len(report.holders) - _MOST_SHOWN} more processes hold {port}")
    return lines


def _locks_of(report: PortReport) -> str:
    return (
        f"lock files: {_listed([lock.describe() for lock in report.locks])}"
        f"; flock: {_listed([_flock(lock) for lock in report.flocks])}"
        f"; TIOCEXCL: {_YES_NO[report.exclusive]}"
    )


def _flock(lock: FlockFound) -> str:
    taker = f"by pid {lock.pid}" if lock.pid else "by a process that the kernel does not name"
    kind = "" if lock.kind == "flock" else f"{lock.kind}, "
    return f"{kind}{lock.access}, {'waited for' if lock.waiting else 'taken'} {taker}"


def _numbered(descriptors: Sequence[Descriptor]) -> str:
    numbers = [f"{each.number} ({_manner(each)})" for each in descriptors]
    return f"descriptor{'s' if len(numbers) > 1 else ''} {_listed(numbers, ' and ')}"


def _manner(descriptor: Descriptor) -> str:
    access = "" if descriptor.access == "unknown" and descriptor.table else descriptor.access
    return ", ".join(filter(None, (access, "flock" if descriptor.flock else "", descriptor.table)))


def _listed(words: Sequence[str], joint: str = ", ") -> str:
    shown = list(words[:_MOST_SHOWN])
    if len(words) > _MOST_SHOWN:
        shown.append(f"{len(words) - _MOST_SHOWN} more")
    return joint.join(shown) or "none"


def _seconds(duration: float) -> str:
    """Return a duration for display.

    Example:
        >>> _seconds(4.25), _seconds(95.0), _seconds(-0.01)
        ('4.2 s', '95 s', '0.0 s')
    """
    duration = max(duration, 0.0)
    return f"{duration:.1f} s" if duration < 10 else f"{duration:.0f} s"
