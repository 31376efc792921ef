"""Durations, answers, names and numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simisp.scenario import values


def taken(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("4s", 4.0), ("2m", 120.0), ("2min", 120.0), ("1h", 3600.0), ("1d", 86400.0), ("7", 7.0),
     ("1.5", 1.5), (" 2 s ", 2.0), ("3MS", 0.003), ("0", 0.0), ("366d", 366 * 86400.0)],
)  # fmt: skip
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert values.duration(text) == seconds
    assert taken(values.DurationValue, text) == seconds


@pytest.mark.parametrize("text", ["", "s", "1:30", "-1s", "1e3", ".5", "1,5s", "3 fortnights", "367d", "9" * 400, "∞"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|year"):
        values.duration(text)


def test_numbers_are_seconds_and_truth_values_are_not() -> None:
    assert taken(values.DurationValue, 3) == 3.0
    for wrong in (True, None, [1]):
        with pytest.raises(ValidationError, match="expected a duration"):
            taken(values.DurationValue, wrong)


@pytest.mark.parametrize("number", [-1, -0.001, math.nan, math.inf, 367 * 86400.0, 10**400])
def test_a_number_of_seconds_that_no_scenario_could_say_is_no_duration(number: float) -> None:
    with pytest.raises(ValidationError, match="from 0 seconds to a year"):
        taken(values.DurationValue, number)


@pytest.mark.parametrize("number", [-1.0, math.nan, -math.inf])
def test_a_silence_is_no_number_of_seconds_that_no_scenario_could_say(number: float) -> None:
    assert taken(values.SilenceValue, math.inf) == math.inf
    with pytest.raises(ValidationError, match="from 0 seconds to a year"):
        taken(values.SilenceValue, number)


def test_a_seed_is_a_number_that_can_be_written() -> None:
    assert taken(values.Seed, "-" + "9" * 4300) == -(10**4300 - 1)
    for wrong in (10**4300, -(10**4300)):
        with pytest.raises(ValidationError, match="exceeded maximum size"):
            taken(values.Seed, wrong)


@pytest.mark.parametrize("kind", [values.Words, values.Title, values.Text, values.AnswerText, values.LabelName])
def test_no_text_has_half_a_character_which_no_file_could_hold(kind: Any) -> None:
    with pytest.raises(ValidationError):
        taken(kind, "a\ud800")


def test_silence_is_forever_or_for_a_while() -> None:
    assert taken(values.SilenceValue, "forever") == math.inf
    assert taken(values.SilenceValue, "90s") == 90.0


@pytest.mark.parametrize(("text", "value"), [("Yes", True), ("no", False), ("ON", True), ("off", False), (True, True)])
def test_yes_and_no_have_their_usual_words(text: object, value: bool) -> None:
    assert taken(values.YesNo, text) is value


@pytest.mark.parametrize("number", ["5551234", "*99#", "+61", "A", "0"])
def test_what_can_be_dialled_is_a_number(number: str) -> None:
    assert taken(values.NumberText, number) == number


@pytest.mark.parametrize("number", ["", "555 1234", "x", "٣", "1\n"])
def test_what_cannot_be_dialled_is_no_number(number: str) -> None:
    with pytest.raises(ValidationError, match="not a number that can be dialled"):
        taken(values.NumberText, number)


def test_texts_for_the_line_are_octets() -> None:
    assert taken(values.Text, "\x00ÿ") == "\x00ÿ"
    with pytest.raises(ValidationError, match="'Ā' is not an octet"):
        taken(values.Text, "Ā")


def test_names_in_braces_have_letters_digits_and_underscores() -> None:
    assert taken(values.ReadName, "user_1") == "user_1"
    for wrong in ("", "a b", "a-b", "x" * 65, "a\n"):
        with pytest.raises(ValidationError, match="is not allowed in braces"):
            taken(values.ReadName, wrong)


def test_an_answer_in_slashes_is_a_pattern_and_one_slash_is_a_text() -> None:
    assert taken(values.AnswerText, "/") == "/"
    assert taken(values.AnswerText, "/p+/") == "/p+/"
    with pytest.raises(ValidationError, match="could take forever"):
        taken(values.AnswerText, "/(p+)+/")
