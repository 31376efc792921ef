"""Frames are found among all else that passes on a line."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from capture.frames_to_find import CONFIGURE, ECHO, on_line, pap_request
from simisp.capture.found import FoundFrame, FoundText, FrameFinder
from simisp.ppp.hdlc import check_sequence_of, escaped


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


def test_a_masked_password_leaves_the_frame_whole_and_as_long_as_its_packet() -> None:
    octets = on_line(pap_request()).replace(b"wonder}]land", b"*" * 12)
    [frame] = found(octets)
    assert frame == FoundFrame(pap_request(b"*" * 11))


def test_what_follows_the_last_flag_is_given_up_at_the_end_of_a_call() -> None:
    finder = FrameFinder()
    assert finder.feed(on_line(ECHO) + b"\r\nNO CARRIER\r\n") == [FoundFrame(ECHO)]
    assert finder.flush() == [FoundText(b"\r\nNO CARRIER\r\n")]
    assert finder.feed(b"OK\r\n") == [FoundText(b"OK\r\n")]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_octet_is_lost_or_kept_without_bound(pieces: list[bytes]) -> None:
    finder = FrameFinder()
    texts = b"".join(
        each.octets for piece in (*pieces, b"a" * 8000) for each in finder.feed(piece) if isinstance(each, FoundText)
    )
    assert len(texts) >= 8000 - 3200
