"""Time as a run sees it: seconds since the run began, and calls scheduled at given times."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

__all__ = ["Clock", "LoopClock", "RealClock", "Timer", "UnsharedClock", "wait_until"]


class Timer(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancel it."""


class Clock(Protocol):
    """The clock of a run, in seconds since it began; it never goes back."""

    @property
    def passes(self) -> bool:
        """Whether time passes by itself, whatever the client does."""

    def now(self) -> float:
        """Return the time."""

    def call_at(
        self, when: float, callback: Callable[[], None], *, passive: bool = False, settled: bool = False
    ) -> Timer:
        """Call ``callback`` at the time ``when``, or soon if that has passed.

        Args:
            when: The time.
            callback: The function to call.
            passive: Whether no event is due at this time: it is a limit of the run itself, and in virtual time a client
                that waits forever is distinguished from one that waits until then.
            settled: Whether to wait, in virtual time, until the clients have done all that they do before that time.
                Otherwise a client may still be about to wake up for what has just been sent to it.
        """

    def close(self) -> None:
        """Release the clock's resources when the run is over. Calling it again does nothing."""


class UnsharedClock:
    """What a clock is to a client program that does not share it: the client has real time, and nothing is proven."""

    passes = True
    paced_by = None
    """The wait for something outside of the run for which time passes no faster than the real one."""
    real_paces: tuple[Any, ...] = ()
    """The waits for which time passed no faster than the real one so far, and for how long."""
    _stuck: asyncio.Future[Any] | None = None

    @property
    def stuck(self) -> asyncio.Future[Any]:
        """Never done: time passes by itself."""
        if self._stuck is None:
            self._stuck = asyncio.get_running_loop().create_future()
        return self._stuck

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment in which a client takes part: the one that it has."""
        return dict(base)

    def attend(
        self,
        pid: int,
        ended: asyncio.Future[Any],
        *,
        compute_limit: float | None = None,
        on_paced: Callable[[Any], None] | None = None,
    ) -> None:
        """Do nothing: time passes by itself."""

    def expect_stopped(self, pids: frozenset[int]) -> None:
        """Do nothing: time passes by itself."""

    def waits(self) -> tuple[Any, ...]:
        """Return no waits: what the client waits for is seen in real time only."""
        return ()

    def overlooked(self) -> Any:
        """Return None: no process has to share it."""
        return None

    def after_moments(self, most: int) -> asyncio.Future[None]:
        """Return a future that is never done: time does not move in steps."""
        return asyncio.get_running_loop().create_future()

    def let_go(self, slept: float = 0.0) -> None:
        """Do nothing: time passes by itself."""

    def close(self) -> None:
        """There is nothing to give back."""


class RealClock(UnsharedClock):
    """Real time, or a scaled one. To be made inside a running event loop.

    Args:
        speed: How many seconds of the run pass in one real second; above 0.

    Raises:
        ValueError: The speed is not above 0.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"a clock's speed must be above 0, not {speed}")
        self._speed = speed
        self._began = time.monotonic()
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        """Return the time."""
        return (time.monotonic() - self._began) * self._speed

    def call_at(
        self, when: float, callback: Callable[[], None], *, passive: bool = False, settled: bool = False
    ) -> Timer:
        """Call ``callback`` at the time ``when``, or soon if that has passed."""
        return self._loop.call_later(max(0.0, (when - self.now()) / self._speed), callback)


class LoopClock(UnsharedClock):
    """The time of the running event loop, whatever that is. To be made inside it.

    Args:
        began: The loop's time at which the run began; 0.0 keeps a virtual loop's times exact.
    """

    def __init__(self, began: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = began

    def now(self) -> float:
        """Return the time."""
        return self._loop.time() - self._began

    def call_at(
        self, when: float, callback: Callable[[], None], *, passive: bool = False, settled: bool = False
    ) -> Timer:
        """Call ``callback`` at the time ``when``, or soon if that has passed."""
        return self._loop.call_at(when + self._began, callback)


async def wait_until(clock: Clock, when: float | None, *futures: asyncio.Future[Any], passive: bool = False) -> bool:
    """Wait for the first of some futures, or for a time; return whether a future was done.

    Args:
        clock: The clock.
        when: The time to wait until; None to wait forever.
        futures: The futures to wait for; they are not cancelled.
        passive: See :meth:`Clock.call_at`.
    """
    time_is_up: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def ring() -> None:
        if not time_is_up.done():
            time_is_up.set_result(None)

    timer = None if when is None else clock.call_at(when, ring, passive=passive)
    try:
        await asyncio.wait([*futures, time_is_up], return_when=asyncio.FIRST_COMPLETED)
    finally:
        if timer is not None:
            timer.cancel()
        with contextlib.suppress(asyncio.InvalidStateError):
            time_is_up.cancel()
    return any(future.done() for future in futures)
