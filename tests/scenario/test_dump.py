"""A scenario that is written loads as the same scenario."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simisp.diagnostics import SourceText
from simisp.errors import ScenarioError
from simisp.scenario import model, reader, steps
from simisp.scenario.dump import dumps, dumps_plain, duration_text
from simisp.scenario.expectations import Calls, NoLockFileLeft, PortReleased
from simisp.scenario.load import bundled, load, loads
from simisp.scenario.model import Scenario
from simisp.scenario.steps import Strict
from simisp.scenario.values import duration
from simisp.scenario.yaml_text import Items, Map, Style, YamlScalar, write
from support.rounds import rounds
from support.scenario_strategies import RIGHT_SCENARIOS, SCENARIOS, TRAPS, WIDE, Models, briefly

OK = sorted((Path(__file__).parent / "ok").glob("*.yaml"))
WRITTEN = Path(__file__).parent / "written"
PROPERTY = settings(max_examples=rounds(50), deadline=None, suppress_health_check=list(HealthCheck))


def read(text: str) -> Any:
    document = reader.parse(SourceText("a.yaml", text))
    assert document.diagnostics == []
    return document.plain()


def all_models(kind: type[Strict] = Strict) -> set[type[Strict]]:
    below = {inner for inner in kind.__subclasses__() if inner.__module__ in (model.__name__, steps.__name__)}
    return below.union(*map(all_models, below))


@pytest.mark.parametrize("path", [*bundled(), *OK], ids=lambda path: path.stem)
def test_a_scenario_that_is_loaded_written_and_loaded_is_the_same_with_its_story(path: Path) -> None:
    loaded = load(path)
    text = dumps(loaded)
    again = loads(text, name=str(path))
    assert again == loaded
    assert repr(again.model) == repr(loaded.model)  # in the same order
    assert dumps(again) == text
    assert dumps(loaded.model) == dumps(again.model)


@PROPERTY
@given(SCENARIOS)
def test_every_instance_of_the_models_is_read_as_itself(scenario: Scenario) -> None:
    text = dumps(scenario)
    again = Scenario.model_validate(read(text))
    assert again == scenario
    assert repr(again) == repr(scenario)
    assert dumps(again) == text


@PROPERTY
@given(RIGHT_SCENARIOS)
def test_every_right_scenario_loads_as_itself(scenario: Scenario) -> None:
    again = loads(dumps(scenario)).model
    assert again == scenario
    assert repr(again) == repr(scenario)


def around(part: Strict) -> Scenario:
    """Return a scenario that a part of any kind is in."""
    match part:
        case Scenario():
            return part
        case steps.BaseStep():
            return Scenario(title="x", isp=model.IspSection(dialogue=[part]))
        case steps.Authentication():
            return around(steps.AuthenticateStep(authenticate=part))
        case steps.Repetition():
            return around(steps.RepeatStep(repeat=part))
        case model.OwnLineSection():
            return Scenario(title="x", lines=[part])
    section = next((name for name, field in Scenario.model_fields.items() if field.annotation is type(part)), None)
    return Scenario(title="x", **({section: part} if section else {"expect": [part]}))


@pytest.mark.parametrize("kind", sorted(all_models() - {steps.BaseStep}, key=str), ids=lambda kind: kind.__name__)
def test_every_field_of_every_model_is_written_and_read(kind: type[Strict]) -> None:
    @settings(PROPERTY, max_examples=10)
    @given(Models().with_every_field(kind))
    def check(part: Strict) -> None:
        assert part.model_fields_set == kind.model_fields.keys() | (part.model_extra or {}).keys()
        scenario = around(part)
        again = Scenario.model_validate(read(dumps(scenario)))
        assert repr(again) == repr(scenario)

    check()


@PROPERTY
@given(st.floats(0, 366 * 86400.0))
def test_every_duration_is_written_exactly(seconds: float) -> None:
    assert duration(duration_text(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0s"), (-0.0, "0s"), (0.001, "1ms"), (0.0015, "0.0015s"), (1e-7, "0.0000001s"), (15.0, "15s"),
     (1.25, "1.25s"), (90.0, "90s"), (120.0, "120s"), (180.0, "3m"), (5400.0, "90m"), (3600.0, "1h"),
     (172800.0, "2d"), (float("inf"), "forever")],
)  # fmt: skip
def test_a_duration_has_the_unit_that_a_person_would_take(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


STYLES = st.sampled_from([style for style in Style if style is not Style.WORD])
LEAVES = briefly(
    st.builds(YamlScalar, st.text() | st.sampled_from([*TRAPS, *WIDE, "x" * 1100, "\x07" * 300]), STYLES),
)
TREES = briefly(
    st.recursive(
        st.none() | LEAVES,
        lambda inner: (
            st.builds(Items, st.lists(inner, max_size=3).map(tuple), st.booleans())
            | st.builds(
                Map,
                st.lists(st.tuples(LEAVES, inner), max_size=3, unique_by=lambda entry: entry[0].text).map(tuple),
                st.booleans(),
            )
        ),
        max_leaves=15,
    )
)


def plain(node: Any) -> Any:
    match node:
        case YamlScalar(text):
            return text
        case Items(items):
            return [plain(item) for item in items]
        case Map(entries):
            return {key.text: plain(value) for key, value in entries}
    return None


@PROPERTY
@given(TREES)
@example(Map(((YamlScalar("x" * 1100), Items((Map(((YamlScalar("y" * 2000), Items((None,))),)),))),)))
@example(YamlScalar("a\n\tb", Style.SENT))
def test_any_reader_of_yaml_reads_what_is_written_as_the_texts_that_it_is(node: Any) -> None:
    text = write(Map(((YamlScalar("root"), node),)))
    assert read(text) == {"root": plain(node)}
    for loader in {yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)}:
        assert yaml.load(text, Loader=loader) == {"root": plain(node)}


@pytest.mark.parametrize("text", [*TRAPS, *WIDE])
@pytest.mark.parametrize("style", [Style.NAME, Style.SENT, Style.PROSE])
def test_what_yaml_reads_as_something_else_survives_as_a_value_and_as_a_key(text: str, style: Style) -> None:
    for node in (
        Map(((YamlScalar(text), YamlScalar(text, style)),)),
        Map(((YamlScalar(text), YamlScalar(text, style)),), True),
    ):
        written = write(Map(((YamlScalar("a"), Items((node, YamlScalar(text, style)))),)))
        assert yaml.safe_load(written) == read(written) == {"a": [{text: text}, text]}
        assert written.replace("\n", "").isprintable()


def test_a_scenario_made_of_the_models_is_the_one_that_its_text_says() -> None:
    steps_made = [
        steps.PromptStep(
            prompt="Service?", choices={"p": "next", "?": [steps.SendStep(send="p\n"), steps.AgainStep(again=None)]}
        ),
        steps.RepeatStep(repeat=steps.Repetition(times=2, steps=[steps.PauseStep(pause=0.25)])),
        steps.AuthenticateStep(authenticate=steps.Authentication()),
    ]
    made = Scenario(
        title="Made",
        isp=model.IspSection(accounts={"a": "b"}, dialogue=steps_made),
        expect=[PortReleased(port_released_within=90.0), NoLockFileLeft(no_lock_file_left=None)],
    )
    assert loads(dumps(made)).model == made


def test_what_is_no_step_is_refused_also_when_a_program_has_made_it() -> None:
    with pytest.raises(ValidationError, match="not a step"):
        model.IspSection(dialogue=[Calls(calls=1)])
    with pytest.raises(ValidationError, match="not an expectation"):
        Scenario(title="x", expect=[steps.PauseStep(pause=1.0)])


def test_a_story_is_written_with_its_scenario_also_when_nothing_stands_in_it() -> None:
    for written in (
        "dialling:\n",
        "dialling: []\n",
        "dialling: some text\n",
        'dialling:\n  a:\n  b: ""\n  c: [x, [], {}]\n',
    ):
        loaded = loads("title: x\n" + written)
        assert loaded.has_story
        assert dumps(loaded) == "title: x\n" + written


def test_what_a_scenario_does_not_say_is_not_written() -> None:
    assert dumps(Scenario(title="Nothing")) == "title: Nothing\n"


def test_a_written_scenario_is_as_a_person_would_write_it() -> None:
    assert dumps(load(Path(__file__).parent / "ok" / "every-step.yaml")) == (WRITTEN / "every-step.yaml").read_text()
    assert dumps(load("kb175410")) == (WRITTEN / "kb175410.yaml").read_text()


def test_keys_in_python_s_own_types_are_a_scenario_as_their_texts_are() -> None:
    keys = {
        "title": "Keys",
        "seed": 5,
        "exchange": {5551234: "isp", "default": "busy"},
        "isp": {"dialogue": [{"prompt": "Name:", "echo": True}, {"pause": 3.5}, {"silence": math.inf}]},
        "line": {"faults": [{"fault": "silence", "for": 1e-06}, {"fault": "noise", "probability": 0.25}]},
        "expect": [{"calls": 0}],
    }
    text = dumps_plain(keys)
    model = loads(text).model
    assert model.seed == 5
    assert model.exchange.numbers == {"5551234": "isp"}
    assert [each.calls for each in model.expect if isinstance(each, Calls)] == [0]
    assert "{pause: 3.5}" in text
    assert "{silence: forever}" in text
    assert "for: 0.000001" in text


@pytest.mark.parametrize("wrong", [b"octets", object(), {1, 2}, 1j])
def test_what_no_scenario_can_say_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="a scenario has texts, numbers"):
        dumps_plain({"title": wrong})
    with pytest.raises(TypeError, match="a key of a scenario is a text"):
        dumps_plain({"isp": {True: "x"}})


def test_a_number_that_is_none_is_reported_with_its_place() -> None:
    with pytest.raises(ScenarioError, match="seed"):
        loads(dumps_plain({"title": "x", "seed": math.nan, "isp": {"dialogue": ["silence"]}}))
