"""A link from its start to its end."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from itertools import pairwise
from typing import Any

import pytest

from simisp.circuits import Circuit
from simisp.facts.ppp import (
    AddressAgreed,
    Authenticated,
    AuthenticationFailed,
    LinkDown,
    LinkEnding,
    LinkPhase,
    LinkUp,
    Network,
    PacketReceived,
    PacketSent,
    PhaseEntered,
)
from simisp.machine import SendData
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.config import AuthMethod
from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber, encode_options, frame_of
from simisp.ppp.hdlc import Framer
from simisp.ppp.lcp import LcpOption
from simisp.ppp.network import echo_request, is_echo_reply
from support.two_links import LOCAL, REMOTE, SERVER, LinkSide, TwoLinks

IP = ProtocolNumber.IP
METHODS = [None, *AuthMethod]


def auth(method: AuthMethod | None) -> tuple[AuthMethod, ...]:
    return (method,) if method is not None else ()


def alone(**changes: object) -> LinkSide:
    """Return a server that was started with nothing at the other end."""
    side = LinkSide(replace(SERVER, **changes))  # type: ignore[arg-type]
    side.link.start(now=0.0)
    side.settle()
    return side


def say(side: LinkSide, protocol: int, packet: ControlPacket | bytes, *, now: float = 0.0) -> None:
    """Let a frame arrive that a peer might have sent before anything was agreed on."""
    information = packet if isinstance(packet, bytes) else packet.encode()
    side.link.receive_data(Framer().encode(frame_of(protocol, information)), now=now)
    side.settle()


def requested(side: LinkSide, protocol: str = "LCP", code: str = "Configure-Request") -> list[PacketSent]:
    return [packet for packet in side.of(PacketSent) if (packet.protocol, packet.code) == (protocol, code)]


# Well ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_link_comes_up_carries_a_ping_and_ends_in_good_order(method: AuthMethod | None) -> None:
    both = TwoLinks(server_auth=auth(method)).start()
    server, client = both.server, both.client
    assert server.link.is_up
    assert client.link.is_up
    assert server.of(AddressAgreed) == [AddressAgreed(str(LOCAL), str(REMOTE))]
    assert client.of(AddressAgreed) == [AddressAgreed(str(REMOTE), str(LOCAL))]
    assert client.link.ipcp.name_servers == SERVER.dns
    assert server.of(LinkUp) == client.of(LinkUp) == [LinkUp(Network.IP)]
    named = [Authenticated("joe", method.value, of_peer=True)] if method is not None else []
    assert server.of(Authenticated) == named

    ping = echo_request(REMOTE, IPv4Address("192.0.2.7"), identifier=5, sequence=1, data=b"x" * 57)
    client.link.send(IP, ping, now=both.now)
    both.settle()
    assert [is_echo_reply(packet, ping) for packet in client.link.networks.packets] == [True]

    client.link.close(b"done", now=both.now)
    both.settle()
    assert client.link.is_over
    assert client.link.ending is LinkEnding.CLOSED
    both.wait(3.0)
    assert server.link.ending is LinkEnding.PEER_TERMINATED
    assert server.of(LinkDown) == [LinkDown(LinkEnding.PEER_TERMINATED, was_up=True, message="done")]
    phases = [entered.phase for entered in server.of(PhaseEntered)]
    asked = [LinkPhase.AUTHENTICATE] if method is not None else []
    assert phases == [
        LinkPhase.ESTABLISH,
        *asked,
        LinkPhase.NETWORK,
        LinkPhase.TERMINATE,
        LinkPhase.DEAD,
    ]


@pytest.mark.parametrize("method", AuthMethod)
def test_a_wrong_password_ends_the_link_on_both_sides(method: AuthMethod) -> None:
    both = TwoLinks(server_auth=(method,), client_password="mistaken").start().wait(3.0)
    assert both.server.link.ending is LinkEnding.PEER_NOT_AUTHENTICATED
    assert both.client.link.ending is LinkEnding.NOT_AUTHENTICATED
    (failed,) = both.server.of(AuthenticationFailed)
    assert (failed.name, failed.method, failed.of_peer) == ("joe", method.value, True)


@pytest.mark.parametrize("method", AuthMethod)
def test_a_name_without_an_account_is_refused_with_an_empty_password_too(method: AuthMethod) -> None:
    both = TwoLinks(server_auth=(method,), client_user="jim", client_password="").start().wait(3.0)
    assert both.server.link.ending is LinkEnding.PEER_NOT_AUTHENTICATED


def test_each_side_may_ask_the_other_for_its_name() -> None:
    both = TwoLinks(
        server_user="isp", server_password="mutual", client_auth=(AuthMethod.CHAP,), client_accounts={"isp": "mutual"}
    ).start()
    assert both.server.link.is_up
    assert {(each.name, each.of_peer) for each in both.server.of(Authenticated)} == {("joe", True), ("isp", False)}


def test_a_password_is_masked_where_it_is_sent_and_nowhere_else() -> None:
    both = TwoLinks(
        server_auth=(AuthMethod.PAP,), client_password="sec~}\x11ret", server_accounts={"joe": "sec~}\x11ret"}
    )
    both.start()
    assert both.server.link.is_up
    (secret,) = both.client.secrets
    assert secret == b"sec}^}]\x11ret"
    assert both.server.secrets == []
    assert not [packet for packet in both.client.of(PacketSent) if "ret" in packet.summary]


def test_a_client_that_wants_another_method_gets_it_where_the_server_takes_it_too() -> None:
    both = TwoLinks(server_auth=(AuthMethod.CHAP, AuthMethod.PAP), client_agrees=(AuthMethod.PAP,)).start()
    assert both.server.of(Authenticated) == [Authenticated("joe", "pap", of_peer=True)]


def test_a_client_that_takes_no_method_of_the_server_is_refused() -> None:
    both = TwoLinks(server_auth=(AuthMethod.CHAP,), client_agrees=(AuthMethod.PAP,)).start().wait(40.0)
    assert both.server.link.ending is LinkEnding.AUTHENTICATION_REFUSED
    assert both.client.link.ending is LinkEnding.PEER_TERMINATED


def test_a_client_without_a_name_rejects_authentication() -> None:
    both = TwoLinks(client_user=None).start().wait(10.0)
    assert "LCP Configure-Reject" in both.server.heard
    assert both.server.link.ending is LinkEnding.AUTHENTICATION_REFUSED


def test_a_client_may_keep_an_address_of_its_own_where_none_is_set_for_it() -> None:
    own = IPv4Address("192.0.2.9")
    both = TwoLinks(server_remote=None, client_local=own).start()
    assert both.server.of(AddressAgreed) == [AddressAgreed(str(LOCAL), str(own))]


def test_ipv6_is_opened_on_both_sides_or_refused() -> None:
    both = TwoLinks(server_ipv6=True, client_ipv6=True).start()
    assert set(both.server.of(LinkUp)) == {LinkUp(Network.IP), LinkUp(Network.IPV6)}
    refused = TwoLinks(client_ipv6=True).start()
    assert "LCP Protocol-Reject" in refused.client.heard
    assert refused.client.of(LinkUp) == [LinkUp(Network.IP)]
    assert refused.client.link.next_timer() is None


def test_compression_is_refused_or_opened_without_any() -> None:
    refused = TwoLinks(client_ccp=True).start()
    assert "LCP Protocol-Reject" in refused.client.heard
    assert refused.server.link.is_up
    opened = TwoLinks(client_ccp=True, server_ccp=True).start()
    assert "CCP Configure-Ack" in opened.client.heard


def test_a_link_without_any_optional_field_comes_up() -> None:
    plain: dict[str, Any] = {f"{side}_{key}": value for side in ("server", "client") for key, value in
             {"pfc": False, "acfc": False, "magic": False, "accm": 0xFFFFFFFF}.items()}  # fmt: skip
    both = TwoLinks(**plain).start()
    assert both.server.link.is_up
    assert requested(both.server)[0].summary == "authentication chap"


# What LCP says -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        (ConfigOption(LcpOption.QUALITY, b"\xc0\x25\0\0\0\1"), "Configure-Reject"),
        (ConfigOption(13, b"\x06"), "Configure-Reject"),
        (ConfigOption(17, b"\x05\xdc"), "Configure-Reject"),
        (ConfigOption(LcpOption.MRU, b"\x00\x40"), "Configure-Nak"),
        (ConfigOption(LcpOption.MRU, b"\x02\x40"), "Configure-Ack"),
        (ConfigOption(LcpOption.MAGIC, bytes(4)), "Configure-Nak"),
        (ConfigOption(LcpOption.AUTHENTICATION, b"\xc0\x23"), "Configure-Reject"),
        (ConfigOption(LcpOption.PFC, b"?"), "Configure-Reject"),
    ],
)  # fmt: skip
def test_each_option_gets_the_answer_of_its_row(option: ConfigOption, answer: str) -> None:
    side = alone()
    say(side, ProtocolNumber.LCP, ControlPacket(1, 7, encode_options([option])))
    last = side.of(PacketSent)[-1]
    assert (last.code, last.id) == (answer, 7)


def test_naks_turn_into_rejects_after_five_of_them() -> None:
    side = alone()
    data = encode_options([ConfigOption(LcpOption.MRU, b"\x00\x40")])
    for identifier in range(7):
        say(side, ProtocolNumber.LCP, ControlPacket(1, identifier, data))
    answers = [packet.code for packet in side.of(PacketSent) if packet.code != "Configure-Request"]
    assert answers == ["Configure-Nak"] * 5 + ["Configure-Reject"] * 2


def test_a_peer_that_refuses_forever_does_not_keep_the_negotiation_alive() -> None:
    side = alone(auth=())
    for _ in range(12):
        if side.link.is_over or side.link.phase is LinkPhase.TERMINATE:
            break
        last = requested(side)[-1]
        say(side, ProtocolNumber.LCP, ControlPacket(3, last.id, encode_options([ConfigOption(LcpOption.MRU, b"\1\0")])))
    assert requested(side, code="Terminate-Request")
    side.link.handle_timer(now=3.0)
    side.link.handle_timer(now=6.0)
    assert side.link.ending is LinkEnding.NOT_CONVERGING


def test_an_unknown_code_is_rejected_and_an_identification_is_not() -> None:
    side = alone()
    say(side, ProtocolNumber.LCP, ControlPacket(12, 1, b"\0\0\0\0MSRAS-0-PC"))
    assert not requested(side, code="Code-Reject")
    say(side, ProtocolNumber.LCP, ControlPacket(99, 1, b"?"))
    assert len(requested(side, code="Code-Reject")) == 1


def test_a_line_that_is_looped_back_is_found_out() -> None:
    side = alone(auth=())
    for _ in range(40):
        octets = bytes(side.to_peer)
        side.to_peer.clear()
        if not octets:
            break
        side.link.receive_data(octets, now=0.0)
        side.settle()
    while (due := side.link.next_timer()) is not None:
        side.link.handle_timer(now=due)
    assert side.link.ending is LinkEnding.LOOPED_BACK


def test_ten_requests_three_seconds_apart_are_all_that_silence_gets() -> None:
    side = alone()
    times = [0.0]
    while (due := side.link.next_timer()) is not None:
        side.link.handle_timer(now=due)
        side.settle()
        times += [due] * (len(requested(side)) - len(times))
    assert times == [3.0 * index for index in range(10)]
    assert side.of(LinkDown) == [LinkDown(LinkEnding.NO_RESPONSE, was_up=False)]
    assert {packet.id for packet in requested(side)} == {1}


def test_a_request_that_is_repeated_and_acknowledged_twice_leaves_the_link_up() -> None:
    both = TwoLinks().start()
    server = both.server
    acked = [o.data for o in both.client.outputs if isinstance(o, SendData)][1]
    assert b'\xc0!}"' in acked  # the client's Configure-Ack
    server.link.receive_data(acked, now=both.now)
    assert server.link.is_up


def test_echo_requests_are_sent_and_the_silent_peer_is_given_up() -> None:
    both = TwoLinks(server_echo_every=10.0, server_echo_failures=3).start()
    both.wait(25.0)
    assert both.client.heard.count("LCP Echo-Request") == 2
    assert both.server.heard.count("LCP Echo-Reply") == 2
    server = both.server.link
    while (due := server.next_timer()) is not None:
        server.handle_timer(now=due)
    assert server.ending is LinkEnding.ECHO_LOST
    # The third reply came at 30 s; those of 40 s, 50 s and 60 s do not. Then two Terminate-Requests.
    assert due is None


def test_an_echo_request_is_answered_with_its_data_and_our_magic_number() -> None:
    both = TwoLinks().start()
    magic = both.server.link.lcp.magic
    request = ControlPacket(9, 77, b"\0\0\0\1payload")
    both.client.link.send(ProtocolNumber.LCP, request.encode(), now=both.now)
    both.settle()
    answer = requested(both.server, code="Echo-Reply")[-1]
    assert (answer.id, answer.summary) == (77, f"magic number 0x{magic:08x}, 7 octets")


def test_a_peer_that_begins_again_gets_a_new_link_without_losing_the_call() -> None:
    both = TwoLinks().start()
    client = LinkSide(both.client.link.config)
    client.link.start(now=both.now)
    both.client = client
    both.settle()
    assert client.link.is_up
    assert both.server.link.is_up
    assert both.server.of(LinkUp) == [LinkUp(Network.IP)] * 2
    assert [entered.phase for entered in both.server.of(PhaseEntered)][-3:] == [
        LinkPhase.ESTABLISH,
        LinkPhase.AUTHENTICATE,
        LinkPhase.NETWORK,
    ]


def test_a_protocol_that_is_not_known_is_rejected_only_while_the_network_phase_lasts() -> None:
    side = alone()
    say(side, 0x8281, b"\1\1\0\4")
    assert not requested(side, code="Protocol-Reject")
    both = TwoLinks().start()
    both.client.link.send(0x8281, b"\1\1\0\4", now=both.now)
    both.settle()
    assert "LCP Protocol-Reject" in both.client.heard


def test_a_peer_that_rejects_ipcp_has_no_network_left() -> None:
    both = TwoLinks().start()
    reject = ControlPacket(8, 1, b"\x80\x21\x01\x01\x00\x04")
    both.client.link.send(ProtocolNumber.LCP, reject.encode(), now=both.now)
    both.settle().wait(10.0)
    assert both.server.link.ending is LinkEnding.NO_NETWORK


def test_the_carrier_takes_the_link_with_it() -> None:
    both = TwoLinks().start()
    both.client.link.set_circuit(Circuit.DCD, False, now=both.now)
    assert both.client.link.is_over
    assert both.client.link.ending is LinkEnding.CARRIER_LOST
    assert both.client.link.next_timer() is None


def test_a_peer_that_is_silent_while_it_should_authenticate_itself_is_given_up_after_thirty_seconds() -> None:
    both = TwoLinks(server_auth=(AuthMethod.PAP,))
    server = both.server.link
    server.start(now=0.0)
    both.server.settle()
    first = requested(both.server)[0]
    options = both.server.link.lcp._asked
    say(both.server, ProtocolNumber.LCP, ControlPacket(2, first.id, encode_options(options)))
    say(both.server, ProtocolNumber.LCP, ControlPacket(1, 1))
    assert server.phase is LinkPhase.AUTHENTICATE
    assert server.next_timer() == 30.0
    server.handle_timer(now=30.0)
    assert server.ending is LinkEnding.AUTHENTICATION_TIMEOUT


def test_challenges_are_repeated_with_the_same_value() -> None:
    both = TwoLinks(server_timers=RestartTimers(restart=2.0))
    server = both.server
    server.link.start(now=0.0)
    server.settle()
    say(server, ProtocolNumber.LCP, ControlPacket(2, 1, encode_options(server.link.lcp._asked)))
    say(server, ProtocolNumber.LCP, ControlPacket(1, 1))
    sent = []
    for now in (0.0, 2.0, 4.0):
        server.link.handle_timer(now=now)
        server.settle()
        sent.append(bytes(server.to_peer)[-30:])
    assert len(requested(server, "CHAP", "Challenge")) == 3
    assert all(one == other for one, other in pairwise(sent))


def test_an_ipcp_request_without_an_address_is_given_one() -> None:
    both = TwoLinks().start()
    both.client.link.ipcp._refused.add(3)
    both.client.link.ipcp.lower_down(now=0.0)
    both.client.link.ipcp.lower_up(now=0.0)
    both.client.link.ipcp._refused.add(3)
    request = ControlPacket(1, 50)
    both.client.link.send(ProtocolNumber.IPCP, request.encode(), now=both.now)
    both.client.settle()
    both.server.link.receive_data(bytes(both.client.to_peer), now=both.now)
    both.server.settle()
    naks = [packet for packet in requested(both.server, "IPCP", "Configure-Nak") if packet.id == 50]
    assert [packet.summary for packet in naks] == [f"address {REMOTE}"]


def test_two_ends_with_the_same_seed_are_no_loop() -> None:
    both = TwoLinks(server_seed=3, client_seed=3).start()
    assert both.server.link.is_up


def test_a_loop_that_is_slower_than_the_restart_timer_is_found_out_too() -> None:
    side = alone(auth=())
    now, under_way = 0.0, b""
    while not side.link.is_over:
        due = side.link.next_timer()
        assert due is not None
        now = max(now, due)
        side.link.handle_timer(now=now)
        side.settle()
        side.link.receive_data(under_way, now=now)
        side.settle()
        under_way, side.to_peer = bytes(side.to_peer), bytearray()
    assert side.link.ending is LinkEnding.LOOPED_BACK


def test_an_answer_that_is_longer_than_the_peer_takes_is_not_sent() -> None:
    both = TwoLinks(client_mru=128).start()
    for size in (100, 101):
        ping = echo_request(REMOTE, LOCAL, identifier=1, sequence=size, data=bytes(size))
        both.client.link.send(IP, ping, now=both.now)
    both.settle()
    said = [packet.summary for packet in both.server.of(PacketReceived) if packet.protocol == "IP"]
    assert said == [f"ICMP echo request {size - 28} from {REMOTE} to {LOCAL}, {size} octets" for size in (128, 129)]
    said = [packet.summary for packet in both.server.of(PacketSent) if packet.protocol == "IP"]
    assert said == [f"ICMP echo reply 100 from {LOCAL} to {REMOTE}, 128 octets"]
