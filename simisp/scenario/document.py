"""A scenario as values with places: scalars are the texts that were written, and each value knows where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simisp.diagnostics import Diagnostic, Place, SourceText

__all__ = ["Document", "Mapping", "Node", "Path", "Scalar", "Sequence", "texts"]

Path = tuple[str | int, ...]
"""Keys and indices that lead from the outermost value to one inside it."""


@dataclass(slots=True)
class Scalar:
    """A text. ``value`` is None where nothing at all was written."""

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
        size: How many values it holds, itself and those inside others counted, aliases as often as they are used.
        depth: How many levels it has, itself counted.
    """

    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Mapping:
    """A mapping. Keys are texts; ``keys`` has their places. ``size`` and ``depth`` are as a sequence's."""

    place: Place
    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def rename(self, key: str, new: str) -> None:
        """Give a key another name; its place, its value and the keys' order stay."""
        names = [new if name == key else name for name in self.keys]
        self.keys = dict(zip(names, self.keys.values(), strict=True))
        self.values = dict(zip(names, self.values.values(), strict=True))


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        source: The text and its name. Values may come from other texts too: each has its own in its place.
        root: The outermost value; None when there is none, or when the text could not be read to its end.
        diagnostics: What is wrong with it as YAML.
    """

    source: SourceText
    root: Node | None
    diagnostics: list[Diagnostic]

    def plain(self) -> object:
        """Return the value as plain dicts, lists, str and None."""
        return None if self.root is None else _plain(self.root)

    def node(self, path: Path) -> Node | None:
        """Return the value at ``path``, or None when there is none."""
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
        """Return the place of the value at ``path``, or of the innermost value on the way that exists."""
        while (node := self.node(path)) is None:
            if not path:
                return Place(1, 1, source=self.source)
            path = path[:-1]
        return node.place

    def key_place(self, path: Path) -> Place:
        """Return the place of the key that ends ``path``; of the value around it when there is no such key."""
        around = self.node(path[:-1])
        if isinstance(around, Mapping) and path[-1] in around.keys:
            return around.keys[str(path[-1])].place
        return self.place(path)


def texts(node: Node) -> Iterator[str]:
    """Yield every text in a value, keys too."""
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
