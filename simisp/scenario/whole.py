"""Whole numbers in a scenario: decimal digits and nothing else, with the range that each place allows.

Every scalar of a file is a text until the model reads it, and pydantic's own reading of a text is generous: ``2.0`` and
``1_0`` are numbers there, but hardly what an author meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = ["NOT_WHOLE", "Whole", "finite_number", "is_whole_number", "whole_number_meant"]

NOT_WHOLE = "whole_number"
"""The kind of mistake."""
_DIGITS = re.compile(r"[-+]?[0-9]+")
_GROUPED = re.compile(r"([-+]?[0-9]+)(?:[_,' ][0-9]+)+")
_OTHER_BASE = re.compile(r"0(?:x[0-9a-f]{1,8}|o[0-7]{1,11}|b[01]{1,32})", re.IGNORECASE)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,10}\.?[0-9]{0,10}(?:e[-+]?[0-9])?", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:e[-+]?[0-9]{1,4})?", re.IGNORECASE)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Whole:
    """Marks an ``int`` of the model as a whole number: ``Annotated[int, Whole(1, 1000)]``.

    Attributes:
        least: The least value; None for no bound.
        most: The greatest value; None for no bound.
        word: A word that may stand in its place; empty for none.
    """

    least: int | None = None
    most: int | None = None
    word: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic reads it."""
        number = core_schema.no_info_before_validator_function(
            self._checked, core_schema.int_schema(ge=self.least, le=self.most)
        )
        if not self.word:
            return number
        as_it_is = core_schema.simple_ser_schema("any")
        return core_schema.no_info_wrap_validator_function(self._word_or, number, serialization=as_it_is)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return what the JSON Schema has."""
        number = handler(schema)
        return {"anyOf": [number, {"const": self.word}]} if self.word else number

    def _word_or(self, value: Any, read: Callable[[Any], Any]) -> Any:
        return value if value == self.word else read(value)

    def _checked(self, value: Any) -> Any:
        is_other_number = isinstance(value, (int, float)) and type(value) is not int
        if is_other_number or (isinstance(value, str) and not is_whole_number(value)):
            raise PydanticCustomError(NOT_WHOLE, "expected a whole number", {"word": self.word})
        return value


def is_whole_number(text: str) -> bool:
    """Return whether a text is a whole number: ASCII digits, with a sign or without one.

    Example:
        >>> [is_whole_number(text) for text in ("12", "-1", "1_0", "2.0", "\N{ARABIC-INDIC DIGIT THREE}")]
        [True, True, False, False, False]
    """
    return bool(_DIGITS.fullmatch(text))


def finite_number(text: str) -> float | None:
    """Return the number that a text is, in decimal; None if it is none, or not finite.

    Example:
        >>> [finite_number(text) for text in ("60", "0.5", "1e3", "nan", "inf", "1e999", "1_0")]
        [60.0, 0.5, 1000.0, None, None, None, None]
    """
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def whole_number_meant(text: str) -> int | None:
    """Return the whole number that a text was meant for; None if it was meant for none.

    Example:
        >>> [whole_number_meant(text) for text in ("2.0", "1_0", "9,600", "0x10", "1e3", "5 ", "2.5", "two")]
        [2, 10, 9600, 16, 1000, 5, None, None]
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if _DIGITS.fullmatch(text):
        return int(text)
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"[_,' ]", "", text))
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _DECIMAL.fullmatch(text) and float(text).is_integer():
        return int(float(text))
    return None
