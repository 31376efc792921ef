"""A dialogue that waits until the client does something to its port."""

from __future__ import annotations

import sys

import pytest

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.isp import AwaitingDeed, DeedSeen
from simisp.facts.line import CallEnded
from simisp.facts.port import BreakSeen, PortClosed, PortOpened
from simisp.line.session import Session
from simisp.machine import Output, SendData
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads
from simisp.scenario.session import session
from support.virtual_runs import virtually

WAITS = """
title: x
exchange: {{answer_after: 0s}}
isp: {{dialogue: [send: "hello", wait for: {{{deed}}}, send: "there"]}}
"""


def connected(deed: str, *commands: str) -> tuple[Session, list[Output]]:
    """Return a Session whose dialogue waits, and what it has put out."""
    line = session(loads(WAITS.format(deed=deed)))
    line.set_circuit(Circuit.DTR, True, now=0.0)
    for command in (*commands, "ATD1"):
        line.receive_data(f"{command}\r".encode(), now=0.0)
    while (due := line.next_timer()) is not None and due < 10.0:
        line.handle_timer(now=due)
    outputs = list(line.take_outputs())
    assert any(isinstance(output, AwaitingDeed) for output in outputs)
    return line, outputs


def heard(line: Session) -> bytes:
    return b"".join(output.data for output in line.take_outputs() if isinstance(output, SendData))


@pytest.mark.parametrize(
    ("deed", "fact"),
    [("break: sent", BreakSeen()), ("port: opened", PortOpened(1)), ("port: closed", PortClosed(0))],
)
def test_a_dialogue_goes_on_when_the_client_does_what_it_waits_for(deed: str, fact: Fact) -> None:
    line, _ = connected(deed)
    for other in (BreakSeen(), PortOpened(1), PortClosed(0)):
        if other != fact:
            line.notice(other, now=20.0)
    assert b"there" not in heard(line)
    line.notice(fact, now=21.0)
    assert b"there" in heard(line)


def test_a_second_opening_is_none_and_a_closing_that_is_not_the_last_is_none() -> None:
    for deed, fact in (("port: opened", PortOpened(2)), ("port: closed", PortClosed(1))):
        line, _ = connected(deed)
        line.notice(fact, now=20.0)
        assert b"there" not in heard(line)


def test_dtr_off_is_seen_where_the_modem_keeps_the_call_and_ends_it_otherwise() -> None:
    line, _ = connected("dtr: off", "AT&D0")
    line.set_circuit(Circuit.DTR, False, now=20.0)
    assert b"there" in heard(line)
    line, _ = connected("dtr: off")
    line.set_circuit(Circuit.DTR, False, now=20.0)
    outputs = line.take_outputs()
    assert any(isinstance(output, CallEnded) for output in outputs)
    assert not any(isinstance(output, DeedSeen) for output in outputs)


def test_a_rate_is_seen_and_another_one_is_not() -> None:
    line, _ = connected("speed: 2400")
    line.see_rate(1200, now=20.0)
    assert b"there" not in heard(line)
    line.see_rate(2400, now=21.0)
    assert b"there" in heard(line)


def test_rts_is_seen() -> None:
    line, _ = connected("rts: off")
    line.set_circuit(Circuit.RTS, True, now=20.0)
    line.set_circuit(Circuit.RTS, False, now=20.0)
    assert b"there" in heard(line)


def test_a_real_client_that_drops_dtr_after_d0_goes_on_in_the_dialogue() -> None:
    code = """if True:
        import fcntl, os, struct, sys, termios, time, tty
        port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        def hear(text):
            heard = b""
            while text not in heard:
                heard += os.read(port, 100)
        os.write(port, b"AT&D0\\r")
        hear(b"OK")
        os.write(port, b"ATD1\\r")
        hear(b"hello")
        time.sleep(3600)
        fcntl.ioctl(port, termios.TIOCMBIC, struct.pack("I", termios.TIOCM_DTR))
        hear(b"there")"""
    scenario = WAITS.format(deed="dtr: off")
    verdict, _ = virtually(scenario, [sys.executable, "-c", code, "{port}"], deadline=4000.0)
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.at >= 3600.0
