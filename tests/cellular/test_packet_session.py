"""A cellular session end to end: AT, ``*99#``, CONNECT, PPP, on the port itself and in a channel of the multiplexer."""

from __future__ import annotations

from ipaddress import IPv4Address

from simisp.circuits import Circuit
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import Multiplexer
from simisp.facts.ppp import Authenticated, LinkDown, LinkUp, Network
from simisp.machine import OnLine, Output, SendData, SendUnrecorded, earliest
from simisp.ppp.client import PppClient
from simisp.ppp.config import PppConfig, PppRole
from simisp.scenario.load import loads
from simisp.scenario.session import session
from support.packet_mode import PACKET_MODE
from support.two_muxes import MuxSide

CLIENT = PppConfig(role=PppRole.CLIENT, user="alice", password="wonderland", asks_dns=True, seed=5)
DIAL = b"ATD*99#\r"


class Stick:
    """A host with the stick: octets on its port, or on channels of the multiplexer, and a client that speaks PPP."""

    def __init__(self, *, channel: int | None = None) -> None:
        self.session = session(loads(PACKET_MODE))
        self.channel = channel
        self.mux = MuxSide(Multiplexer(MultiplexerConfig(initiator=True, frame_size=127)))
        self.plain = bytearray()
        self.facts: list[Output] = []
        self.client: PppClient | None = None
        self.now = 0.0
        self.session.set_circuit(Circuit.DTR, True, now=0.0)
        if channel is not None:
            self.say(b"AT+CMUX=0,0,5,127\r", port=True)
            assert b"OK" in self.plain
            for dlci in (0, 1, 2):
                self.mux.mux.open(dlci, now=self.now)
                self.settle()

    def say(self, data: bytes, *, port: bool = False, channel: int | None = None) -> bytes:
        """Send octets, and return what has come back at once."""
        channel = self.channel if channel is None else channel
        before = len(self.heard(channel))
        if channel is None or port:
            self.session.receive_data(data, now=self.now)
        else:
            self.mux.mux.send(channel, data, now=self.now)
        self.settle()
        return self.heard(channel)[before:]

    def heard(self, channel: int | None) -> bytes:
        """Return all that has come on the port or on a channel."""
        return bytes(self.plain if channel is None else self.mux.heard.get(channel, b""))

    def start(self, client: PppClient) -> None:
        """Let a client have the line from here on."""
        self.taken = len(self.heard(self.channel))
        self.client = client
        client.start(now=self.now)
        self.settle()

    def settle(self) -> None:
        """Let everything arrive."""
        while self._take_from_session() or self._take_from_mux() or self._take_from_client():
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + seconds
        while True:
            client = self.client.next_timer() if self.client is not None else None
            due = earliest((self.session.next_timer(), self.mux.mux.next_timer(), client))
            if due is None or due > end:
                self.now = end
                return
            self.now = max(self.now, due)
            self.session.handle_timer(now=self.now)
            self.mux.mux.handle_timer(now=self.now)
            if self.client is not None:
                self.client.handle_timer(now=self.now)
            self.settle()

    def _take_from_session(self) -> bool:
        outputs = self.session.take_outputs()
        for output in outputs:
            self.facts.append(output.output if isinstance(output, OnLine) else output)
            if isinstance(output, SendUnrecorded):
                self.mux.mux.receive_data(output.data, now=self.now)
            elif isinstance(output, SendData):
                self.plain += output.data
        return bool(outputs)

    def _take_from_mux(self) -> bool:
        self.mux.settle()
        octets = bytes(self.mux.to_peer)
        self.mux.to_peer.clear()
        if octets:
            self.session.receive_data(octets, now=self.now)
        return bool(octets)

    def _take_from_client(self) -> bool:
        if self.client is None:
            return False
        new = self.heard(self.channel)[self.taken :]
        self.taken += len(new)
        if new and self.client.reads:
            self.client.receive_data(new, now=self.now)
        outputs = self.client.take_outputs()
        sent = b"".join(output.data for output in outputs if isinstance(output, SendData))
        if sent and self.channel is None:
            self.session.receive_data(sent, now=self.now)
        elif sent and self.channel is not None:
            self.mux.mux.send(self.channel, sent, now=self.now)
        return bool(new or sent)

    def recorded(self, kind: type[Output]) -> list[Output]:
        """Return the facts of a kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]


def dialled(stick: Stick) -> PppClient:
    """Dial ``*99#``, and let a client bring PPP up and ping."""
    assert stick.say(b'AT+CGDCONT=1,"IP","internet"\r').endswith(b"OK\r\n")
    stick.say(DIAL)
    stick.wait(5.0)
    assert b"\r\nCONNECT" in stick.heard(stick.channel)
    client = PppClient(CLIENT, ping=IPv4Address("10.0.0.1"), stay=20.0)
    stick.start(client)
    stick.wait(10.0)
    return client


def test_packet_mode_leads_from_at_to_a_ping_over_ppp_and_back_to_at() -> None:
    stick = Stick()
    client = dialled(stick)
    assert client.link.is_up
    assert client.pinged
    assert client.link.ipcp.local == IPv4Address("10.64.64.64")
    assert client.link.ipcp.name_servers == (IPv4Address("10.11.12.13"),)
    assert stick.recorded(Authenticated) == [Authenticated("alice", "chap", of_peer=True)]
    stick.wait(30.0)
    assert client.exit_status == 0
    assert b"\r\nNO CARRIER\r\n" in stick.heard(None)
    stick.client = None
    assert stick.say(b"AT\r").endswith(b"\r\nOK\r\n")


def test_packet_mode_in_a_channel_leaves_the_other_channel_to_at_meanwhile() -> None:
    stick = Stick(channel=1)
    client = dialled(stick)
    assert client.link.is_up
    assert client.pinged
    assert b"+CSQ: " in stick.say(b"AT+CSQ\r", channel=2)
    assert stick.say(b"AT+CGACT?\r", channel=2).endswith(b"OK\r\n")
    stick.wait(30.0)
    assert client.exit_status == 0
    assert stick.recorded(LinkUp) == [LinkUp(Network.IP)]
    [over] = stick.recorded(LinkDown)
    assert isinstance(over, LinkDown)
    assert over.was_up
    stick.client = None
    assert stick.say(b"AT\r", channel=2).endswith(b"\r\nOK\r\n")
