r"""Frames and lines of text, one under the other: what ``simisp decode`` prints.

::

       0.512  -->  ATDT5551234\r
       1.520  <--  CONNECT 33600\r\n
       1.534  -->  LCP Configure-Request 1: ACCM 00000000, magic 3200335d, PFC, ACFC
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simisp.capture.frames import Captured, CapturedFrame, CapturedText, FrameKindOnLine, FramesOfRecords
from simisp.capture.words import MuxWords, ppp_words
from simisp.ppp.describe import printed
from simisp.transcript import Record

__all__ = ["captured_in", "decoded"]

_LINE_END = (b"\r", b"\n")
_LONGEST = 256
"""How many octets of a line are collected before they are shown without its end."""


def captured_in(records: Iterable[Record]) -> Iterator[Captured]:
    """Yield the frames and texts in the records of a transcript, in order."""
    frames, at = FramesOfRecords(), 0.0
    for record in records:
        at = record.at
        yield from frames.take(record)
    yield from frames.flush(at)


def decoded(found: Iterable[Captured]) -> Iterator[str]:
    r"""Yield a line for each frame, and for each line of text.

    A line of text that was typed octet by octet is one line, with the time of its last octet.

    Example:
        >>> list(decoded([CapturedText(0.5, True, b"AT"), CapturedText(0.6, True, b"Z\r")]))
        ['    0.600  -->  ATZ\\r']
    """
    open_line: CapturedText | None = None
    mux_words = MuxWords()
    for each in found:
        if open_line is not None and not _continues(open_line, each):
            yield _line(open_line, printed(open_line.octets))
            open_line = None
        if isinstance(each, CapturedFrame):
            yield _line(each, _in_words(each, mux_words))
            continue
        octets = each.octets if open_line is None else open_line.octets + each.octets
        *whole, rest = _lines(octets)
        for text in whole:
            yield _line(each, printed(text))
        open_line = CapturedText(each.at, each.by_client, rest, each.line) if rest else None
    if open_line is not None:
        yield _line(open_line, printed(open_line.octets))


def _continues(text: CapturedText, found: Captured) -> bool:
    return (
        isinstance(found, CapturedText)
        and (found.by_client, found.line) == (text.by_client, text.line)
        and len(text.octets) < _LONGEST
    )


def _lines(octets: bytes) -> list[bytes]:
    """Return the lines of a text with their ends, and what comes behind the last end."""
    lines = octets.splitlines(keepends=True)
    return [*lines, b""] if not lines or lines[-1].endswith(_LINE_END) else lines


def _in_words(frame: CapturedFrame, mux_words: MuxWords) -> str:
    is_ppp = frame.kind is FrameKindOnLine.PPP
    words = ppp_words(frame.octets) if is_ppp else mux_words(frame.octets, by_client=frame.by_client, line=frame.line)
    return f"{words} ({frame.fault})" if frame.fault else words


def _line(found: Captured, words: str) -> str:
    line = f"[{found.line}] " if found.line else ""
    return f"{found.at:9.3f}  {'-->' if found.by_client else '<--'}  {line}{words}"
