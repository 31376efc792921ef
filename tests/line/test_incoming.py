"""Calls that come in on a line."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simisp.circuits import Circuit
from simisp.facts.line import CallAnswered, CallCameIn, CallMissed, Dialled
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.incoming import IncomingCall
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.machine import Output, SendData
from simisp.modem.caller import Caller
from simisp.modem.config import ModemConfig

CALLER = Caller("5550177", date="0314", time="0915")


class LineWithCalls:
    """A Session with calls that come in, and all its outputs with their times."""

    def __init__(self, *calls: IncomingCall, registers: dict[int, int] | None = None, exchange: Exchange | None = None):
        modem = ModemConfig(settings={"E": 0, "+VCID": 1}, registers=registers or {})
        self.session = Session(SessionConfig(modem=modem, exchange=exchange or Exchange(calls_in=calls)))
        self.session.set_circuit(Circuit.DTR, True, now=0.0)
        self.now = 0.0
        self.outputs: list[tuple[float, Output]] = []

    def waits(self, end: float) -> None:
        """Let time pass until ``end``."""
        while (due := self.session.next_timer()) is not None and due <= end:
            assert due >= self.now
            self.now = due
            self.session.handle_timer(now=due)
            self._note()
        self.now = end

    def types(self, line: bytes) -> None:
        """Let the DTE send octets."""
        self.session.receive_data(line, now=self.now)
        self._note()

    def _note(self) -> None:
        self.outputs += [(self.now, output) for output in self.session.take_outputs()]

    def heard(self) -> list[tuple[float, bytes]]:
        """Return what the DTE got, with times."""
        return [(now, output.data.strip()) for now, output in self.outputs if isinstance(output, SendData)]

    def facts(self, *kinds: type[Output]) -> list[Output]:
        """Return the outputs of these kinds."""
        return [output for _, output in self.outputs if isinstance(output, kinds)]


def test_a_call_rings_at_its_time_and_cadence_until_the_caller_gives_up() -> None:
    line = LineWithCalls(IncomingCall(5.0, rings=3, every=4.0))
    line.waits(60.0)
    assert line.heard() == [(5.0, b"RING"), (9.0, b"RING"), (13.0, b"RING")]
    assert line.facts(CallCameIn, CallMissed) == [CallCameIn(None), CallMissed(3, "the caller gave up")]
    assert line.session.next_timer() is None


def test_the_number_comes_between_the_first_two_rings_or_before_the_first() -> None:
    told = b"DATE = 0314\r\nTIME = 0915\r\nNMBR = 5550177"
    line = LineWithCalls(IncomingCall(5.0, rings=2, caller=CALLER))
    line.waits(60.0)
    assert line.heard() == [(5.0, b"RING"), (7.5, told), (11.0, b"RING")]
    line = LineWithCalls(IncomingCall(5.0, rings=1, caller=CALLER, number_first=True))
    line.waits(60.0)
    assert line.heard() == [(5.0, told), (5.5, b"RING")]
    assert line.facts(CallCameIn) == [CallCameIn("5550177")]


def test_ata_answers_and_it_rings_no_more() -> None:
    line = LineWithCalls(IncomingCall(5.0))
    line.waits(12.0)
    line.types(b"ATA\r")
    line.waits(60.0)
    assert [text for _, text in line.heard()] == [b"RING", b"RING", b"CONNECT 33600"]
    assert len(line.facts(CallAnswered)) == 1
    assert line.facts(CallMissed) == []


def test_ata_finds_no_one_when_the_caller_has_given_up() -> None:
    line = LineWithCalls(IncomingCall(5.0, rings=1, every=3.0), registers={7: 20})
    line.waits(9.0)
    line.types(b"ATA\r")
    line.waits(60.0)
    assert line.heard() == [(5.0, b"RING"), (29.0, b"NO CARRIER")]
    assert line.facts(CallMissed, CallAnswered) == [CallMissed(1, "the caller gave up")]
    assert line.session.calls == 0


def test_s0_answers_after_its_rings() -> None:
    line = LineWithCalls(IncomingCall(5.0), registers={0: 2})
    line.waits(60.0)
    assert line.heard() == [(5.0, b"RING"), (11.0, b"RING"), (11.0, b"CONNECT 33600")]


def test_a_call_that_comes_in_during_another_is_missed() -> None:
    line = LineWithCalls(IncomingCall(5.0))
    line.types(b"ATDT1\r")
    line.waits(60.0)
    assert line.heard() == [(1.0, b"CONNECT 33600")]
    assert line.facts(CallMissed) == [CallMissed(0, "the line was not free")]


def test_a_modem_that_dials_while_it_rings_misses_the_call() -> None:
    line = LineWithCalls(IncomingCall(5.0))
    line.waits(6.0)
    line.types(b"ATDT1\r")
    line.waits(60.0)
    assert line.facts(CallMissed, Dialled) == [CallMissed(1, "the modem dialled"), Dialled("1", "isp")]
    assert line.heard()[-1] == (7.0, b"CONNECT 33600")


def test_a_second_call_waits_for_the_first_to_be_given_up() -> None:
    line = LineWithCalls(IncomingCall(8.0, rings=1), IncomingCall(5.0, rings=2))
    line.waits(100.0)
    assert [now for now, _ in line.heard()] == [5.0, 11.0, 17.0]


def test_times_of_a_line_never_go_back() -> None:
    line = LineWithCalls(IncomingCall(1.0, rings=4, caller=CALLER), IncomingCall(2.0, caller=CALLER, number_first=True))
    line.waits(200.0)
    assert all(before <= after for (before, _), (after, _) in pairwise(line.outputs))


@pytest.mark.parametrize(("wait", "answer"), [(4.9, b"BUSY"), (5.0, b"CONNECT 33600")])
def test_a_number_is_busy_for_a_while_after_a_call(wait: float, answer: bytes) -> None:
    line = LineWithCalls(exchange=Exchange(busy_after=5.0))
    line.types(b"ATDT1\r")
    line.waits(2.0)
    line.session.set_circuit(Circuit.DTR, False, now=line.now)
    line.session.set_circuit(Circuit.DTR, True, now=line.now)
    line.waits(2.0 + wait)
    line.types(b"ATDT1\r")
    line.waits(60.0)
    assert line.heard()[-1][1] == answer


def test_only_numbers_of_the_isp_are_busy_after_a_call() -> None:
    exchange = Exchange(numbers={"2": CallOutcome.NO_CARRIER}, busy_after=5.0)
    assert exchange.route("2", is_clearing=True).outcome is CallOutcome.NO_CARRIER
    assert exchange.route("1", is_clearing=True).outcome is CallOutcome.BUSY
