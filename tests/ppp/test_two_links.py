"""Two ends of ours, at random: octet by octet, with loss, against silence, and as an independent reader sees them."""

from __future__ import annotations

import warnings
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.facts.ppp import AddressAgreed, FrameError, LinkDown, LinkUp
from simisp.machine import SendData
from simisp.ppp.config import AuthMethod
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.hdlc import EVERY_CONTROL, Framer
from simisp.ppp.network import echo_request
from support.two_links import LOCAL, REMOTE, SERVER, LinkSide, TwoLinks

seeds = st.integers(0, 2**32)
methods = st.sampled_from([(method,) for method in AuthMethod] + [()])
options = st.fixed_dictionaries(
    {
        f"{side}_{key}": values
        for side in ("server", "client")
        for key, values in {
            "accm": st.sampled_from((0, 0x000A0000, EVERY_CONTROL)),
            "pfc": st.booleans(),
            "acfc": st.booleans(),
            "magic": st.booleans(),
            "mru": st.sampled_from((1500, 296, 1400)),
            "ipv6": st.booleans(),
            "ccp": st.booleans(),
        }.items()
    }
)


def interleave(both: TwoLinks, random: Random, octets: int, *, loss: float = 0.0) -> None:
    for _ in range(octets):
        both.pass_one(from_client=random.random() < 0.5, lost=random.random() < loss)


@settings(max_examples=25)
@given(seed=seeds, auth=methods, changes=options)
def test_an_octet_at_a_time_in_any_order_a_link_comes_up_whatever_is_asked_for(
    seed: int, auth: tuple[AuthMethod, ...], changes: dict[str, Any]
) -> None:
    both = TwoLinks(server_auth=auth, **changes)
    sides = [both.server, both.client]
    Random(seed).shuffle(sides)
    sides[0].link.start(now=0.0)
    interleave(both, Random(seed), Random(seed).randint(0, 60))
    sides[1].link.start(now=0.0)
    interleave(both, Random(seed), 2500)
    both.wait(6.0)
    assert both.server.link.is_up
    assert both.client.link.is_up
    assert both.server.of(AddressAgreed)[-1] == AddressAgreed(str(LOCAL), str(REMOTE))
    assert both.client.link.ipcp.name_servers == SERVER.dns
    assert not [error for error in both.client.of(FrameError) + both.server.of(FrameError) if error.why != "no frame"]
    ping = echo_request(REMOTE, LOCAL, identifier=1, sequence=1, data=bytes(range(32)))
    both.client.link.send(ProtocolNumber.IP, ping, now=both.now)
    interleave(both, Random(seed), 600)
    both.settle()
    assert len(both.client.link.networks.packets) == 1


@settings(max_examples=25)
@given(seed=seeds, auth=methods, loss=st.sampled_from((0.001, 0.005, 0.02, 0.2)))
def test_whatever_is_lost_both_ends_are_up_or_both_are_over(
    seed: int, auth: tuple[AuthMethod, ...], loss: float
) -> None:
    random = Random(seed)
    both = TwoLinks(server_auth=auth, server_echo_every=10.0, client_echo_every=10.0)
    for side in (both.server, both.client):
        side.link.start(now=0.0)
    for _ in range(random.randint(1, 15)):
        interleave(both, random, 300, loss=loss)
        both.now += random.choice((0.0, 1.0, 3.0))
        for side in (both.server, both.client):
            side.link.handle_timer(now=both.now)
    both.wait(150.0)
    assert both.server.link.is_up == both.client.link.is_up
    assert both.server.link.is_over == both.client.link.is_over == (not both.client.link.is_up)
    if both.client.link.is_up:
        assert both.server.of(AddressAgreed)[-1] == AddressAgreed(str(LOCAL), str(REMOTE))


@settings(max_examples=30)
@given(seed=seeds, auth=methods, octets=st.integers(0, 1500), of_server=st.booleans())
def test_wherever_the_other_end_falls_silent_a_link_ends_by_itself(
    seed: int, auth: tuple[AuthMethod, ...], octets: int, of_server: bool
) -> None:
    both = TwoLinks(server_auth=auth, server_echo_every=10.0, client_echo_every=10.0)
    for side in (both.server, both.client):
        side.link.start(now=0.0)
    interleave(both, Random(seed), octets)
    left = both.server.link if of_server else both.client.link
    for _ in range(100):
        due = left.next_timer()
        if due is None:
            break
        left.handle_timer(now=due)
        assert due <= 100.0
    assert left.is_over
    assert left.ending is not None


