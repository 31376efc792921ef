"""A run that may take only so much of the machine: real time, processes, and octets in one file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simisp.forensics.family import descendants
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict

__all__ = ["CutShort", "limited_files", "run_limited"]

_LOOK = 0.2
"""Real seconds between two looks at what a command takes."""
_PATIENCE = 15.0
"""Real seconds by which a run in real time may miss its deadline, for the clean-up."""


@dataclass(frozen=True, slots=True)
class CutShort:
    """Why a run was ended.

    Attributes:
        reason: Why, in words.
        computed: Whether it was over its time.
    """

    reason: str
    computed: bool


async def run_limited(
    station: Station, command: Sequence[str], options: RunOptions, *, seconds: float, processes: int
) -> tuple[Verdict, CutShort | None]:
    """Run a command as :func:`simisp.runner.run.run_client` does, and end it where it takes more than it may.

    Args:
        station: The scenario on its port, already entered.
        command: The program and its arguments.
        options: Patience, deadline, grace.
        seconds: For how many real seconds it may go on.
        processes: How many processes there may be at once.

    Returns:
        The verdict, and why the run was ended; None if it was not.

    Raises:
        ClientError: The command can't be started.
    """
    return await _Limited(station, command, options, seconds, processes).play()


class _Limited:
    def __init__(
        self, station: Station, command: Sequence[str], options: RunOptions, seconds: float, processes: int
    ) -> None:
        self._station, self._command, self._options = station, command, options
        self._seconds, self._processes = seconds, processes
        self._cut_short: CutShort | None = None
        self._interrupted: Verdict | None = None

    async def play(self) -> tuple[Verdict, CutShort | None]:
        options = replace(self._options, on_interrupted=self._keep)
        run = asyncio.ensure_future(run_client(self._station, self._command, options))
        watch = asyncio.ensure_future(self._watch(run))
        try:
            return await run, self._cut_short
        except asyncio.CancelledError:
            if self._interrupted is None or self._cut_short is None:
                raise
            return self._interrupted, self._cut_short
        finally:
            watch.cancel()

    def _keep(self, verdict: Verdict) -> None:
        self._interrupted = verdict
        if self._cut_short is None and self._options.on_interrupted is not None:
            self._options.on_interrupted(verdict)

    async def _watch(self, run: asyncio.Future[Verdict]) -> None:
        """End a run that takes more than it may."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._seconds + (_PATIENCE if self._station.clock_choice.used != "virtual" else 0.0)
        while self._cut_short is None:
            await asyncio.sleep(min(_LOOK, max(0.0, ends - loop.time())))
            family = [process for process in descendants(os.getpid()) if not process.ended]
            if len(family) > self._processes:
                why = f"it starts process after process: more than {self._processes} at once"
                self._cut_short = CutShort(why, computed=False)
                for group in {process.group for process in family} - {os.getpgrp()}:
                    # All at once: one by one, they would start others meanwhile.
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(group, signal.SIGKILL)
            elif loop.time() >= ends:
                self._cut_short = CutShort(f"it was not over after {self._seconds:g} s of real time", computed=True)
        run.cancel()


@contextlib.contextmanager
def limited_files(octets: int) -> Iterator[None]:
    """Let no file grow beyond a size: what is started meanwhile inherits the limit (RLIMIT_FSIZE of getrlimit(2))."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    known = [each for each in (octets, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(known), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
