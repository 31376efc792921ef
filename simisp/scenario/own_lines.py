"""The scenario of each line of a bank: the whole one, overlaid with what the line has of its own.

It is joined as by ``extends``, with one addition: a line that writes ``dialogue`` has that one alone, although the
scenario has ``dialogues`` with ``calls``, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scenario.document import Document, Mapping, Sequence
from simisp.scenario.extends import joined
from simisp.scenario.model import OwnLineSection

__all__ = ["documents_of_lines", "names_of_lines"]

_OF_ALL = ("lines", "expect")
"""What the lines have together, and none of them alone."""
_OF_ONE = ("name", "number")
_OTHER_DIALOGUES = {"dialogue": ("dialogues", "calls"), "dialogues": ("dialogue", "calls")}


def names_of_lines(lines: int | list[OwnLineSection]) -> list[tuple[str, str]]:
    """Return the name and the number of each line.

    Args:
        lines: How many there are, or what each of them has of its own.
    """
    if isinstance(lines, int):
        return [(str(number), str(number)) for number in range(1, lines + 1)]
    return [(line.name or str(place), line.number or str(place)) for place, line in enumerate(lines, 1)]


def documents_of_lines(document: Document) -> Iterator[Document | None]:
    """Yield the scenario of each line in a correct document with a list of lines; None if it is that of all."""
    root = document.root
    assert isinstance(root, Mapping)
    lines = root.values["lines"]
    assert isinstance(lines, Sequence)
    common = _without(root, _OF_ALL)
    if isinstance(exchange := common.values.get("exchange"), Mapping):
        common.values["exchange"] = _without(exchange, ("hunt groups",))
    for line in lines.items:
        assert isinstance(line, Mapping)
        overlay = _without(line, _OF_ONE)
        yield Document(document.source, joined(_freed(common, overlay), overlay), []) if overlay.keys else None


def _freed(common: Mapping, overlay: Mapping) -> Mapping:
    """Return what all lines have, without the dialogues that a line replaces by its own."""
    own, isp = overlay.values.get("isp"), common.values.get("isp")
    if not isinstance(own, Mapping) or not isinstance(isp, Mapping):
        return common
    replaced = [key for written, others in _OTHER_DIALOGUES.items() if written in own.keys for key in others]
    freed = _without(common, ())
    freed.values["isp"] = _without(isp, replaced)
    return freed


def _without(mapping: Mapping, keys: tuple[str, ...] | list[str]) -> Mapping:
    """Return a copy without some keys."""
    kept = {key: scalar for key, scalar in mapping.keys.items() if key not in keys}
    return Mapping(mapping.place, kept, {key: mapping.values[key] for key in kept}, mapping.size, mapping.depth)
