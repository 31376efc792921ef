"""Each bad behaviour shows, and a client that keeps its timers comes to the end that the behaviour is made for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from simisp.facts.ppp import FrameError, LinkEnding, LinkUp, Network, PacketReceived
from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.table import BEHAVIOURS, BehaviourRow
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.frame import ProtocolNumber
from support.two_links import CLIENT, SERVER, LinkSide, TwoLinks

UP = None
"""The link is up after two minutes."""
GOING_ON = "going on"
"""The client is still negotiating after two minutes."""


@dataclass(frozen=True)
class Outcome:
    """What a client of ours comes to, and what it has heard on its way.

    Attributes:
        ending: Why its link ends; None if it is up after two minutes.
        heard: Packets that it must have heard.
        was_up: Whether it was up at any time.
        errors: Whether it must have met octets that are no frame.
        client: What it is set to besides the usual.
    """

    ending: LinkEnding | str | None
    heard: tuple[str, ...] = ()
    was_up: bool = False
    errors: bool = False
    client: dict[str, Any] = field(default_factory=dict)


LCP_REQUEST, LCP_NAK, LCP_REJECT = "LCP Configure-Request", "LCP Configure-Nak", "LCP Configure-Reject"
OUTCOMES = {
    "silent in LCP": Outcome(LinkEnding.NO_RESPONSE),
    "reflects everything": Outcome(LinkEnding.LOOPED_BACK, (LCP_REQUEST,)),
    "answers late": Outcome(GOING_ON, (LCP_REQUEST, "LCP Configure-Ack")),
    "new identifiers": Outcome(GOING_ON, (LCP_REQUEST,)),
    "endless naks": Outcome(LinkEnding.NOT_CONVERGING, (LCP_NAK,)),
    "endless rejects": Outcome(LinkEnding.NO_RESPONSE, (LCP_REJECT,)),
    "same magic number": Outcome(LinkEnding.LOOPED_BACK, (LCP_REQUEST, LCP_NAK)),
    "still in the log-in": Outcome(LinkEnding.NO_RESPONSE, errors=True),
    "wrong check sequence": Outcome(LinkEnding.NO_RESPONSE, errors=True),
    "garbled frames": Outcome(UP, was_up=True, errors=True),
    "flag inside a frame": Outcome(UP, was_up=True, errors=True),
    "nothing escaped": Outcome(LinkEnding.NO_RESPONSE, errors=True),
    "map changed at once": Outcome(LinkEnding.NO_RESPONSE, (LCP_REQUEST,), errors=True),
    "compresses though refused": Outcome(UP, (LCP_REJECT,), was_up=True),
    "refuses every log-in": Outcome(LinkEnding.NOT_AUTHENTICATED, ("CHAP Failure",)),
    "asks again and again": Outcome(LinkEnding.NO_NETWORK, ("CHAP Challenge", "CHAP Success")),
    "CHAP then PAP then over": Outcome(
        LinkEnding.PEER_TERMINATED, ("LCP Terminate-Request",), client={"agrees": (AuthMethod.PAP,)}
    ),
    "success without its space": Outcome(UP, ("CHAP Success",), was_up=True),
    "success of wrong length": Outcome(LinkEnding.NOT_AUTHENTICATED, ("CHAP Success",)),
    "silent after the log-in": Outcome(LinkEnding.NO_NETWORK, ("CHAP Success",)),
    "deaf unless the address is zero": Outcome(
        LinkEnding.NO_NETWORK, ("IPCP Configure-Request",), client={"local": IPv4Address("10.9.9.9")}
    ),
    "fights over the address": Outcome(LinkEnding.ADDRESS_REFUSED, ("IPCP Configure-Nak",)),
    "rejects the address": Outcome(UP, ("IPCP Configure-Reject",), was_up=True),
    "no carrier at IPCP": Outcome(LinkEnding.CARRIER_LOST),
    "rejects VJ and DNS": Outcome(UP, ("IPCP Configure-Reject",), was_up=True),
    "CCP and IPCP at once": Outcome(UP, ("CCP Configure-Request",), was_up=True),
    "peer restarts": Outcome(UP, (LCP_REQUEST,), was_up=True),
    "stops answering echoes": Outcome(LinkEnding.ECHO_LOST, ("LCP Echo-Reply",), was_up=True),
    "terminates with a message": Outcome(LinkEnding.PEER_TERMINATED, ("LCP Terminate-Request",), was_up=True),
    "terminates and is gone": Outcome(LinkEnding.PEER_TERMINATED, ("LCP Terminate-Request",), was_up=True),
    "carrier gone": Outcome(LinkEnding.CARRIER_LOST, was_up=True),
    "NO CARRIER as text": Outcome(LinkEnding.ECHO_LOST, was_up=True, errors=True),
    "modem restarts": Outcome(LinkEnding.ECHO_LOST, was_up=True),
}


class Call(TwoLinks):
    """A call of a client of ours to a server that behaves badly. The carrier goes with the server's link."""

    def __init__(self, row: BehaviourRow, **changes: Any) -> None:
        super().__init__()
        misconduct = row.make()
        self.server = LinkSide(misconduct.configured(SERVER), misconduct)
        self.client = LinkSide(replace(CLIENT, **{"echo_every": 10.0, "echo_failures": 3} | changes))

    def pass_time(self, seconds: float) -> Call:
        """Let time pass, a second at a time; a client without a carrier has lost its link."""
        self.start()
        for _ in range(int(seconds)):
            self.wait(1.0)
            if self.server.link.is_over and not self.client.link.is_over:
                self.wait(4.0)
                self.client.link.drop(now=self.now)
                self.client.settle()
        return self


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_client_that_keeps_its_timers_comes_to_the_end_that_a_behaviour_is_made_for(name: str) -> None:
    expected = OUTCOMES[name]
    client = Call(BEHAVIOURS[name], **expected.client).pass_time(120).client
    if expected.ending == GOING_ON:
        assert not client.link.is_up
        assert not client.link.is_over
    else:
        assert client.link.ending is expected.ending
        assert client.link.is_up is (expected.ending is UP)
    assert client.link.was_up is expected.was_up
    assert set(expected.heard) <= set(client.heard)
    if expected.errors:
        assert client.of(FrameError)


