"""Playing what ``simisp sweep`` is called for: progress, estimate, and what is kept whatever fails."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simisp.cli.output import say
from simisp.errors import FileError, SimispError

if TYPE_CHECKING:
    from simisp.cli.sweep import SweepCall
    from simisp.sweep.merge import Shard
    from simisp.sweep.outcome import CaseOutcome
    from simisp.sweep.result import SweepResult
    from simisp.sweep.sweep import Progress, Sweep

__all__ = ["SweepFound"]

_TELL_EVERY = 2.0
"""Seconds between two lines of progress."""


class SweepFound:
    """What a sweep has found, which no failure of a disk or of the machine takes away.

    Args:
        call: The call.
        swept: What is swept.

    Attributes:
        result: The result.
        failures: What failed meanwhile, in order. The first is to be reported when the result has been shown.
    """

    def __init__(self, call: SweepCall, swept: Sweep) -> None:
        self._call, self._swept = call, swept
        self.failures: list[SimispError] = []
        self.result: SweepResult

    def play(self) -> None:
        """Play the cases, and look for the smallest of each cause.

        Raises:
            SimispError: Nothing could be played.
        """
        self.result = self._played()
        kept = self._call.resume
        if kept is not None:
            self.unless_it_fails(lambda: _write(kept, self.result.to_json()))
        if not self.result.interrupted:
            self.result = _with_smallest(self._call, self._swept, self.result)
            self.unless_it_fails(self._write_scenarios)

    def unless_it_fails(self, act: Callable[[], None]) -> None:
        """Do something, and keep its failure for later."""
        try:
            act()
        except SimispError as failure:
            self.failures.append(failure)

    def _write_scenarios(self) -> None:
        from simisp.sweep.smallest import with_files

        if self._call.out is not None:
            self.result = with_files(self._swept, self.result, Path(self._call.out))

    def _played(self) -> SweepResult:
        """Play the cases; what is known already is not played again."""
        from simisp.sweep.sweep import Way, run_sweep

        call = self._call
        parts: list[SweepResult] = []
        kept = call.resume
        way = Way(
            jobs=_jobs(call),
            shard=_shard(call),
            known={} if kept is None else _known(Path(kept), self._swept),
            on_begin=_estimator(call, self._swept),
            on_progress=None if call.quiet else _teller(),
            on_part=None if kept is None else lambda part: _write(kept, part.to_json()),
            on_failure=parts.append,
        )
        try:
            return run_sweep(self._swept, way=way)
        except SimispError as failure:
            if not parts:
                raise
            self.failures.append(failure)
            return parts[-1]


def _jobs(call: SweepCall) -> int:
    return call.jobs or len(os.sched_getaffinity(0))


def _known(kept: Path, swept: Sweep) -> Mapping[str, CaseOutcome]:
    """Return what came of the cases that a file of ``--resume`` has.

    Raises:
        FileError: It can't be read, is of another sweep, or can't be written because its folder is not there.
    """
    from simisp.sweep.baseline import read_result
    from simisp.sweep.overlay import digest_of
    from simisp.sweep.written import require_folder

    require_folder(kept)
    if not kept.exists():
        return {}
    before = read_result(kept)
    wanted = (digest_of(swept.scenario), tuple(swept.client.recipe), swept.plan, swept.seed)
    if (before.digest, before.recipe, before.plan, before.seed) != wanted:
        raise FileError("the result of another sweep", path=str(kept), remedy="--resume keeps one sweep in a file")
    return {each.case.key: each.outcome for each in before.results if each.number >= 0}


def _estimator(call: SweepCall, swept: Sweep) -> Callable[[int, CaseOutcome], None] | None:
    """Return what says how long the cases of a command will take in real time; None where they take none."""
    from simisp.sweep.command_client import CommandClient
    from simisp.sweep.estimate import real_time_estimate

    client = swept.client
    if call.quiet or not isinstance(client, CommandClient) or client.choice().used == "virtual":
        return None
    options, seconds, jobs = client.options, client.limits.seconds, _jobs(call)

    def say_it(cases: int, undisturbed: CaseOutcome) -> None:
        said = real_time_estimate(cases, undisturbed, options, seconds=seconds, jobs=jobs)
        say(f"simisp: {said} (--jobs plays more at once: they mostly wait)", err=True)

    return say_it


def _shard(call: SweepCall) -> Shard | None:
    from simisp.sweep.merge import Shard

    try:
        return None if call.shard is None else Shard.parse(call.shard)
    except ValueError as error:
        raise click.UsageError(f"--shard: {error}") from None


def _teller() -> Callable[[Progress], None]:
    """Return a callback that reports the progress of a sweep, every other second."""
    told_at = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < _TELL_EVERY:
            return
        told_at = time.monotonic()
        left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
        rate = f"{progress.rate:.0f}" if progress.rate >= 10 else f"{progress.rate:.1f}"
        found = "1 cause" if progress.groups == 1 else f"{progress.groups} causes"
        say(f"{progress.done} of {progress.planned} cases, {rate} a second{left}; {found} found so far", err=True)

    return tell


def _with_smallest(call: SweepCall, swept: Sweep, result: SweepResult) -> SweepResult:
    """Return the result with the smallest case for each cause."""
    from simisp.sweep.smallest import with_smallest

    on_group = None if call.quiet else _shrinking_teller()
    return with_smallest(swept, result, jobs=_jobs(call), on_group=on_group)


def _shrinking_teller() -> Callable[[int, int], None]:
    """Return a callback that reports for how many causes the smallest case is found, every other second."""
    told_at = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TELL_EVERY:
            told_at = time.monotonic()
            say(f"the smallest case of {done} of {of} causes", err=True)

    return tell


def _write(name: str, text: str) -> None:
    from simisp.sweep.written import write_file

    write_file(Path(name), text)
