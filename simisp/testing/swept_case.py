"""A case of a sweep as the value of a parametrised test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import CasePlayer
from simisp.sweep.findings import SweepFinding, judge
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import overlaid
from simisp.sweep.plans import PLANS
from simisp.sweep.sweep import Sweep
from simisp.sweep.undisturbed import Undisturbed
from simisp.testing.scenario_source import loaded
from simisp.testing.sweeping import PlanName, sweep_client

__all__ = ["SweptCase", "swept_cases"]


class SweptCase:
    """One case of a sweep. The fixture ``simisp_case`` of a test with the mark ``simisp_sweep`` is one.

    Attributes:
        case: What goes wrong, and where.
    """

    def __init__(self, scenario: LoadedScenario, case: Case, player: CasePlayer, undisturbed: Undisturbed) -> None:
        """Internal: made by the mark."""
        self.case = case
        self._scenario, self._player, self._undisturbed = scenario, player, undisturbed

    def __repr__(self) -> str:
        return f"SweptCase({self.case.name!r})"

    @cached_property
    def scenario(self) -> LoadedScenario:
        """The scenario in which this goes wrong, for a client of the test's own."""
        return overlaid(self._scenario, self.case.overlay)

    @cached_property
    def outcome(self) -> CaseOutcome:
        """What comes of it with the client of the mark; it is played when this is first asked for."""
        return self._player.play(self.case)

    @property
    def findings(self) -> Sequence[SweepFinding]:
        """What that shows; empty if nothing is wrong."""
        return judge(self._undisturbed.outcome, self.outcome)

    def check(self) -> None:
        """Play the case and fail where it shows something.

        Raises:
            AssertionError: It does; the message says what, and where the client stood.
        """
        if found := self.findings:
            said = [
                f"{each.kind.value}: {each.detail}" + (f", at {each.stand}" if each.stand else "") for each in found
            ]
            raise AssertionError("\n".join([f"{self.case.name}:", *(f"  {each}" for each in said)]))


def swept_cases(
    scenario: str | Path | LoadedScenario,
    *,
    beside: Path,
    plan: PlanName = "stalls",
    script: str | Path | None = None,
    chat: str | Path | None = None,
    command: Sequence[str] | None = None,
    seed: int = 0,
    options: RunOptions | None = None,
) -> list[SweptCase]:
    """Return the cases of a sweep, for which the undisturbed run is played now.

    Args:
        scenario: As for :func:`simisp.testing.sweep`, and so are the others.
        beside: The folder in which files are looked for first.
        plan: Which cases.
        script: The client.
        chat: The client.
        command: The client.
        seed: The seed of everything random.
        options: Patience and deadline of each case.

    Raises:
        TypeError: The command is a text, or a word of it is neither text nor path.
        ValueError: Not just one client is given, the command is empty, or the plan is none.
        SimispError: The scenario or the client can't be had.
    """
    if plan not in PLANS:
        raise ValueError(f"{plan!r} is not a plan: there are {', '.join(PLANS)}")
    what = loaded(scenario, beside)
    client = sweep_client(
        what, script=_found(script, beside), chat=_found(chat, beside), command=command, options=options
    )
    player = client.player(what)
    undisturbed = player.undisturbed()
    cases = Sweep(what, client, plan, seed).cases(undisturbed)
    return [SweptCase(what, case, player, undisturbed) for case in cases]


def _found(path: str | Path | None, beside: Path) -> Path | None:
    """Return a file beside the test if it is there, else as it is."""
    if path is None:
        return None
    return beside / path if (beside / path).exists() else Path(path)
