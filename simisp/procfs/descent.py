"""The processes that descend from some processes, by the kernel's lists of children.

A look at all processes of a machine takes milliseconds where hundreds run; this one costs as much as there are
descendants. But the tree changes while it is walked: an orphan may go to a process whose list was read before, and
where a listed child is reaped the kernel may skip its sibling (proc_pid_task_tid_children(5)). So all lists are read
again, until they are twice the same. Nothing that makes one of them wrong leaves them so: a skipped sibling is preceded
by a child that is not listed any more, and an orphan is in its adopter's list from then on. So there was a moment
between the two at which all of them were true.
"""

from __future__ import annotations

import os

from simisp.procfs.files import read_bounded
from simisp.procfs.process import ProcessStatus, process_status, thread_ids

__all__ = ["descent"]

_MOST_WALKS = 10
"""How often the lists are read before the tree is taken to change all the time."""
_LONGEST_LIST = 1 << 20

_Lists = dict[int, list[tuple[int, bytes]]]
"""For each process, its threads with the children of each, as the kernel lists them."""


def descent(*roots: int) -> dict[int, ProcessStatus] | None:
    """Return some processes and all that descend from them, by pid; zombies are included.

    Whatever lives and descends from a root from the beginning of the call to its end is found. A process whose parent
    has ended descends from the process that has adopted it.

    Returns:
        None where the kernel does not list children (CONFIG_PROC_CHILDREN), or the tree changes all the time.

    Example:
        >>> found = descent(os.getpid())
        >>> found is None or os.getpid() in found
        True
    """
    if not _lists_children():
        return None
    lists = _walk(roots)
    for _ in range(_MOST_WALKS):
        before, lists = lists, _walk(roots)
        if lists is not None and lists == before:
            seen = ((pid, process_status(pid)) for pid in lists)
            return {pid: status for pid, status in seen if status is not None}
    return None


def _lists_children() -> bool:
    return os.access(f"/proc/{os.getpid()}/task/{os.getpid()}/children", os.R_OK)


def _walk(roots: tuple[int, ...]) -> _Lists | None:
    """Return the lists of some processes and of all below them; None if a thread ends meanwhile."""
    lists: _Lists = {}
    to_visit = list(roots)
    while to_visit:
        pid = to_visit.pop()
        if pid in lists:
            continue
        try:
            lists[pid] = _children(pid)
        except OSError:
            return None
        to_visit += [int(word) for _, listed in lists[pid] for word in listed.split()]
    return lists


def _children(pid: int) -> list[tuple[int, bytes]]:
    """Return the children of each thread of a process; a process that is gone has none.

    Raises:
        OSError: A thread has ended meanwhile.
    """
    try:
        threads = thread_ids(pid)
    except OSError:
        return []
    return [(tid, read_bounded(f"/proc/{pid}/task/{tid}/children", _LONGEST_LIST)) for tid in threads]
