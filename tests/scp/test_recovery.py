"""What the parser says about mistakes, and that it goes on after each."""

from __future__ import annotations

import pytest

from simisp.diagnostics import Place
from simisp.scp import parse
from simisp.scp.faults import Fault
from simisp.scp.syntax import Delay, If, Missing, Waitfor, While
from support.narrowed import known, narrowed


def mistakes(text: str) -> list[tuple[str, int, int]]:
    """Return code, line and column of each mistake."""
    return [(each.code, each.place.line, each.place.column) for each in parse(text).diagnostics]


def said(text: str) -> str:
    """Return messages and hints, one a line."""
    return "\n".join(f"{each.message} | {each.hint}" for each in parse(text).diagnostics)


def in_main(text: str) -> str:
    return f"proc main\n{text}\nendproc"


ONE_MISTAKE = [
    ('wiatfor "x"', Fault.UNKNOWN_COMMAND, "did you mean 'waitfor'?"),
    ("xyzzy 5", Fault.UNKNOWN_COMMAND, "'xyzzy' is not a command | "),
    ('print "x"', Fault.UNKNOWN_COMMAND, "'print' is not a command"),
    ("else", Fault.UNKNOWN_COMMAND, "no 'else'"),
    ("break", Fault.UNKNOWN_COMMAND, "'goto' to a label"),
    ("call sub", Fault.UNKNOWN_COMMAND, "no calls"),
    ("transmit", Fault.EXPECTED_EXPRESSION, "a string to send, not 'endproc'"),
    ("delay", Fault.EXPECTED_EXPRESSION, "a number of seconds"),
    ('transmit "x" raw', Fault.UNEXPECTED, "a comma is missing before 'raw'"),
    ('transmit "x", row', Fault.UNEXPECTED, "expected 'raw' after the comma, not 'row'"),
    ('waitfor "x" matchcase until 3', Fault.UNEXPECTED, "a comma is missing"),
    ('waitfor "x" until 3 then L', Fault.UNEXPECTED, "'then' belongs before 'until'"),
    ('waitfor "x" then until 3', Fault.UNEXPECTED, "the name of a label, not 'until'"),
    ('waitfor "x" until', Fault.EXPECTED_EXPRESSION, "after 'until'"),
    ("goto", Fault.UNEXPECTED, "the name of a label"),
    ("goto if", Fault.RESERVED_WORD, "can't name a label"),
    ("if:", Fault.RESERVED_WORD, "can't name a label"),
    ("delay = 5", Fault.RESERVED_WORD, "can't name a variable"),
    ("set", Fault.BAD_SETTING, "'port', 'screen' or 'ipaddr'"),
    ("set prot parity even", Fault.BAD_SETTING, "did you mean 'port'?"),
    ("set port speed 9600", Fault.BAD_SETTING, "'databits', 'parity' or 'stopbits'"),
    ("set port databits n", Fault.BAD_SETTING, "a variable is not allowed"),
    ("set port databits 9", Fault.BAD_SETTING, "'5', '6', '7' or '8', not '9'"),
    ("set port parity evn", Fault.BAD_SETTING, "did you mean 'even'?"),
    ("set screen on", Fault.UNEXPECTED, "'keyboard' after 'set screen'"),
    ("set screen keyboard maybe", Fault.BAD_SETTING, "'on' or 'off'"),
    ("x = (1 + 2", Fault.UNEXPECTED, "never closed | ')' was expected before 'endproc'"),
    ("x = 1 +", Fault.EXPECTED_EXPRESSION, "a value after '+'"),
    ("if a = 1 then endif", Fault.UNEXPECTED, "write '=='"),
    ("if a endif", Fault.UNEXPECTED, "expected 'then' after the condition of 'if'"),
    ("while a then endwhile", Fault.UNEXPECTED, "expected 'do'"),
    (") halt", Fault.UNEXPECTED, "expected a command, not ')'"),
    ('"text"', Fault.UNEXPECTED, "expected a command, not a string"),
    ("endif", Fault.STRAY_END, "no 'if' to close"),
    ("$NOBODY = 5", Fault.UNKNOWN_SYSTEM_VARIABLE, "not a system variable"),
    ("x = $NOBODY", Fault.UNKNOWN_SYSTEM_VARIABLE, "not a system variable"),
]


@pytest.mark.parametrize(("text", "fault", "words"), ONE_MISTAKE, ids=[text for text, _, _ in ONE_MISTAKE])
def test_a_mistake_is_reported_once_and_in_words(text: str, fault: Fault, words: str) -> None:
    script = in_main(text)
    assert [code for code, _, _ in mistakes(script)] == [fault.value]
    assert words in said(script)


