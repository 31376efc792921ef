"""The open files of all processes, as found in one scan of their tables.

For a process that cannot be inspected no open files are found. So this alone never proves that a file is *not* open
outside a run, if the kernel has a way to say which processes inside have it.
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
        thread: The thread whose table holds it.
        number: The descriptor.
        link: The target of /proc/PID/fd/N: a path, or for instance ``pipe:[7]``.
    """

    pid: int
    thread: int
    number: int
    link: str

    def information(self) -> Information:
        """Return what the kernel shows of the open file, read now; empty if it cannot be read."""
        try:
            return Information(descriptor_information(self.pid, self.number, thread=self.thread))
        except OSError:
            return Information("")

    @property
    def device(self) -> int:
        """The number of the device behind it; 0 if there is none, or it is not visible."""
        try:
            return descriptor_status(self.pid, self.number, thread=self.thread).st_rdev
        except OSError:
            return 0

    def field(self, name: str) -> str | None:
        """Return a number that the kernel shows of the open file; None if it does not: proc_pid_fdinfo(5)."""
        return self.information().field(name)

    def kept(self) -> list[str]:
        """Return the links of files that it keeps as an io_uring, without descriptors: io_uring_register(2)."""
        if self.link != IO_URING:
            return []
        return _KEPT.findall(self.information().text.partition("UserFiles:")[2].partition("UserBufs:")[0])

    def is_same(self, other: OpenFile) -> bool:
        """Return whether it is the same open file as another, as after dup(2) or fork(2), and not only the same file.

        Where the kernel cannot compare them (kcmp(2)), what it shows of them is compared, which may be equal by chance.
        """
        same = are_one_file(self.thread, self.number, other.thread, other.number)
        if same is not None:
            return same
        return self.information() == other.information()

    def is_file(self, status: os.stat_result) -> bool:
        """Return whether it is open on a file, by whatever name it was opened."""
        if not self.link.startswith("/") or self.field("ino") not in {None, str(status.st_ino)}:
            return False
        try:
            found = descriptor_status(self.pid, self.number, thread=self.thread)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (status.st_dev, status.st_ino)


class OpenFiles:
    """The open files of some of the processes. The scan is made at the first question.

    Args:
        are_meant: Returns, for a pid, whether the process is one of them.
    """

    def __init__(self, are_meant: Callable[[int], bool]) -> None:
        self._are_meant = are_meant
        self._found: dict[str, list[OpenFile]] | None = None

    def on(self, link: str) -> list[OpenFile]:
        """Return the descriptors whose link is ``link``."""
        return self._look().get(link, [])

    def on_file(self, status: os.stat_result) -> OpenFile | None:
        """Return a descriptor that is open on a file, by any of its names; None if there is none."""
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
    """Yield a process's descriptors, in all of its tables; none of a process that cannot be inspected."""
    try:
        for thread in tables(pid):
            yield from _open_in_table(pid, thread, f"/proc/{pid}/task/{thread}/fd")
    except PermissionError:
        return  # a process that cannot be inspected at all, whatever it has open


def open_descriptors(path: str, *, without: int, proc: Path = Path("/proc")) -> int:
    """Return how many descriptors of all visible processes are open on a file.

    Slow. Of each process only the first table counts: where the kernel cannot compare tables, threads would count a
    descriptor that they share several times.

    Args:
        path: The file.
        without: A descriptor of this process to leave out.
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
        PermissionError: The process cannot be inspected.
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
