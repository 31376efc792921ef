"""A scenario that extends another one: ``extends: login.yaml``.

Mappings that both have are joined, inner ones likewise. Everything else replaces what the other scenario has there,
except for the faults and triggers of the line, which are added behind the other's. Each value keeps its place, so that
a mistake is shown in the file where it is.
"""

from __future__ import annotations

from collections.abc import Callable

from simisp.diagnostics import Diagnostic
from simisp.errors import ScenarioError
from simisp.scenario.document import Document, Mapping, Node, Path, Scalar, Sequence

__all__ = ["EXTENDS", "extended", "joined"]

EXTENDS = "extends"
_ADDED: frozenset[Path] = frozenset({("line", "faults"), ("line", "triggers")})
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
        try:
            base = _base(named, chain, read)
        except ScenarioError as error:
            # What is missing without the other scenario is no mistake of this one.
            return Document(document.source, None, [*diagnostics, *error.diagnostics])
        diagnostics += base.diagnostics
        chain.append(base)
    root = chain[-1].root
    for overlay in reversed(chain[:-1]):
        root = joined(root, overlay.root)
    return Document(document.source, root, diagnostics)


def _base(named: Scalar, chain: list[Document], read: Read) -> Document:
    """Return the document that the last one of a chain extends.

    Raises:
        ScenarioError: It can't be extended; the mistake is at its name.
    """
    source, place = chain[-1].source, named.place
    if named.value is None:
        raise ScenarioError(
            source, [Diagnostic(place, "extends names another scenario", "such as extends: login.yaml")]
        )
    try:
        base = read(named.value, source.name)
    except ScenarioError as error:
        first = error.diagnostics[0]
        message = f"the scenario that it extends can't be read: {first.message}"
        raise ScenarioError(source, [Diagnostic(place, message, first.hint)]) from None
    if base.source.name in {each.source.name for each in chain}:
        raise ScenarioError(source, [Diagnostic(place, "scenarios extend each other in a circle")])
    if len(chain) > _DEEPEST:
        raise ScenarioError(source, [Diagnostic(place, f"more than {_DEEPEST} scenarios extend each other")])
    return base


def _named(document: Document) -> Scalar | None:
    """Take out and return what a document extends; None if it extends nothing."""
    root = document.root
    if not isinstance(root, Mapping) or EXTENDS not in root.keys:
        return None
    root.keys.pop(EXTENDS)
    named = root.values.pop(EXTENDS)
    return named if isinstance(named, Scalar) else Scalar(named.place, None)


def joined(base: Node | None, own: Node | None, path: Path = ()) -> Node | None:
    """Return a value joined with the one that it extends, both unchanged.

    Args:
        base: The extended value; None if there is none.
        own: The extending value; None if there is none.
        path: Where in a scenario the two stand.
    """
    if own is None or base is None:
        return own if base is None else base
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        mapping = Mapping(
            own.place, dict(base.keys), dict(base.values), max(base.size, own.size), max(base.depth, own.depth)
        )
        for key, place in own.keys.items():
            inner = joined(base.values.get(key), own.values[key], (*path, key))
            assert inner is not None
            mapping.keys[key], mapping.values[key] = place, inner
        return mapping
    if isinstance(base, Sequence) and isinstance(own, Sequence) and path in _ADDED:
        return Sequence(own.place, [*base.items, *own.items], base.size + own.size, max(base.depth, own.depth))
    return own
