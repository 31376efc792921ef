"""The kinds of value in a scenario: durations, texts, answers, names, rates."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from simisp.isp.line_input import LONGEST_LINE
from simisp.scenario.safe_pattern import why_unsafe
from simisp.scenario.whole import Whole

__all__ = [
    "FOREVER",
    "NUMBER",
    "AnswerText",
    "Count",
    "CountOrAlways",
    "CountOrOnce",
    "CredentialText",
    "DurationValue",
    "Given",
    "LabelName",
    "LockName",
    "NumberText",
    "OwnNumber",
    "Probability",
    "Rate",
    "ReadName",
    "Seed",
    "SentText",
    "SilenceValue",
    "Text",
    "TimeLimit",
    "Title",
    "Words",
    "YesNo",
    "duration",
    "is_pattern",
]

FOREVER = "forever"
NUMBER = "[0-9*#A-Da-d+]+"
"""The regular expression for a number that can be dialled."""

_YES_NO = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
_LOCK = r"^LCK\.\.[^\s/]{1,120}$"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "": 1.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)
_SHORTEST_LIMIT = 0.01
_LONGEST = 366 * 86400.0
_LARGEST = 10**4300  # Python neither reads nor writes longer numbers


def duration(text: str) -> float:
    """Return a duration in seconds.

    Args:
        text: A number and a unit (``ms``, ``s``, ``m``, ``h``, ``d``); without a unit, seconds.

    Raises:
        ValueError: The text is not a duration, or is longer than a year.

    Example:
        >>> duration("500ms"), duration("4s"), duration("2m"), duration("1.5")
        (0.5, 4.0, 120.0, 1.5)
    """
    match = _DURATION.fullmatch(text.strip())
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r} is not a duration; write 500ms, 4s, 2m, or a number of seconds")
    # Whole milliseconds are exact: 3 * 0.001 is not 0.003.
    seconds = float(match[1]) / 1000 if unit == 0.001 else float(match[1]) * unit
    if not math.isfinite(seconds) or seconds > _LONGEST:
        raise ValueError(f"{text!r} is longer than a year")
    return seconds


def _validated_duration(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not 0 <= value <= _LONGEST:  # only from a program: no text gives such a duration
            raise PydanticCustomError("duration", "a duration is from 0 seconds to a year")
        return float(value)
    if not isinstance(value, str):
        raise PydanticCustomError("duration", "expected a duration such as 500ms, 4s or 2m")
    try:
        return duration(value)
    except ValueError as error:
        raise PydanticCustomError("duration", "{reason}", {"reason": str(error)}) from None


def _time_limit(value: Any) -> Any:
    seconds = _validated_duration(value)
    if seconds < _SHORTEST_LIMIT:
        raise PydanticCustomError("duration", "a time limit is 10 ms or more")
    return seconds


def _silence(value: Any) -> Any:
    return math.inf if value in (FOREVER, math.inf) else _validated_duration(value)


def _yes_no(value: Any) -> Any:
    return _YES_NO.get(value.lower(), value) if isinstance(value, str) else value


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("nothing", "expected something")
    return value


def _octets(text: str) -> str:
    for character in text:
        if ord(character) > 0xFF:
            raise PydanticCustomError(
                "octets",
                "{character} is not an octet: a line carries the characters U+0000 to U+00FF",
                {"character": repr(character)},
            )
    return text


def _writable(number: int) -> int:
    if abs(number) >= _LARGEST:
        raise PydanticKnownError("int_parsing_size")
    return number


def _decimal(value: Any) -> Any:
    """Refuse what Python reads as a number and no author means as one, such as 0_5."""
    if isinstance(value, str) and not re.fullmatch(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", value):
        raise PydanticKnownError("float_parsing")
    return value


def _read_name(text: str) -> str:
    if not re.fullmatch(r"\w{1,64}", text):
        raise PydanticCustomError(
            "read_name", "{text} is not allowed in braces: a name has letters, digits and _", {"text": repr(text)}
        )
    return text


def _number(text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        raise PydanticCustomError("number", "{text} is not a number that can be dialled", {"text": repr(text)})
    return text


def _own_number(text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        raise PydanticCustomError(
            "reply", "{text} is not a number that can be dialled: digits, *, # and A to D", {"text": repr(text)}
        )
    return text


def _lock_name(text: str) -> str:
    if not re.fullmatch(_LOCK, text):
        raise PydanticCustomError(
            "lock_name", "{text} is not the name of a lock file, such as LCK..ttyS1", {"text": repr(text)}
        )
    return text


def is_pattern(text: str) -> bool:
    """Return whether a text is written as a pattern, between slashes."""
    return len(text) > 1 and text.startswith("/") and text.endswith("/")


def _pattern(text: str) -> str:
    """Refuse an answer in slashes whose pattern is invalid or could take forever."""
    if is_pattern(text):
        reason = why_unsafe(text[1:-1])
        if reason:
            raise PydanticCustomError(
                "pattern",
                "the pattern {text} {reason}",
                {"text": text if len(text) < 100 else text[:50] + "…/", "reason": reason},
            )
    return text


_DURATION_SCHEMA: list[dict[str, Any]] = [
    {"type": "number", "minimum": 0},
    {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(ms|s|m|min|h|d)?\s*$"},
]

DurationValue = Annotated[
    float,
    BeforeValidator(_validated_duration),
    WithJsonSchema(
        {"anyOf": _DURATION_SCHEMA, "description": "A duration: 500ms, 4s, 2m, 1h, or a number of seconds."}
    ),
]
TimeLimit = Annotated[
    float,
    BeforeValidator(_time_limit),
    WithJsonSchema({"anyOf": _DURATION_SCHEMA, "description": "A duration above zero: 500ms, 4s, 2m."}),
]
SilenceValue = Annotated[
    float,
    BeforeValidator(_silence),
    WithJsonSchema(
        {"anyOf": [{"const": FOREVER}, {"type": "null"}, *_DURATION_SCHEMA], "description": "forever, or a duration."}
    ),
]
"""A duration; infinity for ``forever``."""


def _text_schema(**limits: Any) -> WithJsonSchema:
    """Return the schema of a text: for an editor ``expect: 1`` is a number, for the loader it is a text."""
    return WithJsonSchema({"type": ["string", "number", "boolean"], **limits})


_LABEL = r"^[^\s{}/][^{}/]*$"

Words = Annotated[str, Field(min_length=0), _text_schema()]
"""A text for people."""
Title = Annotated[str, Field(min_length=1), _text_schema(minLength=1)]
Text = Annotated[str, AfterValidator(_octets), _text_schema()]
"""A text for the line."""
SentText = Annotated[str, Field(min_length=1), AfterValidator(_octets), _text_schema(minLength=1)]
"""A text for the line that is not empty."""
AnswerText = Annotated[
    str, Field(min_length=1), AfterValidator(_octets), AfterValidator(_pattern), _text_schema(minLength=1)
]
CredentialText = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_LINE),
    AfterValidator(_octets),
    _text_schema(minLength=1, maxLength=LONGEST_LINE),
]
LabelName = Annotated[str, Field(pattern=_LABEL, max_length=64), _text_schema(pattern=_LABEL, maxLength=64)]
LockName = Annotated[str, AfterValidator(_lock_name), _text_schema(pattern=_LOCK)]
"""The name of a UUCP lock file, without its folder."""
ReadName = Annotated[str, AfterValidator(_read_name), _text_schema(pattern=r"^\w{1,64}$")]
NumberText = Annotated[str, AfterValidator(_number)]
OwnNumber = Annotated[str, AfterValidator(_own_number), _text_schema(pattern=f"^{NUMBER}$")]
"""The number of a line."""
Seed = Annotated[int, Whole(), AfterValidator(_writable)]
"""A whole number that can be written in decimal."""
Rate = Annotated[int, Whole(50, 10_000_000)]
Count = Annotated[int, Whole(1, 1000)]
CountOrAlways = Annotated[int | Literal["always"], Whole(1, 1000, word="always")]
CountOrOnce = Annotated[int | Literal["once"], Whole(1, 1000, word="once")]
Probability = Annotated[float, Field(gt=0, le=1), BeforeValidator(_decimal)]
"""Above 0, and up to 1, which is certain."""
YesNo = Annotated[
    bool, BeforeValidator(_yes_no), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": list(_YES_NO)}]})
]
Given = BeforeValidator(_given)
"""A key that may be omitted, but not written without a value."""
