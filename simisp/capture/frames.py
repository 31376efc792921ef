"""The frames of a run, from its records: PPP on any line, and the multiplexer's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from simisp.capture.found import FoundFrame, FrameFinder
from simisp.cmux.basic_option import encode_basic
from simisp.cmux.frame import CONTROL_DLCI, FrameKind, MuxFrame
from simisp.facts.cmux import MuxFrameSeen
from simisp.facts.line import CallEnded, WentOnHook
from simisp.facts.sources import Source
from simisp.transcript import Record

__all__ = ["Captured", "CapturedFrame", "CapturedText", "FrameKindOnLine", "FramesOfRecords"]

_LARGEST_OF_MUX = 127
"""How many octets go into one frame here; the transcript does not say how they were cut."""
_DLCI = "dlci "


class FrameKindOnLine(Enum):
    """What kind of frame it is."""

    PPP = "ppp"
    MUX = "cmux"


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """A frame of a run.

    Attributes:
        at: When its last octet passed, in seconds since the run began.
        kind: What kind it is.
        by_client: Whether the client sent it.
        octets: Of PPP, from the address or protocol field to before the check sequence; of the multiplexer, all octets
            in the basic option, with both flags.
        fault: What is wrong with it; empty if nothing is.
        line: The line that it passed on, in a run with several; else empty.
    """

    at: float
    kind: FrameKindOnLine
    by_client: bool
    octets: bytes
    fault: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class CapturedText:
    """Octets of a run that are no frame: commands and their answers, a log-in.

    Attributes:
        at: When they passed, in seconds since the run began.
        by_client: Whether the client sent them.
        octets: One octet or more.
        line: The line that they passed on, in a run with several; else empty.
    """

    at: float
    by_client: bool
    octets: bytes
    line: str = ""


Captured = CapturedFrame | CapturedText


class FramesOfRecords:
    r"""Finds the frames in the records of a run.

    A transcript does not repeat the octets that the multiplexer's frames carry, so these frames are made from the
    records of each channel: what passed, in the right order, though perhaps cut otherwise.

    Example:
        >>> from simisp.transcript.record import octets_record
        >>> frames = FramesOfRecords()
        >>> lcp = b"~\xff}#\xc0!}%}\"} }$\xfe\xf8~"
        >>> [frame.octets for frame in frames.take(octets_record(1.0, Source.CLIENT, b"ATD\r"))]
        [b'ATD\r']
    """

    def __init__(self) -> None:
        self._finders: dict[tuple[str, bool], FrameFinder] = {}

    def take(self, record: Record) -> list[Captured]:
        """Take a record; return the frames and texts that it completes."""
        fact = record.fact
        if record.data:
            return list(self._in_octets(record))
        if isinstance(fact, MuxFrameSeen) and fact.octets:
            return [_of_mux(record, fact)]
        if isinstance(fact, CallEnded | WentOnHook):
            return [
                CapturedText(record.at, by_client, text.octets, line)
                for (line, by_client), finder in self._finders.items()
                if line == record.line
                for text in finder.flush()
            ]
        return []

    def flush(self, at: float) -> list[Captured]:
        """Return the octets whose frame has not ended: the run is over."""
        return [
            CapturedText(at, by_client, text.octets, line)
            for (line, by_client), finder in self._finders.items()
            for text in finder.flush()
        ]

    def _in_octets(self, record: Record) -> Iterator[Captured]:
        by_client = record.sender is Source.CLIENT
        channel = record.line.rpartition(_DLCI)[2] if _DLCI in record.line else ""
        if channel.isdecimal():
            for start in range(0, len(record.data), _LARGEST_OF_MUX):
                piece = record.data[start : start + _LARGEST_OF_MUX]
                frame = MuxFrame(int(channel), FrameKind.UIH, command=by_client, data=piece)
                octets = encode_basic(frame)
                yield CapturedFrame(record.at, FrameKindOnLine.MUX, by_client, octets, "", record.line)
        finder = self._finders.setdefault((record.line, by_client), FrameFinder())
        for found in finder.feed(record.data):
            if isinstance(found, FoundFrame):
                yield CapturedFrame(record.at, FrameKindOnLine.PPP, by_client, found.octets, found.fault, record.line)
            else:
                yield CapturedText(record.at, by_client, found.octets, record.line)


def _of_mux(record: Record, fact: MuxFrameSeen) -> CapturedFrame:
    """Return the frame of a fact: SABM and the like as it is, a message in a frame of the control channel."""
    by_client = not fact.sent
    octets = bytes.fromhex(fact.octets)
    if fact.is_message:
        frame = MuxFrame(CONTROL_DLCI, FrameKind.UIH, command=by_client, data=octets)
    else:
        frame = MuxFrame.of(octets[0], octets[1], octets[2:])
    return CapturedFrame(record.at, FrameKindOnLine.MUX, by_client, encode_basic(frame), "", record.line)
