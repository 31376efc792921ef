"""The groups of a result, each with its smallest case: played, made a token, and written where that is wanted."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from simisp.errors import SimispError
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import CasePlayer
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.pool import done
from simisp.sweep.result import Group, Shrunk, SweepResult
from simisp.sweep.shrink import shrunk, simplest
from simisp.sweep.sweep import Sweep
from simisp.sweep.token import Replay, option_words, token_of
from simisp.sweep.undisturbed import Undisturbed
from simisp.sweep.written import file_name, scenario_text, write_file

__all__ = ["with_files", "with_smallest"]


def with_smallest(
    sweep: Sweep,
    result: SweepResult,
    *,
    jobs: int = 1,
    on_group: Callable[[int, int], None] | None = None,
) -> SweepResult:
    """Return a result whose groups have their smallest cases. It is the same in however many processes.

    A KeyboardInterrupt ends it early: the groups that are done have theirs then.

    Args:
        sweep: What was swept.
        result: What it has found.
        jobs: In how many processes the cases are played.
        on_group: Called after each group with how many are done, and how many there are.
    """
    found: dict[int, _Smallest | None] = {}
    interrupted = result.interrupted
    if result.groups:
        try:
            for number, smallest in _each(sweep, result, jobs):
                found[number] = smallest
                if on_group is not None:
                    on_group(len(found), len(result.groups))
        except KeyboardInterrupt:
            interrupted = True
        except (SimispError, OSError):
            # The machine has no port, no process or no room left for one more run: what is found stays.
            pass
    groups = tuple(_group(sweep, group, found.get(number)) for number, group in enumerate(result.groups))
    return replace(result, groups=groups, interrupted=interrupted)


def with_files(sweep: Sweep, result: SweepResult, out: Path) -> SweepResult:
    """Return a result whose smallest cases are written as scenarios.

    Args:
        sweep: What was swept.
        result: The result, with its smallest cases.
        out: The folder.

    Raises:
        FileError: A scenario can't be written; those before it are there.
    """
    taken: set[str] = set()
    groups = []
    for group in result.groups:
        smallest = group.shrunk
        if smallest is not None:
            path = out / file_name(group, taken)
            write_file(path, _text(sweep, group, smallest, out))
            smallest = replace(smallest, file=str(path))
        groups.append(replace(group, shrunk=smallest))
    return replace(result, groups=tuple(groups))


_Smallest = tuple[Case, CaseOutcome]


def _each(sweep: Sweep, result: SweepResult, jobs: int) -> Iterator[tuple[int, _Smallest | None]]:
    undisturbed = sweep.client.player(sweep.scenario).undisturbed()
    task = _Shrinks(undisturbed)
    cases = {each.case.name: each.case for each in result.results}
    items = [(simplest([cases[name] for name in group.cases]), group.key) for group in result.groups]
    return done(task, sweep.scenario, sweep.client, items, jobs=jobs)


@dataclass(frozen=True)
class _Shrinks:
    """Looks for the smallest case of a group, in whichever process.

    Attributes:
        undisturbed: The run in which nothing goes wrong.
    """

    undisturbed: Undisturbed

    def __call__(
        self, scenario: LoadedScenario, player: CasePlayer, item: tuple[Case, tuple[str, str]]
    ) -> _Smallest | None:
        """Return the smallest case and what comes of it; None where the machine could not play it."""
        case, key = item
        try:
            return shrunk(player, scenario, self.undisturbed, case, key)
        except (SimispError, OSError):
            return None


def _group(sweep: Sweep, group: Group, smallest: _Smallest | None) -> Group:
    """Return a group with its smallest case."""
    if smallest is None:
        return group
    case, outcome = smallest
    return replace(group, shrunk=Shrunk(case, outcome, token_of(_replay(sweep, case))))


def _replay(sweep: Sweep, case: Case) -> Replay:
    return replace(sweep.client.replay(sweep.scenario), overlay=case.overlay)


def _text(sweep: Sweep, group: Group, smallest: Shrunk, out: Path) -> str:
    where = "" if group.stand is None else f" at {group.stand}"
    recipe = tuple(sweep.client.recipe)
    command = recipe[recipe.index("--") :] if "--" in recipe else ()
    about = (
        f"Found by simisp sweep with the plan {sweep.plan}: {group.detail}. It began as: {smallest.case.name}. "
        f"To play it: simisp run THIS {shlex.join((*option_words(_replay(sweep, smallest.case)), *command))}"
    )
    title = f"{group.kind.value}{where}"
    return scenario_text(sweep.scenario, smallest.case, title=title, about=about, folder=out)