def test_several_strings_need_a_label_each() -> None:
    script = in_main('waitfor "a", "b" then L\nL:')
    assert mistakes(script) == [(Fault.LABEL_MISSING.value, 2, 9)]


def test_a_misspelt_command_is_read_as_the_one_that_was_meant() -> None:
    parsed = parse(in_main('wiatfor "x" until 5\nif a then\nendfi'))
    assert len(parsed.diagnostics) == 2
    assert isinstance(known(parsed.tree.main).body[0], Waitfor)
    assert narrowed(known(parsed.tree.main).body[1], If).end is not None


def test_reading_goes_on_after_each_mistake() -> None:
    script = in_main('wiatfor "x" until 5\nset port parity evn\ndelay\nx = 3s\ntransmit "y" raw\ndelay 7')
    assert [line for _, line, _ in mistakes(script)] == [2, 3, 4, 5, 6]
    seconds = narrowed(known(parse(in_main("delay 7")).tree.main).body[0], Delay).seconds
    assert known(parse(script).tree.main).body[-1] == Delay(seconds, place=Place(1, 1))


def test_an_unreadable_value_leaves_a_gap_in_the_tree() -> None:
    assert isinstance(narrowed(known(parse(in_main("delay")).tree.main).body[0], Delay).seconds, Missing)


def test_a_lacking_value_at_the_end_of_a_line_is_shown_there() -> None:
    assert mistakes(in_main("  delay\n  halt")) == [(Fault.EXPECTED_EXPRESSION.value, 2, 3)]


@pytest.mark.parametrize("word", ["integer", "string", "boolean"])
def test_a_declaration_after_a_command_is_too_late(word: str) -> None:
    assert mistakes(in_main(f"halt\n{word} x")) == [(Fault.LATE_DECLARATION.value, 3, 1)]


def test_a_declaration_in_a_block_is_too_late_and_counts_all_the_same() -> None:
    parsed = parse(in_main("if a then\ninteger x\nendif"))
    assert [each.code for each in parsed.diagnostics] == [Fault.LATE_DECLARATION.value]
    assert known(parsed.tree.main).declarations[0].name.text == "x"


def test_a_list_of_variables_is_no_declaration() -> None:
    assert "each variable has a declaration of its own" in said(in_main("integer a, b"))


def test_a_declaration_without_a_name_is_left_out() -> None:
    parsed = parse(in_main("integer\n5 = 3"))
    assert known(parsed.tree.main).declarations == ()
    assert parsed.has_errors


def test_a_reserved_word_as_a_variable_is_reported_where_it_is_declared() -> None:
    assert mistakes(in_main("integer delay = 3"))[0] == (Fault.RESERVED_WORD.value, 2, 9)


def test_statements_outside_a_procedure_are_reported_once_and_kept() -> None:
    parsed = parse("x = 5\nhalt\nproc main\nendproc\ndelay 3")
    assert [(each.code, each.place.line) for each in parsed.diagnostics] == [
        (Fault.OUTSIDE_PROCEDURE.value, 1),
        (Fault.OUTSIDE_PROCEDURE.value, 5),
    ]
    assert [len(procedure.body) for procedure in parsed.tree.procedures] == [2, 0, 1]


def test_an_endproc_may_close_what_stands_outside() -> None:
    assert mistakes("halt\nendproc") == [(Fault.OUTSIDE_PROCEDURE.value, 1, 1)]


def test_an_endproc_too_many_is_stray() -> None:
    assert mistakes("proc main\nendproc\nendproc") == [(Fault.STRAY_END.value, 3, 1)]


def test_a_procedure_without_a_name_is_taken_for_main() -> None:
    parsed = parse("proc\nendproc")
    assert [each.code for each in parsed.diagnostics] == [Fault.UNEXPECTED.value]
    assert parsed.tree.main is not None


def test_a_procedure_in_a_procedure_means_that_endproc_is_lacking() -> None:
    assert mistakes("proc a\nhalt\nproc main\nendproc") == [(Fault.MISSING_ENDPROC.value, 1, 1)]
    assert "add 'endproc' after line 2" in said("proc a\nhalt\nproc main\nendproc")


# Where a lacking end belongs


