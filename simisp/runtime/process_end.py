"""How the end of a process is noticed in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable

__all__ = ["EndWatch", "process_descriptor"]


def process_descriptor(pid: int) -> int | None:
    """Return a descriptor that is readable when a process has ended; None when it is gone, or there can be none.

    See Also:
        pidfd_open(2), which is refused by older kernels and by some sandboxes.
    """
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


class EndWatch:
    """Calls back in the running loop when a child has ended, which is left to be reaped there.

    Args:
        pid: The child.
        ended: Called once.

    Attributes:
        is_told: Whether the kernel itself reports the end; otherwise a thread waits for it.
    """

    def __init__(self, pid: int, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._descriptor = process_descriptor(pid)
        self.is_told = self._descriptor is not None
        if self._descriptor is not None:
            self._loop.add_reader(self._descriptor, self._ended)
        else:
            threading.Thread(target=self._wait_in_thread, args=(pid,), daemon=True).start()

    def _wait_in_thread(self, pid: int) -> None:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._ended)

    def close(self) -> None:
        """Look no more. Calling it again does nothing."""
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
