"""Parses YAML into texts and places, without YAML's implicit types.

Types are left to the model, so the traps of YAML 1.1 (``no`` for false, ``1:30`` for 90) are avoided: every scalar is
kept as written. Harmful constructs are refused: explicit tags, aliases that contain themselves or explode, deep
nesting, huge files.
"""

from __future__ import annotations

import re
from itertools import islice

import yaml

from simisp.diagnostics import Diagnostic, Place, SourceText
from simisp.scenario.document import Document, Mapping, Node, Scalar, Sequence

__all__ = ["MOST_OCTETS", "decode", "parse"]

MOST_OCTETS = 1024 * 1024
"""The largest text that is parsed, in octets."""
_DEEPEST = 40
_MOST_VALUES = 50_000
_MOST_UNFIT_TOLD = 20

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Characters that YAML forbids (YAML 1.1, 5.1, c-printable), and those that it takes for line ends but no editor shows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

_HINTS = {
    "mapping values are not allowed": 'put a text that contains ": " in "quotes", and keep keys of a level in line',
    "cannot start any token": "YAML is indented with spaces, and texts that begin with @, ` or % need quotes",
    "did not find expected ',' or": "a bracket is not closed",
    "unknown escape character": "a backslash in \"double quotes\" begins an escape; 'single quotes' take it as it is",
    "unexpected end of stream": "a quote is not closed",
    "could not find expected ':'": "a key ends with a colon",
}


def decode(data: bytes, name: str) -> tuple[SourceText, list[Diagnostic]]:
    """Decode a file's octets; if that fails, report why: too large, or not UTF-8."""
    if len(data) > MOST_OCTETS:
        message = f"the file is larger than {MOST_OCTETS} octets, and no scenario is"
        source = SourceText(name, "")
        return source, [Diagnostic(Place(1, 1, source=source), message)]
    try:
        return SourceText(name, data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        source = SourceText(name, data.decode("utf-8", "replace"))
        place = _place_at(source, len(data[: error.start].decode("utf-8", "replace")))
        message = f"octet 0x{data[error.start]:02x} is not UTF-8"
        return source, [Diagnostic(place, message, "save the file as UTF-8")]


def parse(source: SourceText) -> Document:
    """Parse a text. Never raises: errors are in the document's diagnostics."""
    unfit = [_unfit(found, source) for found in islice(_UNFIT.finditer(source.text), _MOST_UNFIT_TOLD)]
    if unfit:
        return Document(source, None, unfit)
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, Loader=_Loader):
            builder.take(event)
            if builder.broken:
                break
    except yaml.MarkedYAMLError as error:
        hint = next((hint for words, hint in _HINTS.items() if words in str(error.problem)), "")
        marks = (error.problem_mark, error.context_mark)
        # An unclosed construct is reported at its opening.
        mark = (marks[1] or marks[0]) if hint.endswith("not closed") else (marks[0] or marks[1])
        line, column = (mark.line, mark.column) if mark else (0, 0)
        place = Place(line + 1, column + 1, source=source)
        context = f"{error.context}, " if error.context else ""
        builder.complain(place, f"not YAML: {context}{error.problem}", hint)
    return Document(source, None if builder.broken else builder.root, builder.diagnostics)


def _unfit(found: re.Match[str], source: SourceText) -> Diagnostic:
    number = ord(found[0])
    message = f"the character U+{number:04X} is not allowed in YAML"
    escape = f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"
    is_half = 0xD800 <= number <= 0xDFFF  # a surrogate, for which YAML has no escape either
    hint = "leave it out" if is_half else f'write it as the escape {escape} in "double quotes", or leave it out'
    return Diagnostic(_place_at(source, found.start()), message, hint)


def _place_at(source: SourceText, index: int) -> Place:
    """Return the place of a character of the text, with the line ends of :class:`~simisp.diagnostics.SourceText`."""
    before = source.text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"), source=source)


class _Builder:
    """Builds the tree from parser events, without recursion."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self.broken = False
        """Whether the text is unusable."""
        self._open: list[Sequence | Mapping] = []
        self._anchors: dict[str, Node] = {}
        self._key: list[Scalar | None] = []
        self._documents = 0

    def complain(self, place: Place, message: str, hint: str = "") -> None:
        """Report an error that makes the text unusable as YAML."""
        self.diagnostics.append(Diagnostic(place, message, hint))
        self.broken = True

    def take(self, event: yaml.Event) -> None:
        """Take one event."""
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self.complain(self._at(event), "a second document begins here", "one file holds one scenario")
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.SequenceStartEvent():
                self._begin(Sequence(self._at(event)), event)
            case yaml.MappingStartEvent():
                self._begin(Mapping(self._at(event)), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        nothing = event.value == "" and not event.style  # a plain one
        scalar = Scalar(self._at(event), None if nothing else event.value)
        if event.anchor:
            self._anchors[event.anchor] = scalar
        self._add(scalar)

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            self.complain(self._at(event), f"no anchor &{event.anchor} precedes this alias")
        elif any(node is container for container in self._open):
            self.complain(self._at(event), f"alias *{event.anchor} contains itself")
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
            message, hint = f"the tag {event.tag} is not allowed", "scenarios are plain YAML, without tags"
            self.diagnostics.append(Diagnostic(self._at(event), message, hint))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        container = self._open[-1]
        container.size += node.size
        container.depth = max(container.depth, node.depth + 1)
        if container.size > _MOST_VALUES:
            self.complain(node.place, f"more than {_MOST_VALUES} values (do aliases explode?)")
        elif container.depth > _DEEPEST:
            self.complain(node.place, f"nested deeper than {_DEEPEST} levels, by aliases")
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
            # The first value counts.
            first = container.keys[name].place
            self.diagnostics.append(Diagnostic(key.place, f"{name!r} occurs twice", f"first on line {first.line}"))
            return
        container.keys[name] = key
        container.values[name] = node

    def _at(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        assert start is not None, "a parser marks what it reads"
        assert end is not None
        length = max(1, end.column - start.column) if start.line == end.line else 1
        return Place(start.line + 1, start.column + 1, length, self._source)
