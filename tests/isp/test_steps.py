"""What instructions mean by themselves."""

from __future__ import annotations

import re

import pytest

from simisp.isp.steps import Send, literal, pattern


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("plain", b"plain"),
        ("a\nb\n", b"a\r\nb\r\n"),
        ("a\r\nb", b"a\r\nb"),
        ("a\rb", b"a\rb"),
        ("{user}!", b"alice!"),
        ("{{user}}", b"{user}"),
        ("{nobody}", b"{nobody}"),
        ("{a b} {} { {{ }}", b"{a b} {} { {{ }}"),
        ("\x00\xff", b"\x00\xff"),
        ("{wide}", b"?"),
    ],
)
def test_a_text_is_sent_with_names_filled_in_and_lines_ended_by_crlf(text: str, octets: bytes) -> None:
    assert Send(text).octets({"user": "alice", "wide": "€"}) == octets


def test_names_are_those_in_single_braces() -> None:
    assert Send("{a} {{b}} {c_1} {d e} {a}").names == ("a", "c_1", "a")


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert Send("{a}").octets({"a": "{b}", "b": "x"}) == b"{b}"


def test_a_text_is_matched_whole_in_either_case() -> None:
    assert literal("P.").matches("p.")
    assert not literal("p.").matches("px")
    assert not literal("p").matches("pp")
    assert literal("p").shown == "p"


def test_a_pattern_is_matched_whole_in_its_own_case() -> None:
    assert pattern("p+").matches("pp")
    assert not pattern("p+").matches("ppx")
    assert not pattern("p").matches("P")
    assert pattern("p+").shown == "/p+/"
    with pytest.raises(re.error):
        pattern("(")
