"""The link of the dialling side, and which error stands for its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from simisp.machine import SendData
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.behaviours.table import BEHAVIOURS
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.link import PppLink
from simisp.ras.error_codes import Cause
from simisp.ras.link import RasLink
from simisp.ras.phonebook import Protocol
from support.two_links import SERVER


class Ends:
    """The link of the dialling side and the far end's, with time passing until neither waits for anything."""

    def __init__(self, config: PppConfig = SERVER, behaviour: LinkBehaviour | None = None, password: str = "secret"):
        self.ras = RasLink(Protocol.PPP, user="joe", password=password)
        self.server = PppLink(config, behaviour)
        self.now = 0.0

    def start(self, *, server: bool = True) -> Ends:
        if server:
            self.server.start(now=0.0)
        self.ras.start(now=0.0)
        self.settle()
        return self

    def settle(self) -> None:
        while True:
            sent = [output.data for output in self.ras.take_outputs() if isinstance(output, SendData)]
            answers = [output.data for output in self.server.take_outputs() if isinstance(output, SendData)]
            if not sent and not answers:
                return
            for data in sent:
                self.server.receive_data(data, now=self.now)
            for data in answers:
                self.ras.receive_data(data, now=self.now)

    def wait(self, seconds: float, *, for_the_server: bool = True) -> Ends:
        until = self.now + seconds
        while True:
            times = [self.ras.next_timer(), self.server.next_timer() if for_the_server else None]
            due = min((time for time in times if time is not None), default=until + 1)
            if due > until:
                self.now = until
                return self
            self.now = max(self.now, due)
            self.ras.handle_timer(now=self.now)
            if for_the_server:
                self.server.handle_timer(now=self.now)
            self.settle()


class Mute(LinkBehaviour):
    """Sends nothing that a test does not want."""

    def __init__(self, sends: Callable[[PppFrame], bool]) -> None:
        self._sends = sends

    def before_send(self, frame: PppFrame, *, now: float) -> tuple[PppFrame, ...]:
        return (frame,) if self._sends(frame) else ()


def of(protocol: int, *codes: int) -> Callable[[PppFrame], bool]:
    return lambda frame: frame.protocol == protocol and frame.information[0] in codes


def test_it_comes_up_and_closes_in_good_order() -> None:
    ends = Ends().start()
    assert ends.ras.is_up
    ends.ras.close(now=1.0)
    ends.settle()
    assert ends.ras.is_over
    assert (ends.ras.is_up, ends.ras.cause) == (False, None)


def test_a_far_end_that_never_says_a_word_is_721_after_thirty_seconds() -> None:
    ends = Ends().start(server=False).wait(29.0, for_the_server=False)
    assert ends.ras.cause is None
    assert ends.wait(1.0, for_the_server=False).ras.cause is Cause.PPP_NO_RESPONSE
    assert Cause.PPP_NO_RESPONSE.value == 721


def misbehaving(name: str) -> Ends:
    misconduct = BEHAVIOURS[name].make()
    return Ends(misconduct.configured(SERVER), misconduct).start()


@pytest.mark.parametrize("name", ["answers late", "new identifiers"])
def test_a_negotiation_that_goes_on_and_on_is_718_after_a_hundred_and_fifty_seconds(name: str) -> None:
    ends = misbehaving(name).wait(149.0)
    assert (ends.ras.cause, ends.ras.is_over) == (None, False)
    ends.wait(5.0)
    assert (ends.ras.cause, ends.ras.is_over) == (Cause.PPP_TIME_OUT, True)
    assert ends.ras.next_timer() is None


def test_a_link_that_was_up_has_as_long_to_come_up_again() -> None:
    ends = Ends().start().wait(400.0)
    assert ends.ras.is_up
    misconduct = BEHAVIOURS["new identifiers"].make()
    ends.server = PppLink(misconduct.configured(SERVER), misconduct)
    ends.server.start(now=ends.now)
    ends.settle()
    ends.wait(149.0)
    assert (ends.ras.is_up, ends.ras.cause) == (False, None)
    assert ends.wait(10.0).ras.cause is Cause.CARRIER_LOST


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_whatever_the_far_end_does_a_link_that_is_not_up_is_over_within_the_limit(name: str) -> None:
    ras = misbehaving(name).wait(200.0).ras
    assert ras.is_up or ras.is_over or ras.cause is not None


