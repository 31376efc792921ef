"""An event loop in a separate thread, for tests that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from simisp.runtime.direct_loop import DirectLoop

__all__ = ["LoopThread"]

_Result = TypeVar("_Result")


class LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = DirectLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simisp", daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Run a coroutine in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function in the thread and return its result."""

        async def work() -> _Result:
            return function()

        return self.start(work()).result()

    def close(self) -> None:
        """End the thread. Calling it again does nothing."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
