"""The JSON Schema takes what the loader takes, as an editor sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, ValidationError

from simisp.dialling.files.story_file import DiallingSection
from simisp.scenario.expectation_base import WordAlone
from simisp.scenario.expectations import (
    EXPECTATION_TAG,
    EXPECTATION_WORDS,
    WORD_EXPECTATIONS,
    Expectation,
    expectation_model,
)
from simisp.scenario.later import model_in
from simisp.scenario.load import bundled
from simisp.scenario.model import Scenario
from simisp.scenario.schema import schema
from simisp.scenario.steps import STEP_TAG, STEP_WORDS, Step, step_model
from support.core_yaml import CoreLoader

HERE = Path(__file__).parent
RIGHT = [*(HERE / "ok").glob("*.yaml"), *bundled()]
# What takes more than a look at one value, or is wrong as YAML, is the loader's to tell.
LOADER_ONLY = {
    "bank", "calls", "deep-aliases", "duplicate-keys", "labels", "loops", "modem-rows-together", "names",
    "names-of-ports", "next-line", "no-accounts", "octets", "own-expectation-names", "own-line-alone",
    "pattern-too-long", "patterns", "programs-of-ppp", "tags", "terminal-escape", "unreached", "utf-16",
    "yaml-traps-as-keys",
}  # fmt: skip


@cache
def whole() -> dict[str, Any]:
    return schema(DiallingSection)


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(whole())


def as_an_editor_sees_it(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=CoreLoader)


def readable(path: Path) -> bool:
    try:
        as_an_editor_sees_it(path)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return False
    return path.stem not in ("recursive-alias", "exploding-aliases")


WRONG = [path for path in sorted((HERE / "bad").glob("*.yaml")) if readable(path) and path.stem not in LOADER_ONLY]


def test_the_schema_is_one_of_draft_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(whole())
    assert whole()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    json.dumps(whole())


@pytest.mark.parametrize("path", [path for path in RIGHT if path.stem != "traps"], ids=lambda path: path.stem)
def test_every_right_scenario_is_valid(path: Path) -> None:
    validator().validate(as_an_editor_sees_it(path))


def test_numbers_and_truth_values_are_taken_for_texts() -> None:
    traps = as_an_editor_sees_it(HERE / "ok" / "traps.yaml")
    # What an editor takes for nothing at all is the one thing that it can't take for a text.
    assert [error.instance for error in validator().iter_errors(traps) if error.instance is None] == []
    assert [list(error.absolute_path) for error in validator().iter_errors(traps)] == [
        ["isp", "dialogue", 4],
        ["expect", 1],
    ]


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_every_scenario_with_a_fault_in_its_structure_is_invalid(path: Path) -> None:
    assert not validator().is_valid(as_an_editor_sees_it(path))


def test_most_bad_scenarios_are_among_them() -> None:
    assert len(WRONG) >= 25


def test_every_key_and_every_word_of_the_language_is_there() -> None:
    text = json.dumps(whole())
    words = [*STEP_WORDS, *EXPECTATION_WORDS, *Scenario.model_fields, "answer_after", "framing"]
    for word in words:
        assert json.dumps(word) in text
    assert "^[0-9*#A-Da-d+]+$" in whole()["$defs"]["ExchangeSection"]["patternProperties"]


@pytest.mark.parametrize("word", STEP_WORDS)
def test_a_step_can_be_its_name_alone_in_the_schema_where_the_loader_takes_it_so(word: str) -> None:
    written = {"title": "x", "isp": {"dialogue": [word]}}
    assert validator().is_valid(written) == _is_read(written)


@pytest.mark.parametrize("word", EXPECTATION_WORDS)
def test_an_expectation_can_be_its_name_alone_in_the_schema_where_the_loader_takes_it_so(word: str) -> None:
    written = {"title": "x", "expect": [word]}
    assert validator().is_valid(written) == _is_read(written)


def _is_read(written: object) -> bool:
    try:
        Scenario.model_validate(written)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("union", "prefix", "model_of"),
    [(Step.__value__, STEP_TAG, step_model), (Expectation, EXPECTATION_TAG, expectation_model)],
    ids=["steps", "expectations"],
)
def test_each_kind_stands_in_its_union_under_the_tag_by_which_it_is_found(
    union: Any, prefix: str, model_of: Callable[[str], type[BaseModel] | None]
) -> None:
    tagged = [get_args(each) for each in get_args(get_args(union)[0])]
    kinds = {tag.tag: kind for kind, *_, tag in tagged}
    words = STEP_WORDS if prefix == STEP_TAG else EXPECTATION_WORDS
    assert kinds.keys() == {prefix + word for word in words}
    assert all(model_of(tag) is model_in(kind) for tag, kind in kinds.items())


def test_the_expectations_without_a_value_are_those_whose_word_may_stand_alone() -> None:
    models = {word: expectation_model(EXPECTATION_TAG + word) for word in EXPECTATION_WORDS}
    alone = [word for word, model in models.items() if model is not None and issubclass(model, WordAlone)]
    assert list(WORD_EXPECTATIONS) == alone


def test_every_part_says_what_it_is() -> None:
    for name, part in whole()["$defs"].items():
        assert part.get("description"), name
        assert part.get("title"), name
    for name, part in whole()["properties"].items():
        assert "description" in part or "$ref" in part, name


STEPS: list[object] = [
    "silence", "hang up", "again", "authenticate",
    {"silence": None}, {"hang up": None}, {"authenticate": None}, {"silence": 3}, {"silence": "forever"},
    {"pause": 0.5},
    {"prompt": 5, "expect": True, "echo": "off"},
]  # fmt: skip
NO_STEPS: list[object] = [
    "prompt", "frobnicate", None, 7, {}, ["silence"],
    {"prompt": None}, {"prompt": "x", "read": None}, {"prompt": "x", "expect": "a", "choices": {"a": "next"}},
    {"pause": -1}, {"pause": "1:30"}, {"pause": True}, {"hang up": "x"},
    {"repeat": {"times": "3", "steps": ["silence"]}},
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_can_be_a_word_a_word_with_nothing_or_a_mapping(step: object) -> None:
    validator().validate({"title": "x", "isp": {"dialogue": [step]}})


@pytest.mark.parametrize("step", NO_STEPS, ids=str)
def test_what_is_no_step_is_invalid(step: object) -> None:
    assert not validator().is_valid({"title": "x", "isp": {"dialogue": [step]}})


def test_dialogue_dialogues_and_calls_go_together_as_the_loader_has_it() -> None:
    def valid(**isp: object) -> bool:
        return validator().is_valid({"title": "x", "isp": isp})

    one: dict[str, list[object]] = {"a": []}
    two: dict[str, list[object]] = {"a": [], "b": []}
    assert valid(dialogue=[])
    assert valid(dialogues=one)
    assert valid(dialogues=two, calls=["a"])
    assert not valid(dialogues=two)
    assert not valid(calls=["a"])
    assert not valid(dialogue=[], dialogues=one)
    assert not valid(dialogues={"a/b": []})
