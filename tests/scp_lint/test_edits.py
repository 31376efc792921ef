"""Edits of a text, and where in it statements stand."""

from __future__ import annotations

import pytest

from simisp.scp.edits import Edit, Layout, applied
from simisp.scp.parser import parse
from simisp.scp.syntax import Delay, Halt, If, Procedure, Statement, Transmit, walk_statements
from support.narrowed import narrowed

# edits


def test_edits_are_made_at_their_places_whatever_their_order() -> None:
    assert applied("one two three", [Edit(8, 13, "3"), Edit(0, 3, "1"), Edit(4, 4, ">")]) == "1 >two 3"


def test_edits_at_one_place_are_made_in_the_order_given() -> None:
    assert applied("ab", [Edit(1, 1, "-"), Edit(1, 1, "+"), Edit(1, 2, "B")]) == "a-+B"


def test_of_two_that_overlap_the_later_is_left_out() -> None:
    assert applied("abcd", [Edit(1, 3, "X"), Edit(2, 4, "Y")]) == "aXd"


def test_a_shared_edit_is_made_once_and_another_as_often_as_it_is_given() -> None:
    assert applied("ab", [Edit(1, 1, "!", shared=True)] * 2) == "a!b"
    assert applied("ab", [Edit(1, 1, "!")] * 2) == "a!!b"


def test_no_edits_leave_the_text() -> None:
    assert applied("text", []) == "text"


# places

SCRIPT = """\
proc main
  integer n = 3
\twaitfor "a",
     matchcase ; both lines
  if n == 3 then transmit "x" + "y" ; one line
    delay n
  endif
  transmit "two
lines" delay 1
endproc ; the end
"""


def laid_out(text: str = SCRIPT) -> tuple[Layout, list[Delay | Delay | If | Halt | Statement], Procedure]:
    parsed = parse(text)
    assert parsed.tree.main is not None
    return Layout(parsed), list(walk_statements(parsed.tree.main.body)), parsed.tree.main


def change(edit: Edit, text: str = SCRIPT) -> str:
    """Return the lines that an edit changes."""
    before, after = text.splitlines(), applied(text, [edit]).splitlines()
    return "\n".join(line for line in after if line not in before)


@pytest.mark.parametrize(
    ("number", "end"),
    [(0, "matchcase"), (1, "endif"), (2, '"x" + "y"'), (3, "delay n"), (4, 'lines"'), (5, "delay 1")],
)
def test_a_statement_ends_with_its_last_token(number: int, end: str) -> None:
    layout, statements, _ = laid_out()
    assert SCRIPT[: layout.end_of(statements[number])].endswith(end)


def test_the_last_statement_of_a_cut_off_script_ends_with_its_tokens() -> None:
    text = "proc main\n  if TRUE then\n    delay 1 ; and so on"
    layout, statements, _ = laid_out(text)
    assert text[: layout.end_of(statements[1])].endswith("delay 1")


def test_words_are_added_before_the_comment() -> None:
    layout, statements, _ = laid_out()
    assert change(layout.append(statements[0], " until 5")) == "     matchcase until 5 ; both lines"


def test_lines_after_a_statement_take_its_indentation_and_come_after_its_comment() -> None:
    layout, statements, _ = laid_out()
    assert change(layout.after(statements[0], ["halt", "  halt"])) == "\thalt\n\t  halt"
    assert change(layout.after(statements[1], ["halt"])) == "  halt"


def test_on_a_shared_line_statements_are_added_on_that_line() -> None:
    layout, statements, _ = laid_out()
    assert change(layout.after(statements[4], ["  halt"])) == 'lines" halt delay 1'
    assert change(layout.before(statements[5].place, ["halt"])) == 'lines" halt delay 1'


def test_lines_before_a_place_take_its_indentation_or_anothers() -> None:
    layout, statements, main = laid_out()
    assert change(layout.before(statements[0].place, ["halt"])) == "\thalt"
    assert change(layout.before(statements[0].place, ["halt"], like=main.end)) == "halt"


def test_a_statement_is_replaced_by_several_in_its_layout() -> None:
    layout, statements, _ = laid_out()
    assert change(layout.replace(statements[3], ["halt", "delay 2"])) == "    halt\n    delay 2"
    assert change(layout.replace(statements[2], ["halt", "delay 2"])) == "  if n == 3 then halt delay 2 ; one line"


def test_a_comment_goes_to_the_end_of_a_line() -> None:
    layout, _, main = laid_out()
    assert main.end is not None
    assert change(layout.end_line(main.end, " !")) == "endproc ; the end !"


def test_new_lines_end_as_the_first_line_of_the_text_does() -> None:
    text = SCRIPT.replace("\n", "\r\n")
    layout, statements, _ = laid_out(text)
    assert "\r\n\thalt\r\n" in applied(text, [layout.after(statements[0], ["halt"])])
    layout, statements, main = laid_out("proc main halt endproc")
    assert layout.after(main.body[0], ["halt"]).text == " halt"


def test_a_token_is_shown_as_it_is_written() -> None:
    layout, statements, _ = laid_out()
    assert layout.written(narrowed(statements[4], Transmit).text.place) == '"two\nlines"'


def test_ends_are_added_to_the_end_of_the_text() -> None:
    text = "proc main\n\tdelay 1"
    layout, statements, main = laid_out(text)
    edit = layout.at_end([(statements[0].place, "endif"), (main.place, "endproc")])
    assert applied(text, [edit]) == "proc main\n\tdelay 1\n\tendif\nendproc\n"
