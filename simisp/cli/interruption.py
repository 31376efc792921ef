"""Runs that a signal may end cleanly: what they hold is released first."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from simisp.errors import RunInterruptedError
from simisp.runtime.direct_loop import DirectLoop

__all__ = ["OneInterrupt", "one_interrupt_raises", "until_interrupted"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _CommandInterrupt(KeyboardInterrupt):
    """A signal has ended what a command does.

    Attributes:
        exit_status: 128 and the signal's number, as shells have it.
    """

    def __init__(self, exit_status: int) -> None:
        super().__init__()
        self.exit_status = exit_status


class OneInterrupt:
    """Which signal has interrupted a block, if one has.

    Attributes:
        exit_status: 128 and its number; that of Ctrl-C if none has.
    """

    def __init__(self) -> None:
        self.exit_status = 128 + signal.SIGINT

    def take(self, number: int, frame: FrameType | None) -> None:
        """Take SIGTERM or SIGHUP as a Ctrl-C, which a loop that runs meanwhile may handle in its own way."""
        self.exit_status = 128 + number
        handler = signal.getsignal(signal.SIGINT)
        (handler if callable(handler) else signal.default_int_handler)(signal.SIGINT, frame)


@contextmanager
def one_interrupt_raises() -> Iterator[OneInterrupt]:
    """Let Ctrl-C, SIGTERM and SIGHUP raise KeyboardInterrupt in the block, so that what is known then can be kept.

    Without it, they end the process at once. Behind the block Ctrl-C does neither, for the rest of the process: what is
    known is about to be shown. If Ctrl-C or SIGHUP is ignored, as in the background of a shell or under nohup(1), it
    stays so.

    Raises:
        KeyboardInterrupt: One came, and the block did not handle it. Its ``exit_status`` is that of the signal.
    """
    interrupt = OneInterrupt()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    taken = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, interrupt.take)
    try:
        yield interrupt
    except KeyboardInterrupt as error:
        raise _CommandInterrupt(interrupt.exit_status) from error
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Not SIG_IGN: a command that is started would inherit that.
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
    for number in taken:
        signal.signal(number, signal.SIG_DFL)


def until_interrupted(play: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine to its end and return its result.

    On SIGINT, SIGTERM or SIGHUP it is cancelled, and may finish its clean-up; a second signal does not cut that short,
    and later ones are ignored. If hang-ups are ignored, as under nohup(1), they stay so.

    Raises:
        RunInterruptedError: A signal ended it, and it did not return a result nevertheless.
    """
    interruption = _Interruption()
    if not gc.isenabled():  # objects from start-up are not scanned again and again
        gc.freeze()
        gc.enable()
    with interruption, asyncio.Runner(loop_factory=partial(DirectLoop, looks_again=True)) as runner:
        return runner.run(interruption.guard(play))


class _Interruption:
    """Handles the signals while it is entered, and permanently once one came, since the process is about to end then.

    The event loop's handlers vanish with the loop, and a Ctrl-C right after that would show a traceback.
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
        """Return the coroutine's result; the first signal cancels it."""
        task = asyncio.ensure_future(play)
        loop = asyncio.get_running_loop()
        self._cancel = partial(loop.call_soon_threadsafe, task.cancel)
        if self._received:  # it came before there was a task to cancel
            task.cancel()
        try:
            return await task
        except (asyncio.CancelledError, OSError) as error:
            # A terminal that was closed cannot be written to any more: the last output is lost, not the signal.
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