@pytest.mark.parametrize(
    ("config", "behaviour", "cause"),
    [
        # its requests are answered, and it answers none of ours
        (SERVER, Mute(of(ProtocolNumber.LCP, 1)), 718),
        # it challenges, and never says what it thinks of the answer
        (SERVER, Mute(lambda frame: frame.protocol != ProtocolNumber.CHAP or frame.information[0] == 1), 718),
        # it has no network for us
        (SERVER, Mute(lambda frame: frame.protocol != ProtocolNumber.IPCP), 720),
    ],
)
def test_a_far_end_that_falls_silent_on_the_way_is_the_error_of_that_place(
    config: PppConfig, behaviour: LinkBehaviour, cause: int
) -> None:
    ends = Ends(config, behaviour).start().wait(70.0)
    assert ends.ras.cause is not None
    assert ends.ras.cause.value == cause


@pytest.mark.parametrize("remote", [None, IPv4Address(0)], ids=["rejected", "zero"])
def test_a_link_without_an_address_is_720_and_never_up(remote: IPv4Address | None) -> None:
    ends = Ends(replace(SERVER, remote=remote)).start()
    assert (ends.ras.is_up, ends.ras.cause) == (False, Cause.PPP_NO_PROTOCOL)
    assert ends.ras.is_over
    assert Cause.PPP_NO_PROTOCOL.value == 720


@pytest.mark.parametrize("method", AuthMethod)
def test_a_wrong_password_is_691(method: AuthMethod) -> None:
    ends = Ends(replace(SERVER, auth=(method,)), password="mistaken").start().wait(10.0)
    assert ends.ras.cause is Cause.AUTHENTICATION_FAILED


def test_a_far_end_that_ends_lcp_before_the_link_is_up_is_734() -> None:
    ends = Ends(behaviour=Mute(lambda frame: frame.protocol != ProtocolNumber.CHAP)).start()
    ends.server.close(b"go away", now=ends.now)
    ends.settle()
    ends.wait(5.0)
    assert ends.ras.cause is Cause.PPP_TERMINATED
    assert Cause.PPP_TERMINATED.value == 734


def test_a_far_end_that_ends_a_link_that_is_up_is_629() -> None:
    ends = Ends().start()
    ends.server.close(b"session limit", now=ends.now)
    ends.settle()
    ends.wait(5.0)
    assert ends.ras.cause is Cause.CARRIER_LOST
    assert Cause.CARRIER_LOST.value == 629


def test_a_far_end_that_ends_lcp_before_that_is_up_is_719() -> None:
    ends = Ends(behaviour=Mute(of(ProtocolNumber.LCP, 5))).start()  # it says nothing but Terminate-Request
    ends.server.close(b"no lines free", now=ends.now)
    ends.settle()
    assert ends.wait(40.0).ras.cause is Cause.PPP_ENDED
    assert Cause.PPP_ENDED.value == 719


def test_a_negotiation_that_comes_to_no_end_is_732() -> None:
    misconduct = BEHAVIOURS["endless naks"].make()
    ends = Ends(misconduct.configured(SERVER), misconduct).start().wait(300.0)
    assert ends.ras.cause is Cause.PPP_NOT_CONVERGING
    assert Cause.PPP_NOT_CONVERGING.value == 732


def test_a_line_that_is_looped_back_is_737() -> None:
    ras = RasLink(Protocol.PPP, user="joe", password="secret")
    ras.start(now=0.0)
    now = 0.0
    for _ in range(100):
        for output in ras.take_outputs():
            assert isinstance(output, SendData)
            ras.receive_data(output.data, now=now)
        due = ras.next_timer()
        if ras.cause is not None or due is None:
            break
        now = max(now, due)
        ras.handle_timer(now=now)
    assert ras.cause is not None
    assert ras.cause.value == 737


def test_slip_is_up_at_once() -> None:
    slip = RasLink(Protocol.SLIP, user="", password="")
    slip.start(now=0.0)
    assert (slip.is_up, slip.is_over, slip.next_timer(), list(slip.take_outputs())) == (True, False, None, [])
