"""A name that stands for two things is looked up in the wrong place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import simisp

PACKAGE = Path(simisp.__file__).parent


def places_of_public_classes() -> dict[str, set[str]]:
    """Return the public classes, and the public names of types, with the files in which each is defined."""
    places = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        named = {name: value for node in body if isinstance(node, ast.Assign) for name, value in assigned(node)}
        listed = ast.literal_eval(named["__all__"]) if isinstance(named.get("__all__"), ast.List) else []
        names = {node.name for node in body if isinstance(node, ast.ClassDef)} | {
            name for name in named.keys() & set(listed) if name[0].isupper() and not name.isupper()
        }
        for name in names:
            if not name.startswith("_"):
                places[name].add(path.relative_to(PACKAGE).as_posix())
    return places


def assigned(node: ast.Assign) -> list[tuple[str, ast.expr]]:
    return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]


_STAGES = {"scp/syntax.py", "scp/code.py", "scp/outputs.py"}
"""One statement of a script as it is written, compiled, and carried out."""


def means_the_same(name: str, places: set[str]) -> bool:
    """Whether classes of one name are one thing: a statement's stages, or the same part of the two script languages."""
    languages = [place.partition("/")[0] for place in sorted(places)]
    return name in _ONE_IDEA or places <= _STAGES or languages == ["scp", "switchinf"]


_ONE_IDEA = {"Instruction", "Node"}
"""One of flat code, of whichever language, and one of a tree."""


def test_no_two_public_classes_share_a_name_unless_they_mean_the_same() -> None:
    shared = {name: places for name, places in places_of_public_classes().items() if len(places) > 1}
    assert {name: places for name, places in shared.items() if not means_the_same(name, places)} == {}
