"""The smallest case that still shows a finding: fewest faults, smallest numbers, shortest dialogue.

Every step is one that a case either survives or not: a smaller case is kept if the client still comes to the same
finding at the same place. What remains is smaller in no single step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from simisp.errors import ScenarioError
from simisp.facts.sources import Source
from simisp.scenario.dump import duration_text
from simisp.scenario.load import LoadedScenario
from simisp.scenario.values import duration
from simisp.sweep.case import Case, Overlay, YamlValue, faults_of
from simisp.sweep.client import CasePlayer
from simisp.sweep.findings import judge
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import plain_scenario
from simisp.sweep.play import PurePlayer
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["shrunk", "simplest"]

_MOST_PLAYS = 300
_MOST_PLAYS_OF_PROCESSES = 60
"""So often a client is played for one finding; what is small by then is small enough."""
_COUNTS = ("octets", "size", "times")
_DURATIONS = ("by", "for", "gap")
_LONGEST_TEXT = 16

_Key = tuple[str, str]


def simplest(cases: Sequence[Case]) -> Case:
    """Return the case to begin with: of those with the fewest faults one of silence, then the shortest and earliest."""

    def size(case: Case) -> tuple[int, bool, int, int, str]:
        faults = faults_of(case.overlay)
        is_silence = [fault.get("fault") for fault in faults] == ["silence"]
        return len(faults) or 1, not is_silence, len(case.key), case.position, case.name

    return min(cases, key=size)


def shrunk(
    player: CasePlayer, scenario: LoadedScenario, undisturbed: Undisturbed, case: Case, key: _Key
) -> tuple[Case, CaseOutcome]:
    """Return the smallest case that shows a finding, and what comes of it.

    Args:
        player: Plays cases with the client.
        scenario: The scenario.
        undisturbed: The run in which nothing goes wrong.
        case: A case that shows the finding.
        key: The finding's kind and place.
    """
    trial = _Trial(player, scenario, undisturbed, case, key)
    for step in (_fewer_faults, _smaller_numbers, _texts, _shorter_dialogue):
        changed = True
        while changed and trial.may_go_on:
            changed = any(trial.keeps(smaller) for smaller in step(trial))
    return trial.case, trial.outcome


class _Trial:
    def __init__(
        self, player: CasePlayer, scenario: LoadedScenario, undisturbed: Undisturbed, case: Case, key: _Key
    ) -> None:
        self._player = player
        self._usual = undisturbed.outcome
        self._key = key
        self._plays = 0
        self._most = _MOST_PLAYS if isinstance(player, PurePlayer) else _MOST_PLAYS_OF_PROCESSES
        self.scenario = scenario
        self.undisturbed = undisturbed
        self.case = case
        self.outcome = player.play(case)

    @property
    def may_go_on(self) -> bool:
        """Whether the client may be played again."""
        return self._plays < self._most

    def keeps(self, overlay: Overlay) -> bool:
        """Keep a smaller case, if it shows the finding still."""
        if not self.may_go_on:
            return False
        case = replace(self.case, overlay=overlay)
        try:
            usual = self._usual_of(overlay)
            self._plays += 1
            outcome = self._player.play(case)
        except ScenarioError:  # a label without its step, a mark that is expected and gone
            return False
        if usual is None or self._key not in {finding.key for finding in judge(usual, outcome)}:
            return False
        self.case, self.outcome = case, outcome
        return True

    def _usual_of(self, overlay: Overlay) -> CaseOutcome | None:
        """Return what the client comes to when only the dialogue is changed; None if it finds something there too."""
        if "isp" not in overlay or overlay.get("isp") == self.case.overlay.get("isp"):
            return self._usual
        self._plays += 1
        usual = self._player.play(replace(self.case, overlay={"isp": overlay["isp"]}))
        return None if judge(usual, usual) or usual.exit_status != self._usual.exit_status else usual


def _with_faults(overlay: Overlay, faults: Sequence[Mapping[str, YamlValue]]) -> Overlay:
    line = overlay.get("line")
    assert isinstance(line, Mapping)
    return {**overlay, "line": {**line, "faults": faults}}


def _fewer_faults(trial: _Trial) -> Iterator[Overlay]:
    """Yield the case without each of its faults."""
    faults = faults_of(trial.case.overlay)
    if len(faults) > 1:
        for index in range(len(faults)):
            yield _with_faults(trial.case.overlay, [*faults[:index], *faults[index + 1 :]])


def _each_fault(
    trial: _Trial, change: Callable[[Mapping[str, YamlValue]], Iterator[Mapping[str, YamlValue]]]
) -> Iterator[Overlay]:
    faults = faults_of(trial.case.overlay)
    for index, fault in enumerate(faults):
        for changed in change(fault):
            yield _with_faults(trial.case.overlay, [*faults[:index], changed, *faults[index + 1 :]])


def _smaller_numbers(trial: _Trial) -> Iterator[Overlay]:
    """Yield the case with each of its numbers smaller, and without what is only a restriction."""
    yield from _each_fault(trial, _smaller)


def _smaller(fault: Mapping[str, YamlValue]) -> Iterator[Mapping[str, YamlValue]]:
    for name in ("probability", "call", "times", "after"):
        if name in fault:
            yield {key: value for key, value in fault.items() if key != name}
    after = fault.get("after")
    if isinstance(after, Mapping) and isinstance(after.get("octets"), str):
        for fewer in _less(int(str(after["octets"]))):
            yield {**fault, "after": {"octets": str(fewer)}}
    yield from _smaller_parameters(fault)


def _smaller_parameters(fault: Mapping[str, YamlValue]) -> Iterator[Mapping[str, YamlValue]]:
    for name in _COUNTS:
        if isinstance(fault.get(name), str) and str(fault[name]).isdecimal():
            for fewer in _less(int(str(fault[name]))):
                yield {**fault, name: str(fewer)}
    for name in _DURATIONS:
        if isinstance(fault.get(name), str):
            for shorter in _less(int(duration(str(fault[name])))):
                yield {**fault, name: duration_text(float(shorter))}


def _less(number: int) -> Iterator[int]:
    """Yield smaller numbers from 1 on, the smallest first."""
    tried = dict.fromkeys((1, number // 8, number // 4, number // 2, number * 3 // 4, number - 1))
    return (each for each in sorted(tried) if 0 < each < number)


def _texts(trial: _Trial) -> Iterator[Overlay]:
    """Yield the case with a text in place of a count of octets: a person sees what it means, and it can be moved."""
    yield from _each_fault(trial, lambda fault: _after_text(trial.undisturbed, fault))


def _after_text(undisturbed: Undisturbed, fault: Mapping[str, YamlValue]) -> Iterator[Mapping[str, YamlValue]]:
    after = fault.get("after")
    if not isinstance(after, Mapping) or "octets" not in after:
        return
    from simisp.sweep.plans.spots import spots

    there = next(
        (
            spot
            for spot in spots(undisturbed, Source.CLIENT, Source.MODEM, Source.ISP)
            if spot.octets == int(str(after["octets"])) and spot.fault(str(fault["fault"])) == {
                key: value for key, value in fault.items() if key in {"fault", "side", "direction", "after"}
            }
        ),
        None,
    )  # fmt: skip
    if there is None or "*" in there.text:
        return
    words = re.split(r"[\r\n]+", there.text)
    text = words[-1][-_LONGEST_TEXT:]
    if text and not (text.startswith("/") and text.endswith("/")):
        yield {**fault, "after": {"text": text}}


def _shorter_dialogue(trial: _Trial) -> Iterator[Overlay]:
    """Yield the case without each step of the first dialogue, the last step first."""
    isp = trial.case.overlay.get("isp")
    if not (isinstance(isp, Mapping) and "dialogue" in isp):
        isp = plain_scenario(trial.scenario).get("isp")
    steps = isp.get("dialogue") if isinstance(isp, Mapping) else None
    if not isinstance(steps, Sequence) or len(steps) < 2:
        return
    for index in reversed(range(len(steps))):
        yield {**trial.case.overlay, "isp": {"dialogue": [*steps[:index], *steps[index + 1 :]]}}
