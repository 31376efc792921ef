"""An asyncio loop that calls back at once, without a turn of its own, when descriptors became readable.

A turn of asyncio's loop takes longer than the modem takes for its answer: it makes a list of what is ready, queues the
callbacks, looks at its timers and begins again. When descriptors are readable and nothing else is to be done, all of
that has one effect: their callbacks are run. So the selector, which is where the loop sleeps, runs them and goes back
to sleep, unless one of them has left something for the loop to do.

What is run is the same as in asyncio's own loop, and descriptors are called back in the same order.

A process that does nothing else may also look a few times more before it sleeps. For a client that sends a command,
reads its answer and sends the next, to be put to sleep and woken takes longer than the answer does. With a client that
takes its time, or where other processes need the processors, that would be in vain, and is soon done rarely.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import select
import selectors
import time
from collections.abc import Callable
from typing import Any, TypeVarTuple

__all__ = ["DirectLoop"]

_Arguments = TypeVarTuple("_Arguments")

_Run = tuple[contextvars.Context, Callable[..., Any]]
"""A callback, behind the context in which it is to be run."""
_MOST_AT_ONCE = 32
"""How many ready descriptors are served before the loop looks again; the kernel then begins with the others."""
_LOOKS = 100
"""How often it looks again before it sleeps, some 50 us: by then a client that waits for answers has sent the next."""
_LONGEST_REST = 63
"""How many times in a row it sleeps at once, at most, after it has looked again in vain."""


class DirectLoop(asyncio.SelectorEventLoop):
    """An asyncio loop in real time with a shorter way to a readable descriptor's callback.

    Only callbacks of :meth:`add_reader` are run that way; transports, pipes and what other threads report take a turn
    as ever. In debug mode everything does, so that slow callbacks are reported.

    Args:
        looks_again: Look a few times more before going to sleep, while one and the same descriptor becomes readable
            over and over. Not in a process with other threads to run, and without effect on a single processor: there
            what is waited for could not run meanwhile.
    """

    def __init__(self, *, looks_again: bool = False) -> None:
        looks = _LOOKS if looks_again and len(os.sched_getaffinity(0)) > 1 else 0
        self._direct = _DirectSelector(self._report, looks=looks)
        super().__init__(self._direct)

    def add_reader(self, fd: Any, callback: Callable[[*_Arguments], Any], *args: *_Arguments) -> None:
        """Call back while a descriptor is readable."""
        super().add_reader(fd, callback, *args)
        descriptor = fd if isinstance(fd, int) else fd.fileno()
        if args or self.get_debug():
            self._direct.callbacks.pop(descriptor, None)  # of the reader before
        else:
            # As in a handle of asyncio's, it has the context in which it was given.
            self._direct.callbacks[descriptor] = contextvars.copy_context(), callback

    def remove_reader(self, fd: Any) -> bool:
        """Call back no more when it is readable."""
        self._direct.callbacks.pop(fd if isinstance(fd, int) else fd.fileno(), None)
        return super().remove_reader(fd)

    def call_soon(
        self,
        callback: Callable[[*_Arguments], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Call back in the next turn."""
        self._direct.has_work = True
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Arguments], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at a time of the loop."""
        self._direct.has_work = True
        return super().call_at(when, callback, *args, context=context)

    def stop(self) -> None:
        """Stop after this turn."""
        self._direct.has_work = True
        super().stop()

    def _report(self, run: _Run, error: BaseException) -> None:
        """Report an error as asyncio's handles do."""
        self.call_exception_handler({"message": f"Exception in callback {run[1]!r}", "exception": error})


class _DirectSelector(selectors.EpollSelector):
    """The loop's selector.

    Args:
        report: Called with a callback that has raised, and what.
        looks: How often it looks again before it sleeps, at most, when one descriptor was readable twice in a row.

    Attributes:
        callbacks: What to run when a descriptor is readable, and nothing but such descriptors.
        has_work: Set when the loop has something to do that it had not when it began to sleep.
    """

    def __init__(self, report: Callable[[_Run, BaseException], None], *, looks: int) -> None:
        super().__init__()
        self.callbacks: dict[int, _Run] = {}
        self.has_work = False
        self._report = report
        self._looks = looks
        self._rest = 0  # how many times it sleeps at once after looking in vain
        self._rests = 0  # how many of them are left
        self._poll: Callable[[float | None, int], list[tuple[int, int]]] = getattr(self, "_selector").poll  # noqa: B009

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Forget a descriptor."""
        key = super().unregister(fileobj)
        self.callbacks.pop(key.fd, None)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; what can be run directly meanwhile was run."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)  # the loop has something to do already
        until = None if timeout is None else time.monotonic() + timeout
        poll, callbacks, readable = self._poll, self.callbacks, select.EPOLLIN
        last, again = -1, False
        ready = poll(timeout, _MOST_AT_ONCE)
        while ready:
            self.has_work = False
            if len(ready) > 1:
                if not self._ran(ready):
                    return super().select(0)
                last, again = -1, False
            else:
                descriptor, event = ready[0]
                if event != readable or (run := callbacks.get(descriptor)) is None:
                    return super().select(0)
                self._call(run)
                last, again = descriptor, descriptor == last and self._looks > 0
            if self.has_work:
                return []
            ready = self._looked_again() if again else []
            if until is not None and (timeout := until - time.monotonic()) <= 0:
                return super().select(0)  # what is readable is called back before the timer
            ready = ready or poll(timeout, _MOST_AT_ONCE)
        return []

    def _looked_again(self) -> list[tuple[int, int]]:
        """Look a few times more, and return what became ready meanwhile; the more often that was in vain, the rarer."""
        if self._rests > 0:
            self._rests -= 1
            return []
        poll = self._poll
        for _ in range(self._looks):
            if ready := poll(0, _MOST_AT_ONCE):
                self._rest = 0
                return ready
        self._rests = self._rest = min(2 * self._rest + 1, _LONGEST_REST)
        return []

    def _ran(self, ready: list[tuple[int, int]]) -> bool:
        """Run the callbacks of several descriptors, in order; return whether all of them could be, or else none was."""
        callbacks, readable = self.callbacks, select.EPOLLIN
        runs = [callbacks.get(descriptor) if event == readable else None for descriptor, event in ready]
        if None in runs:
            return False
        for (descriptor, _), run in zip(ready, runs, strict=True):
            if run is not None and callbacks.get(descriptor) is run:  # none that ran before has removed it
                self._call(run)
        return True

    def _call(self, run: _Run) -> None:
        context, callback = run
        try:
            context.run(callback)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - as asyncio's handles do
            self._report(run, error)
