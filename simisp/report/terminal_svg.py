"""The live view of a run as a picture of a terminal, for documents."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from simisp.facts.run import VerdictKind
from simisp.report.columns import Columns
from simisp.report.live import LiveLine, LiveView
from simisp.report.picture.model import picture_of
from simisp.report.picture.wording import words_of
from simisp.transcript import Header, Record
from simisp.visible import visible

__all__ = ["terminal_svg"]

_COLUMNS = 104
_CELL, _LINE, _EDGE = 7.22, 17, 14
_GROUND, _INK = "#14171b", "#d7dde4"
_COLOURS = {"-->": "#6cb6ff", "<--": "#5fd3c4", "---": _INK}
_BAD, _GOOD = "#ff7b72", "#57c26f"


def terminal_svg(header: Header, records: Iterable[Record], command: str) -> str:
    """Return what a terminal shows of a run: the command, the dialogue, and what the run came to.

    Args:
        header: The run.
        records: Its records, secrets masked.
        command: The command line that stands above it.
    """
    kept = list(records)
    shown: list[tuple[str, str]] = [(f"$ {command}", _INK)]
    columns = Columns()

    def show(line: LiveLine) -> None:
        shown.extend((text, _COLOURS[line.arrow]) for text in columns.lay_out(line, _COLUMNS))

    view = LiveView(show)
    for record in kept:
        view(record)
    view.flush()
    shown += _end(header, kept)
    return "\n".join([*_frame(len(shown)), *(_line(number, *each) for number, each in enumerate(shown)), "</svg>", ""])


def _end(header: Header, records: list[Record]) -> list[tuple[str, str]]:
    picture = picture_of(header, records)
    if picture.verdict is None:
        return []
    verdict = picture.verdict[1]
    found = [(words_of(verdict), _GOOD if verdict.verdict is VerdictKind.RELEASED else _BAD)]
    found += [(f"  {told}", _INK) for told in (*picture.findings, *map(words_of, picture.expectations))]
    return [(part, colour) for text, colour in found for part in _folded(text)]


def _folded(text: str) -> list[str]:
    parts = []
    while len(text) > _COLUMNS:
        cut = text.rfind(" ", 0, _COLUMNS)
        parts.append(text[:cut])
        text = "    " + text[cut + 1 :]
    return [*parts, text]


def _frame(lines: int) -> list[str]:
    width, height = round(_COLUMNS * _CELL) + 2 * _EDGE, lines * _LINE + 2 * _EDGE
    font = 'font-family="DejaVu Sans Mono,Liberation Mono,Menlo,Consolas,monospace" font-size="12"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" {font} role="img">',
        f'<rect width="{width}" height="{height}" rx="8" fill="{_GROUND}"/>',
    ]


def _line(number: int, text: str, colour: str) -> str:
    y = _EDGE + 12 + number * _LINE
    words = escape(visible(text))
    return f'<text x="{_EDGE}" y="{y}" fill="{colour}" xml:space="preserve">{words}</text>'
