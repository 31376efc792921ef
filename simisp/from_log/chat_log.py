"""Reads what ``chat -v`` writes: to syslog with any prefix, or bare (``-s``) to standard error or pppd's log file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simisp.from_log.pppd_log import begins_ppp
from simisp.from_log.said import LoggedText, Side, asks
from simisp.from_log.stamps import time_of

__all__ = ["chat_lines", "said_in_chat"]

_PREFIXED = re.compile(r"\bchat(?:\[\d+\])?: ?(.*)$")
_BARE = re.compile(r"^(?:(?:send|expect|abort on|report) \(.*\)|timeout set to \d+ seconds)$")
_OF_PPPD = re.compile(r"^(?:Script .* finished |Serial connection established|Connect script failed|Using interface )")
_ASIDE = re.compile(
    r"^(?:expect \(|abort on \(|timeout set to|report \(|clear |-- got it|\s*-- |alarm|Failed|Connect|SIG|send \(\\|"
    r"-- read from|Can't get terminal)"
)
_MARKS = re.compile(r"\^[MJ]|#01[25]|\\r|\\n|\r")
"""The ways in which chat and syslog write CR and LF."""
_REST_OF_CONNECT = re.compile(r"[0-9]+(?:/.*)?")


def chat_lines(lines: Sequence[str]) -> list[tuple[str, float | None]] | None:
    """Return the lines of chat in a log, with their times; None if there are none."""
    if any(_PREFIXED.search(line) for line in lines):
        prefixed = [(found[1], time_of(line)) for line in _up_to_ppp(lines) if (found := _PREFIXED.search(line))]
        return prefixed or None
    if sum(_BARE.match(line) is not None for line in lines) < 2:
        return None
    return [(line, None) for line in _up_to_ppp(lines)]


def _up_to_ppp(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines before those of pppd."""
    for line in lines:
        if begins_ppp(line) or _OF_PPPD.match(line):
            return
        yield line


def said_in_chat(lines: Sequence[tuple[str, float | None]]) -> Iterator[LoggedText]:
    """Yield what was sent. A bare CONNECT, which chat logs when it has come so far, gets the rest of its line."""
    connect: LoggedText | None = None
    for line, at in lines:
        each = _sent(line, at) if line.startswith("send (") else _heard(line, at)
        if each is None:
            continue
        if connect is not None:
            joins = each.side is Side.LINE and _REST_OF_CONNECT.fullmatch(each.text)
            yield LoggedText(Side.LINE, f"CONNECT {each.text}" if joins else "CONNECT", connect.at)
            connect = None
            if joins:
                continue
        if each.side is Side.LINE and each.text == "CONNECT":
            connect = each
        else:
            yield each
    if connect is not None:
        yield connect


def _sent(line: str, at: float | None) -> LoggedText | None:
    r"""Return what chat sent; None where it sent nothing (``\c`` alone)."""
    sent = line[6:].rstrip().removesuffix(")")
    words = _MARKS.sub("", sent)
    return LoggedText(Side.CLIENT, words, at, is_hidden=bool(words) and not words.strip("?")) if sent else None


def _heard(line: str, at: float | None) -> LoggedText | None:
    if _ASIDE.match(line):
        return None
    words = _MARKS.sub("", line).strip()
    if not words or words.startswith("AT"):
        return None
    return LoggedText(Side.LINE, words, at, is_prompt=asks(words))
