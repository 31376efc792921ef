"""Runs to be drawn, as records."""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.facts import isp, line, port, run
from simisp.facts.fact import Fact
from simisp.facts.sources import Source
from simisp.transcript import Header, Record
from simisp.transcript.record import octets_record

__all__ = ["HEADER", "HOSTILE", "bank", "hang", "many"]

HEADER = Header("hang", "00ff", 7, "virtual", "2026-11-28T12:00:00.000+01:00", "0.1.0")
HOSTILE = b"</script><script>document.title='broken'</script><!--<img src=http://x.invalid/ onerror=alert(1)>" + bytes(
    octet for octet in range(256) if octet not in b"\r\n"
)


def hang() -> list[Record]:
    """Return a call in which the ISP stops responding after the password, and chat waits 50 minutes in vain."""
    return [
        _fact(0.0, run.RunBegan("hang", "/tmp/modem")),
        Record(0.0, Source.MODEM, line.CircuitSet(Circuit.DSR, True)),
        _fact(0.0, run.ClientStarted(7, "chat ogin: alice assword: swordfish")),
        _fact(0.0, port.PortOpened(1)),
        _fact(0.0, port.PortOpenedBy(7, "chat")),
        Record(0.0, Source.CLIENT, line.CircuitSet(Circuit.DTR, True)),
        *(octets_record(0.01 * place, Source.CLIENT, bytes([octet])) for place, octet in enumerate(b"ATDT1\r", 1)),
        octets_record(0.06, Source.MODEM, b"ATDT1\r\r\n"),
        _fact(0.06, line.ModemStateEntered(line.ModemState.DIALLING)),
        octets_record(1.0, Source.MODEM, b"\r\nCONNECT 33600\r\n"),
        _fact(1.0, line.ModemStateEntered(line.ModemState.ONLINE_DATA)),
        _fact(1.0, line.CallAnswered(1, "dialogue")),
        octets_record(1.0, Source.ISP, b"Password:"),
        _fact(1.0, isp.Asking("Password:")),
        octets_record(1.2, Source.CLIENT, b"swordfish\r", ((0, 9),)),
        octets_record(1.2, Source.ISP, HOSTILE + b"\r\n"),
        _fact(1.2, isp.LineAnswered("Password:", "")),
        _fact(1.2, isp.FellSilent(None)),
        _fact(600.0, run.DeadlineReached(600.0)),
        _fact(3001.2, port.PortClosed(0)),
        _fact(3001.2, run.ExpectationJudged("reached Password:", held=True)),
        _fact(3001.2, run.VerdictReached(run.VerdictKind.HANG, "the command still holds the port")),
        _fact(3001.2, run.HolderSeen(7, "chat ogin:", "descriptor 0 (read and write)", "blocked in read(0, …)", 600.0)),
        _fact(3001.2, run.ClientWaited(7, 7, "read(0)", 1.2, 3001.2, on_line=True)),
    ]


def bank(*names: str) -> list[Record]:
    """Return the same on several lines at once; the run and its verdict are of none of them."""
    records = hang()
    of_run = (run.RunBegan, run.ClientStarted, run.DeadlineReached, run.ExpectationJudged, run.VerdictReached)
    return [
        Record(each.at, each.source, each.fact, "" if isinstance(each.fact, of_run) else name)
        for each in records
        for name in (names[:1] if isinstance(each.fact, (*of_run, run.HolderSeen, run.ClientWaited)) else names)
    ]


def many(count: int) -> list[Record]:
    """Return a long run: a question and its answer again and again, and one thing that can be looked for."""
    said = ((Source.CLIENT, b"AT\r"), (Source.MODEM, b"\r\nOK\r\n"))
    records = [octets_record(number * 0.05, *said[number % 2]) for number in range(count)]
    records[count // 2] = octets_record(count // 2 * 0.05, Source.CLIENT, b"AT+NEEDLE\r")
    return records


def _fact(at: float, fact: Fact) -> Record:
    return Record(at, fact.source, fact)
