"""Seven bits and parity, seen as eight."""

from __future__ import annotations

import pytest

from simisp.line.framing import FRAMINGS, frame, unframe

ALL = bytes(range(256))


def ones(octet: int) -> int:
    return octet.bit_count()


def test_even_parity_makes_every_count_of_ones_even_and_odd_parity_odd() -> None:
    assert all(ones(octet) % 2 == 0 for octet in frame(ALL, "7E1"))
    assert all(ones(octet) % 2 == 1 for octet in frame(ALL, "7O1"))


def test_mark_sets_the_eighth_bit_and_space_and_none_clear_it() -> None:
    assert all(octet & 0x80 for octet in frame(ALL, "7M1"))
    assert not any(octet & 0x80 for octet in frame(ALL, "7S1") + frame(ALL, "7N1"))


def test_eight_bits_pass_as_they_are() -> None:
    assert frame(ALL, "8N1") == unframe(ALL, "8N1") == ALL


@pytest.mark.parametrize("framing", [framing for framing in FRAMINGS if framing != "8N1"])
def test_the_seven_bits_come_through(framing: str) -> None:
    assert unframe(frame(ALL[:128], framing), framing) == ALL[:128]
    assert [octet & 0x7F for octet in frame(ALL, framing)] == [octet & 0x7F for octet in ALL]


def test_parity_is_not_checked() -> None:
    assert unframe(b"\xc1\x41", "7E1") == b"AA"


def test_every_framing_is_known_by_its_name() -> None:
    assert FRAMINGS == ("8N1", "7N1", "7E1", "7O1", "7M1", "7S1")
