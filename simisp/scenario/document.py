"""YAML as text and places: every scalar is the text that was written, and every value knows where it stands.

Types are the model's business, so YAML 1.1's guesses (``no`` for false, ``1:30`` for 90) never happen here. What could
harm is refused: explicit tags, aliases that contain themselves or explode, deep nesting, huge files.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from simisp.diagnostics import Diagnostic, Place, SourceText

__all__ = ["MOST_OCTETS", "Document", "Mapping", "Node", "Scalar", "Sequence", "decode", "parse"]

MOST_OCTETS = 1024 * 1024
"""The largest text that is read, in octets."""
_DEEPEST = 40
_MOST_NODES = 50_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A text. ``value`` is None where nothing at all was written."""

    place: Place
    value: str | None
    size: int = 1


@dataclass(slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class Mapping:
    """A mapping. Keys are texts; a doubled key is reported and its first value is kept."""

    place: Place
    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)
    size: int = 1


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        source: The text and its name.
        root: The outermost value; None when there is none, or when the text could not be read to its end.
        diagnostics: What is wrong with it as YAML.
    """

    source: SourceText
    root: Node | None
    diagnostics: list[Diagnostic]

    def plain(self) -> object:
        """Return the value as plain dicts, lists, str and None."""
        return None if self.root is None else _plain(self.root)

    def find(self, path: tuple[str | int, ...]) -> tuple[Place, bool]:
        """Return the place of the value at ``path``, and whether all of the path exists.

        Where it does not, the place is that of the innermost value that does.
        """
        node = self.root
        for step in path:
            if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Mapping) and step in node.values:
                node = node.values[str(step)]
            else:
                return _place(node), False
        return _place(node), True

    def key(self, path: tuple[str | int, ...]) -> Place:
        """Return the place of the key that ends ``path``; of the value around it when there is no such key."""
        node = self.root
        for step in path[:-1]:
            if isinstance(node, Sequence) and isinstance(step, int):
                node = node.items[step]
            elif isinstance(node, Mapping):
                node = node.values[str(step)]
        if isinstance(node, Mapping) and path[-1] in node.keys:
            return node.keys[str(path[-1])].place
        return _place(node)


def decode(data: bytes, name: str) -> tuple[SourceText, list[Diagnostic]]:
    """Return a text out of a file's octets, and why it can't be read if so: too large, or not UTF-8."""
    if len(data) > MOST_OCTETS:
        message = f"the file has {len(data)} octets; a scenario has at most {MOST_OCTETS}"
        return SourceText(name, ""), [Diagnostic(Place(1, 1), message)]
    try:
        return SourceText(name, data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"octet 0x{data[error.start]:02x} is not UTF-8"
        return SourceText(name, data.decode("utf-8", "replace")), [Diagnostic(place, message, "save the file as UTF-8")]


def parse(source: SourceText) -> Document:
    """Return the document in a text. Never raises: what is wrong stands in its diagnostics."""
    builder = _Builder()
    try:
        for event in yaml.parse(source.text, Loader=_Loader):
            if not builder.take(event):
                break
    except yaml.reader.ReaderError as error:
        where = source.text[: error.position] if isinstance(error.position, int) else ""
        place = Place(where.count("\n") + 1, len(where) - where.rfind("\n"))
        builder.complain(
            place, "a control character that YAML does not allow", 'write it as an escape in "double quotes"'
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        context = f" {error.context}" if error.context else ""
        builder.complain(
            place, f"not YAML:{context} {error.problem}".replace("  ", " "), _yaml_hint(str(error.problem))
        )
    except RecursionError:
        builder.complain(Place(1, 1), f"nested deeper than {_DEEPEST} levels")
    return Document(source, None if builder.diagnostics and builder.broken else builder.root, builder.diagnostics)


def _yaml_hint(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return 'put a text that contains ": " in "quotes"'
    if "cannot start any token" in problem:
        return "YAML is indented with spaces, and texts that begin with @, ` or % need quotes"
    return ""


def _plain(node: Node) -> object:
    match node:
        case Scalar(_, value):
            return value
        case Sequence(_, items):
            return [_plain(item) for item in items]
        case Mapping(_, _, values):
            return {key: _plain(value) for key, value in values.items()}


def _place(node: Node | None) -> Place:
    return node.place if node is not None else Place(1, 1)


class _Builder:
    """Builds the tree out of parser events, without recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self.broken = False
        self._open: list[Sequence | Mapping] = []
        self._anchors: dict[str, Node] = {}
        self._key: list[Scalar | None] = []
        self._documents = 0

    def complain(self, place: Place, message: str, hint: str = "") -> None:
        """Report what makes the text unusable as YAML."""
        self.diagnostics.append(Diagnostic(place, message, hint))
        self.broken = True

    def take(self, event: yaml.Event) -> bool:
        """Take one event; return whether to go on."""
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self.complain(_of(event), "a second document begins here", "one file holds one scenario")
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.SequenceStartEvent():
                self._begin(Sequence(_of(event)), event)
            case yaml.MappingStartEvent():
                self._begin(Mapping(_of(event)), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()
        return not self.broken

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        nothing = event.value == "" and event.style is None
        scalar = Scalar(_of(event), None if nothing else event.value)
        if event.anchor:
            self._anchors[event.anchor] = scalar
        self._add(scalar)

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            self.complain(_of(event), f"no anchor &{event.anchor} stands before this alias")
        elif any(node is container for container in self._open):
            self.complain(_of(event), f"alias *{event.anchor} contains itself")
        else:
            self._add(node)

    def _begin(self, container: Sequence | Mapping, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        if len(self._open) >= _DEEPEST:
            self.complain(container.place, f"nested deeper than {_DEEPEST} levels")
        if event.anchor:
            self._anchors[event.anchor] = container
        self._open.append(container)
        self._key.append(None)

    def _end(self) -> None:
        container = self._open.pop()
        self._key.pop()
        self._add(container)

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag not in (None, "!"):
            self.complain(_of(event), f"the tag {event.tag} is not taken", "scenarios are plain YAML, without tags")

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        container = self._open[-1]
        container.size += node.size
        if container.size > _MOST_NODES:
            self.complain(node.place, f"more than {_MOST_NODES} values (do aliases explode?)")
        elif isinstance(container, Sequence):
            container.items.append(node)
        else:
            self._add_to_mapping(container, node)

    def _add_to_mapping(self, container: Mapping, node: Node) -> None:
        key = self._key[-1]
        if key is None:
            if not isinstance(node, Scalar):
                self.complain(node.place, "a key is a text, not a list or a mapping")
                return
            self._key[-1] = node
            return
        self._key[-1] = None
        name = key.value or ""
        if name in container.keys:
            first = container.keys[name].place
            self.diagnostics.append(Diagnostic(key.place, f"{name!r} stands twice", f"first on line {first.line}"))
            return
        container.keys[name] = key
        container.values[name] = node


def _of(event: yaml.Event) -> Place:
    start, end = event.start_mark, event.end_mark
    on_one_line = start.line == end.line
    return Place(start.line + 1, start.column + 1, max(1, end.column - start.column) if on_one_line else 1)
