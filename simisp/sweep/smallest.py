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

__all__ = ["with_smallest"]


def with_smallest(
    sweep: Sweep,
    result: SweepResult,
    *,
    out: Path | None = None,
    jobs: int = 1,
    on_group: Callable[[int, int], None] | None = None,
) -> SweepResult:
    """Return a result whose groups have their smallest cases. It is the same in however many processes.

    A KeyboardInterrupt ends it early: the groups that are done have theirs then.

    Args:
        sweep: What was swept.
        result: What it has found.
        out: The folder in which a scenario is written for each group; None for no files.
        jobs: In how many processes the cases are played.
        on_group: Called after each group with how many are done, and how many there are.

    Raises:
        FileError: A scenario can't be written; those before it are there.
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
    taken: set[str] = set()
    groups = tuple(_group(sweep, group, found.get(number), out, taken) for number, group in enumerate(result.groups))
    return replace(result, groups=groups, interrupted=interrupted)


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


def _group(sweep: Sweep, group: Group, smallest: _Smallest | None, out: Path | None, taken: set[str]) -> Group:
    """Return a group with its smallest case, which is written where that is wanted."""
    if smallest is None:
        return group
    case, outcome = smallest
    replay = replace(sweep.client.replay(sweep.scenario), overlay=case.overlay)
    kept = Shrunk(case, outcome, token_of(replay))
    if out is not None:
        path = out / file_name(group, taken)
        write_file(path, _text(sweep, group, kept, replay, out))
        kept = replace(kept, file=str(path))
    return replace(group, shrunk=kept)


def _text(sweep: Sweep, group: Group, smallest: Shrunk, replay: Replay, out: Path) -> str:
    where = "" if group.stand is None else f" at {group.stand}"
    recipe = tuple(sweep.client.recipe)
    command = recipe[recipe.index("--") :] if "--" in recipe else ()
    about = (
        f"Found by simisp sweep with the plan {sweep.plan}: {group.detail}. It began as: {smallest.case.name}. "
        f"To play it: simisp run THIS {shlex.join((*option_words(replay), *command))}"
    )
    title = f"{group.kind.value}{where}"
    return scenario_text(sweep.scenario, smallest.case, title=title, about=about, folder=out)
