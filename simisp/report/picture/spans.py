"""The spans of a picture: what lasts for some time, such as a call, a wait, a circuit that is on, or an open port.

| lane | depth 0 | depth 1 and more |
|---|---|---|
| script | a post-connect script that runs | |
| client | the command | its waits at the verdict |
| modem | dialling, online | |
| ISP | a call | what the ISP waits for, pauses, silences |
| PPP | a phase | |
| circuits | DTR, and below it DSR, CTS, DCD, RTS, RI, each while it is on | |
| faults | a fault | |
| port | open | the process that holds it after the verdict |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from simisp.circuits import Circuit
from simisp.facts import dial_up, faults, isp, line, port, ppp, run
from simisp.facts.fact import Fact
from simisp.facts.sources import Source
from simisp.report.picture.wording import LaneKind, masked_command, words_of
from simisp.transcript.record import Record
from simisp.visible import visible

__all__ = ["Span", "SpanFinder", "Tone"]

_MOST_SPANS = 20_000
_MOST_HOLDERS = 8
"""Holders and waits that are drawn; the rows name them all."""
_LONGEST = 300
_WAITS = 1
"""The depth of what the ISP waits for."""
_CIRCUITS = [circuit.value for circuit in (Circuit.DTR, Circuit.DSR, Circuit.CTS, Circuit.DCD, Circuit.RTS, Circuit.RI)]


class Tone(Enum):
    """What kind of thing a span is; a page gives each a colour and a hatching."""

    PLAIN = "plain"
    WAIT = "wait"
    SILENT = "silent"
    FAULT = "fault"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted.

    Attributes:
        lane: Where it is drawn.
        line: Which of several lines it is of; else empty.
        depth: In which row of its lane, from 0 on.
        start: When it began, in seconds of the run.
        end: When it ended; None if it was not over at the end of the run.
        label: What it is, in words.
        tone: What kind of thing it is.
        limit: Until when it would have lasted at most, in words; empty if it is no wait.
    """

    lane: LaneKind
    line: str
    depth: int
    start: float
    end: float | None
    label: str
    tone: Tone = Tone.PLAIN
    limit: str = ""


