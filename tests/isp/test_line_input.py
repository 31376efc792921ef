"""Lines as a terminal server reads them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.isp.line_input import LONGEST_LINE, MOST_TYPED_AHEAD, LineInput


def lines_of(*pieces: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines that come of octets in pieces, each read as soon as it is there, and all of the echo."""
    typed, lines, echoed = LineInput(), [], b""
    for piece in pieces:
        typed.add(piece)
        while True:
            line, echo = typed.read_line()
            echoed += echo
            if line is None:
                break
            lines.append(line)
    return lines, echoed


@pytest.mark.parametrize(
    ("octets", "lines"),
    [
        (b"a\r", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\r\n", [b"a"]),
        (b"a\r\nb\r\n", [b"a", b"b"]),
        (b"a\n\rb\r", [b"a", b"", b"b"]),
        (b"a\r\rb\n\n", [b"a", b"", b"b", b""]),
        (b"\r\n\n", [b"", b""]),
        (b"no end", []),
        (b"", []),
    ],
)
def test_cr_lf_or_both_end_a_line(octets: bytes, lines: list[bytes]) -> None:
    assert lines_of(octets)[0] == lines


def test_bs_and_del_take_back_the_last_octet_and_no_more_than_there_are() -> None:
    assert lines_of(b"alx\x08ice\x7f\x7fyz\x08\x08\x08\x08\x08\x08\x08\x08\x08bob\r") == (
        [b"bob"],
        b"alx\b \bice\b \b\b \byz" + b"\b \b" * 5 + b"bob",
    )


def test_nul_is_padding() -> None:
    assert lines_of(b"a\0b\0\r\0\n") == ([b"ab", b""], b"ab")


def test_what_is_too_long_for_a_line_is_neither_taken_nor_echoed() -> None:
    lines, echo = lines_of(b"x" * (LONGEST_LINE + 50) + b"\x08y\r")
    assert lines == [b"x" * (LONGEST_LINE - 1) + b"y"]
    assert echo == b"x" * LONGEST_LINE + b"\b \by"


def test_typed_ahead_octets_wait_up_to_a_bound_and_later_ones_are_counted_as_lost() -> None:
    typed = LineInput()
    typed.add(b"a\r")
    typed.add(b"b" * MOST_TYPED_AHEAD)
    typed.add(b"c")
    assert typed.lost == 3
    assert typed.read_line() == (b"a", b"a")


def test_what_is_forgotten_never_comes_back() -> None:
    typed = LineInput()
    typed.add(b"secre")
    typed.read_line()
    typed.add(b"t\rmore")
    typed.forget()
    typed.add(b"new\r")
    assert typed.read_line() == (b"new", b"new")
    assert typed.read_line() == (None, b"")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"\r", b"\n", b"\r\n", b"\x08", b"ab"]), max_size=12))
def test_cutting_the_octets_elsewhere_changes_nothing(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert lines_of(*pieces) == lines_of(whole) == lines_of(*(whole[i : i + 1] for i in range(len(whole))))
