"""PPP at the end of a call: after a log-in, at a prompt, and between two machines of one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simisp.circuits import Circuit
from simisp.facts.line import CallEnded, CallHandedOver, Octets
from simisp.facts.ppp import Authenticated, LinkDown, LinkEnding, LinkUp
from simisp.far_end import FarEnd, HandedOver
from simisp.framing import Framing
from simisp.isp.dialogue import Dialogue
from simisp.isp.steps import DialogueProgram, HandOver, Instruction, ReadLine, Send
from simisp.line.session import Session
from simisp.line.session_config import Isp, SessionConfig
from simisp.machine import Output, SendData, SetCircuit
from simisp.ppp.client import PppClient
from simisp.ppp.config import AuthMethod
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.hdlc import Framer
from simisp.ppp.start import PppStart
from simisp.scenario.load import loads
from simisp.scenario.session import session
from simisp.transcript.record import records_of
from simisp.transcript.redaction import Redactor
from support.session_dte import Dte
from support.two_links import CLIENT, LOCAL, SERVER

ASK = (Send("login:", own_line=True), ReadLine("login:", again=0, name="user", otherwise=2))


def ppp(method: AuthMethod = AuthMethod.CHAP) -> PppFarEnd:
    return PppFarEnd(replace(SERVER, auth=(method,)))


def log_in(*code: Instruction, make: Callable[[], FarEnd] = ppp) -> Dialogue:
    return Dialogue(DialogueProgram((*ASK, *code, HandOver("PPP", make)), "log-in"))


class _Answers(Isp):
    """An ISP whose far end is given."""

    __slots__ = ()
    make: Callable[[], FarEnd]

    def answer(self, call: int) -> FarEnd:
        return type(self).make()


def connected(far_end: Callable[[], FarEnd], framing: str = "8N1") -> Dte:
    kind = type("_Isp", (_Answers,), {"make": staticmethod(far_end), "__slots__": ()})
    dte = Dte(Session(SessionConfig(isp=kind(framing=Framing.parse(framing)))))
    dte.type("ATDT1\r")
    assert dte.wait_for("CONNECT 33600\r\n")
    return dte


class Line:
    """A Session with a client of ours behind it, in pure time."""

    def __init__(self, far_end: Callable[[], FarEnd], framing: str = "8N1") -> None:
        self.dte = connected(far_end, framing)
        self.session = self.dte.session
        self.now = self.dte.now
        self.outputs: list[Output] = []

    def run(self, client: PppClient, first: bytes = b"") -> None:
        client.start(now=self.now)
        self.session.receive_data(first, now=self.now)
        while client.exit_status is None:
            self._pass_on(client)
            times = [time for time in (client.next_timer(), self.session.next_timer()) if time is not None]
            if client.exit_status is not None or not times:
                return
            self.now = max(self.now, min(times))
            client.handle_timer(now=self.now)
            self.session.handle_timer(now=self.now)

    def _pass_on(self, client: PppClient) -> None:
        while True:
            sent = [output.data for output in client.take_outputs() if isinstance(output, SendData)]
            put_out = self.session.take_outputs()
            if not sent and not put_out:
                return
            self.outputs += put_out
            for data in sent:
                self.session.receive_data(data, now=self.now)
            for output in put_out:
                if isinstance(output, SendData):
                    client.receive_data(output.data, now=self.now)

    def of(self, kind: type[Output]) -> list[Output]:
        return [output for output in self.outputs if type(output) is kind]


@pytest.mark.parametrize("method", AuthMethod)
def test_a_log_in_leads_to_a_link_which_ends_the_call_when_it_is_over(method: AuthMethod) -> None:
    line = Line(lambda: log_in(make=lambda: ppp(method)))
    client = PppClient(CLIENT, ping=LOCAL, stay=5.0)
    line.run(client, b"joe\r")
    assert (client.exit_status, client.pinged) == (0, True)
    assert line.of(CallHandedOver) == [CallHandedOver(1, "PPP")]
    assert line.of(Authenticated) == [Authenticated("joe", method.value, of_peer=True)]
    assert len(line.of(LinkUp)) == 1


def test_the_call_ends_after_the_peer_has_ended_the_link() -> None:
    line = Line(log_in)
    line.run(PppClient(CLIENT), b"joe\r")
    line.session.handle_timer(now=line.now + 3.0)
    line.outputs += line.session.take_outputs()
    assert line.of(LinkDown) == [LinkDown(LinkEnding.PEER_TERMINATED, was_up=True, message="User request")]
    assert line.of(CallEnded) == [CallEnded(1, "isp")]


def test_a_link_that_the_caller_has_ended_is_down_when_it_hangs_up_without_waiting_for_the_other_side() -> None:
    line = Line(log_in)
    line.run(PppClient(CLIENT), b"joe\r")
    line.session.set_circuit(Circuit.DTR, False, now=line.now + 0.5)
    outputs = line.session.take_outputs()
    over = [output for output in outputs if isinstance(output, LinkDown | CallEnded)]
    assert over == [LinkDown(LinkEnding.PEER_TERMINATED, was_up=True, message="User request"), CallEnded(1, "client")]
    line.session.handle_timer(now=line.now + 60.0)
    assert not [output for output in line.session.take_outputs() if isinstance(output, LinkDown | CallEnded)]


@pytest.mark.parametrize("is_up", [False, True])
def test_a_link_is_down_when_the_caller_hangs_up_without_a_word(is_up: bool) -> None:
    line = Line(log_in)
    client = PppClient(CLIENT, stay=60.0)
    line.session.receive_data(b"joe\r", now=line.now)
    if is_up:
        client.start(now=line.now)
        line._pass_on(client)
    line.session.set_circuit(Circuit.DTR, False, now=line.now + 1.0)
    line.outputs += line.session.take_outputs()
    assert line.of(LinkDown) == [LinkDown(LinkEnding.CARRIER_LOST, was_up=is_up)]
    assert line.of(CallEnded) == [CallEnded(1, "client")]


def test_a_password_that_no_account_has_is_masked_in_the_transcript_too() -> None:
    line = Line(lambda: log_in(make=lambda: ppp(AuthMethod.PAP)))
    client = PppClient(replace(CLIENT, password="not-the-password"))
    line.run(client, b"joe\r")
    assert client.exit_status == 19
    redactor = Redactor(line.session.secrets)
    shown = [shown for record in records_of(line.outputs, at=1.0) for shown in redactor.feed(record)]
    octets = b"".join(record.fact.data for record in shown if isinstance(record.fact, Octets))
    assert b"*" * len("not-the-password") in octets
    assert b"\x03joe\x10****" in octets.replace(b"}#", b"\x03").replace(b"}0", b"\x10")
    assert b"not-the" not in octets


def test_what_the_client_sends_before_ppp_has_started_is_not_lost() -> None:
    line = Line(log_in)
    client = PppClient(CLIENT)
    client.start(now=line.now)
    frames = b"".join(output.data for output in client.take_outputs() if isinstance(output, SendData))
    line.session.receive_data(b"joe\r" + frames, now=line.now)
    line.outputs += line.session.take_outputs()
    sent = b"".join(output.data for output in line.of(SendData) if isinstance(output, SendData))
    assert b'\xc0!}"' in sent  # a Configure-Ack


def test_ppp_has_eight_bits_behind_a_log_in_that_has_seven() -> None:
    line = Line(log_in, framing="7E1")
    client = PppClient(CLIENT, ping=LOCAL)
    line.run(client, Framing.parse("7E1").encode(b"joe\r"))
    assert (client.exit_status, client.pinged) == (0, True)


# At a prompt ---------------------------------------------------------------------------------------------------------

FRAME = b"\xff\x03\xc0\x21\x01\x01\x00\x04"


def at_prompt() -> tuple[PppStart, Dialogue]:
    prompt = log_in(make=lambda: dialogue("other"))
    start = PppStart(prompt, ppp)
    start.start(now=0.0)
    start.take_outputs()
    return start, prompt


def dialogue(name: str) -> Dialogue:
    return Dialogue(DialogueProgram((), name))


def sent_and_next(start: PppStart) -> tuple[bytes, HandedOver | None]:
    outputs = start.take_outputs()
    sent = b"".join(output.data for output in outputs if isinstance(output, SendData))
    return sent, next((output for output in outputs if isinstance(output, HandedOver)), None)


@pytest.mark.parametrize("accm", [0, 0xFFFFFFFF])
@pytest.mark.parametrize("piece", [1, 2, 100])
def test_a_frame_at_the_prompt_starts_ppp(accm: int, piece: int) -> None:
    start, _ = at_prompt()
    octets = Framer().encode(FRAME, accm=accm) + b"more"
    handed: HandedOver | None = None
    rest = b""
    for place in range(0, len(octets), piece):
        if handed is not None:
            rest += octets[place:]
            break
        start.receive_data(octets[place : place + piece], now=0.0)
        _, handed = sent_and_next(start)
    assert handed is not None
    assert isinstance(handed.to, PppFarEnd)
    assert handed.unread + rest == octets


def test_what_begins_no_frame_goes_to_the_prompt() -> None:
    start, _ = at_prompt()
    start.receive_data(b"~jo~\xff~~e", now=0.0)
    assert sent_and_next(start) == (b"~jo~\xff~~e", None)


def test_a_tilde_that_is_followed_by_nothing_is_typed_after_a_second() -> None:
    start, _ = at_prompt()
    start.receive_data(b"joe~", now=0.0)
    assert sent_and_next(start) == (b"joe", None)
    assert start.next_timer() == 1.0
    start.handle_timer(now=1.0)
    assert sent_and_next(start) == (b"~", None)


def test_a_log_in_in_text_leads_where_it_did() -> None:
    start, _ = at_prompt()
    octets = Framer().encode(FRAME)
    start.receive_data(b"joe\r" + octets, now=0.0)
    sent, handed = sent_and_next(start)
    assert sent == b"joe\r\n"
    assert handed is not None
    assert (handed.to.name, handed.unread) == ("other", octets)


def test_a_flood_of_flags_costs_no_more_than_its_length() -> None:
    start, _ = at_prompt()
    start.receive_data(b"~\xff" * 20_000, now=0.0)
    assert sent_and_next(start)[1] is None


def test_a_caller_that_sends_frames_at_once_gets_a_link_without_a_log_in() -> None:
    line = Line(lambda: PppStart(log_in(), ppp))
    client = PppClient(CLIENT, ping=LOCAL)
    line.run(client)
    assert (client.exit_status, client.pinged) == (0, True)


# The client's side ---------------------------------------------------------------------------------------------------


def test_a_client_gives_up_on_a_prompt_that_stays_text_after_thirty_seconds() -> None:
    line = Line(lambda: Dialogue(DialogueProgram(ASK, "stays")))
    began = line.now
    client = PppClient(CLIENT)
    line.run(client)
    assert (client.exit_status, line.now - began) == (10, 30.0)


def test_a_client_whose_ping_is_lost_ends_the_link_with_status_one() -> None:
    line = Line(lambda: PppFarEnd(replace(SERVER, answers_ping=False)))
    client = PppClient(CLIENT, ping=LOCAL)
    line.run(client)
    assert (client.exit_status, client.pinged) == (1, False)


def test_a_modem_that_starts_anew_in_a_call_knows_of_none_and_echoes_frames_as_commands() -> None:
    line = session(loads("title: x\nisp: {ppp: {behaviour: modem restarts}, dialogue: [ppp]}"))
    client = PppClient(replace(CLIENT, user=None), stay=None)
    line.set_circuit(Circuit.DTR, True, now=0.0)
    line.receive_data(b"ATD1\r", now=1.0)
    line.handle_timer(now=2.0)
    client.start(now=2.0)
    now = 2.0
    while now < 7.0:
        while said := line.take_outputs():
            for output in said:
                if isinstance(output, SendData):
                    client.receive_data(output.data, now=now)
            for output in client.take_outputs():
                if isinstance(output, SendData):
                    line.receive_data(output.data, now=now)
        due = line.next_timer()
        assert due is not None
        now = due
        line.handle_timer(now=now)
    assert client.link.is_up
    outputs = line.take_outputs()
    assert SetCircuit(Circuit.DCD, False) in outputs
    assert b"".join(each.data for each in outputs if isinstance(each, SendData)).startswith(b"\r\n^SYSSTART\r\n")
    assert line.far_end is None
    line.receive_data(b"~frame~", now=8.0)
    assert [each.data for each in line.take_outputs() if isinstance(each, SendData)] == [b"~frame~"]
