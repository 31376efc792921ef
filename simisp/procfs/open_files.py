"""Which processes have what open: the tables of open files of a whole machine, as one look finds them.

A process that may not be looked at has nothing open here. So that something is *not* open outside of a run is never
concluded from this alone where the kernel can say who has it inside.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.descriptors import are_one_file, tables
from simisp.procfs.fdinfo import Information, descriptor_information, descriptor_status
from simisp.procfs.process import process_ids

__all__ = ["IO_URING", "OpenFile", "OpenFiles", "open_descriptors", "open_files"]

IO_URING = "anon_inode:[io_uring]"
"""The link of a ring's descriptor: io_uring(7)."""
_KEPT = re.compile(r"^ *[0-9]+: (.+)", re.MULTILINE)


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

    def information(self) -> Information:
        """Return what the kernel tells of the open file, read now; nothing when it can't be read."""
        try:
            return Information(descriptor_information(self.pid, self.number, thread=self.thread))
        except OSError:
            return Information("")

    @property
    def device(self) -> int:
        """The number of the device that it stands for; 0 when it is none, or can't be seen."""
        try:
            return descriptor_status(self.pid, self.number, thread=self.thread).st_rdev
        except OSError:
            return 0

    def field(self, name: str) -> str | None:
        """Return a number that the kernel tells of the open file; None when it does not: proc_pid_fdinfo(5)."""
        return self.information().field(name)

    def kept(self) -> list[str]:
        """Return the links of files that it keeps as an io_uring, without descriptors: io_uring_register(2)."""
        if self.link != IO_URING:
            return []
        return _KEPT.findall(self.information().text.partition("UserFiles:")[2].partition("UserBufs:")[0])

    def is_same(self, other: OpenFile) -> bool:
        """Whether it is the very same open file as another, as after dup(2) or fork(2), and not only on the same file.

        Where the kernel does not compare them (kcmp(2)), what it tells of them is compared: that may be alike.
        """
        same = are_one_file(self.thread, self.number, other.thread, other.number)
        if same is not None:
            return same
        return self.information() == other.information()

    def is_file(self, status: os.stat_result) -> bool:
        """Whether it is open on a file, whatever name it was opened by."""
        if not self.link.startswith("/") or self.field("ino") not in {None, str(status.st_ino)}:
            return False
        try:
            found = descriptor_status(self.pid, self.number, thread=self.thread)
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
                        for link in (one.link, *one.kept()):
                            self._found.setdefault(link, []).append(one)
        return self._found


def open_files(pid: int) -> Iterator[OpenFile]:
    """Yield a process's descriptors, in all of its tables; nothing of a process that may not be looked at."""
    try:
        for thread in tables(pid):
            yield from _open_in_table(pid, thread, f"/proc/{pid}/task/{thread}/fd")
    except PermissionError:
        return  # one that may not be looked at at all, however many descriptors and tables it has


def open_descriptors(path: str, *, without: int, proc: Path = Path("/proc")) -> int:
    """Return how many descriptors of all processes that can be looked into are open on a file.

    Slow. Each process counts with its first table alone: where the kernel does not compare tables, threads would count
    a descriptor that they share several times.

    Args:
        path: The file.
        without: A descriptor of this process that doesn't count.
        proc: Where the kernel shows its processes.
    """
    ours = os.getpid(), without
    return sum(
        one.link == path and (one.pid, one.number) != ours
        for pid in process_ids(proc)
        for one in _visible(_open_in_table(pid, pid, f"{proc}/{pid}/fd"))
    )


def _visible(found: Iterator[OpenFile]) -> Iterator[OpenFile]:
    with suppress(PermissionError):
        yield from found


def _open_in_table(pid: int, thread: int, folder: str) -> Iterator[OpenFile]:
    """Yield the descriptors of one table.

    Raises:
        PermissionError: The process may not be looked at.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - read often
    except OSError:
        return
    for name in names:
        try:
            yield OpenFile(pid, thread, int(name), os.readlink(f"{folder}/{name}"))  # noqa: PTH115
        except PermissionError:
            raise
        except OSError:
            continue
