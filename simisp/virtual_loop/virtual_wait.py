"""One thread that waits in virtual time, as a verdict shows it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STOPPED", "VirtualWait"]

STOPPED = "stop"
"""Shown instead of a call if a process was stopped outside a wait, so that its slot shows one that is over."""


@dataclass(frozen=True, slots=True)
class VirtualWait:
    """One thread that waits in virtual time.

    Attributes:
        pid: Its process.
        thread: Its thread id.
        call: The call that it waits in, such as ``"read"``; ``"stop"`` for a process that was stopped outside a wait.
        descriptor: The descriptor that it waits for; None if the call has none.
        since: When the wait began, in seconds of the run; None for a wait that only the kernel sees, without a time.
        until: When it ends by itself, by its own limit or by an alarm; None for never.
        on_line: Whether it waits for a line.
        lasts: Whether it is in this wait now, rather than between two.
        line: The name of the line that it waits for, the first of several; empty without one, and if there is only one.
    """

    pid: int
    thread: int
    call: str
    descriptor: int | None
    since: float | None
    until: float | None
    on_line: bool = False
    lasts: bool = True
    line: str = ""

    @property
    def where(self) -> str:
        """The call and its descriptor, such as ``"read(0)"``."""
        return f"{self.call}({'' if self.descriptor is None else self.descriptor})"

    def describe(self) -> str:
        """Return it in words.

        Example:
            >>> VirtualWait(7, 7, "read", 0, 2.24, 3602.24).describe()
            'pid 7 waits in read(0) since 2.240 s, until 3602.240 s'
            >>> VirtualWait(7, 7, "read", 0, 2.24, None, on_line=True, line="fax").describe()
            'pid 7 waits on line fax in read(0) since 2.240 s, forever'
        """
        if self.call == STOPPED:
            return f"pid {self.pid} is stopped, until a signal continues it"
        limit = "forever" if self.until is None else f"until {self.until:.3f} s"
        thread = "" if self.thread in (0, self.pid) else f", thread {self.thread},"
        since = "" if self.since is None else f" since {self.since:.3f} s"
        line = f" on line {self.line}" if self.line else ""
        return f"pid {self.pid}{thread} waits{line} in {self.where}{since}, {limit}"