@pytest.mark.parametrize("name", BEHAVIOURS)
@pytest.mark.parametrize("auth", [(AuthMethod.PAP,), (AuthMethod.MSCHAP_V2,)], ids=str)
def test_any_behaviour_goes_with_any_way_to_log_in_and_ends_or_waits(name: str, auth: tuple[AuthMethod, ...]) -> None:
    row = BEHAVIOURS[name]
    misconduct = row.make()
    config = misconduct.configured(replace(SERVER, auth=auth))
    server, client = LinkSide(config, misconduct), LinkSide(CLIENT)
    call = TwoLinks()
    call.server, call.client = server, client
    call.start().wait(12.0)
    assert client.link.is_over or client.link.is_up or client.link.next_timer() is not None
    if name not in ("reflects everything", "silent in LCP", "still in the log-in"):
        assert any(type(output) is PacketReceived for output in server.outputs), "it has heard the client"


@pytest.mark.parametrize(("nth", "damaged"), [(1, [1, 2, 3, 4, 5, 6]), (2, [2, 4, 6]), (4, [4])])
def test_each_nth_frame_is_damaged(nth: int, damaged: list[int]) -> None:
    misconduct = BEHAVIOURS["garbled frames"].make()
    misconduct.set(nth)
    frame = PppFrame(ProtocolNumber.LCP, bytes(8))
    sent = [misconduct.on_wire(frame, b"whole", now=0.0) for _ in range(6)]
    assert [number for number, octets in enumerate(sent, 1) if octets != b"whole"] == damaged


def test_what_happens_to_a_link_that_is_up_happens_when_it_is_set_to() -> None:
    misconduct = BEHAVIOURS["carrier gone"].make()
    misconduct.set(20.0)
    call = Call(BEHAVIOURS["carrier gone"])
    call.server = LinkSide(misconduct.configured(SERVER), misconduct)
    assert call.pass_time(19).client.link.is_up
    assert call.pass_time(6).client.link.ending is LinkEnding.CARRIER_LOST


def test_a_peer_that_restarts_comes_up_a_second_time() -> None:
    call = Call(BEHAVIOURS["peer restarts"]).pass_time(30)
    assert [fact.network for fact in call.client.of(LinkUp)] == [Network.IP, Network.IP]


def test_no_behaviour_says_a_word_after_it_has_fallen_silent() -> None:
    call = Call(BEHAVIOURS["terminates and is gone"]).pass_time(8)
    heard = len(call.client.heard)
    call.server.link.receive_data(b"~" * 10, now=call.now)
    call.wait(60.0)
    assert len(call.client.heard) == heard


def test_what_waits_for_its_time_is_bounded_however_much_a_client_sends() -> None:
    row = BEHAVIOURS["endless naks"]
    misconduct = row.make()
    far_end = PppFarEnd(misconduct.configured(PppConfig()), misconduct)
    far_end.start(now=0.0)
    request = LinkSide(CLIENT)
    request.link.start(now=0.0)
    request.settle()
    far_end.receive_data(bytes(request.to_peer) * 1200, now=0.1)
    far_end.take_outputs()
    far_end.handle_timer(now=0.5)
    assert sum(type(output).__name__ == "SendData" for output in far_end.take_outputs()) <= 1000


def test_every_behaviour_has_its_outcome_here() -> None:
    assert set(OUTCOMES) == set(BEHAVIOURS)
