"""Which processes have what open: the tables of open files of a whole machine, as one look finds them.

A process that may not be looked at has nothing open here. So that something is *not* open outside of a run is never
concluded from this alone where the kernel can say who has it inside.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simisp.procfs.descriptors import tables
from simisp.procfs.process import process_ids

__all__ = ["OpenFile", "OpenFiles", "field_of", "open_files"]

_O_ASYNC = 0o20000
"""FASYNC: the flag of a descriptor that sends a signal when it gets ready (fcntl(2), F_SETOWN), on every machine."""

_LEASE = re.compile(r"^lock:.* LEASE ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A descriptor of a process.

    Attributes:
        pid: The process.
        thread: The thread in whose table it stands.
        number: The descriptor.
        link: What /proc/PID/fd/N shows: a path, or such as ``pipe:[7]``.
    """

    pid: int
    thread: int
    number: int
    link: str

    def field(self, name: str) -> str | None:
        """Return a number that the kernel tells of the open file; None when it does not: proc_pid_fdinfo(5)."""
        return field_of(self.pid, self.number, name, thread=self.thread)

    @property
    def flags(self) -> int | None:
        """The flags it was opened with and has been given since: open(2)."""
        said = self.field("flags")
        return None if said is None else int(said, 8)

    @property
    def sends_signals(self) -> bool:
        """Whether the kernel sends a signal when it gets ready."""
        return bool((self.flags or 0) & _O_ASYNC)

    @property
    def has_lease(self) -> bool:
        """Whether its process has a lease on the file (fcntl(2), F_SETLEASE)."""
        return _LEASE.search(_told_of(self.pid, self.number, self.thread)) is not None

    def is_file(self, status: os.stat_result) -> bool:
        """Whether it is open on a file, whatever name it was opened by."""
        if not self.link.startswith("/") or self.field("ino") not in {None, str(status.st_ino)}:
            return False
        try:
            found = os.stat(f"/proc/{self.pid}/task/{self.thread}/fd/{self.number}")  # noqa: PTH116 - a magic link
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (status.st_dev, status.st_ino)


class OpenFiles:
    """What some of the processes have open. The look is taken at the first question.

    Args:
        are_meant: Tells by its number whether a process is one of them.
    """

    def __init__(self, are_meant: Callable[[int], bool]) -> None:
        self._are_meant = are_meant
        self._found: dict[str, list[OpenFile]] | None = None

    def on(self, link: str) -> list[OpenFile]:
        """Return the descriptors that lead to what ``link`` names."""
        return self._look().get(link, [])

    def on_file(self, status: os.stat_result) -> OpenFile | None:
        """Return a descriptor that is open on a file, by whichever of its names; None when there is none."""
        return next((one for one in self if one.is_file(status)), None)

    def __iter__(self) -> Iterator[OpenFile]:
        """Iterate over all descriptors."""
        return (one for each in self._look().values() for one in each)

    def _look(self) -> dict[str, list[OpenFile]]:
        if self._found is None:
            self._found = {}
            for pid in process_ids():
                if self._are_meant(pid):
                    for one in open_files(pid):
                        self._found.setdefault(one.link, []).append(one)
        return self._found


def field_of(pid: int, descriptor: int, name: str, *, thread: int = 0) -> str | None:
    """Return a number that the kernel tells of a descriptor; None when it does not.

    Args:
        pid: The process.
        descriptor: Its descriptor.
        name: The field's name in proc_pid_fdinfo(5).
        thread: In whose table it stands; the first thread's by default.
    """
    found = re.search(rf"^{name}:\s*(-?\d+)", _told_of(pid, descriptor, thread or pid), re.MULTILINE)
    return found[1] if found else None


def _told_of(pid: int, descriptor: int, thread: int) -> str:
    """Return all that the kernel tells of a descriptor (proc_pid_fdinfo(5)); empty when it can't be read."""
    try:
        path = f"/proc/{pid}/task/{thread}/fdinfo/{descriptor}"
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - read often
            return file.read()
    except OSError:
        return ""


def open_files(pid: int) -> Iterator[OpenFile]:
    """Yield a process's descriptors, in all of its tables; nothing of a process that may not be looked at."""
    for thread in tables(pid):
        folder = f"/proc/{pid}/task/{thread}/fd"
        try:
            names = os.listdir(folder)  # noqa: PTH208 - read often
        except OSError:
            continue
        for name in names:
            try:
                yield OpenFile(pid, thread, int(name), os.readlink(f"{folder}/{name}"))  # noqa: PTH115
            except PermissionError:
                return  # one that may not be looked at at all, however many descriptors and tables it has
            except OSError:
                continue
