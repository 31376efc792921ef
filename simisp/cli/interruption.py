"""Runs that a signal may end, in order: what they hold is given back first."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Coroutine
from typing import Any

__all__ = ["Interrupted", "until_interrupted"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):  # noqa: N818 - what happened, no error
    """A signal ended the run.

    Attributes:
        exit_status: 128 and the signal's number, as shells have it.
    """

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.exit_status = 128 + number


def until_interrupted(play: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine to its end and return what it returns.

    On SIGINT, SIGTERM or SIGHUP it is cancelled, and may finish what it has to; a second signal does not cut that
    short. Where hang-ups are ignored, as under nohup(1), they stay so.

    Raises:
        Interrupted: A signal ended it, and it did not return all the same.
    """

    async def guarded() -> int:
        received: list[signal.Signals] = []
        task = asyncio.ensure_future(play)
        loop = asyncio.get_running_loop()

        def interrupt(number: signal.Signals) -> None:
            if not received:
                task.cancel()
            received.append(number)

        for number in _SIGNALS:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, interrupt, number)
        try:
            return await task
        except asyncio.CancelledError:
            if not received:
                raise
            raise Interrupted(received[0]) from None

    if not gc.isenabled():  # what the start has left behind is not looked through again and again
        gc.freeze()
        gc.enable()
    return asyncio.run(guarded())
