"""A scenario as values with places: scalars are kept as written, and each value has its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simisp.diagnostics import Diagnostic, Place, SourceText

__all__ = ["Document", "Mapping", "Node", "Path", "Scalar", "Sequence", "texts"]

Path = tuple[str | int, ...]
"""The keys and indices that lead from the outermost value to an inner one."""


@dataclass(slots=True)
class Scalar:
    """A text. ``value`` is None if nothing was written."""

    place: Place
    value: str | None
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Sequence:
    """A list.

    Attributes:
        place: Where it begins.
        items: Its values.
        size: How many values it contains in all, including itself; aliases count each time they are used.
        depth: How many levels it has, including itself.
    """

    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Mapping:
    """A mapping. Keys are texts; ``keys`` has their places. ``size`` and ``depth`` are as in a sequence."""

    place: Place
    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def rename(self, key: str, new: str) -> None:
        """Rename a key, keeping its place, its value and the order of keys."""
        names = [new if name == key else name for name in self.keys]
        self.keys = dict(zip(names, self.keys.values(), strict=True))
        self.values = dict(zip(names, self.values.values(), strict=True))


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        source: The text and its name. Values may come from other texts too, which their places then name.
        root: The outermost value; None if there is none, or if the text could not be parsed to its end.
        diagnostics: The errors in the text as YAML.
    """

    source: SourceText
    root: Node | None
    diagnostics: list[Diagnostic]

    def plain(self) -> object:
        """Return the value as plain dicts, lists, str and None."""
        return None if self.root is None else _plain(self.root)

    def node(self, path: Path) -> Node | None:
        """Return the value at ``path``, or None if there is none."""
        node = self.root
        for step in path:
            if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Mapping) and step in node.values:
                node = node.values[str(step)]
            else:
                return None
        return node

    def place(self, path: Path) -> Place:
        """Return the place of the value at ``path``, or of the innermost existing value around it."""
        while (node := self.node(path)) is None:
            if not path:
                return Place(1, 1, source=self.source)
            path = path[:-1]
        return node.place

    def key_place(self, path: Path) -> Place:
        """Return the place of the key that ends ``path``, or of the value around it if there is no such key."""
        around = self.node(path[:-1])
        if isinstance(around, Mapping) and path[-1] in around.keys:
            return around.keys[str(path[-1])].place
        return self.place(path)


def texts(node: Node) -> Iterator[str]:
    """Yield every text in a value, including keys."""
    match node:
        case Scalar(_, value):
            if value is not None:
                yield value
        case Sequence(_, items):
            for item in items:
                yield from texts(item)
        case _:
            for key, inner in node.values.items():
                yield key
                yield from texts(inner)


def _plain(node: Node) -> object:
    match node:
        case Scalar(_, value):
            return value
        case Sequence(_, items):
            return [_plain(item) for item in items]
        case _:
            return {key: _plain(value) for key, value in node.values.items()}
