"""Runs that a signal may end, in order: what they hold is given back first."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any

from simisp.errors import RunInterruptedError

__all__ = ["until_interrupted"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def until_interrupted(play: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine to its end and return what it returns.

    On SIGINT, SIGTERM or SIGHUP it is cancelled, and may finish what it has to; a second signal does not cut that
    short, and none is heeded after it. Where hang-ups are ignored, as under nohup(1), they stay so.

    Raises:
        RunInterruptedError: A signal ended it, and it did not return all the same.
    """
    interruption = _Interruption()
    if not gc.isenabled():  # what the start has left behind is not looked through again and again
        gc.freeze()
        gc.enable()
    with interruption:
        return asyncio.run(interruption.guard(play))


class _Interruption:
    """Has the signals as long as it is entered, and for good once one came: the process is about to end then.

    The event loop's own handlers are gone with the loop, and a Ctrl-C right after that would show a traceback.
    """

    def __init__(self) -> None:
        self._received: list[signal.Signals] = []
        self._cancel: Callable[[], object] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        for number in _SIGNALS:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._take)

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._received else before)

    async def guard(self, play: Coroutine[Any, Any, int]) -> int:
        """Return what the coroutine returns; the first signal cancels it."""
        task = asyncio.ensure_future(play)
        loop = asyncio.get_running_loop()
        self._cancel = partial(loop.call_soon_threadsafe, task.cancel)
        if self._received:  # it came before there was anything to cancel
            task.cancel()
        try:
            return await task
        except (asyncio.CancelledError, OSError) as error:
            # A terminal that was closed can't be written to any more: what it is told last is lost, not the signal.
            if not self._received:
                raise
            number = self._received[0]
            raise RunInterruptedError(number.name, exit_status=128 + number) from error
        finally:
            self._cancel = None

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._received.append(signal.Signals(number))
        if len(self._received) == 1 and self._cancel is not None:
            self._cancel()
