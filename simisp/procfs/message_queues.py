"""POSIX message queues that notify a process of messages: mq_notify(3).

A queue's descriptor is a file in the kernel's own file system for queues. Read as a file, it names the notified
process.
"""

from __future__ import annotations

import re
import stat

from simisp.procfs.fdinfo import descriptor_status
from simisp.procfs.files import read_bounded
from simisp.procfs.open_files import OpenFile

__all__ = ["notifies"]

_LINK = re.compile(r"/[^/]+")
_LONGEST = 256
_NOTIFIED = re.compile(rb"^QSIZE:.* NOTIFY_PID:(\d+)")


def notifies(one: OpenFile) -> bool:
    """Return whether a descriptor is a message queue that notifies the descriptor's process, in any way."""
    if not _LINK.fullmatch(one.link):
        return False
    try:
        if not stat.S_ISREG(descriptor_status(one.pid, one.number, thread=one.thread).st_mode):
            return False
        found = _NOTIFIED.match(read_bounded(f"/proc/{one.pid}/task/{one.thread}/fd/{one.number}", _LONGEST))
    except OSError:
        return False
    return found is not None and int(found[1]) == one.pid
