"""Whole runs of a command in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import load, loads
from support.neighbours import left_alone
from support.shared_library import needs_library

__all__ = ["once_virtually", "virtually"]


def virtually(
    scenario: str, command: Sequence[str], *, clock: str = "virtual", **options: object
) -> tuple[Verdict, str]:
    """Run a command in virtual time; return the verdict and a digest of all that happened.

    Another program may disturb the run, and then there is a second one. A command that meets something in the test that
    is there once only needs that anew too: the test calls :func:`once_virtually` and ``left_alone`` itself.
    """
    return left_alone(
        lambda: once_virtually(scenario, command, clock=clock, **options),
        lambda outcome: outcome[0],
    )


def once_virtually(
    scenario: str, command: Sequence[str], *, clock: str = "virtual", **options: object
) -> tuple[Verdict, str]:
    """Do the same once, also where another program may have disturbed it."""
    needs_library()

    async def run() -> tuple[Verdict, str]:
        loaded = loads(scenario) if "\n" in scenario else load(scenario)
        with Station(loaded, clock=choose_clock(clock, command)) as station:
            verdict = await run_client(station, command, RunOptions(**options))  # type: ignore[arg-type]
            return verdict, station.digest()

    return asyncio.run(run())
