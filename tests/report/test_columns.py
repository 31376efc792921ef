"""The live view on a terminal of so many columns: nothing wraps, nothing is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.report.columns import Columns
from simisp.report.folding import cells
from simisp.report.live import LiveLine

ONLINE = "[online data: DTR DSR CTS DCD]"
COMMAND = "[command: DSR CTS]"
PRINTABLE = st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs")).filter(str.isprintable), max_size=400)


def laid_out(*lines: LiveLine, width: int = 80) -> list[str]:
    columns = Columns()
    return [text for line in lines for text in columns.lay_out(line, width)]


def test_the_state_stands_beside_a_line_where_it_fits() -> None:
    (text,) = laid_out(LiveLine(1.5, "-->", "ATZ\\r", COMMAND))
    assert text == "    1.500  -->  ATZ\\r                            [command: DSR CTS]"
    assert text.index("[") == 49


def test_a_wide_terminal_has_the_state_in_the_column_that_a_pipe_has_it_in() -> None:
    line = LiveLine(1.5, "-->", "ATZ\\r", ONLINE)
    assert laid_out(line, width=120) == [str(line)]


def test_where_the_state_does_not_fit_it_is_shown_when_it_has_changed_and_not_otherwise() -> None:
    long = "x" * 50
    lines = laid_out(
        LiveLine(0.0, "---", long, COMMAND), LiveLine(1.0, "---", long, COMMAND), LiveLine(2.0, "---", long, ONLINE)
    )
    assert lines == [
        f"    0.000  ---  {long}",
        " " * 49 + COMMAND,
        f"    1.000  ---  {long}",
        f"    2.000  ---  {long}",
        " " * 49 + ONLINE,
    ]


def test_a_long_line_goes_on_below_its_text_and_nothing_of_it_is_lost() -> None:
    text = "".join(chr(0x21 + number % 90) for number in range(4096))
    lines = laid_out(LiveLine(0.0, "<--", text, ONLINE))
    assert lines[0].startswith("    0.000  <--  !")
    assert all(line.startswith(" " * 16) for line in lines[1:])
    assert "".join(line[16:] for line in lines).replace(" " + ONLINE, "").replace(" ", "") == text.replace(" ", "")


def test_a_long_fact_is_broken_at_a_blank() -> None:
    lines = laid_out(LiveLine(0.0, "---", "the link " + "y" * 48 + " was removed: nobody can open it", COMMAND))
    assert [line[16:48].split()[0] for line in lines[:2]] == ["the", "removed:"]


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本語", 6), ("e\u0301", 1), ("ａ", 2), ("한글", 4), ("é", 1), ("→…", 2)]
)
def test_wide_characters_count_twice_and_combining_ones_not_at_all(text: str, width: int) -> None:
    assert cells(text) == width


@given(PRINTABLE, st.sampled_from([COMMAND, ONLINE, "[]"]), st.integers(40, 200))
def test_no_line_is_as_wide_as_the_terminal(text: str, state: str, width: int) -> None:
    lines = laid_out(LiveLine(1.0, "---", text, state), width=width)
    assert max(map(cells, lines)) < width
    assert text.replace(" ", "") in "".join(line[16:] for line in lines).replace(" ", "")
