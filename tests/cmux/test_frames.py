"""Frames of both options: octets to frames, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.cmux.advanced_option import AdvancedReader, encode_advanced
from simisp.cmux.basic_option import BasicReader, encode_basic
from simisp.cmux.frame import (
    HIGHEST_DLCI,
    FlagsRepeated,
    Found,
    FrameDiscarded,
    FrameKind,
    FrameReader,
    MuxFrame,
    check_sequence,
)

SIZE = 200
READERS: dict[str, Callable[[int], FrameReader]] = {"basic": BasicReader, "advanced": AdvancedReader}
ENCODERS = {"basic": encode_basic, "advanced": encode_advanced}
OPTIONS = sorted(READERS)
FLAGS = {"basic": b"\xf9", "advanced": b"\x7e"}

frames = st.builds(
    MuxFrame,
    dlci=st.integers(0, HIGHEST_DLCI),
    kind=st.sampled_from(FrameKind),
    command=st.booleans(),
    final=st.booleans(),
    data=st.binary(max_size=SIZE)
    | st.text("\xf9\x7e\x7d\x11\x03", max_size=20).map(lambda text: text.encode("latin-1")),
)


def found_in(data: bytes, option: str = "basic", *, size: int = SIZE, pieces: int | None = None) -> list[Found]:
    reader: FrameReader = READERS[option](size)
    found: list[Found] = []
    step = pieces or len(data) or 1
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
        while (one := reader.find()) is not None:
            found.append(one)
    return found


SABM = MuxFrame(0, FrameKind.SABM, command=True, final=True)


def uih(data: bytes, dlci: int = 1) -> MuxFrame:
    return MuxFrame(dlci, FrameKind.UIH, command=True, data=data)


@pytest.mark.parametrize("option", OPTIONS)
@given(sent=st.lists(frames, max_size=6), pieces=st.sampled_from((None, 1, 2, 7)))
def test_every_frame_comes_out_as_it_went_in(option: str, sent: list[MuxFrame], pieces: int | None) -> None:
    data = b"".join(map(ENCODERS[option], sent))
    assert found_in(data, option, pieces=pieces) == sent


@pytest.mark.parametrize("option", OPTIONS)
@given(data=st.binary(max_size=300), pieces=st.integers(1, 9))
def test_junk_is_no_frame_and_cutting_changes_nothing(option: str, data: bytes, pieces: int) -> None:
    assert found_in(data, option, pieces=pieces) == found_in(data, option)


@given(data=st.lists(st.sampled_from([0xF9, 0x03, 0xEF, 0x07, 0x05, 0xFF, 0x01, 0x7E, 0x7D]), max_size=400))
def test_what_looks_like_frames_is_not_kept_beyond_one_frame(data: list[int]) -> None:
    for option in OPTIONS:
        reader: FrameReader = READERS[option](SIZE)
        for octet in data:
            reader.feed(bytes((octet,)))
            while reader.find() is not None:
                pass
            assert reader.held <= 2 * SIZE + 8


def test_known_frames_of_the_basic_option_have_these_octets() -> None:
    assert encode_basic(SABM) == bytes.fromhex("f9033f011cf9")
    assert encode_basic(MuxFrame(1, FrameKind.SABM, command=True, final=True)) == bytes.fromhex("f9073f01def9")
    assert encode_basic(MuxFrame(0, FrameKind.UA, command=True, final=True)) == bytes.fromhex("f9037301d7f9")


def test_a_length_above_127_takes_two_octets() -> None:
    data = encode_basic(uih(bytes(128)))
    assert data[3:5] == b"\x00\x01"
    assert found_in(data) == [uih(bytes(128))]


@pytest.mark.parametrize("option", OPTIONS)
def test_frames_may_share_a_flag_or_have_many_between_them(option: str) -> None:
    one, flag = ENCODERS[option](uih(b"one")), FLAGS[option]
    assert found_in(one + one[1:], option) == [uih(b"one"), uih(b"one")]
    assert found_in(one + flag * 2 + one, option)[-1] == uih(b"one")


@pytest.mark.parametrize("option", OPTIONS)
def test_three_flags_in_succession_are_reported_however_they_are_cut(option: str) -> None:
    assert found_in(FLAGS[option] * 3, option) == [FlagsRepeated()]
    assert found_in(FLAGS[option] * 6, option, pieces=1) == [FlagsRepeated(), FlagsRepeated()]
    assert found_in(FLAGS[option] * 2, option) == []


@pytest.mark.parametrize("option", OPTIONS)
def test_octets_between_frames_are_skipped_and_reported_with_the_next_frame(option: str) -> None:
    found = found_in(b"RDY\r\n" + ENCODERS[option](SABM), option)
    assert found == [FrameDiscarded("between frames", 5), SABM]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_damaged_header_makes_the_check_sequence_false(option: str) -> None:
    data = bytearray(ENCODERS[option](uih(b"abc")))
    data[1] ^= 0x04
    found = found_in(bytes(data) + ENCODERS[option](SABM), option)
    assert [type(each) for each in found] == [FrameDiscarded, MuxFrame]


@pytest.mark.parametrize("option", OPTIONS)
def test_damaged_octets_are_seen_in_ui_and_not_in_uih(option: str) -> None:
    for kind, expected in ((FrameKind.UI, FrameDiscarded), (FrameKind.UIH, MuxFrame)):
        frame = MuxFrame(1, kind, command=True, data=b"abc")
        damaged = ENCODERS[option](frame).replace(b"b", b"c")
        assert [type(each) for each in found_in(damaged, option)] == [expected]


def test_a_lost_length_octet_costs_only_its_own_frame() -> None:
    lost = encode_basic(uih(b"AT+CSQ\r"), with_length=False)
    behind = [uih(b"two"), uih(b"three"), uih(b"four")]
    found = found_in(lost + b"".join(map(encode_basic, behind)), size=64)
    assert [each for each in found if isinstance(each, MuxFrame)] == behind


@pytest.mark.parametrize("option", OPTIONS)
def test_a_frame_longer_than_n1_is_not_taken_and_the_next_one_is(option: str) -> None:
    found = found_in(ENCODERS[option](uih(b"x" * 40)) + ENCODERS[option](SABM), option, size=31)
    assert found[0] == FrameDiscarded("it is longer than N1", 40 if option == "basic" else 43)
    assert found[-1] == SABM


def test_a_frame_of_the_advanced_option_is_aborted_by_an_escape_and_a_flag() -> None:
    found = found_in(b"\x7e\x07\xefab\x7d\x7e" + encode_advanced(SABM), "advanced")
    assert found == [FrameDiscarded("aborted", 4), SABM]


def test_no_flag_and_no_xoff_stands_inside_a_frame_of_the_advanced_option() -> None:
    inside = encode_advanced(uih(bytes(range(256))))[1:-1]
    assert not set(inside) & set(b"\x7e\x11\x13\x91\x93")


@pytest.mark.parametrize("option", OPTIONS)
def test_what_comes_behind_the_last_frame_can_be_taken_back(option: str) -> None:
    reader: FrameReader = READERS[option](SIZE)
    reader.feed(ENCODERS[option](SABM) + b"AT\r")
    assert reader.find() == SABM
    assert reader.rest() == b"AT\r"
    assert reader.find() is None


@given(st.binary(max_size=50))
def test_the_check_sequence_over_octets_and_their_own_is_always_the_same(data: bytes) -> None:
    assert check_sequence(data + bytes((check_sequence(data),))) == 0xFF - 0xCF
