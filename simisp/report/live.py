"""The dialogue as it happens, one line for each thing that a person wants to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simisp.transcript import Record, Source
from simisp.transcript.record import OCTETS, Plain
from simisp.visible import visible

__all__ = ["LiveLine", "LiveView", "printable"]

_CIRCUITS = ("DTR", "DSR", "CTS", "DCD", "RI")
_LONGEST = 4096
_PAUSE = 0.5
"""After how many seconds without an octet an unfinished line is a line."""
_ARROWS = {Source.DTE: "-->", Source.DCE: "<--"}


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One line of the view.

    Attributes:
        at: When, in seconds since the run began.
        arrow: ``"-->"`` from the client, ``"<--"`` to it, ``"---"`` for a fact.
        text: Printable text.
        state: The modem's state and the circuits that are on.
    """

    at: float
    arrow: str
    text: str
    state: str

    def __str__(self) -> str:
        return f"{self.at:9.3f}  {self.arrow}  {self.text:<52}  {self.state}".rstrip()


def _settings(details: Mapping[str, Plain]) -> str:
    if not details["speed"]:
        return "port set to B0: DTR dropped"
    stop_bits = details["stop_bits"]
    framing = ", 2 stop bits" if stop_bits == 2 else ""
    if details["parity"] is not None:
        framing = f", {details['data_bits']}{str(details['parity'])[0].upper()}{stop_bits}"
    flow_control = "no flow control" if details["flow_control"] == "none" else details["flow_control"]
    return f"port set to {details['speed']} bit/s{framing}, {flow_control}"


_FACTS: Mapping[str, Callable[[Mapping[str, Plain]], str]] = {
    "dialled": lambda d: f"dialled {d['number']}: {d['leads to']}",
    "call answered": lambda d: f"call {d['call']} answered, dialogue {d['dialogue']}",
    "call ended": lambda d: f"call {d['call']} ended by the {'ISP' if d['by'] == 'isp' else 'client'}",
    "silent": lambda d: "the ISP is silent" + ("" if d["until"] is None else f" until {d['until']:.3f}"),
    "log-in accepted": lambda d: f"log-in accepted: {d['user']}",
    "log-in refused": lambda d: f"log-in refused: {d['user']}, attempt {d['attempt']}",
    "mark": lambda d: f"mark {d['name']}",
    "dialogue over": lambda d: "the dialogue is through; the call stays up",
    "opened": lambda d: "port opened" + _again(d),
    "closed": lambda d: "port closed" if not d["openings"] else f"port closed, {d['openings']} still have it open",
    "settings": _settings,
    "link gone": lambda d: f"the link {d['path']} was removed: nobody can open the port by it any more",
    "not read from": lambda d: "the client does not read: the line waits",
    "the client reads": lambda d: "the client reads again",
    "started": lambda d: f"client started, pid {d['pid']}",
    "ended": lambda d: f"client ended: {d['signal'] or 'exit status ' + str(d['exit_status'])}",
    "gave up": lambda d: (
        f"the dialler gives up and ends {'its child' if d['kills'] == 'parent' else 'its whole group'}"
    ),
    "cleaning up": lambda d: "the verdict is reached; simisp ends what the client left behind",
    "deadline": lambda d: f"deadline of {d['after']:g} s",
}


def _again(details: Mapping[str, Plain]) -> str:
    return "" if details["openings"] == 1 else f" once more: {details['openings']} have it open"


def printable(data: bytes) -> str:
    r"""Return octets as text that a terminal shows and does not act on.

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
    r"""Turns records into lines: octets are gathered up to the end of their line or to a pause of half a second.

    Echoes of a line are left out.

    Args:
        show: Called with each line.

    Example:
        >>> view = LiveView(lambda line: print(line.arrow, line.text))
        >>> view(Record(0.0, Source.DTE, "octets", b"AT"))
        >>> view(Record(0.1, Source.DTE, "octets", b"Z\r"))
        --> ATZ\r
    """

    def __init__(self, show: Callable[[LiveLine], None]) -> None:
        self._show = show
        self._open: dict[Source, tuple[float, bytearray]] = {}
        self._last: dict[Source, float] = {}
        self._typed: bytes | None = None
        self._modem = "command"
        self._circuits: dict[str, bool] = {}

    def __call__(self, record: Record) -> None:
        """Take one record."""
        for source in [each for each in self._open if record.at - self._last[each] >= _PAUSE]:
            self._end_line(source)
        if record.what == OCTETS:
            self._last[record.source] = record.at
            self._gather(record)
        elif record.what == "circuit":
            self._circuits[str(record.details["circuit"])] = bool(record.details["on"])
        elif record.what == "modem state":
            self._modem = str(record.details["state"])
        elif record.what == "asking":
            self.flush()
        elif record.what in _FACTS:
            self.flush()
            # A user name is what a client typed: a terminal is not to act on that either.
            self._line(record.at, "---", visible(_FACTS[record.what](record.details)))

    def flush(self) -> None:
        """Show lines that are not complete."""
        for source in list(self._open):
            self._end_line(source)

    def _gather(self, record: Record) -> None:
        _, gathered = self._open.setdefault(record.source, (record.at, bytearray()))
        for octet in record.data:
            gathered.append(octet)
            if octet == 0x0A or (octet == 0x0D and record.source is Source.DTE) or len(gathered) >= _LONGEST:
                self._end_line(record.source)
                _, gathered = self._open.setdefault(record.source, (record.at, bytearray()))
        if not gathered:
            self._open.pop(record.source, None)

    def _end_line(self, source: Source) -> None:
        at, gathered = self._open.pop(source, (0.0, bytearray()))
        words = bytes(gathered).strip(b"\r\n")
        if source is Source.DTE:
            self._typed = words
        elif not words:
            return
        elif words == self._typed:
            self._typed = None  # its echo
            return
        if gathered:
            self._line(at, _ARROWS[source], printable(bytes(gathered)))

    def _line(self, at: float, arrow: str, text: str) -> None:
        on = " ".join(name for name in _CIRCUITS if self._circuits.get(name))
        self._show(LiveLine(at, arrow, text, f"[{self._modem}: {on}]"))
