"""Which processes belong to a run: a child, its descendants, and those among them whose parents have died.

An orphan is adopted by another process and no longer reached through its parent. It is still found by its process
group or session, when a member of the family leads it or led it, and by having been seen before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from simisp.procfs.process import ProcessStatus, all_processes, process_status

__all__ = ["Family", "descendants"]

_NEVER = -1
"""When a process started that was gone before we looked: a process with its number is another one."""


class Family:
    """The processes that descend from one child of ours.

    Look at it from time to time while the child runs: what was seen once is recognised later, whatever became of its
    parents. A process number that the system gave away again is not mistaken for the process that had it.

    Args:
        root: The child.
        parent: Who started it.

    Example:
        >>> family = Family(os.getpid(), parent=os.getppid())
        >>> [member.pid for member in family.look() if member.pid == os.getpid()] == [os.getpid()]
        True
    """

    def __init__(self, root: int, *, parent: int | None = None) -> None:
        status = process_status(root)
        self._known = {root: status.started if status else _NEVER}
        """Each member that was seen and is not forgotten, and when it started."""
        self._parents = {root: os.getpid() if parent is None else parent}

    @property
    def parents(self) -> Mapping[int, int]:
        """The parent that each member had before any adoption, for members that were seen with it."""
        return self._parents

    def look(self) -> tuple[ProcessStatus, ...]:
        """Return the members that exist now, those not yet reaped included, in the order of their numbers."""
        processes = all_processes()
        self._forget_reused(processes)
        members: dict[int, ProcessStatus] = {}
        # Whoever is found may lead to others: until a round finds nobody new.
        while found := {pid: each for pid, each in processes.items() if pid not in members and self._belongs(each)}:
            members.update(found)
            self._known.update((pid, each.started) for pid, each in found.items())
        for pid, each in members.items():
            if each.parent in members:
                self._parents.setdefault(pid, each.parent)
        self._forget_ended(processes)
        return tuple(members[pid] for pid in sorted(members))

    def _belongs(self, process: ProcessStatus) -> bool:
        return not self._known.keys().isdisjoint((process.pid, process.parent, process.group, process.session))

    def _forget_reused(self, processes: Mapping[int, ProcessStatus]) -> None:
        for pid, started in list(self._known.items()):
            if pid in processes and processes[pid].started != started:
                self._forget(pid)

    def _forget_ended(self, processes: Mapping[int, ProcessStatus]) -> None:
        # As long as a number names a living group or session the system gives it to no new process.
        in_use = {number for each in processes.values() for number in (each.pid, each.group, each.session)}
        for pid in self._known.keys() - in_use:
            self._forget(pid)

    def _forget(self, pid: int) -> None:
        del self._known[pid]
        self._parents.pop(pid, None)


def descendants(pid: int) -> tuple[ProcessStatus, ...]:
    """Return the processes that descend from one, without itself, in the order of their numbers.

    Orphans are among them when they are in a process group or session that one of the family leads or led.
    """
    return tuple(member for member in Family(pid).look() if member.pid != pid)
