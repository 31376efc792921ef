"""A name that stands for two things is looked up in the wrong place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import simisp

PACKAGE = Path(simisp.__file__).parent


def places_of_public_classes() -> dict[str, set[str]]:
    places = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(path.relative_to(PACKAGE).as_posix())
    return places


@pytest.mark.parametrize("room", ["modem", "isp", "line"])
def test_no_public_class_of_these_rooms_shares_its_name_with_another(room: str) -> None:
    of_this_room = {
        name: places
        for name, places in places_of_public_classes().items()
        if any(place.startswith(f"{room}/") for place in places)
    }
    assert of_this_room
    assert not {name: places for name, places in of_this_room.items() if len(places) > 1}
