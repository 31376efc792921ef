"""Serves a scenario to clients that others start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from simisp.runner.station import Station
from simisp.runtime.clock import wait_until

__all__ = ["serve"]


async def serve(
    station: Station,
    *,
    calls: int | None = None,
    seconds: float | None = None,
    lock_directories: Iterable[str | Path] = (),
    once: bool = False,
) -> None:
    """Play until this many calls are over, this much time has passed, or the task is cancelled.

    Args:
        station: The scenario on its port, already entered.
        calls: How many calls to serve; None for no limit.
        seconds: For how long; None for no limit.
        lock_directories: The lock directories; the system's if empty.
        once: Whether the run is over when the port has been closed: no other client can come.

    Raises:
        LockError: The scenario begins with a lock file, but the port is held.
        EndpointError: That lock file can't be made.
    """
    session = station.session
    station.place_locks(lock_directories)

    driver = station.driver

    def enough() -> bool:
        if once and driver.first_opened_at is not None and not driver.openings:
            return True
        return calls is not None and session.calls >= calls and station.present_far_end is None

    # The driver evaluates the conditions that are waited for after each event at the port.
    over = () if calls is None and not once else (asyncio.ensure_future(driver.until(enough)),)
    try:
        await wait_until(station.clock, seconds, *over)
    finally:
        for waiting in over:
            waiting.cancel()
