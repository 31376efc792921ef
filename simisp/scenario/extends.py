"""A scenario that extends another one: ``extends: login.yaml``.

Mappings that both have are joined, inner ones likewise. Everything else replaces what the other scenario has there,
except for the faults of the line, which are added behind the other's. Each value keeps its place, so that a mistake is
shown in the file where it is.
"""

from __future__ import annotations

from collections.abc import Callable

from simisp.diagnostics import Diagnostic
from simisp.errors import ScenarioError
from simisp.scenario.document import Document, Mapping, Node, Path, Scalar, Sequence

__all__ = ["EXTENDS", "extended"]

EXTENDS = "extends"
_ADDED: frozenset[Path] = frozenset({("line", "faults")})
_DEEPEST = 8

Read = Callable[[str, str], Document]
"""Reads another scenario: the name as written, and the name of the file that names it."""


def extended(document: Document, read: Read) -> Document:
    """Return a document joined with those that it extends, one after another, without the key itself.

    Args:
        document: The extending scenario.
        read: Reads a scenario that is named in another one. Raises ScenarioError where it can't be read.
    """
    chain = [document]
    diagnostics = list(document.diagnostics)
    while (named := _named(chain[-1])) is not None:
        place = named.place
        if named.value is None:
            diagnostics.append(Diagnostic(place, "extends names another scenario", "such as extends: login.yaml"))
            break
        if len(chain) > _DEEPEST:
            diagnostics.append(Diagnostic(place, f"more than {_DEEPEST} scenarios extend each other"))
            break
        try:
            base = read(named.value, chain[-1].source.name)
        except ScenarioError as error:
            told = error.diagnostics[0]
            diagnostics.append(
                Diagnostic(place, f"the scenario that it extends can't be read: {told.message}", told.hint)
            )
            break
        diagnostics += base.diagnostics
        chain.append(base)
    root = chain[-1].root
    for overlay in reversed(chain[:-1]):
        root = _joined(root, overlay.root, ())
    return Document(document.source, root, diagnostics)


def _named(document: Document) -> Scalar | None:
    """Take out and return what a document extends; None if it extends nothing."""
    root = document.root
    if not isinstance(root, Mapping) or EXTENDS not in root.keys:
        return None
    root.keys.pop(EXTENDS)
    named = root.values.pop(EXTENDS)
    return named if isinstance(named, Scalar) else Scalar(named.place, None)


def _joined(base: Node | None, own: Node | None, path: Path) -> Node | None:
    if own is None or base is None:
        return own if base is None else base
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        joined = Mapping(
            own.place, dict(base.keys), dict(base.values), max(base.size, own.size), max(base.depth, own.depth)
        )
        for key, place in own.keys.items():
            inner = _joined(base.values.get(key), own.values[key], (*path, key))
            assert inner is not None
            joined.keys[key], joined.values[key] = place, inner
        return joined
    if isinstance(base, Sequence) and isinstance(own, Sequence) and path in _ADDED:
        return Sequence(own.place, [*base.items, *own.items], base.size + own.size, max(base.depth, own.depth))
    return own
