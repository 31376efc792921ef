"""When an event loop is idle: exactly when its selector would block.

Then no callback is ready, no timer is due and no descriptor is ready, so every task woken by an event has run until it
waits again. asyncio has no way to ask for that. But its loop asks its selector for events once in each turn, with a
timeout of 0 while a callback is ready, and with a longer one or no timeout when it is about to sleep: so the selector
knows.

What counts:

============================================  ======================================================================
A callback, a task's step or a due timer      The loop is not idle.
A descriptor that is ready                    The loop is not idle, a thread's ``call_soon_threadsafe`` included.
A timer that is not due                       The loop is idle: it would sleep until then.
A thread that still works                     The loop is idle: nothing in it can run before the thread reports.
A task that yields forever (``sleep(0)``)    The loop never sleeps again. Once it has turned a thousand times without
                                              any change in what its descriptors report, it counts as idle.
============================================  ======================================================================
"""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import Callable
from typing import Any

__all__ = ["Idleness", "reports_idleness"]

_SPIN = 1000
"""Turns without any change at the descriptors after which a loop counts as idle although its callbacks do not end. No
number distinguishes a task that yields forever from one that yields often; this one is far above the effect of an
event."""

_Events = list[tuple[selectors.SelectorKey, int]]


def reports_idleness(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether a loop has a selector to ask: asyncio's own loop does, uvloop does not."""
    return callable(getattr(getattr(loop, "_selector", None), "select", None))


class Idleness:
    """Reports when a loop is idle. One for each loop: :meth:`of`.

    From then on the loop's selector is asked through this object. This changes nothing while nothing waits for
    idleness.

    Args:
        loop: A loop that :func:`reports_idleness`.

    Raises:
        TypeError: The loop has no selector.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        if not reports_idleness(loop):
            raise TypeError(
                f"{type(loop).__module__}.{type(loop).__name__} has no selector that reports when it is idle"
            )
        self._loop = loop
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._turns = 0
        self._seen: list[int] = []
        selector: Any = getattr(loop, "_selector")  # noqa: B009 - asyncio's own name for it
        self._ask: Callable[[float | None], _Events] = selector.select
        selector.select = self._select

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Idleness:
        """Return the loop's only instance, so that two clocks in one loop wait for each other's actions.

        Raises:
            TypeError: The loop has no selector.
        """
        select = getattr(getattr(loop, "_selector", None), "select", None)
        owner = getattr(select, "__self__", None)
        return owner if isinstance(owner, cls) else cls(loop)

    async def wait(self) -> None:
        """Wait until the loop is idle. Nothing else runs between that moment and the return of this call."""
        idle: asyncio.Future[None] = self._loop.create_future()
        if not self._waiters:
            self._turns = 0
        self._waiters.append(idle)
        try:
            await idle
        finally:
            if idle in self._waiters:
                self._waiters.remove(idle)

    def _select(self, timeout: float | None = None) -> _Events:
        """Do the selector's work; instead of sleeping, resume the caller that has waited longest for idleness."""
        if not self._waiters:
            return self._ask(timeout)
        events = self._ask(0)
        if self._is_idle(events, would_sleep=timeout is None or timeout > 0):
            self._turns = 0
            idle = self._waiters.popleft()
            if not idle.done():
                idle.set_result(None)
        return events

    def _is_idle(self, events: _Events, *, would_sleep: bool) -> bool:
        if would_sleep and not events:
            return True
        seen = [key.fd for key, _ in events]
        self._turns = self._turns + 1 if seen == self._seen else 0
        self._seen = seen
        return self._turns >= _SPIN
