"""Frozen dataclasses whose methods are shared are as frozen as those that Python makes."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import pytest

from simisp.startup.frozen_classes import spare_frozen_classes


def _classes(*, slots: bool) -> tuple[Any, Any]:
    @dataclasses.dataclass(frozen=True, slots=slots)  # type: ignore[literal-required]
    class Point:
        x: int
        y: int = 2

    class Named(Point):
        """It has an attribute that is no field, and that may be changed."""

        name = "nowhere"

    return Point(1), Named(1)


_DEEDS: dict[str, Callable[[Any], Any]] = {
    "change a field": lambda it: setattr(it, "x", 5),
    "delete a field": lambda it: delattr(it, "y"),
    "add an attribute": lambda it: setattr(it, "name", "here"),
    "delete what is not there": lambda it: delattr(it, "name"),
}


def _outcomes(*, slots: bool) -> list[tuple[str, str]]:
    """Return what comes of each deed, on a frozen class and on a class below it: the error, or the state afterwards."""
    found = []
    for deed in _DEEDS.values():
        for it in _classes(slots=slots):
            try:
                deed(it)
            except (AttributeError, TypeError) as error:
                found.append((type(error).__name__, str(error)))
            else:
                found.append(("", f"{it} {it.name}"))
    return found


@pytest.mark.parametrize("slots", [False, True], ids=["with a dictionary", "with slots"])
def test_what_can_be_changed_is_what_it_was(slots: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "_frozen_get_del_attr"
    monkeypatch.setattr(dataclasses, name, getattr(dataclasses, name))  # afterwards it is what it is now
    pythons_own = _outcomes(slots=slots)
    spare_frozen_classes()
    assert _outcomes(slots=slots) == pythons_own
    assert ("FrozenInstanceError", "cannot assign to field 'x'") in pythons_own


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="a class is compiled in one go")
def test_the_methods_of_two_classes_are_of_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataclasses, "_frozen_get_del_attr", dataclasses._frozen_get_del_attr)  # type: ignore[attr-defined]
    spare_frozen_classes()
    one, another = (type(_classes(slots=slots)[0]).__setattr__ for slots in (False, True))
    assert one.__code__ is another.__code__
