"""Reads what a terminal program showed or captured: minicom, picocom, C-Kermit, with time stamps or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simisp.from_log.said import LoggedText, Side, split_answer
from simisp.from_log.stamps import plain, time_of, without_stamp

__all__ = ["said_on_screen"]

_OF_PROGRAM = re.compile(
    r"Terminal ready|Terminating\.\.\.|Thanks for using picocom|Skipping tty reset\.\.\.|\(Back at .*\)|-{20,}|"
    r"Welcome to minicom .*|OPTIONS: .*|Press CTRL-A Z for help.*|Connecting to /\S+, speed .*|spawn \S.*|"
    r"Script (?:started|done) on .*"
)
"""Lines of the programs themselves."""


def said_on_screen(lines: Sequence[str]) -> Iterator[LoggedText]:
    """Yield what a screen shows: a line that begins with AT was typed, and so is what stands behind a prompt."""
    online = False
    for line in lines:
        shown = without_stamp(line)
        at = time_of(line) if shown != line else None
        words = plain(shown).strip()
        if not words or _OF_PROGRAM.fullmatch(words):
            continue
        asked = split_answer(words) if online else None
        if not online and words.upper().startswith("AT"):
            yield LoggedText(Side.CLIENT, words, at)
        elif asked is not None:
            yield LoggedText(Side.LINE, asked[0], at, is_prompt=True)
            yield LoggedText(Side.CLIENT, asked[1], at, is_hidden=not asked[1])
        else:
            yield LoggedText(Side.LINE, words, at)
        online = words.startswith("CONNECT") or (online and words != "NO CARRIER")
