"""A reactor that turns when it is told to, so that a test decides when an endpoint looks."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable

__all__ = ["HandReactor"]

Callback = Callable[[], None]


class HandReactor:
    """What an endpoint needs of an event loop, one turn at a time."""

    def __init__(self) -> None:
        self.readers: dict[int, Callback] = {}
        self.writers: dict[int, Callback] = {}
        self._soon: deque[Callback] = deque()

    def add_reader(self, descriptor: int, callback: Callback) -> None:
        """Call back while a descriptor is readable."""
        self.readers[descriptor] = callback

    def remove_reader(self, descriptor: int) -> bool:
        """Call back no more."""
        return self.readers.pop(descriptor, None) is not None

    def add_writer(self, descriptor: int, callback: Callback) -> None:
        """Call back while a descriptor is writable."""
        self.writers[descriptor] = callback

    def remove_writer(self, descriptor: int) -> bool:
        """Call back no more."""
        return self.writers.pop(descriptor, None) is not None

    def call_soon_threadsafe(self, callback: Callback) -> None:
        """Call back once."""
        self._soon.append(callback)

    def __call__(self, callback: Callback) -> None:
        """Call back once; what :class:`~simisp.endpoints.memory.MemoryEndpoint` schedules by."""
        self._soon.append(callback)

    def turn(self, *, within: float = 0.0) -> bool:
        """Call back for all that is ready, and return whether anything was.

        Args:
            within: Real seconds to wait for something.
        """
        timeout = 0.0 if self._soon else within
        readable, writable, _ = select.select(list(self.readers), list(self.writers), [], timeout)
        due = [self._soon.popleft() for _ in range(len(self._soon))]
        for callback in due:
            callback()
        for ready, callbacks in ((readable, self.readers), (writable, self.writers)):
            for descriptor in ready:
                if descriptor in callbacks:
                    callbacks[descriptor]()
        return bool(due or readable or writable)

    def run(self) -> None:
        """Turn until nothing is ready."""
        while self.turn():
            pass
