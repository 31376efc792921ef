from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.scp.text import decode, encode, interpret


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("^M", "\r"),
        ("^@", "\x00"),
        ("^[", "\x1b"),
        ("^_", "\x1f"),
        ("^a", "\x01"),
        ("^z", "\x1a"),
        ("<cr>", "\r"),
        ("<lf>", "\n"),
        ("p<cr><lf>q", "p\r\nq"),
        (r"\"", '"'),
        (r"\^M", "^M"),
        (r"\<cr>", "<cr>"),
        (r"\\^M", "\\\r"),
    ],
)
def test_a_documented_sequence_stands_for_its_octet(written: str, meant: str) -> None:
    assert interpret(written) == meant


@pytest.mark.parametrize("written", ["^", "^1", "^ ", "^~", r"\x", "\\", "<tab>", "<cr", "cr>", "a^"])
def test_what_no_documentation_explains_stands_for_itself(written: str) -> None:
    assert interpret(written) == written


def test_tags_in_upper_case_are_a_choice() -> None:
    assert interpret("<CR><Lf>") == "\r\n"
    assert interpret("<CR><cr>", tags_in_any_case=False) == "<CR>\r"


def test_a_file_is_utf_8_when_it_can_be() -> None:
    assert decode("proc é λ".encode()) == "proc é λ"


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode(b"\xef\xbb\xbfproc") == "proc"


def test_a_file_that_is_no_utf_8_is_windows_1252() -> None:
    assert decode(b"caf\xe9 \x80\x92") == "café €’"


def test_line_ends_stay_as_they_are() -> None:
    assert decode(b"a\r\nb\nc\rd") == "a\r\nb\nc\rd"


def test_what_windows_1252_has_goes_out_as_one_octet() -> None:
    assert encode("é€’") == b"\xe9\x80\x92"


def test_what_windows_1252_lacks_goes_out_as_utf_8() -> None:
    assert encode("é λ") == b"\xe9 \xce\xbb"


def test_even_half_a_surrogate_pair_can_be_sent() -> None:
    assert encode("\ud800x") == b"\xed\xa0\x80x"


@given(st.binary())
def test_no_octets_fail_to_decode_and_a_windows_file_loses_nothing(data: bytes) -> None:
    text = decode(data)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        assert encode(text) == data


@given(st.text())
def test_any_text_can_be_interpreted_and_sent(text: str) -> None:
    assert isinstance(encode(interpret(text)), bytes)
