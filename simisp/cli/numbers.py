"""The numbers of options, written as in a scenario: ``1_0``, other alphabets' digits and ``nan`` are none.

Python's own reading of a text, which click uses, takes all of these.
"""

from __future__ import annotations

from typing import Any

import click
from click.types import IntParamType

__all__ = ["WHOLE", "Factor", "NumberInRange", "WholeNumber"]

_MOST_DIGITS = 4000
"""Python itself reads a few hundred digits more, and refuses more than these."""


class WholeNumber(IntParamType):
    """A whole number in digits."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        from simisp.scenario.whole import is_whole_number, whole_number_meant

        if isinstance(value, str) and (len(value) > _MOST_DIGITS or not is_whole_number(value)):
            meant = whole_number_meant(value)
            hint = "" if meant is None else f"; did you mean {meant}?"
            self.fail(f"{value!r} is not a whole number{hint}", param, ctx)
        return super().convert(value, param, ctx)


class NumberInRange(WholeNumber, click.IntRange):
    """A whole number in digits, within bounds that are as click's."""


class Factor(click.FloatRange):
    """A finite number, such as 60, 0.5 or 1e3, within bounds that are as click's."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        from simisp.scenario.whole import finite_number

        if isinstance(value, str) and finite_number(value) is None:
            self.fail(f"{value!r} is not a number, such as 60 or 0.5", param, ctx)
        return super().convert(value, param, ctx)


WHOLE = WholeNumber()
"""Any whole number."""
