"""Whether programs can have the kernel signal an eventfd about a control group: cgroup_event_control, version 1."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["may_signal_eventfds"]

_MEMORY = re.compile(r"^memory\t(?P<hierarchy>\d+)\t", re.MULTILINE)
_MOUNT = re.compile(r"^\d+ \d+ \S+ \S+ (?P<place>\S+) .*- cgroup \S+ (?P<controllers>\S+)$", re.MULTILINE)


def may_signal_eventfds(proc: Path = Path("/proc")) -> bool:
    """Return whether a program of this user can register an eventfd with a memory control group of version 1.

    The kernel then adds to the eventfd by itself, and shows that nowhere. Version 2 has no such registration.

    Args:
        proc: Where the kernel shows its processes.

    See Also:
        The kernel's admin-guide/cgroup-v1/memory.rst, section 9; proc_cgroups(5).
    """
    try:
        found = _MEMORY.search((proc / "cgroups").read_text())
        if found is None or found["hierarchy"] == "0":
            return False
        if os.geteuid() == 0:
            return True  # it can mount the hierarchy, wherever that is
        mounts = _MOUNT.finditer((proc / "self" / "mountinfo").read_text())
    except OSError:
        return False  # a kernel without control groups
    return any(
        "memory" in one["controllers"].split(",") and os.access(f"{one['place']}/cgroup.event_control", os.W_OK)
        for one in mounts
    )
