"""Channels of a multiplexer, and ports of a modem, on one cellular state."""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import Multiplexer
from simisp.line.session import Session
from simisp.machine import SendData, SendUnrecorded
from simisp.scenario.lines import main_session, other_lines
from simisp.scenario.load import loads
from simisp.scenario.session import session, session_config
from support.two_muxes import MuxSide

LOCKED = """
title: a cellular modem
modem:
  profile: gsm
  ports: [at, ppp]
  cellular:
    sim: {pin: '1234'}
isp: {dialogue: [send: hello]}
"""


class MuxClient:
    """A client that has set up channels 1 and 2."""

    def __init__(self) -> None:
        self.line = session(loads(LOCKED.replace("  ports: [at, ppp]\n", "")))
        self.side = MuxSide(Multiplexer(MultiplexerConfig(initiator=True)))
        self.line.set_circuit(Circuit.DTR, True, now=0.0)
        self.line.receive_data(b"AT+CMUX=0\r", now=30.0)
        for dlci in (0, 1, 2):
            self.side.mux.open(dlci, now=30.0)
            self.settle(30.0)

    def settle(self, now: float) -> None:
        while True:
            for output in self.line.take_outputs():
                if isinstance(output, SendUnrecorded):
                    self.side.mux.receive_data(output.data, now=now)
            self.side.settle()
            if not self.side.to_peer:
                return
            data = bytes(self.side.to_peer)
            self.side.to_peer.clear()
            self.line.receive_data(data, now=now)

    def say(self, dlci: int, data: bytes, now: float) -> None:
        self.side.mux.send(dlci, data, now=now)
        self.settle(now)

    def heard(self, dlci: int) -> bytes:
        return bytes(self.side.heard.pop(dlci, b""))


def test_a_pin_that_is_entered_on_one_channel_opens_the_sim_for_the_other() -> None:
    client = MuxClient()
    client.say(2, b"AT+CPIN?\r", 31.0)
    assert b"+CPIN: SIM PIN\r\n" in client.heard(2)
    client.say(1, b"AT+CPIN=1234\r", 32.0)
    client.say(2, b"AT+CPIN?\r", 40.0)
    assert b"+CPIN: READY\r\n" in client.heard(2)


def test_a_change_is_reported_on_the_channel_that_asked_for_it() -> None:
    client = MuxClient()
    client.say(1, b"AT+CREG=1\r", 31.0)
    client.say(2, b"AT+CPIN=1234\r", 32.0)
    now = 32.0
    while (due := client.line.next_timer()) is not None and due < 60.0:
        now = max(now, due)
        client.line.handle_timer(now=now)
        client.settle(now)
    assert b"\r\n+CREG: 1\r\n" in client.heard(1)
    assert b"+CREG" not in client.heard(2)


def said(line: Session, data: bytes, now: float) -> bytes:
    line.receive_data(data, now=now)
    return b"".join(output.data for output in line.take_outputs() if isinstance(output, SendData))


def test_the_ports_of_a_modem_have_one_sim() -> None:
    loaded = loads(LOCKED)
    at, shared = main_session(loaded)
    assert shared is not None
    ppp = other_lines(loaded, shared)["ppp"]
    assert isinstance(ppp, Session)
    assert b"SIM PIN" in said(ppp, b"AT+CPIN?\r", 30.0)
    assert b"OK" in said(at, b"AT+CPIN=1234\r", 31.0)
    assert b"READY" in said(ppp, b"AT+CPIN?\r", 40.0)


def test_a_modem_that_is_plugged_in_again_announces_itself_once_on_each_port() -> None:
    text = LOCKED.replace("profile: gsm", "profile: simcom-7600")
    loaded = loads(text.replace("sim: {pin: '1234'}", "powers up in: 5s"))
    at, shared = main_session(loaded)
    assert shared is not None
    ports = [at, *(port for port in other_lines(loaded, shared).values() if isinstance(port, Session))]
    for port in ports:
        port.lose_power(now=40.0)
    for port in ports:
        port.power_up(now=43.0)
        port.take_outputs()
    assert said(at, b"AT\r", 44.0) == b""
    while (due := min(at.next_timer() or 99.0, ports[1].next_timer() or 99.0)) < 60.0:
        at.handle_timer(now=due)
    for port in ports:
        port.settle(now=60.0)
        assert said(port, b"AT\r", 60.0).count(b"\r\nRDY\r\n") == 1


def test_cellular_lines_of_a_kind_share_their_configuration() -> None:
    text = "title: x\nmodem: {profile: gsm}\nisp: {dialogue: [silence]}"
    one, other = session_config(loads(text)).modem, session_config(loads(text)).modem
    assert one is other
