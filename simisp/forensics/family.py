"""Finds the processes of a run: a child, its descendants, and those of them whose parents have died.

An orphan is adopted by another process and cannot be reached through its parent any more. It is still found by its
process group or session, if a member of the family leads or led it, and by having been seen before.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from simisp.procfs.process import ProcessStatus, all_processes, process_status

__all__ = ["Family", "descendants"]

_NEVER = -1
"""The start time of a process that was gone before we looked: any process with its pid is another one."""


class Family:
    """The processes that descend from one of our children.

    Look at it occasionally while the child runs: a process that was seen once is recognised later, whatever happens to
    its parents. A process that reuses a pid is not mistaken for the earlier one.

    Args:
        root: The child.
        parent: The process that started it.

    Example:
        >>> family = Family(os.getpid(), parent=os.getppid())
        >>> [member.pid for member in family.look() if member.pid == os.getpid()] == [os.getpid()]
        True
    """

    def __init__(self, root: int, *, parent: int | None = None) -> None:
        status = process_status(root)
        self._known = {root: status.started if status else _NEVER}
        """Each known member, with its start time."""
        self._parents = {root: os.getpid() if parent is None else parent}

    @property
    def parents(self) -> Mapping[int, int]:
        """The parent that each member had before any adoption, if observed."""
        return self._parents

    @property
    def known(self) -> Collection[int]:
        """The numbers of its members, as far as they were seen, and of those whose group or session exists."""
        return self._known.keys()

    def look(self, processes: Mapping[int, ProcessStatus] | None = None) -> tuple[ProcessStatus, ...]:
        """Return the members that exist now, including zombies, in order of pid.

        Args:
            processes: All processes that exist now, where the caller has just looked; None to look.
        """
        processes = all_processes() if processes is None else processes
        self._forget_reused(processes)
        members: dict[int, ProcessStatus] = {}
        # A process that is found may lead to others: repeat until a round finds no new one.
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
        # As long as a number names an existing group or session, it is not assigned to a new process.
        in_use = {number for each in processes.values() for number in (each.pid, each.group, each.session)}
        for pid in self._known.keys() - in_use:
            self._forget(pid)

    def _forget(self, pid: int) -> None:
        del self._known[pid]
        self._parents.pop(pid, None)


def descendants(pid: int) -> tuple[ProcessStatus, ...]:
    """Return the descendants of a process, in order of pid.

    Orphans are included if they are in a process group or session that a member of the family leads or led.
    """
    return tuple(member for member in Family(pid).look() if member.pid != pid)
