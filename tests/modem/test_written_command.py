"""A command as text, and which command a scenario means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.modem.syntax import split
from simisp.modem.written_command import LONGEST_MATCHED, CommandPattern, canonical, text_of

PIECES = st.sampled_from(
    [
        *("+CSQ", "+CREG=1", '+CGDCONT=1,"IP","a b"', "^SYSINFO", "%C1", "&F", "E", "I3", "S7=60", "S7?", "D*99#"),
        *("?", "=", "+", "=5", "&Z1=5", "S"),
    ]
)
LINES = st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), PIECES)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_a_command_as_text_is_one_command_with_the_same_text(text: str) -> None:
    command = canonical(text)
    if command is not None:
        assert canonical(command) == command


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_a_command_that_is_written_out_matches_itself_in_either_case(text: str) -> None:
    if canonical(text) is None:
        return
    pattern = CommandPattern.of(text)
    if pattern.expression is None and '"' not in text:
        assert all(pattern.matches(command) for command in split(text.lower().encode()))


@pytest.mark.parametrize("text", ["", "+CSQ;+CREG?", "+CSQ +CREG", "E0V1", "€", "\r", "+CSQ\n"])
def test_what_is_not_one_command_is_none(text: str) -> None:
    assert canonical(text) is None


def test_a_command_that_is_too_long_matches_no_pattern() -> None:
    command = split(b"+X=" + b"1" * LONGEST_MATCHED)[0]
    assert len(text_of(command)) > LONGEST_MATCHED
    assert not CommandPattern.of("/.*/").matches(command)
    assert CommandPattern.of("+X").matches(command)