class SpanFinder:
    """Finds the spans in records. Memory is bounded: after very many spans no more are kept.

    Attributes:
        dropped: How many spans were not kept.
    """

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._open: dict[tuple[str, LaneKind, int], Span] = {}
        self._holders: list[tuple[str, run.HolderSeen]] = []
        self._waits: list[tuple[str, run.ClientWaited]] = []
        self._moved_at = 0.0
        self.dropped = 0

    def take(self, record: Record) -> None:
        """Take one record."""
        fact = record.fact
        if isinstance(fact, line.Octets):
            self._moved_at = record.at
            if record.source is Source.ISP:
                self._finish(record, LaneKind.ISP, _WAITS)
            return
        for take in (self._take_call, self._take_dialogue, self._take_client, self._take_port, self._take_others):
            take(record, fact)

    def spans(self, end: float) -> list[Span]:
        """Return the spans so far, by their beginning.

        Args:
            end: The time of the last record, in seconds of the run.
        """
        found = [*self._spans, *self._open.values(), *self._held(), *self._waited(end)]
        return sorted(found, key=lambda span: (span.start, span.depth))

    @property
    def holders(self) -> tuple[run.HolderSeen, ...]:
        """The processes that held the port at the verdict."""
        return tuple(holder for _, holder in self._holders)

    @property
    def waits(self) -> tuple[run.ClientWaited, ...]:
        """The waits of the client at the verdict."""
        return tuple(wait for _, wait in self._waits)

    @property
    def findings(self) -> tuple[str, ...]:
        """The holders and then the waits in words, each with its line if there are several."""
        return tuple(words_of(fact, line) for line, fact in (*self._holders, *self._waits))

    def _begin(
        self,
        record: Record,
        lane: LaneKind,
        label: str,
        *,
        depth: int = 0,
        tone: Tone = Tone.PLAIN,
        limit: str = "",
    ) -> None:
        self._finish(record, lane, depth)
        key = (record.line, lane, depth)
        if len(self._open) < _MOST_SPANS:
            text = visible(label[:_LONGEST])
            self._open[key] = Span(lane, record.line, depth, record.at, None, text, tone, visible(limit))

    def _finish(self, record: Record, lane: LaneKind, depth: int = 0, *, limit: str = "") -> None:
        span = self._open.pop((record.line, lane, depth), None)
        if span is None:
            return
        if len(self._spans) >= _MOST_SPANS:
            self.dropped += 1
            return
        self._spans.append(replace(span, end=record.at, limit=limit or span.limit))

    def _held(self) -> list[Span]:
        """Return the holders as spans: each from the beginning of its wait for the line, as far as that is known."""
        found = []
        for depth, (line_name, holder) in enumerate(self._holders[:_MOST_HOLDERS], start=1):
            known = [each.since for each in self.waits if each.pid == holder.pid and each.since is not None]
            start = min(max(known, default=self._moved_at), holder.seen_at)
            limits = [each.until for each in self.waits if each.pid == holder.pid]
            limit = "" if not limits else _limit(max((each for each in limits if each is not None), default=None))
            label = visible(f"{_program(holder)}: {holder.blocked_in}"[:_LONGEST])
            found.append(Span(LaneKind.PORT, line_name, depth, start, holder.seen_at, label, Tone.HANG, limit))
        return found

    def _waited(self, end: float) -> list[Span]:
        found = []
        for depth, wait in enumerate(self.waits[:_MOST_HOLDERS], start=1):
            start = self._moved_at if wait.since is None else wait.since
            until = None if wait.until is None or wait.until > end else wait.until
            label = visible(f"pid {wait.pid}: {wait.call}")
            found.append(Span(LaneKind.CLIENT, "", depth, start, until, label, Tone.WAIT, _limit(wait.until)))
        return found

    def _take_call(self, record: Record, fact: Fact) -> None:
        match fact:
            case line.CallAnswered(call, dialogue):
                self._begin(record, LaneKind.ISP, f"call {call}, {dialogue}")
            case line.CallEnded():
                for depth in (0, _WAITS):
                    self._finish(record, LaneKind.ISP, depth)
                self._finish(record, LaneKind.PPP)
            case line.ModemStateEntered(state):
                if state is line.ModemState.COMMAND:
                    self._finish(record, LaneKind.MODEM)
                else:
                    self._begin(record, LaneKind.MODEM, state.value)
            case line.CircuitSet(circuit, on):
                depth = _CIRCUITS.index(circuit.value)
                if not on:
                    self._finish(record, LaneKind.CIRCUITS, depth)
                elif (record.line, LaneKind.CIRCUITS, depth) not in self._open:
                    self._begin(record, LaneKind.CIRCUITS, circuit.value, depth=depth)

    def _take_dialogue(self, record: Record, fact: Fact) -> None:
        lane = LaneKind.ISP
        match fact:
            case isp.Asking(prompt):
                label = f"waits for an answer to {prompt.strip()}" if prompt.strip() else "waits for a line"
                self._begin(record, lane, label, depth=_WAITS, tone=Tone.WAIT)
            case isp.LineAnswered():
                self._finish(record, lane, _WAITS)
            case isp.AnswerLate(_, within):
                self._finish(record, lane, _WAITS, limit=f"limit {within:g} s")
            case isp.AwaitingDeed(deed):
                self._begin(record, lane, f"waits for {deed}", depth=_WAITS, tone=Tone.WAIT)
            case isp.DeedSeen():
                self._finish(record, lane, _WAITS)
            case isp.DeedLate(_, within):
                self._finish(record, lane, _WAITS, limit=f"limit {within:g} s")
            case isp.Pausing(until):
                self._begin(record, lane, "pauses", depth=_WAITS, tone=Tone.SILENT, limit=_limit(until))
            case isp.FellSilent(until):
                label = "silent forever" if until is None else "silent"
                self._begin(record, lane, label, depth=_WAITS, tone=Tone.SILENT, limit=_limit(until))
            case isp.DialogueOver() | line.CallHandedOver():
                self._finish(record, lane, _WAITS)

    def _take_client(self, record: Record, fact: Fact) -> None:
        match fact:
            case run.ClientStarted(pid, command):
                self._begin(record, LaneKind.CLIENT, f"pid {pid}: {masked_command(command)}" if pid else command)
            case run.ClientEnded() | run.CleanedUp():
                self._finish(record, LaneKind.CLIENT)
            case dial_up.ScriptStarted(pid, script):
                self._begin(record, LaneKind.SCRIPT, f"pid {pid}: {script}")
            case dial_up.ScriptLeftRunning(pid, waits_for):
                label = f"pid {pid} left running" + (f", waits for {waits_for}" if waits_for else "")
                self._begin(record, LaneKind.SCRIPT, label, tone=Tone.HANG, limit="no limit")
            case dial_up.ScriptEnded():
                self._finish(record, LaneKind.SCRIPT)

    def _take_port(self, record: Record, fact: Fact) -> None:
        match fact:
            case port.PortOpened() if (record.line, LaneKind.PORT, 0) not in self._open:
                self._begin(record, LaneKind.PORT, "open")
            case port.PortOpenedBy(pid, program):
                span = self._open.get((record.line, LaneKind.PORT, 0))
                if span is not None:
                    self._open[record.line, LaneKind.PORT, 0] = replace(span, label=f"open in pid {pid} ({program})")
            case port.PortClosed(0) | port.PortUnplugged():
                self._finish(record, LaneKind.PORT)
            case dial_up.PortHeld(_, state, holders):
                if holders:
                    self._begin(record, LaneKind.PORT, f"{state.value}: {', '.join(holders)}")
                else:
                    self._finish(record, LaneKind.PORT)
            case run.HolderSeen():
                self._holders.append((record.line, fact))
            case run.ClientWaited():
                self._waits.append((record.line, fact))

    def _take_others(self, record: Record, fact: Fact) -> None:
        match fact:
            case faults.FaultBegan(kind, place):
                self._begin(record, LaneKind.FAULTS, f"{kind}, {place.value}", tone=Tone.FAULT)
            case faults.FaultOver():
                self._finish(record, LaneKind.FAULTS)
            case ppp.PhaseEntered(ppp.LinkPhase.DEAD):
                self._finish(record, LaneKind.PPP)
            case ppp.PhaseEntered(phase):
                self._begin(record, LaneKind.PPP, phase.value)


def _program(holder: run.HolderSeen) -> str:
    """Return a holder by the name of its program, which is short, and its pid."""
    program = holder.command.split(" ")[0].rpartition("/")[2]
    return f"{program or 'command unknown'}, pid {holder.pid}"


def _limit(until: float | None) -> str:
    return "no limit" if until is None else f"limit at {until:.3f} s"
