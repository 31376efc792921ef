"""A run as a recording of a terminal, for players of asciicast v2.

See Also:
    asciinema documentation, "asciicast v2": a header line, then a line for each output with its time.
"""

from __future__ import annotations

import json
from collections import deque

from simisp.facts.run import HolderSeen, VerdictKind, VerdictReached
from simisp.report.columns import Columns
from simisp.report.live import LiveLine, LiveView
from simisp.report.picture.wording import words_of
from simisp.transcript import Header, Record

__all__ = ["Asciicast"]

_WIDTH, _HEIGHT = 104, 28
_IDLE = 1.5
"""Seconds to which a player shortens a pause."""
_MOST_LINES = 100_000
_COLOURS = {"-->": "34", "<--": "32", "---": "0"}
_OF_VERDICTS = {VerdictKind.RELEASED: "1;32", VerdictKind.CUT_SHORT: "1;33"}


class Asciicast:
    """Takes the records of a run and makes a recording of what the live view shows."""

    def __init__(self) -> None:
        self._columns = Columns()
        self._events: deque[tuple[float, str]] = deque(maxlen=_MOST_LINES)
        self._view = LiveView(self._show)
        self._now = 0.0

    def __call__(self, record: Record) -> None:
        """Take one record."""
        self._view(record)
        if isinstance(record.fact, VerdictReached | HolderSeen):
            self._view.flush()
            verdict = record.fact.verdict if isinstance(record.fact, VerdictReached) else VerdictKind.HANG
            self._say(record.at, words_of(record.fact, record.line), _OF_VERDICTS.get(verdict, "1;31"))

    def text(self, header: Header) -> str:
        """Return the recording.

        Args:
            header: The run.
        """
        self._view.flush()
        about = {"version": 2, "width": _WIDTH, "height": _HEIGHT, "idle_time_limit": _IDLE, "title": header.scenario}
        return "\n".join([json.dumps(about), *(json.dumps([at, "o", text]) for at, text in self._events)]) + "\n"

    def _show(self, line: LiveLine) -> None:
        for text in self._columns.lay_out(line, _WIDTH):
            self._say(line.at, text, _COLOURS[line.arrow])

    def _say(self, at: float, text: str, colour: str) -> None:
        # A line is shown when it has ended, and has the time of its beginning; a recording's times never decrease.
        self._now = max(self._now, round(at, 6))
        self._events.append((self._now, f"\x1b[{colour}m{text}\x1b[0m\r\n"))
