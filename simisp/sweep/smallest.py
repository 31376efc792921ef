"""The groups of a result, each with its smallest case: played, made a token, and written where that is wanted."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from simisp.errors import SimispError
from simisp.sweep.client import CasePlayer
from simisp.sweep.result import Group, Shrunk, SweepResult
from simisp.sweep.shrink import shrunk, simplest
from simisp.sweep.sweep import Sweep
from simisp.sweep.token import token_of
from simisp.sweep.undisturbed import Undisturbed
from simisp.sweep.written import file_name, scenario_text, write_file

__all__ = ["with_smallest"]


def with_smallest(
    sweep: Sweep, result: SweepResult, *, out: Path | None = None, on_group: Callable[[Group], None] | None = None
) -> SweepResult:
    """Return a result whose groups have their smallest cases.

    Args:
        sweep: What was swept.
        result: What it has found.
        out: The folder in which a scenario is written for each group; None for no files.
        on_group: Called with each group that is done.

    Raises:
        FileError: A scenario can't be written; those before it are there.
    """
    player = sweep.client.player(sweep.scenario)
    undisturbed = player.undisturbed() if result.groups else None
    taken: set[str] = set()
    groups = []
    for group in result.groups:
        try:
            assert undisturbed is not None
            smallest = _smallest(sweep, result, player, undisturbed, group)
        except (SimispError, OSError):
            # The machine has no port, no process or no room left for one more run: what is found stays.
            groups.append(group)
            continue
        if out is not None:
            path = out / file_name(group, taken)
            write_file(path, _text(sweep, group, smallest, out))
            smallest = replace(smallest, file=str(path))
        groups.append(replace(group, shrunk=smallest))
        if on_group is not None:
            on_group(groups[-1])
    return replace(result, groups=tuple(groups))


def _smallest(sweep: Sweep, result: SweepResult, player: CasePlayer, undisturbed: Undisturbed, group: Group) -> Shrunk:
    names = set(group.cases)
    case = simplest([each.case for each in result.results if each.case.name in names])
    smallest, outcome = shrunk(player, sweep.scenario, undisturbed, case, group.key)
    replay = replace(sweep.client.replay(sweep.scenario), overlay=smallest.overlay, process=smallest.process)
    return Shrunk(smallest, outcome, token_of(replay))


def _text(sweep: Sweep, group: Group, smallest: Shrunk, out: Path) -> str:
    where = "" if group.stand is None else f" at {group.stand}"
    about = (
        f"Found by simisp sweep with the plan {sweep.plan}: {group.detail}. It began as: {smallest.case.name}. "
        f"To play it: simisp run THIS {shlex.join(sweep.client.recipe)}"
    )
    title = f"{group.kind.value}{where}"
    return scenario_text(sweep.scenario, smallest.case, title=title, about=about, folder=out)
