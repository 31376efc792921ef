"""Models that are imported, and whose validators are built, when a scenario first has the part."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, get_args

import pytest

from simisp.errors import ScenarioError
from simisp.scenario.cellular_section import CellularSection
from simisp.scenario.expectations import Calls
from simisp.scenario.later import model_in
from simisp.scenario.load import loads
from simisp.scenario.model import IspSection, ModemSection, Scenario
from simisp.scenario.steps import PauseStep, RepeatStep
from simisp.scenario.strict import Strict

_RARE = (
    "calls_in", "cellular_section", "conduct_expectations", "deeds", "fault_item", "manners", "messages", "multiplexer",
    "port_sections", "ppp_expectations", "ppp_section", "program_section", "slip_section", "trigger_item",
    "unsolicited_section",
)  # fmt: skip
"""The modules of sections that few scenarios have."""
_LOADED = f"""
import sys
from simisp.scenario.load import load
load("login")
print(*sorted(name for name in {_RARE!r} if "simisp.scenario." + name in sys.modules))
"""


def test_a_scenario_without_rare_sections_is_loaded_without_their_modules() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_annotations_are_not_texts_that_have_to_be_compiled_at_each_start() -> None:
    written = {
        f"{model.__name__}.{name}"
        for model in {Strict} | _below(Strict)
        if model.__module__.startswith("simisp.scenario.")
        for name, annotation in vars(model).get("__annotations__", {}).items()
        if isinstance(annotation, str)
    }
    assert written == {
        "PromptStep.choices",
        "PromptStep.otherwise",
        "PromptStep.too_late",
        "ExpectStep.otherwise",
        "Repetition.steps",
    }  # they name what comes below them


def _below(model: type[Any]) -> set[type[Any]]:
    return {each for child in model.__subclasses__() for each in (child, *_below(child))}


def test_a_mistake_in_a_part_built_later_has_its_whole_path() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads("title: T\nisp:\n  dialogue:\n    - repeat:\n        times: 2\n        steps:\n          - pause: soon\n")
    (told,) = caught.value.diagnostics
    assert (told.place.line, told.place.column) == (7, 20)
    assert "'soon' is not a duration" in told.message


def test_a_part_may_be_given_as_an_instance_or_as_it_is_written() -> None:
    given = Scenario(
        title="T",
        modem=ModemSection(profile="gsm", cellular=CellularSection(signal=7)),
        isp=IspSection(dialogue=[RepeatStep.model_validate({"repeat": {"steps": [PauseStep(pause=2)]}})]),
        expect=[Calls(calls=1)],
    )
    written = {
        "title": "T",
        "modem": {"profile": "gsm", "cellular": {"signal": "7"}},
        "isp": {"dialogue": [{"repeat": {"steps": [{"pause": "2s"}]}}]},
        "expect": [{"calls": "1"}],
    }
    assert given == Scenario.model_validate(written)


def test_what_stands_for_a_model_leads_to_it() -> None:
    part, _none = get_args(ModemSection.model_fields["cellular"].annotation)
    assert model_in(get_args(part)[0]) is CellularSection
    assert model_in("cellular") is None
    assert model_in({}) is None
