"""``--baseline`` and ``--update-baseline``: a sweep beside the findings that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from simisp.cli.contradictions import refuse_idle
from simisp.cli.output import say

if TYPE_CHECKING:
    from simisp.sweep.result import SweepResult
    from simisp.sweep.sweep import Sweep

__all__ = ["Baseline", "baseline_options", "refuse_update_of_nothing"]

_Function = TypeVar("_Function", bound=Callable[..., object])


def baseline_options(function: _Function) -> _Function:
    """Add the options to a command."""
    update = click.option("--update-baseline", is_flag=True, help="Write what is found into the file of --baseline.")
    file = click.option(
        "--baseline", type=click.Path(dir_okay=False), metavar="FILE",
        help="Findings that are known: only new ones count, and old ones that are gone are named.",
    )  # fmt: skip
    return file(update(function))


def refuse_update_of_nothing(file: str | None, *, update: bool) -> None:
    """Refuse a call that says to write a baseline, and not which.

    Raises:
        UsageError: It does.
    """
    given = ("update_baseline",) if update else ()
    refuse_idle(given, [("update_baseline", file is not None, "--baseline FILE, which it writes")])


@dataclass(frozen=True)
class Baseline:
    """A file of known findings.

    Attributes:
        path: The file.
        known: What it has; None if it is to be written.
    """

    path: Path
    known: SweepResult | None

    @classmethod
    def of(cls, file: str | None, *, update: bool) -> Baseline | None:
        """Return the baseline that a call names; None if it names none.

        Raises:
            FileError: It can't be read, or is to be written into a folder that is not there.
        """
        from simisp.sweep.baseline import read_result
        from simisp.sweep.written import require_folder

        if file is None:
            return None
        if update:
            require_folder(Path(file))
        return cls(Path(file), None if update else read_result(Path(file)))

    def check(self, swept: Sweep) -> None:
        """Refuse a baseline that does not belong to a sweep, before this is played.

        Raises:
            FileError: It is of another scenario, client or plan.
        """
        from simisp.sweep.baseline import check_baseline
        from simisp.sweep.overlay import digest_of

        if self.known is not None:
            scenario = swept.scenario.name, digest_of(swept.scenario)
            check_baseline(self.known, str(self.path), scenario=scenario, client=swept.client.name, plan=swept.plan)

    def new_in(self, result: SweepResult) -> int:
        """Say what is new and what is gone, or write the file; return how many findings are new then.

        Raises:
            FileError: The file can't be written, or is of another sweep.
        """
        return self._updated(result) if self.known is None else self._compared(result, self.known)

    def _updated(self, result: SweepResult) -> int:
        from simisp.sweep.baseline import write_baseline

        if result.interrupted:
            say(f"{self.path} stays as it was: the sweep was interrupted", err=True)
            return len(result.groups)
        write_baseline(self.path, result)
        say(f"{self.path} has all of this now", err=True)
        return 0

    def _compared(self, result: SweepResult, known: SweepResult) -> int:
        from simisp.sweep.baseline import against_baseline

        difference = against_baseline(result, known, str(self.path))
        for group in difference.new:
            say(f"new: {group.kind.value} at {group.stand}", err=True)
        if not result.interrupted:
            for group in difference.gone:
                say(f"gone: {group.kind.value} at {group.stand}; --update-baseline forgets it", err=True)
        say(f"{len(difference.new)} new, {len(difference.known)} known, {len(difference.gone)} gone", err=True)
        return len(difference.new)
