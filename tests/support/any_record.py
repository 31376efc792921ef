"""Records of every kind of fact, with any values, for tests of what holds for all of them."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from simisp import facts
from simisp.facts.fact import fact_kinds
from simisp.facts.sources import Source
from simisp.framing import Parity
from simisp.transcript import Record
from simisp.transcript.reader import hints_of

__all__ = ["any_record"]

for _each in pkgutil.iter_modules(facts.__path__):
    importlib.import_module(f"simisp.facts.{_each.name}")

_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    bytes: st.binary(min_size=1),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    tuple[tuple[int, int], ...]: st.lists(st.tuples(st.integers(), st.integers())).map(tuple),
    tuple[str, ...]: st.lists(st.text()).map(tuple),
    tuple[int, ...]: st.lists(st.integers()).map(tuple),
    int | None: st.none() | st.integers(),
    str | None: st.none() | st.text(),
    float | None: st.none() | st.floats(allow_nan=False, allow_infinity=False),
    bool | None: st.none() | st.booleans(),
    Parity | None: st.none() | st.sampled_from(Parity),
}


@st.composite
def any_record(draw: st.DrawFn) -> Record:
    """Return a record of a fact of any kind."""
    kind = draw(st.sampled_from(sorted(fact_kinds().values(), key=lambda each: each.kind)))
    hints = hints_of(kind)
    fact = kind(**{field.name: draw(_value(hints[field.name])) for field in fields(kind)})  # type: ignore[arg-type]
    source = getattr(kind, "source", None) or draw(st.sampled_from(Source))
    return Record(draw(st.floats(0.0, 1e9)), source, fact, draw(st.sampled_from(["", "line 2"])))


def _value(hint: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(hint) if isinstance(hint, type) and issubclass(hint, Enum) else _VALUES[hint]
