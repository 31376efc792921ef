"""Texts in a terminal's columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simisp.report.folding import cells, fold

WORDS = st.lists(st.text("abc日本", min_size=1, max_size=20), min_size=1, max_size=40)


@given(WORDS, st.integers(40, 120), st.integers(0, 8))
def test_no_line_is_as_wide_as_the_terminal_and_no_word_is_lost(words: list[str], width: int, indent: int) -> None:
    folded = fold(" " * indent + " ".join(words), width)
    lines = folded.split("\n")
    assert folded.split() == words
    assert all(cells(line) < width or len(line.split()) == 1 for line in lines)
    assert lines[0].startswith(" " * indent)
    assert all(line.startswith(" " * (indent + 2)) for line in lines[1:])


def test_a_word_that_is_longer_than_a_line_stays_whole_so_that_it_can_be_copied() -> None:
    path = "/tmp/" + "x" * 90
    assert fold(f"the port is {path} here", 80) == f"the port is\n  {path}\n  here"


def test_a_line_of_a_file_that_a_diagnostic_shows_is_not_broken() -> None:
    shown = "    2 | " + "word " * 30
    assert fold(shown, 80) == shown
