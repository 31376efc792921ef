"""Frames are found among all else that passes on a line."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.frames_to_find import CONFIGURE, ECHO, on_line, pap_request
from simisp.capture.found import FoundFrame, FoundText, FrameFinder
from simisp.ppp.frame import ControlPacket, ProtocolNumber, frame_of
from simisp.ppp.hdlc import EVERY_CONTROL, Framer, check_sequence_of, escaped


def found(*pieces: bytes) -> list[FoundFrame | FoundText]:
    finder = FrameFinder()
    return [each for piece in pieces for each in finder.feed(piece)]


def test_a_frame_is_found_behind_a_log_in_and_the_text_before_it_stays_text() -> None:
    assert found(b"Password: \r\nPPP session\r\n" + on_line(CONFIGURE)) == [
        FoundText(b"Password: \r\nPPP session\r\n"),
        FoundFrame(CONFIGURE),
    ]


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=8))
def test_frames_are_the_same_however_the_octets_are_cut(cuts: list[int]) -> None:
    octets = on_line(CONFIGURE) + on_line(ECHO) + b"~~" + on_line(pap_request())
    places = [0, *sorted(cuts), len(octets)]
    pieces = [octets[start:end] for start, end in itertools.pairwise(places)]
    assert found(*pieces) == [FoundFrame(CONFIGURE), FoundFrame(ECHO), FoundFrame(pap_request())]


def test_octets_below_0x20_that_stand_unescaped_belong_to_the_frame_if_its_check_sequence_says_so() -> None:
    frame = b"\xff\x03\x00\x21\x00\x11\x03"
    octets = b"~" + escaped(frame + check_sequence_of(frame), 0) + b"~"
    assert found(octets) == [FoundFrame(frame)]


def test_octets_below_0x20_that_the_line_has_put_in_do_not_damage_a_frame() -> None:
    octets = on_line(ECHO)
    assert found(octets[:5] + b"\x11" + octets[5:]) == [FoundFrame(ECHO)]


def test_a_frame_with_a_wrong_check_sequence_is_shown_as_damaged() -> None:
    octets = bytearray(on_line(ECHO))
    octets[-3] ^= 1
    [frame] = found(bytes(octets))
    assert isinstance(frame, FoundFrame)
    assert frame.fault == "wrong check sequence"


def test_no_carrier_between_two_frames_is_text() -> None:
    assert found(on_line(ECHO) + b"\r\nNO CARRIER\r\n" + on_line(ECHO)) == [
        FoundFrame(ECHO),
        FoundText(b"\r\nNO CARRIER\r\n"),
        FoundFrame(ECHO),
    ]


@pytest.mark.parametrize("accm", [0, EVERY_CONTROL])
def test_a_masked_password_leaves_the_frame_whole_and_as_long_as_its_packet(accm: int) -> None:
    octets = Framer().encode(pap_request(), accm=accm).replace(b"wonder}]land", b"*" * 12)
    [frame] = found(octets)
    assert frame == FoundFrame(pap_request(b"*" * 11))


def test_a_masked_password_of_any_length_leaves_the_frame_whole() -> None:
    octets = Framer().encode(pap_request(b"x"), accm=0).replace(b"\x01x", b"\x01*")
    assert found(octets) == [FoundFrame(pap_request(b"*"))]


@pytest.mark.parametrize(
    ("protocol", "packet"),
    [
        (ProtocolNumber.CHAP, ControlPacket(2, 1, b"\x02abguest").encode()),
        (ProtocolNumber.LCP, ControlPacket(8, 1, pap_request(b"guest")[2:]).encode()),
        (ProtocolNumber.IP, b"\x45\x00\x00\x19" + bytes(16) + b"guest"),
    ],
)
@pytest.mark.parametrize("accm", [0, EVERY_CONTROL])
def test_a_frame_in_which_a_known_secret_is_masked_is_not_damaged(protocol: int, packet: bytes, accm: int) -> None:
    frame = frame_of(protocol, packet)
    octets = Framer().encode(frame, accm=accm)
    assert found(octets.replace(b"guest", b"*****")) == [FoundFrame(frame.replace(b"guest", b"*****"))]


def test_a_damaged_frame_is_shown_with_all_that_came() -> None:
    octets = escaped(b"\xff\x03\x00\x21\x00\x11\x03\x00\x00", 0)
    assert found(b"~" + octets + b"~") == [FoundFrame(octets[:-2], "wrong check sequence")]


def test_what_follows_the_last_flag_is_given_up_at_the_end_of_a_call() -> None:
    finder = FrameFinder()
    assert finder.feed(on_line(ECHO) + b"\r\nNO CARRIER\r\n") == [FoundFrame(ECHO)]
    assert finder.flush() == [FoundText(b"\r\nNO CARRIER\r\n")]
    assert finder.feed(b"OK\r\n") == [FoundText(b"OK\r\n")]


def test_a_frame_of_the_largest_mru_is_found_however_much_of_it_is_escaped() -> None:
    frame = b"\xff\x03\x00\x21" + bytes(16_384)
    assert found(b"PPP\r\n", *(on_line(frame)[start : start + 4096] for start in range(0, 33_000, 4096))) == [
        FoundText(b"PPP\r\n"),
        FoundFrame(frame),
    ]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_octet_is_lost_or_kept_without_bound(pieces: list[bytes]) -> None:
    finder = FrameFinder()
    texts = b"".join(
        each.octets for piece in (*pieces, b"a" * 40_000) for each in finder.feed(piece) if isinstance(each, FoundText)
    )
    assert len(texts) >= 40_000 - 32_800