def test_a_lacking_endif_belongs_before_the_next_wait() -> None:
    text = in_main('waitfor "a" until 5\nif a then\ntransmit "x"\nwaitfor "b" until 5')
    assert mistakes(text) == [(Fault.MISSING_ENDIF.value, 3, 1)]
    assert "add 'endif' after line 4, before the 'waitfor' in line 5" in said(text)


def test_a_lacking_endif_of_a_test_of_success_belongs_after_all_that_needs_it() -> None:
    text = in_main('waitfor "a" until 5\nif $SUCCESS then\ntransmit "x"\n\nwaitfor "b" until 5\ntransmit "y"')
    assert said(text).endswith("add 'endif' after line 7")
    text = in_main('  waitfor "a" until 5\n  if $SUCCESS then\n    transmit "x"\n  delay 1')
    assert "add 'endif' after line 4, where the indentation ends" in said(text)


def test_a_lacking_endif_belongs_before_the_blank_line() -> None:
    assert "after line 4, before the blank line" in said(in_main('if a then\ntransmit "x"\ntransmit "y"\n\nhalt'))


def test_a_comment_line_is_not_blank() -> None:
    assert "add 'endif' after line 5" in said(in_main('if a then\ntransmit "x"\n; then\nhalt'))


def test_a_lacking_endif_belongs_where_the_indentation_ends() -> None:
    text = in_main('  if a then\n    transmit "x"\n    transmit "y"\n  halt')
    assert "after line 4, where the indentation ends" in said(text)


def test_a_lacking_end_without_any_sign_belongs_at_the_end() -> None:
    assert "add 'endwhile' after line 3" in said(in_main('while a do\ntransmit "x"'))
    assert "add 'endif' after line 2" in said(in_main("if a then"))


def test_an_end_in_the_column_of_an_outer_block_was_meant_for_it() -> None:
    text = in_main('if a then\n  if b then\n    transmit "x"\n  halt\nendif')
    assert mistakes(text) == [(Fault.MISSING_ENDIF.value, 3, 3)]


def test_an_end_of_another_kind_does_not_close_the_inner_block() -> None:
    text = in_main("while a do\n  if b then\n    halt\nendwhile")
    assert mistakes(text) == [(Fault.MISSING_ENDIF.value, 3, 3)]
    assert narrowed(known(parse(text).tree.main).body[0], While).end is not None


def test_blame_goes_only_to_blocks_of_the_same_kind_within() -> None:
    text = in_main("if a then\n  while b do\nendwhile\nif c then\nendif")
    assert mistakes(text) == [(Fault.MISSING_ENDIF.value, 2, 1)]


def test_each_misplaced_end_explains_one_lacking_end() -> None:
    text = in_main("if a then\nif b then\n  if c then\nendif")
    assert [line for _, line, _ in mistakes(text)] == [2, 4]


# Limits


def test_deep_parentheses_are_refused_without_recursion() -> None:
    text = in_main("x = " + "(" * 100_000 + "1" + ")" * 100_000)
    assert [code for code, _, _ in mistakes(text)] == [Fault.TOO_DEEP.value]


def test_a_long_chain_of_operators_is_refused() -> None:
    assert mistakes(in_main("x = 1" + " + 1" * 100)) == []
    assert [code for code, _, _ in mistakes(in_main("x = 1" + " + 1" * 101))] == [Fault.TOO_DEEP.value]
    assert [code for code, _, _ in mistakes(in_main("x = " + "-" * 101 + "1"))] == [Fault.TOO_DEEP.value]
    assert [code for code, _, _ in mistakes(in_main("getip " + "getip " * 101))] == [Fault.TOO_DEEP.value]


def test_blocks_nest_fifty_deep_and_no_deeper() -> None:
    nested = "if TRUE then " * 50 + "endif " * 50
    assert mistakes(in_main(nested)) == []
    parsed = parse(in_main("if TRUE then " * 70_000))
    assert [each.code for each in parsed.diagnostics] == [Fault.TOO_DEEP.value]
    assert not parsed.complete


def test_a_text_beyond_the_limit_is_refused_at_once() -> None:
    for text in ("x" * 2**21, b"\x00" * 50_000_000):
        parsed = parse(text)
        assert [each.code for each in parsed.diagnostics] == [Fault.TOO_LARGE.value]
        assert not parsed.complete


def test_after_a_hundred_mistakes_reading_stops_with_a_note() -> None:
    parsed = parse(in_main("halt )\n" * 500))
    assert len(parsed.diagnostics) == 101
    assert "there may be more" in parsed.diagnostics[-1].message
    assert not parsed.complete
