from __future__ import annotations

import pytest

from simisp.scp import check, parse
from simisp.scp.checker import Checked
from simisp.scp.faults import Fault
from support.narrowed import known


def checked(text: str) -> Checked:
    return check(parse(text))


def in_main(text: str) -> str:
    declarations = "integer n = 3\nstring s\nboolean b"
    return f"proc main\n{declarations}\n{text}\nendproc"


def mistakes(text: str) -> list[str]:
    return [each.code for each in checked(text).diagnostics]


def said(text: str) -> str:
    return "\n".join(f"{each.message} | {each.hint}" for each in checked(text).diagnostics)


WELL_TYPED = [
    "n = n * 2 + 1 / n - -n",
    "n = !n",
    's = s + "x" + $USERID + $PASSWORD',
    's = "a" + (getip 2)',
    "b = n < 3 and !(n >= 4) or b == TRUE and $SUCCESS != $FAILURE",
    'b = s == "x" or n != 3 or n > 1 or n <= 2',
    "s = getip n + 1",
    "b = FALSE == $SUCCESS",
    "if b then endif while n > 0 do endwhile",
    "delay n * 2 transmit s, raw waitfor s, matchcase until n set ipaddr s getip n set ipaddr getip",
]


@pytest.mark.parametrize("text", WELL_TYPED)
def test_what_fits_is_accepted(text: str) -> None:
    assert said(in_main(text)) == ""


ILL_TYPED = [
    ('n = "3"', "'n' needs an integer, not a string | the language has no conversion"),
    ("s = 3", "'s' needs a string, not an integer | the language has no conversion"),
    ("b = 3", "'b' needs a boolean, not an integer | compare the integer"),
    ('b = "x"', "'b' needs a boolean, not a string | "),
    ('s = "a" + 5', "'+' needs two integers or two strings, not a string and an integer | the language has no"),
    ("n = b + b", "'+' needs two integers or two strings, not a boolean and a boolean"),
    ('b = "a" < "b"', "'<' needs two integers, not a string and a string"),
    ("b = n and b", "'and' needs two booleans, not an integer and a boolean | compare the integer"),
    ('b = n == "3"', "'==' needs two integers or two strings or two booleans"),
    ("n = -s", "'-' needs an integer, not a string"),
    ("b = !s", "'!' needs a boolean or an integer, not a string"),
    ("if n then endif", "'if' needs a boolean, not an integer"),
    ("while s do endwhile", "'while' needs a boolean"),
    ('delay "5"', "'delay' needs an integer"),
    ("waitfor 5", "'waitfor' needs a string"),
    ('waitfor "x" until "5"', "'until' needs an integer"),
    ("transmit n", "'transmit' needs a string"),
    ("set ipaddr n", "'set ipaddr' needs a string"),
    ("getip s", "'getip' needs an integer"),
    ('s = getip "2"', "'getip' needs an integer"),
]


@pytest.mark.parametrize(("text", "words"), ILL_TYPED, ids=[text for text, _ in ILL_TYPED])
def test_what_does_not_fit_is_reported_once(text: str, words: str) -> None:
    assert mistakes(in_main(text)) == [Fault.TYPE_MISMATCH.value]
    assert words in said(in_main(text))


def test_one_wrong_operand_is_not_reported_again_further_out() -> None:
    assert mistakes(in_main("n = 1 + (2 * (b - 3))")) == [Fault.TYPE_MISMATCH.value]
    assert mistakes(in_main("b = (zzz == 3) and b")) == [Fault.UNDECLARED_VARIABLE.value]
    assert mistakes(in_main("n = -zzz")) == [Fault.UNDECLARED_VARIABLE.value]
    assert mistakes(in_main("if s < 3 then endif")) == [Fault.TYPE_MISMATCH.value]


def test_what_could_not_be_read_is_not_typed() -> None:
    assert mistakes(in_main("delay")) == [Fault.EXPECTED_EXPRESSION.value]


def test_an_undeclared_variable_gets_the_nearest_name() -> None:
    text = "proc main\ninteger nTries = 3\nnTires = 2\nendproc"
    assert mistakes(text) == [Fault.UNDECLARED_VARIABLE.value]
    assert "did you mean 'nTries'?" in said(text)


def test_without_a_near_name_the_hint_says_where_to_declare() -> None:
    assert "declare it after 'proc'" in said("proc main\nx = 2\nendproc")


