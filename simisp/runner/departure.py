"""Why a client left: the last thing that it received from the line before it ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, LineAnswered
from simisp.facts.line import Octets
from simisp.facts.port import PortClosed, PortOpened
from simisp.facts.sources import Source
from simisp.machine import OnLine, Output, Received, SendData
from simisp.spans import Spans
from simisp.transcript import Record
from simisp.transcript.record import Batch, line_within, records_of
from simisp.transcript.redaction import mask_text

__all__ = ["Departure", "LastHeard", "LastHeardOnLines", "departure_behind"]

_RESULT = re.compile(
    r"CONNECT.*|NO CARRIER|BUSY|NO ANSWER|NO DIAL ?TONE|RING|OK|ERROR|\+CM[ES] ERROR.*|DELAYED|BLACKLISTED"
)
_MOST_LINES = 4
"""For at most this many lines, the last thing received is reported."""
_LONGEST = 200
"""How many characters of an unfinished line are kept."""
_MOST_STRANGE = 8
"""Of a text at most each eighth character can't be shown: a terminal's sequences have one or two."""
_MOST_PIECES = 64
"""So many pieces of what the modem has sent are kept before they are looked through. A long one is not: there may be
a thousand lines.
"""
_QUIET_FROM = 1.0
"""After this many seconds of silence, the client is taken to have left because of the silence."""
_ENDS = (b"\r", b"\n")
_ONE_AT_A_TIME = Lock()
_MATTERS = frozenset({Received, OnLine, PortOpened, PortClosed, Asking, LineAnswered})
"""The outputs besides octets of the modem that something is done about."""


class _Kind(Enum):
    """The kind of the last thing received."""

    NOTHING = "nothing"
    RESULT = "result"
    PROMPT = "prompt"
    ANSWERED = "answered"
    TEXT = "text"


class _MaybeLater:
    """A value that may be worked out when one of its fields is first asked for: none of them is set before."""

    __slots__ = ("_work_out",)

    _work_out: Callable[[], Departure]

    if not TYPE_CHECKING:  # to a reader it is a value with fields and nothing else

        def __getattr__(self, name: str) -> object:
            """Work out the fields, if this is one of them: it is not set yet."""
            if name not in type(self).__match_args__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            with _ONE_AT_A_TIME:
                if hasattr(self, "_work_out"):
                    found = self._work_out()
                    for field in fields(found):
                        object.__setattr__(self, field.name, getattr(found, field.name))
                    object.__delattr__(self, "_work_out")
            return object.__getattribute__(self, name)


@dataclass(frozen=True, slots=True)
class Departure(_MaybeLater):
    """The last thing that a client received.

    Attributes:
        heard: The last result code, prompt or line of text; empty if nothing was received.
        command: The command line that a result code answered; empty if there was no command line.
        quiet: The seconds of silence before the client ended, or its dialler gave up.
        text: All this in words.
    """

    heard: str
    command: str
    quiet: float
    text: str


class LastHeard:
    r"""Follows what a client sends and receives. Pass it to the transcript as a follower.

    Example:
        >>> from simisp.transcript.record import octets_record
        >>> heard = LastHeard()
        >>> heard.take(octets_record(1.0, Source.CLIENT, b"AT+CPIN?\r"))
        >>> heard.take(octets_record(1.0, Source.MODEM, b"AT+CPIN?\r\r\nERROR\r\n"))
        >>> heard.departure(1.5).text
        'the modem answered ERROR to AT+CPIN?'
        >>> heard.departure(46.0).text
        'nothing came for 45 s after ERROR'
    """

    def __init__(self) -> None:
        self._kind, self._heard = _Kind.NOTHING, ""
        self._command = ""  # not yet answered
        self._answered = ""
        self._echo = ""
        self._prompt = ""
        self._at = 0.0
        self._closed_at: float | None = None
        self._line = ""  # which one all that has not been looked through is from
        self._pieces: list[bytes] = []  # octets of the modem, not yet looked through
        self._unheard: dict[str, bytes] = {}  # of each line, what no line end has come for yet
        self._unsaid: dict[str, bytes] = {}

    @property
    def has_heard(self) -> bool:
        """Whether the client has received anything."""
        self._look_through()
        return self._kind is not _Kind.NOTHING

    @property
    def heard_at(self) -> float:
        """When the client last received an octet."""
        return self._at

    def take(self, record: Record) -> None:
        """Take a record."""
        if isinstance(record.fact, Octets):
            kind = Received if record.sender is Source.CLIENT else SendData
            self.take_batches(((record.at, record.line, (kind(record.fact.data, record.fact.secrets),)),))
        else:
            self._take_fact(record.at, record.fact)

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what lines have put out at one time after the other, which comes to the same as to take its records.

        What the modem has sent is looked through when it makes a difference to what comes next, or is asked for.
        """
        pieces = self._pieces
        for at, line, outputs in batches:
            if line != self._line:
                self._turn_to(line)
            for output in outputs:
                if type(output) is SendData:
                    if self._closed_at is None:  # else the client does not see that
                        self._at = at
                        pieces.append(output.data[output.secrets[-1][1] :] if output.secrets else output.data)
                elif type(output) in _MATTERS:
                    self._take_other(at, line, output)
        if len(pieces) > _MOST_PIECES or (pieces and len(pieces[-1]) > _LONGEST):
            self._look_through()

    def _take_other(self, at: float, line: str, output: Output) -> None:
        """Take what matters and is not octets of the modem."""
        if isinstance(output, Fact):
            self._take_fact(at, output)
        elif type(output) is Received:
            self._take_said(output.data, output.secrets)
        elif type(output) is OnLine:
            self.take_batches(((at, line_within(line, output.line), (output.output,)),))
            self._turn_to(line)

    def _turn_to(self, line: str) -> None:
        if line != self._line:
            self._look_through()
            self._line = line

    def _take_said(self, data: bytes, secrets: Spans) -> None:
        """Take octets of the client."""
        if not self._unsaid and data[-1:] in _ENDS and b"at" not in data.lower():
            return  # whole lines without a command: most of what a log-in sends
        if self._closed_at is None:
            for said in _lines_in(data[secrets[-1][1] :] if secrets else data, self._unsaid, self._line):
                if said[:2].upper() == "AT" and said.isascii() and said.isprintable():  # or a file has such a line
                    self._look_through()
                    self._command = self._echo = said

    def _look_through(self) -> None:
        """Look for lines in what the modem has sent."""
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            for heard in _lines_in(data, self._unheard, self._line):
                self._take_heard(heard)

    def _take_fact(self, at: float, fact: Fact) -> None:
        if type(fact) is PortOpened or type(fact) is PortClosed:
            self._look_through()
            self._closed_at = None if fact.openings else at
        elif self._closed_at is not None:
            return
        elif type(fact) is Asking:
            if fact.prompt:
                self._look_through()
                self._prompt = self._heard = fact.prompt
                self._kind = _Kind.PROMPT
        elif type(fact) is LineAnswered and self._kind is _Kind.PROMPT:
            # A line of the modem before it, whatever it is, would be the last thing heard behind it too.
            self._kind = _Kind.ANSWERED

    def departure(self, at: float, *, secrets: Iterable[bytes] = ()) -> Departure:
        """Return the last thing received, as of the time ``at``; known secrets are masked."""
        self._look_through()
        secrets = tuple(secrets)
        heard = mask_text(self._heard, secrets)
        command = mask_text(self._answered, secrets) if self._kind is _Kind.RESULT else ""
        quiet = max(0.0, (at if self._closed_at is None else min(at, self._closed_at)) - self._at)
        return Departure(heard, command, quiet, self._describe(heard, command, quiet))

    def _describe(self, heard: str, command: str, quiet: float) -> str:
        if self._kind is _Kind.NOTHING:
            return "nothing ever came from the modem"
        if quiet >= _QUIET_FROM:
            after = {_Kind.RESULT: heard, _Kind.ANSWERED: f"the answer to {heard!r}"}.get(self._kind, _quoted(heard))
            return f"nothing came for {round(quiet, 1):g} s after {after}"
        match self._kind:
            case _Kind.RESULT:
                return f"the modem answered {heard} to {command}" if command else f"the modem said {heard}"
            case _Kind.PROMPT:
                return f"the ISP asked {heard!r}"
            case _Kind.ANSWERED:
                return f"{heard!r} had been answered"
            case _:
                return f"the last that came was {_quoted(heard)}"

    def _take_heard(self, line: str) -> None:
        if line == self._echo or (self._prompt and line.startswith(self._prompt)):
            return  # an echo
        if not _RESULT.fullmatch(line):
            self._kind, self._heard = _Kind.TEXT, line
            return
        self._kind, self._heard = _Kind.RESULT, line
        self._answered, self._command = self._command, ""
        if line.startswith("CONNECT"):
            self._prompt = ""


