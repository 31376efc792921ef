"""The dialogue as it happens, a line for each event of interest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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

    The echo of a line is left out.

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
        self._open: dict[Source, tuple[float, bytearray]] = {}
        self._last: dict[Source, float] = {}
        self._typed: bytes | None = None
        self._modem = ModemState.COMMAND.value
        self._circuits: dict[str, bool] = {}
        self._of_lines: dict[str, LiveView] = {}

    def __call__(self, record: Record) -> None:
        """Take one record. Those of each line are put together by themselves."""
        if record.line:
            self._of_line(record.line)(replace(record, line=""))
            return
        for source in [each for each in self._open if record.at - self._last[each] >= _PAUSE]:
            self._end_line(source)
        match record.fact:
            case Octets(data):
                self._last[record.sender] = record.at
                self._gather(record.at, record.sender, data)
            case CircuitSet(circuit, on):
                self._circuits[circuit.value] = on
            case ModemStateEntered(state):
                self._modem = state.value
            case Asking():
                self.flush()
            case fact if (text := narrate(fact)) is not None:
                self.flush()
                # A user name is text that a client typed: it too must not act on the terminal.
                self._line(record.at, "---", visible(text))

    def flush(self) -> None:
        """Show the lines that are not complete yet."""
        for source in list(self._open):
            self._end_line(source)
        for view in self._of_lines.values():
            view.flush()

    def _of_line(self, name: str) -> LiveView:
        if name not in self._of_lines:
            label = visible(name)
            self._of_lines[name] = LiveView(lambda line: self._show(replace(line, text=f"{label}: {line.text}")))
        return self._of_lines[name]

    def _gather(self, at: float, sender: Source, data: bytes) -> None:
        _, gathered = self._open.setdefault(sender, (at, bytearray()))
        for octet in data:
            gathered.append(octet)
            if octet == 0x0A or (octet == 0x0D and sender is Source.CLIENT) or len(gathered) >= _LONGEST:
                self._end_line(sender)
                _, gathered = self._open.setdefault(sender, (at, bytearray()))
        if not gathered:
            self._open.pop(sender, None)

    def _end_line(self, source: Source) -> None:
        at, gathered = self._open.pop(source, (0.0, bytearray()))
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

    def _line(self, at: float, arrow: str, text: str) -> None:
        on = " ".join(name for name in _CIRCUITS if self._circuits.get(name))
        self._show(LiveLine(at, arrow, text, f"[{self._modem}: {on}]"))
