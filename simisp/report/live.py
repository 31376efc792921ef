"""The dialogue as it happens, a line for each event of interest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from simisp.facts.isp import Asking
from simisp.facts.line import CircuitSet, ModemState, ModemStateEntered, Octets
from simisp.facts.sources import Source
from simisp.report.narration import narrate
from simisp.transcript import Record
from simisp.visible import visible

__all__ = ["LiveLine", "LiveView", "printable"]

_CIRCUITS = ("DTR", "DSR", "CTS", "DCD", "RI")
_LONGEST = 4096
_PAUSE = 0.5
"""Seconds without an octet after which an unfinished line is shown."""
_ARROWS = {Source.CLIENT: "-->", Source.MODEM: "<--"}


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One line of the view.

    Attributes:
        at: When, in seconds since the run began.
        arrow: ``"-->"`` from the client, ``"<--"`` to the client, ``"---"`` for a fact.
        text: Printable text.
        state: The modem's state and the circuits that are on.
    """

    at: float
    arrow: str
    text: str
    state: str

    def __str__(self) -> str:
        return f"{self.at:9.3f}  {self.arrow}  {self.text:<52}  {self.state}".rstrip()


def printable(data: bytes) -> str:
    r"""Return octets as text that is safe to print on a terminal.

    Example:
        >>> printable(b"ATZ\r\n\x1b[2J\xff")
        'ATZ\\r\\n\\x1b[2J\\xff'
    """
    return "".join(
        chr(octet) if 0x20 <= octet < 0x7F and octet != 0x5C else _ESCAPES.get(octet, f"\\x{octet:02x}")
        for octet in data
    )


_ESCAPES = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x08: "\\b", 0x5C: "\\\\"}


class LiveView:
    r"""Turns records into lines: octets are collected up to the end of their line or a pause of half a second.

    Such a line has the time of its first octet. The echo of a line is left out.

    Args:
        show: Called with each line.

    Example:
        >>> from simisp.transcript.record import octets_record
        >>> view = LiveView(lambda line: print(line.arrow, line.text))
        >>> view(octets_record(0.0, Source.CLIENT, b"AT"))
        >>> view(octets_record(0.1, Source.CLIENT, b"Z\r"))
        --> ATZ\r
    """

    def __init__(self, show: Callable[[LiveLine], None]) -> None:
        self._show = show
        self._lines: dict[str, _OneLine] = {}
        self._unfinished: dict[_OneLine, None] = {}  # those with octets that are not shown yet

    def __call__(self, record: Record) -> None:
        """Take one record. Those of each line are put together by themselves."""
        if self._unfinished:
            self._end_paused(record.at)
        line = self._lines.get(record.line) or self._begin(record.line)
        line.take(record, line.flush if record.line else self.flush)
        if line.unfinished:
            self._unfinished[line] = None

    def flush(self) -> None:
        """Show the lines that are not complete yet."""
        self._end_paused(math.inf)

    def _end_paused(self, now: float) -> None:
        """Show what had its last octet half a second ago, on any line, in the order in which it began.

        Left to the next record of its own line, it would be shown behind much later ones of the others.
        """
        paused = [(at, source, line) for line in self._unfinished for at, source in line.paused(now)]
        for _, source, line in sorted(paused, key=itemgetter(0)):
            line.end(source)
        self._unfinished = {line: None for line in self._unfinished if line.unfinished}

    def _begin(self, name: str) -> _OneLine:
        label = f"{visible(name)}: " if name else ""
        line = _OneLine(lambda shown: self._show(replace(shown, text=label + shown.text) if label else shown))
        self._lines[name] = line
        return line


class _OneLine:
    """The view of one line, or of what belongs to none.

    Attributes:
        unfinished: By sender, the octets that are not shown yet, and the time of the first one.
    """

    __slots__ = ("_circuits", "_last", "_modem", "_show", "_typed", "unfinished")

    def __init__(self, show: Callable[[LiveLine], None]) -> None:
        self._show = show
        self.unfinished: dict[Source, tuple[float, bytearray]] = {}
        self._last: dict[Source, float] = {}
        self._typed: bytes | None = None
        self._modem = ModemState.COMMAND.value
        self._circuits: dict[str, bool] = {}

    def take(self, record: Record, end_lines: Callable[[], None]) -> None:
        """Take one record; ``end_lines`` shows what is unfinished and comes before it."""
        match record.fact:
            case Octets(data):
                self._last[record.sender] = record.at
                self._gather(record.at, record.sender, data)
            case CircuitSet(circuit, on):
                self._circuits[circuit.value] = on
            case ModemStateEntered(state):
                self._modem = state.value
            case Asking():
                end_lines()
            case fact if (text := narrate(fact)) is not None:
                end_lines()
                # A user name is text that a client typed: it too must not act on the terminal.
                self._line(record.at, "---", visible(text))

    def flush(self) -> None:
        """Show what is unfinished."""
        for source in list(self.unfinished):
            self.end(source)

    def paused(self, now: float) -> Iterator[tuple[float, Source]]:
        """Yield the senders of which nothing has come for half a second, each with the time of its first octet."""
        for source, (at, _) in self.unfinished.items():
            if now - self._last[source] >= _PAUSE:
                yield at, source

    def end(self, source: Source) -> None:
        """Show what is unfinished of one sender, unless it is an echo."""
        at, gathered = self.unfinished.pop(source, (0.0, bytearray()))
        words = bytes(gathered).strip(b"\r\n")
        if source is Source.CLIENT:
            self._typed = words
        elif not words:
            return
        elif words == self._typed:
            self._typed = None  # this line is its echo
            return
        if gathered:
            self._line(at, _ARROWS[source], printable(bytes(gathered)))

    def _gather(self, at: float, sender: Source, data: bytes) -> None:
        _, gathered = self.unfinished.setdefault(sender, (at, bytearray()))
        for octet in data:
            gathered.append(octet)
            if octet == 0x0A or (octet == 0x0D and sender is Source.CLIENT) or len(gathered) >= _LONGEST:
                self.end(sender)
                _, gathered = self.unfinished.setdefault(sender, (at, bytearray()))
        if not gathered:
            self.unfinished.pop(sender, None)

    def _line(self, at: float, arrow: str, text: str) -> None:
        on = " ".join(name for name in _CIRCUITS if self._circuits.get(name))
        self._show(LiveLine(at, arrow, text, f"[{self._modem}: {on}]"))