def departure_behind(
    heard: LastHeard | None, batches: Sequence[Batch], at: float, *, secrets: Iterable[bytes] = ()
) -> Departure:
    """Return the last thing received as of a time, known secrets masked, behind batches that change no more.

    They are looked through when one of its fields is read, which few are: that is a tenth of what a pure run costs.

    Args:
        heard: What has followed the line until then; None if nothing has been put out before.
        batches: What the line has put out since, at one time after the other.
        at: The time, in seconds since the run began.
        secrets: The secrets.
    """
    later = Departure.__new__(Departure)
    object.__setattr__(later, "_work_out", partial(_departure_behind, heard, batches, at, secrets))
    return later


def _departure_behind(
    heard: LastHeard | None, batches: Sequence[Batch], at: float, secrets: Iterable[bytes]
) -> Departure:
    heard = heard or LastHeard()
    heard.take_batches(batches)
    return heard.departure(at, secrets=secrets)


class LastHeardOnLines:
    """Follows what clients send and receive on each of several lines, as :class:`LastHeard` does on one."""

    def __init__(self) -> None:
        self._lines: dict[str, LastHeard] = {}

    def take(self, record: Record) -> None:
        """Take a record; what is of no line is not of interest."""
        if record.line:
            self._lines.setdefault(record.line, LastHeard()).take(record)

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what lines have put out, which comes to the same as to take its records."""
        for at, line, outputs in batches:
            for record in records_of(outputs, at=at, line=line):
                self.take(record)

    def departure(self, at: float, *, secrets: Iterable[bytes] = ()) -> Departure:
        """Return the last thing received on the line that was heard last, with those of the other lines in its text."""
        secrets = tuple(secrets)
        heard = sorted((item for item in self._lines.items() if item[1].has_heard), key=lambda item: -item[1].heard_at)
        if not heard:
            return LastHeard().departure(at, secrets=secrets)
        last, *others = ((line, each.departure(at, secrets=secrets)) for line, each in heard[:_MOST_LINES])
        texts = [f"on {line} {departure.text}" for line, departure in (last, *others)]
        if len(heard) > _MOST_LINES:
            texts.append(f"and more on {len(heard) - _MOST_LINES} other lines")
        return replace(last[1], text="; ".join(texts))


def _quoted(heard: str) -> str:
    """Return what was heard in quotes, unless it is part of a file or of frames, which say nothing to a reader."""
    strange = sum(not character.isprintable() for character in heard)
    return "binary data" if strange * _MOST_STRANGE > len(heard) else repr(heard)


def _lines_in(data: bytes, unfinished: dict[str, bytes], line: str) -> list[str]:
    """Return the lines that octets complete, without those that are blank; keep what is not complete."""
    if line in unfinished:
        data = unfinished.pop(line) + data
    lines = data.splitlines()
    if lines and data[-1] not in b"\r\n":
        unfinished[line] = lines.pop()[:_LONGEST]
    return [words for each in lines if (words := each.decode("latin-1").strip()[:_LONGEST])]
