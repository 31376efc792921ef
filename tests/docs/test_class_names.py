"""A name that stands for two things is looked up in the wrong place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import simisp

PACKAGE = Path(simisp.__file__).parent


def places_of_public_classes() -> dict[str, set[str]]:
    places = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(path.relative_to(PACKAGE).as_posix())
    return places


_STAGES = {"scp/syntax.py", "scp/code.py", "scp/outputs.py"}
"""One statement of a script as it is written, compiled, and carried out."""


def means_the_same(places: set[str]) -> bool:
    """Whether classes of one name are one thing: a statement's stages, or the same part of the two script languages."""
    languages = [place.partition("/")[0] for place in sorted(places)]
    return places <= _STAGES or languages == ["scp", "switchinf"]


def test_no_two_public_classes_share_a_name_unless_they_mean_the_same() -> None:
    shared = {name: places for name, places in places_of_public_classes().items() if len(places) > 1}
    assert {name: places for name, places in shared.items() if not means_the_same(places)} == {}
