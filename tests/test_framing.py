from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.framing import Framing, Parity


@pytest.mark.parametrize(
    ("parity", "on_the_line"),
    [
        (Parity.NONE, b"A\x43"),
        (Parity.EVEN, b"A\xc3"),
        (Parity.ODD, b"\xc1\x43"),
        (Parity.MARK, b"\xc1\xc3"),
        (Parity.SPACE, b"A\x43"),
    ],
)
def test_the_eighth_bit_is_the_parity_of_seven(parity: Parity, on_the_line: bytes) -> None:
    assert Framing(7, parity).encode(b"AC") == on_the_line


def test_with_eight_data_bits_there_is_no_room_for_parity() -> None:
    every_octet = bytes(range(256))
    assert Framing(8, Parity.EVEN).encode(every_octet) == every_octet
    assert Framing(8, Parity.EVEN).decode(every_octet) == every_octet


def test_the_receiver_does_not_mind_the_wrong_parity() -> None:
    assert Framing(7, Parity.ODD).decode(b"A\xc1") == b"AA"


def test_five_data_bits_leave_five() -> None:
    assert Framing(5).decode(b"\xff") == b"\x1f"
    assert Framing(5, Parity.MARK).encode(b"\xff") == b"\x3f"


@given(st.binary(), st.sampled_from([5, 6, 7]), st.sampled_from(Parity))
def test_what_is_encoded_decodes_to_its_data_bits(data: bytes, databits: int, parity: Parity) -> None:
    framing = Framing(databits, parity)
    assert framing.decode(framing.encode(data)) == bytes(octet & (1 << databits) - 1 for octet in data)


@pytest.mark.parametrize("written", ["8N1", "7E1", "7O2", "5M1", "6s1"])
def test_a_framing_is_written_as_data_bits_parity_and_stop_bits(written: str) -> None:
    framing = Framing.parse(written)
    assert f"{framing.databits}{framing.parity.value[0].upper()}{framing.stopbits}" == written.upper()


@pytest.mark.parametrize("written", ["", "9N1", "8X1", "8N3", "8N", " 8N1", "8N1\n"])
def test_what_is_no_framing_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a framing"):
        Framing.parse(written)
