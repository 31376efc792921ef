"""Octets to frames and back, and what a frame carries."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.ppp.frame import (
    ConfigOption,
    ControlPacket,
    ProtocolNumber,
    decode_options,
    encode_options,
    frame_of,
    split_frame,
)
from simisp.ppp.hdlc import EVERY_CONTROL, Framer, FramingFault, check_sequence_of, escaped

maps = st.sampled_from((0, EVERY_CONTROL, 0x000A0000, 1))
frames = st.binary(min_size=2, max_size=80)

FROM_PPPD = bytes.fromhex(
    "7eff7d23c0217d217d217d207d347d227d267d207d207d207d207d257d26327d20335d7d277d227d287d2273357e"
)
"""The first frame of a kernel's pppd: its Configure-Request."""


def decoded(framer: Framer, *pieces: bytes) -> list[bytes | FramingFault]:
    return [found for piece in pieces for found in framer.decode(piece)]


def test_a_frame_of_a_kernel_pppd_is_read_and_written_octet_for_octet() -> None:
    framer = Framer()
    (frame,) = decoded(framer, FROM_PPPD)
    assert isinstance(frame, bytes)
    assert framer.encode(frame) == FROM_PPPD
    protocol, information = split_frame(frame) or (0, b"")
    assert protocol == ProtocolNumber.LCP
    packet = ControlPacket.decode(information)
    assert packet is not None
    assert (packet.code, packet.identifier) == (1, 1)
    assert decode_options(packet.data) == (
        ConfigOption(2, bytes(4)),
        ConfigOption(5, bytes.fromhex("3200335d")),
        ConfigOption(7),
        ConfigOption(8),
    )


@settings(max_examples=40)
@given(frames=st.lists(frames, min_size=1, max_size=5), accm=maps, cuts=st.lists(st.integers(0, 400), max_size=12))
def test_every_frame_arrives_however_the_octets_are_cut(frames: list[bytes], accm: int, cuts: list[int]) -> None:
    framer, other = Framer(), Framer()
    framer.send_accm = other.receive_accm = accm
    sent = b"".join(map(framer.encode, frames))
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    pieces = [sent[start:end] for start, end in itertools.pairwise(places)]
    assert decoded(other, *pieces) == frames


@settings(max_examples=40)
@given(octets=st.lists(st.sampled_from(b"\x7e\x7d\x5e\x11\x00a\xff"), max_size=60).map(bytes), accm=maps)
def test_cutting_changes_nothing_of_what_is_no_frame_either(octets: bytes, accm: int) -> None:
    whole, cut = Framer(longest=8), Framer(longest=8)
    whole.receive_accm = cut.receive_accm = accm
    assert decoded(whole, octets) == decoded(cut, *(octets[index : index + 1] for index in range(len(octets))))
    assert len(cut.held) <= 2 * 8


@settings(max_examples=40)
@given(frame=frames, accm=maps)
def test_no_flag_and_no_octet_of_the_map_is_sent_inside_a_frame(frame: bytes, accm: int) -> None:
    inside = Framer().encode(frame, accm=accm)[1:-1]
    assert b"\x7e" not in inside
    assert not any(octet < 0x20 and accm >> octet & 1 for octet in inside)


@settings(max_examples=40)
@given(frame=frames, place=st.integers(0, 200), change=st.integers(1, 255))
def test_a_changed_octet_never_passes_for_a_frame(frame: bytes, place: int, change: int) -> None:
    octets = bytearray(frame + check_sequence_of(frame))
    octets[place % len(octets)] ^= change
    framer = Framer()
    assert decoded(framer, b"~" + escaped(bytes(octets), EVERY_CONTROL) + b"~") == [
        FramingFault("wrong check sequence", len(escaped(bytes(octets), EVERY_CONTROL)))
    ]


def test_neighbouring_frames_may_share_a_flag_and_flags_may_be_repeated() -> None:
    framer = Framer()
    one, two = framer.encode(b"\xff\x03one"), framer.encode(b"\xff\x03two")
    assert decoded(framer, one[:-1] + two + b"~~~" + one) == [b"\xff\x03one", b"\xff\x03two", b"\xff\x03one"]


def test_what_comes_before_the_first_flag_is_no_frame() -> None:
    framer = Framer()
    assert decoded(framer, b"login: " + framer.encode(b"\xff\x03one")) == [FramingFault("no frame", 7), b"\xff\x03one"]


def test_a_frame_that_its_sender_aborts_is_dropped() -> None:
    framer = Framer()
    assert decoded(framer, b"~abcdef}~" + framer.encode(b"one")) == [FramingFault("aborted", 7), b"one"]


def test_a_runt_is_dropped() -> None:
    assert decoded(Framer(), b"~abc~") == [FramingFault("too short", 3)]


def test_a_frame_without_end_fills_no_memory() -> None:
    framer = Framer(longest=100)
    found = decoded(framer, b"~", *([b"x" * 1000] * 100))
    assert (found, len(framer.held)) == ([], 0)
    assert decoded(framer, b"~" + framer.encode(b"one")) == [FramingFault("too long", 100_000), b"one"]


def test_octets_that_the_line_inserts_are_dropped_where_they_are_in_the_map() -> None:
    framer = Framer()
    sent = framer.encode(b"\xff\x03one")
    dirty = b"".join(b"\x11" + sent[index : index + 1] for index in range(len(sent)))
    assert decoded(framer, dirty)[-1] == b"\xff\x03one"
    framer.receive_accm = 0
    assert isinstance(decoded(framer, dirty)[-1], FramingFault)


def test_a_frame_may_change_the_map_for_the_next_one_in_the_same_octets() -> None:
    framer = Framer()
    octets = framer.encode(b"\xff\x03one") + framer.encode(b"\xff\x03t\x11o", accm=0)
    found = []
    for each in framer.decode(octets):
        found.append(each)
        framer.receive_accm = 0
    assert found == [b"\xff\x03one", b"\xff\x03t\x11o"]


@settings(max_examples=40)
@given(
    protocol=st.sampled_from((0x21, 0x57, 0xC021, 0xC023, 0x8021)), data=frames, acfc=st.booleans(), pfc=st.booleans()
)
def test_a_frame_is_read_in_its_long_and_its_short_forms(protocol: int, data: bytes, acfc: bool, pfc: bool) -> None:
    assert split_frame(frame_of(protocol, data, acfc=acfc, pfc=pfc)) == (protocol, data)


@settings(max_examples=40)
@given(st.binary(max_size=40))
def test_options_are_read_as_they_are_written_or_not_at_all(octets: bytes) -> None:
    options = decode_options(octets)
    assert options is None or encode_options(options) == octets


@settings(max_examples=40)
@given(st.binary(max_size=12))
def test_a_packet_is_read_as_it_is_written_and_octets_behind_it_are_padding(octets: bytes) -> None:
    packet = ControlPacket.decode(octets)
    assert packet is None or octets.startswith(packet.encode())