def test_an_initial_value_sees_only_what_stands_above() -> None:
    text = "proc main\ninteger a = b\ninteger b = 1\nendproc"
    assert mistakes(text) == [Fault.UNDECLARED_VARIABLE.value]
    assert "it is declared only in line 3" in said(text)
    assert mistakes("proc main\ninteger b = 1\ninteger a = b\nendproc") == []


def test_an_initial_value_fits_its_variable() -> None:
    assert mistakes('proc main\ninteger a = "x"\nendproc') == [Fault.TYPE_MISMATCH.value]


def test_names_do_not_mind_case() -> None:
    assert mistakes("proc main\ninteger Count\ncOUNT = 1\ngoto TOP\ntop:\nendproc") == []


def test_a_variable_is_declared_once() -> None:
    text = "proc main\ninteger a\nstring A\nendproc"
    assert mistakes(text) == [Fault.DUPLICATE_VARIABLE.value]
    assert "declared in line 2" in said(text)


def test_a_label_is_unique_in_its_procedure() -> None:
    assert mistakes("proc main\nA:\na:\nendproc") == [Fault.DUPLICATE_LABEL.value]
    assert mistakes("proc main\nA:\nendproc\nproc other\nA:\nendproc") == []


def test_a_label_may_be_named_like_a_variable() -> None:
    assert mistakes(in_main("n: goto n")) == []


def test_a_jump_needs_its_label_in_the_same_procedure() -> None:
    assert mistakes("proc main\ngoto A\nendproc\nproc other\nA:\nendproc") == [Fault.UNDEFINED_LABEL.value]
    assert mistakes(in_main('waitfor "x" then Nowhere until 5')) == [Fault.UNDEFINED_LABEL.value]


def test_an_undefined_label_gets_the_nearest_one() -> None:
    assert "did you mean 'TryAgain'?" in said(in_main("TryAgain: goto TryAgian"))
    assert "write 'Zzz:'" in said(in_main("goto Zzz"))


def test_a_label_in_a_block_can_be_reached_from_outside() -> None:
    assert mistakes(in_main("goto Inside\nwhile b do\nif b then\nInside:\nendif\nendwhile")) == []


def test_system_variables_can_only_be_read() -> None:
    text = in_main("$SUCCESS = zzz")
    assert mistakes(text) == [Fault.READ_ONLY.value, Fault.UNDECLARED_VARIABLE.value]


def test_the_value_for_an_undeclared_variable_is_checked_too() -> None:
    assert mistakes(in_main("zzz = -s")) == [Fault.UNDECLARED_VARIABLE.value, Fault.TYPE_MISMATCH.value]


def test_there_must_be_a_main() -> None:
    assert mistakes("") == [Fault.NO_MAIN.value]
    assert "should 'proc mian' be 'proc main'?" in said("proc mian\nendproc")


def test_there_is_one_main() -> None:
    assert mistakes("proc main\nendproc\nproc MAIN\nendproc") == [Fault.DUPLICATE_PROCEDURE.value]


def test_statements_outside_a_procedure_are_checked_and_no_main_is_missed() -> None:
    assert mistakes("delay TRUE") == [Fault.OUTSIDE_PROCEDURE.value, Fault.TYPE_MISMATCH.value]
    assert mistakes("halt proc a endproc halt").count(Fault.DUPLICATE_PROCEDURE.value) == 0


def test_other_procedures_are_checked_though_they_never_run() -> None:
    assert mistakes("proc main\nendproc\nproc other\ndelay TRUE\nendproc") == [Fault.TYPE_MISMATCH.value]


def test_scopes_hold_the_names_of_each_procedure() -> None:
    result = checked("proc main\ninteger N\nTop:\nendproc\nproc other\nendproc")
    assert list(known(result.main).variables) == ["n"]
    assert list(known(result.main).labels) == ["top"]
    assert len(result.scopes) == 2


def test_a_script_without_main_has_no_main_scope() -> None:
    assert checked("proc a\nendproc").main is None


def test_of_an_unreadable_text_nothing_more_is_said() -> None:
    assert mistakes("x" * 2**21) == [Fault.TOO_LARGE.value]


def test_ten_thousand_labels_are_checked_and_ten_thousand_wrong_ones_reported_briefly() -> None:
    right = "\n".join(f"L{number}: goto L{9999 - number}" for number in range(10_000))
    assert mistakes(f"proc main\n{right}\nendproc") == []
    wrong = "\n".join(f"L{number}: goto M{number}" for number in range(10_000))
    assert len(mistakes(f"proc main\n{wrong}\nendproc")) == 101