@settings(max_examples=25)
@given(seed=seeds, auth=methods)
def test_the_network_is_up_and_down_in_turn_and_never_up_at_the_end(seed: int, auth: tuple[AuthMethod, ...]) -> None:
    random = Random(seed)
    both = TwoLinks(server_auth=auth, server_echo_every=10.0)
    for side in (both.server, both.client):
        side.link.start(now=0.0)
    for _ in range(4):
        interleave(both, random, random.randint(0, 900), loss=0.002)
        match random.randint(0, 2):
            case 0:
                both.client = LinkSide(both.client.link.config)
                both.client.link.start(now=both.now)
            case 1:
                both.client.link.close(b"bye", now=both.now)
            case _:
                both.wait(random.choice((1.0, 3.0, 31.0)))
    both.client.link.drop(now=both.now)
    both.wait(300.0)
    assert both.server.link.is_over
    (down,) = both.server.of(LinkDown)
    assert down.was_up == bool(both.server.of(LinkUp))


# An independent reader -----------------------------------------------------------------------------------------------


def slow_check_sequence(octets: bytes) -> bytes:
    """Return the check sequence bit by bit, as the polynomial has it (RFC 1662, C)."""
    register = 0xFFFF
    for octet in octets:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    return (register ^ 0xFFFF).to_bytes(2, "little")


def undone(octets: bytes) -> bytes:
    """Return what is between two flags, octet by octet."""
    frame, escaped = bytearray(), False
    for octet in octets:
        if octet == 0x7D:
            escaped = True
        else:
            frame.append(octet ^ 0x20 if escaped else octet)
            escaped = False
    return bytes(frame)


def conversation(method: AuthMethod | None) -> list[bytes]:
    """Return the frames of both sides, read by another way than ours; their check sequences are right."""
    both = TwoLinks(
        server_auth=() if method is None else (method,), server_mru=1400, client_accm=0x000A0000,
        server_ipv6=True, client_ipv6=True, client_ccp=True, server_echo_every=5.0,
    )  # fmt: skip
    both.start().wait(6.0)
    ping = echo_request(REMOTE, LOCAL, identifier=1, sequence=1, data=b"odd")
    for protocol, packet in ((0x8281, b"\1\1\0\4"), (ProtocolNumber.LCP, b"\x40\1\0\4"), (ProtocolNumber.IP, ping)):
        both.client.link.send(protocol, packet, now=both.now)
    both.client.link.close(b"bye", now=both.now)
    both.settle()
    frames: list[bytes] = []
    for output in both.server.outputs + both.client.outputs:
        if isinstance(output, SendData):
            assert output.data[:1] == output.data[-1:] == b"~"
            frame = undone(output.data[1:-1])
            assert frame[-2:] == slow_check_sequence(frame[:-2])
            frames.append(frame[:-2])
    return frames


@pytest.fixture(scope="module")
def scapy_ppp() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scapy.layers import ppp
    return ppp


@pytest.mark.parametrize("method", [None, *AuthMethod])
def test_scapy_reads_each_frame_of_ours_and_writes_it_again(method: AuthMethod | None, scapy_ppp: Any) -> None:
    seen = set()
    for frame in conversation(method):
        long = frame.startswith(b"\xff\x03")
        packet = scapy_ppp.HDLC(frame) if long else scapy_ppp.PPP(frame)
        assert bytes(packet) == frame
        layers = [layer.__name__ for layer in packet.layers()]
        seen.add(layers[-1])
        for layer in packet.layers():
            for computed in ("len", "chksum"):
                if computed in packet[layer].fields:
                    delattr(packet[layer], computed)
        assert bytes(packet) == frame, "with the lengths and checksums that scapy computes"
        body = type(packet)(frame)[scapy_ppp.PPP].payload
        if body.__class__.__name__ == "PPP_LCP_Configure":
            assert body.len == len(bytes(body))
            assert {option.type for option in body.options} <= {1, 2, 3, 5, 7, 8}
    assert {"PPP_LCP_Configure", "PPP_LCP_Echo", "PPP_LCP_Terminate", "PPP_IPCP"} <= seen
    assert {"PPP_LCP_Protocol_Reject", "PPP_LCP_Code_Reject", "Raw"} <= seen, "Raw is what a ping carries"
    assert not seen & {"HDLC", "PPP"}
    if method is AuthMethod.PAP:
        assert {"PPP_PAP_Request", "PPP_PAP_Response"} <= seen
    elif method is not None:
        assert "PPP_CHAP_ChallengeResponse" in seen


def test_a_frame_that_scapy_writes_is_read_by_us(scapy_ppp: Any) -> None:
    request = scapy_ppp.PPP_LCP_Configure(
        code=1,
        id=9,
        options=[
            scapy_ppp.PPP_LCP_MRU_Option(max_recv_unit=1400),
            scapy_ppp.PPP_LCP_Quality_Protocol_Option(),
            scapy_ppp.PPP_LCP_Callback_Option(operation=6),
        ],
    )
    octets = bytes(scapy_ppp.HDLC() / scapy_ppp.PPP() / request)
    side = LinkSide(SERVER)
    side.link.start(now=0.0)
    side.link.receive_data(Framer().encode(octets), now=0.0)
    side.settle()
    assert side.heard == ["LCP Configure-Request"]
    (received,) = [packet for packet in side.outputs if getattr(packet, "kind", "") == "PPP packet received"]
    assert received.summary.startswith("MRU 1400, quality")  # type: ignore[attr-defined]
