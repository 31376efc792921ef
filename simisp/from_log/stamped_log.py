"""Reads logs of AT commands that say when and in which direction: ESP-IDF, Zephyr, and programs like them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simisp.from_log.said import LoggedText, Side
from simisp.from_log.stamps import plain, time_of

__all__ = ["is_stamped", "said_in_stamped"]

_OUT = r"(?:tx|-->|->|>>|send(?:ing)?|sent|command sent|>(?=\s))"
_IN = r"(?:rx|<--|<-|<<|recv|received|response|\w*received_command(?=:)|<(?=\s))"
_STAMPED = re.compile(
    rf"(?:(?:^|[\s\]:])(?:(?P<out>{_OUT})|(?P<in>{_IN})))(?![\w-])\s*[:=]?\s*(?P<text>\S.*)$", re.IGNORECASE
)
_DUMPED = re.compile(
    r"^[VDIWE] \(\d+\) [\w.-]*(?P<way>rx|tx)[\w.-]*: 0x[0-9a-f]+ +(?P<octets>(?:[0-9a-f]{2} +)+)\|", re.IGNORECASE
)
"""A line of ESP-IDF's hex dump of what passed a UART: address, octets, text."""
_NAMES = re.compile(r"(?:\\[rn]|<CR>|<LF>|\^[MJ]|\[CR\]|\[LF\])+$", re.IGNORECASE)
"""The ways in which a log writes CR and LF."""


def is_stamped(line: str) -> bool:
    """Return whether a line says when something was sent, and in which direction."""
    text = plain(line)
    return time_of(line) is not None and (_STAMPED.search(text) or _DUMPED.match(text)) is not None


def said_in_stamped(lines: Sequence[str]) -> Iterator[LoggedText]:
    """Yield what was sent."""
    dumped, way, began = bytearray(), Side.LINE, None
    for line in lines:
        text, at = plain(line), time_of(line)
        dump = _DUMPED.match(text)
        side = None if dump is None else _side(dump["way"].lower() == "tx")
        if dumped and side is not way:
            yield from _lines_of(dumped, way, began)
            dumped.clear()
        if dump is not None and side is not None:
            began, way = (at if not dumped else began), side
            dumped += bytes.fromhex(dump["octets"])
        elif at is not None and (found := _STAMPED.search(text)):
            words = _NAMES.sub("", found["text"].strip().strip("'\"")).strip()
            yield from _said(_side(bool(found["out"])), words, at)
    yield from _lines_of(dumped, way, began)


def _side(is_out: bool) -> Side:
    return Side.CLIENT if is_out else Side.LINE


def _lines_of(octets: bytes | bytearray, side: Side, at: float | None) -> Iterator[LoggedText]:
    for words in re.split(r"[\r\n]+", octets.decode("latin-1")):
        yield from _said(side, words.strip(), at)


def _said(side: Side, words: str, at: float | None) -> Iterator[LoggedText]:
    if words:
        yield LoggedText(side, words, at, is_prompt=side is Side.LINE and words[-1] in ":?>")
