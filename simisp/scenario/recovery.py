"""Finds every mistake in one pass: each mistake is reported and removed, and the rest is validated again.

A misspelt word is replaced by the nearest known one, so that its value is checked too. Everything else that is wrong is
removed. Complaints that are only a consequence of such mending are suppressed.
"""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError

from simisp.diagnostics import Diagnostic, nearest
from simisp.scenario.diagnose import diagnose, first_word, known_keys
from simisp.scenario.document import Document, Mapping, Node, Path, Scalar, Sequence, texts
from simisp.scenario.expectations import EXPECTATION_WORDS
from simisp.scenario.mistakes import Mistake, mistakes
from simisp.scenario.model import Scenario
from simisp.scenario.reading import MOST_TOLD, Reading
from simisp.scenario.steps import STEP_WORDS

__all__ = ["read"]

_SOME_TIME = "1s"
_WORDS = {"unknown_step": STEP_WORDS, "unknown_expectation": EXPECTATION_WORDS}


def read(document: Document) -> Reading:
    """Read a document and report its mistakes. Whatever is wrong is removed from the document."""
    mender = _Mender(document)
    while True:
        try:
            mender.reading.model = Scenario.model_validate(document.plain())
        except ValidationError as error:
            if mender.mend(list(mistakes(error))):
                continue
        return mender.reading


class _Mender:
    """Removes mistakes from a document."""

    def __init__(self, document: Document) -> None:
        self.reading = Reading()
        self._document = document
        # Changed by mending, so their mistakes need not be the author's. Compared by identity, hence kept alive.
        self._touched: dict[int, Node] = {}

    def mend(self, found: Collection[Mistake]) -> bool:
        """Report and remove mistakes; return whether the document changed, and is worth another look."""
        outs: dict[tuple[int, str | int], tuple[Sequence | Mapping, str | int]] = {}
        renamed = False
        # All are reported before any change: with an alias, one mistake may occur at several paths.
        room = MOST_TOLD + 1 - len(self.reading.diagnostics)
        for mistake, diagnostic in [(mistake, self._diagnose(mistake)) for mistake in _main_ones(found)[:room]]:
            if mistake.kind == "missing" and self._document.node(mistake.path) is not None:
                continue  # the key is misspelt, and that is reported
            self.reading.diagnostics += diagnostic
            if self._supply_title(mistake) or self._supply_limit(mistake) or self._reword(mistake):
                renamed = True
                continue
            path = self._path_out(mistake)
            around = self._document.node(path[:-1])
            if path and isinstance(around, (Sequence, Mapping)) and self._document.node(path) is not None:
                outs[id(around), path[-1]] = (around, path[-1])
                self._note_incomplete(path)
        # From the end of each list, so that the indices before remain valid.
        for around, key in sorted(
            outs.values(), key=lambda out: out[1] if isinstance(out[1], int) else 0, reverse=True
        ):
            self._take_out(around, key)
        return (renamed or bool(outs)) and len(self.reading.diagnostics) <= MOST_TOLD

    def _diagnose(self, mistake: Mistake) -> list[Diagnostic]:
        """Return the diagnostics, or nothing if the mistake may only be a consequence of the mending."""
        node = self._document.node(mistake.path)
        at = self._document.node(mistake.path[:-1]) if node is None and mistake.path else node
        return [] if self._is_touched(at) else [diagnose(mistake, self._document)]

    def _touch(self, node: Node) -> None:
        self._touched[id(node)] = node

    def _is_touched(self, node: Node | None) -> bool:
        return id(node) in self._touched

    def _supply_title(self, mistake: Mistake) -> bool:
        """Insert a missing title; return whether it was missing."""
        root = self._document.root
        if mistake.path != ("title",) or mistake.kind != "missing" or not isinstance(root, Mapping):
            return False
        root.keys["title"] = root.values["title"] = Scalar(root.place, "untitled")
        return True

    def _supply_limit(self, mistake: Mistake) -> bool:
        """Put a time in place of a wrong ``within``, on which ``too late`` depends; return whether it was that."""
        around, key = self._document.node(mistake.path[:-1]), "within"
        is_limit = mistake.kind in ("duration", "nothing") and mistake.path[-1:] == (key,)
        if not is_limit or not isinstance(around, Mapping) or key not in around.values:
            return False
        around.values[key] = Scalar(around.values[key].place, _SOME_TIME)
        return True

    def _reword(self, mistake: Mistake) -> bool:
        """Replace an unknown word by the nearest known one; return whether there is one."""
        if mistake.kind == "extra_forbidden":
            key, known, path = str(mistake.path[-1]), tuple(known_keys(mistake)), mistake.path[:-1]
        else:
            key, known, path = first_word(mistake.value) or "", _WORDS.get(mistake.kind, ()), mistake.path
        node = self._document.node(path)
        guess = nearest(key, known)
        if guess is None or guess == key or self._is_touched(node):
            return False
        if isinstance(node, Scalar) and node.value == key:
            node.value = guess
            self._touch(node)
            return True
        if isinstance(node, Mapping) and key in node.keys and guess not in node.keys:
            node.rename(key, guess)
            self._touch(node.values[guess])
            return True
        return False

    def _path_out(self, mistake: Mistake) -> Path:
        """Return the path of the part to remove."""
        path = mistake.path
        if mistake.kind != "missing":
            return path
        # A part that lacks something is removed together with the list item that it belongs to.
        while path and not isinstance(path[-1], int):
            path = path[:-1]
        return path

    def _note_incomplete(self, path: Path) -> None:
        if isinstance(path[-1], int) or path[-1] == "times":
            self.reading.incomplete.append(path[:-1])

    def _take_out(self, around: Sequence | Mapping, key: str | int) -> None:
        self._touch(around)
        if isinstance(around, Sequence) and isinstance(key, int):
            self.reading.removed.update(texts(around.items.pop(key)))
        else:
            assert isinstance(around, Mapping)
            del around.keys[str(key)]
            self.reading.removed.update((str(key), *texts(around.values.pop(str(key)))))


def _main_ones(found: Collection[Mistake]) -> list[Mistake]:
    """Return the mistakes without those that follow from others, missing parts last."""
    no_numbers = {mistake.path for mistake in found if mistake.kind == "number"}
    told = [mistake for mistake in found if mistake.kind == "number" or mistake.path not in no_numbers]
    return sorted(told, key=lambda mistake: mistake.kind == "missing")
