"""SLIP: packets between END and END."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.facts.ppp import FrameError, LinkUp, Network
from simisp.machine import SendData
from simisp.ppp.hdlc import FramingFault
from simisp.ppp.network import echo_reply, echo_request, internet_checksum, is_echo_reply
from simisp.ppp.slip import SlipFarEnd, SlipFramer
from support.two_links import LOCAL, REMOTE

special = st.lists(st.sampled_from(b"\xc0\xdb\xdc\xdda"), max_size=12).map(bytes)


@settings(max_examples=60)
@given(packets=st.lists(special.filter(bool), max_size=4), cuts=st.lists(st.integers(0, 80), max_size=6))
def test_every_packet_arrives_however_the_octets_are_cut(packets: list[bytes], cuts: list[int]) -> None:
    framer = SlipFramer()
    sent = b"".join(map(framer.encode, packets))
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    assert [found for start, end in itertools.pairwise(places) for found in framer.decode(sent[start:end])] == packets


@settings(max_examples=60)
@given(octets=st.lists(st.sampled_from(b"\xc0\xdb\xdc\xdda"), max_size=60).map(bytes))
def test_cutting_changes_nothing_of_what_is_damaged_either(octets: bytes) -> None:
    whole, cut = SlipFramer(longest=4), SlipFramer(longest=4)
    pieces = [octets[index : index + 1] for index in range(len(octets))]
    assert list(whole.decode(octets)) == [found for piece in pieces for found in cut.decode(piece)]


def test_an_escape_before_any_other_octet_leaves_that_octet_as_it_is() -> None:
    assert list(SlipFramer().decode(b"\xc0\xdbab\xdb\xdb\xdd\xc0")) == [b"ab\xdb\xdd"]


def test_a_packet_without_end_fills_no_memory() -> None:
    framer = SlipFramer(longest=100)
    for _ in range(100):
        assert list(framer.decode(b"x" * 1000)) == []
    assert list(framer.decode(b"\xc0ab\xc0")) == [FramingFault("too long", 100_000), b"ab"]


def test_a_ping_is_answered_and_a_packet_that_is_none_is_noted() -> None:
    slip = SlipFarEnd(answers_ping=True)
    slip.start(now=0.0)
    ping = echo_request(REMOTE, LOCAL, identifier=1, sequence=1, data=bytes(range(0xB0, 0xE0)))
    slip.receive_data(SlipFramer().encode(ping) + b"joe\r\xc0", now=0.0)
    outputs = slip.take_outputs()
    assert LinkUp(Network.IP) in outputs
    assert FrameError("too short", 4) in outputs
    (sent,) = [output.data for output in outputs if isinstance(output, SendData)]
    (answer,) = SlipFramer().decode(sent)
    assert isinstance(answer, bytes)
    assert is_echo_reply(answer, ping)


@settings(max_examples=60)
@given(place=st.integers(0, 83), change=st.integers(1, 255))
def test_a_damaged_ping_is_not_answered(place: int, change: int) -> None:
    ping = bytearray(echo_request(REMOTE, LOCAL, identifier=1, sequence=1, data=b"x" * 56))
    ping[place] ^= change
    assert echo_reply(bytes(ping)) is None


@settings(max_examples=40)
@given(data=st.binary(max_size=61), identifier=st.integers(0, 65535))
def test_an_answer_has_right_checksums_and_the_data_of_the_question(data: bytes, identifier: int) -> None:
    ping = echo_request(REMOTE, LOCAL, identifier=identifier, sequence=7, data=data)
    answer = echo_reply(ping)
    assert answer is not None
    assert internet_checksum(answer[:20]) == internet_checksum(answer[20:]) == 0
    assert answer[12:20] == LOCAL.packed + REMOTE.packed
    assert answer[24:] == ping[24:]


@settings(max_examples=40)
@given(st.binary(max_size=60))
def test_what_is_no_ping_has_no_answer_and_raises_nothing(octets: bytes) -> None:
    assert echo_reply(octets) is None
    assert echo_reply(b"\x45\x00" + octets) is None
