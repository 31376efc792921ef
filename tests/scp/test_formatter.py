from __future__ import annotations

import pytest

from simisp.errors import ScriptError
from simisp.scp import format_script, parse, print_tree
from simisp.scp.printer import expression_text, statement_text
from simisp.scp.syntax import Assign
from support.narrowed import known, narrowed


def formatted(text: str) -> list[str]:
    """Return a main procedure's formatted body, without its indentation."""
    lines = format_script(f"proc main\n{text}\nendproc\n").splitlines()
    assert lines[0] == "proc main"
    assert lines[-1] == "endproc"
    return [line.removeprefix("  ") for line in lines[1:-1]]


def test_each_statement_has_its_line_and_each_block_its_indentation() -> None:
    assert formatted('if a then while b do transmit "x" endwhile endif') == [
        "if a then",
        "  while b do",
        '    transmit "x"',
        "  endwhile",
        "endif",
    ]


def test_words_take_their_usual_case_and_names_keep_theirs() -> None:
    assert formatted("IF nX == 1 AND true THEN Transmit $password , RAW ENDIF") == [
        "if nX == 1 and TRUE then",
        "  transmit $PASSWORD, raw",
        "endif",
    ]


def test_labels_stand_out() -> None:
    assert format_script("proc main\nwhile a do\nTop :\nhalt\nendwhile\nDone:\nendproc") == (
        "proc main\n  while a do\n  Top:\n    halt\n  endwhile\nDone:\nendproc\n"
    )


def test_operators_have_spaces_and_signs_have_none() -> None:
    assert formatted("n=-a*( b+ - 1 )- ! c") == ["n = -a * (b + -1) - !c"]
    assert formatted("n = (getip) -1 b = TRUE - 1") == ["n = (getip) - 1", "b = TRUE - 1"]
    assert formatted("delay - 5 x = getip -1") == ["delay -5", "x = getip -1"]


def test_parentheses_stay() -> None:
    assert formatted("n = ((1))") == ["n = ((1))"]


def test_comments_stay_where_they_were() -> None:
    assert formatted("; own\nhalt;trailing  \n  ; last") == ["; own", "halt  ;trailing", "; last"]


def test_a_comment_within_a_statement_breaks_it() -> None:
    assert formatted('waitfor ; what\n"x" ; how long\nuntil 5') == [
        "waitfor  ; what",
        '    "x"  ; how long',
        "    until 5",
    ]
    assert formatted("delay\n; long\n5") == ["delay", "; long", "    5"]


def test_a_comment_before_and_after_the_procedure_is_not_indented() -> None:
    assert format_script("  ; a\nproc main\nendproc ; b\n\n\n ; c") == "; a\nproc main\nendproc  ; b\n\n; c\n"


def test_blank_lines_stay_but_only_one_at_a_time() -> None:
    assert formatted("halt\n\n\n\nhalt\n \nhalt") == ["halt", "", "halt", "", "halt"]


def test_blank_lines_within_a_statement_go() -> None:
    assert formatted("delay\n\n5") == ["delay 5"]


def test_several_strings_of_a_wait_have_a_line_each() -> None:
    assert formatted('waitfor "a" then A, "b", matchcase then B until 5') == [
        'waitfor "a" then A,',
        '    "b", matchcase then B until 5',
    ]


def test_an_operand_that_getip_must_not_take_stays_on_its_line() -> None:
    text = "x = getip\n- 1"
    assert formatted(text) == ["x = getip", "    -1"]
    assert parse(format_script(f"proc main\n{text}\nendproc")).tree == parse(f"proc main\n{text}\nendproc").tree


def test_a_string_that_spans_lines_stays_as_it_is() -> None:
    assert format_script('proc main\n  transmit "a\n\n  b" ; c\nendproc') == (
        'proc main\n  transmit "a\n\n  b"  ; c\nendproc\n'
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_end_of_the_first_line_is_that_of_all(end: str) -> None:
    assert format_script(f"proc main{end}halt\nendproc") == f"proc main{end}  halt{end}endproc{end}"


def test_a_single_line_ends_in_lf() -> None:
    assert format_script("proc main endproc") == "proc main\nendproc\n"


def test_an_empty_text_stays_empty() -> None:
    assert format_script("") == ""


def test_what_can_not_be_read_is_not_formatted() -> None:
    with pytest.raises(ScriptError, match=r"x\.scp:2:"):
        format_script("proc main\ndelay\nendproc", "x.scp")


def test_a_script_with_wrong_names_can_be_formatted() -> None:
    assert formatted("goto Nowhere") == ["goto Nowhere"]


# The printer


def test_a_printed_tree_is_a_script_in_the_usual_layout() -> None:
    text = """proc other
endproc

proc main
  integer n = 3
  string s
  while n > 0 do
  Again:
    waitfor "a" then Again, s, matchcase then Again until n * 2
    set port parity even
    set screen keyboard off
    set ipaddr getip 2
    getip
    n = n - 1
    delay -1
    goto Again
    halt
  endwhile
endproc
"""
    assert print_tree(parse(text).tree) == text


@pytest.mark.parametrize(
    "text",
    [
        "a - (b - c)",
        "a - b - c",
        "(a or b) and c",
        "-(a + b)",
        "!!a",
        "--a",
        '(getip 2) + "x"',
        '"x" + (getip)',
        "getip 1 + n",
        "getip (a == b)",
        "getip (getip 2)",
        "-(getip)",
    ],
)
def test_an_expression_is_printed_with_the_parentheses_that_it_needs(text: str) -> None:
    value = narrowed(known(parse(f"proc main x = {text} endproc").tree.main).body[0], Assign).value
    assert expression_text(value) == text


def test_parentheses_that_change_nothing_are_not_printed() -> None:
    value = narrowed(known(parse("proc main x = ((a) + (b * c)) endproc").tree.main).body[0], Assign).value
    assert expression_text(value) == "a + b * c"


def test_what_could_not_be_read_is_printed_as_a_question() -> None:
    assert statement_text(known(parse("proc main delay endproc").tree.main).body[0]) == "delay ?"
