"""Whole numbers: digits alone, in each place of each file where one is meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from simisp import scenario
from simisp.dialling import files
from simisp.scenario.later import model_in
from simisp.scenario.strict import Strict
from simisp.scenario.whole import Whole, whole_number_meant

WITH_WORD = TypeAdapter(Annotated[int | str, Whole(1, 10, word="always")])


def models(of: type[BaseModel] = Strict) -> Iterator[type[BaseModel]]:
    for model in of.__subclasses__():
        yield model
        yield from models(model)


def bare_ints(annotation: Any, marks: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Return the whole numbers in a type that are not marked as such."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from bare_ints(inner, (*marks, *more))
    elif annotation is int and not any(isinstance(mark, Whole) for mark in marks):
        yield annotation
    elif model_in(annotation) is None:
        # A mark holds for the members of a union, not for those of a list.
        kept = marks if type(None) not in get_args(annotation) and get_origin(annotation) not in (list, dict) else ()
        for part in get_args(annotation):
            yield from bare_ints(part, kept)


def test_every_whole_number_of_every_file_is_marked_as_one() -> None:
    for room in (scenario, files):
        for module in iter_modules(room.__path__, room.__name__ + "."):
            import_module(module.name)
    found = {
        f"{model.__name__}.{name}"
        for model in {*models()}
        for name, field in model.model_fields.items()
        for _ in bare_ints(field.annotation, tuple(field.metadata))
    }
    # There a number may stand, or a text.
    assert found == {"ModemSection.connect", "ModemSection.result_codes", "ProfileFile.result_codes"}
    assert len({*models()}) > 80


@pytest.mark.parametrize("text", ["2", "+2", "002"])
def test_digits_are_a_whole_number(text: str) -> None:
    assert TypeAdapter(Annotated[int, Whole(0, 255)]).validate_python(text) == 2


@pytest.mark.parametrize("value", ["2.0", "2_0", "0x2", "2e0", " 2", "2 ", "٢", "two", "", True, 2.0])
def test_nothing_else_is_a_whole_number(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, Whole()]).validate_python(value)
    assert [error["type"] for error in caught.value.errors()] == ["whole_number"]


def test_a_word_in_its_place_is_one_of_two_and_a_mistake_is_told_once() -> None:
    assert WITH_WORD.validate_python("always") == "always"
    assert WITH_WORD.validate_python("10") == 10
    assert json.loads(WITH_WORD.dump_json("always")) == "always"
    for wrong in ("never", "0", "11"):
        with pytest.raises(ValidationError) as caught:
            WITH_WORD.validate_python(wrong)
        assert len(caught.value.errors()) == 1
    number = {"type": "integer", "minimum": 1, "maximum": 10}
    assert WITH_WORD.json_schema() == {"anyOf": [number, {"const": "always"}]}


def test_what_is_meant_is_found_where_it_is_plain_and_nothing_is_guessed() -> None:
    assert whole_number_meant("1" * 100_000) is None
    assert whole_number_meant("1e99") is None
    assert whole_number_meant("1,5.0") is None
