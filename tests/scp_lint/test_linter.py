"""What the linter takes, what it leaves out, and that nothing upsets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simisp.diagnostics import Severity
from simisp.scp.lexer import RESERVED_WORDS
from simisp.scp.lint_report import as_json, as_text
from simisp.scp.linter import lint
from simisp.scp.sarif import as_sarif
from support.scp_strategies import scripts

NAIVE = 'proc main\n  waitfor "ogin:"\n  transmit "guest^M"\nendproc\n'
ENDLESS = 'proc main\n  waitfor "ogin:"{}\nendproc\n'


def codes(text: str | bytes, **settings: Any) -> list[str]:
    return [diagnostic.code for diagnostic in lint(text, **settings).diagnostics]


def test_a_finding_has_a_place_a_message_a_hint_a_code_and_a_severity() -> None:
    (found,) = lint(NAIVE, name="naive.scp").diagnostics
    assert (found.place.line, found.place.column, found.place.length) == (2, 3, 7)
    assert found.message.startswith("this wait has no limit")
    assert (found.hint, found.code, found.severity) == ("add 'until 90'", "SCP101", Severity.ERROR)


def test_octets_are_read_as_the_parser_reads_them() -> None:
    assert codes(NAIVE.replace("\n", "\r\n").encode("cp1252")) == ["SCP101"]
    assert codes(b'proc main\r  transmit "caf\xe9"\rendproc') == ["SCP208"]


def test_findings_stand_in_the_order_of_the_text() -> None:
    text = 'PROC main\n  integer nUnused\n  waitfor "a"\n  while TRUE do\n  endwhile\nendproc'
    assert codes(text) == ["SCP218", "SCP211", "SCP101", "SCP105"]


# exit status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("proc main\nendproc", 0),
        ('proc main\n  waitfor "a" until 5\nendproc', 0),  # a note alone
        (NAIVE, 1),
        ("PROC main\nendproc", 1),  # a warning
        ("proc main\n  bogus\nendproc", 1),
        ("", 1),
        (b"\x00\x01\xfe\xff" * 500, 2),
        (b" " * (2**20 + 1), 2),
    ],
)
def test_the_exit_status_tells_clean_faulty_and_unreadable(text: bytes | str, status: int) -> None:
    result = lint(text)
    assert result.exit_status == status
    assert result.is_clean == (status == 0)
    assert result.unreadable == (status == 2)


# a script that does not run


def test_of_a_script_with_mistakes_the_tree_is_looked_at_and_the_paths_are_not() -> None:
    text = 'proc main\n  waitfor "a" until 5\n  waitfor "b"\n  transmit "c"\n  goto Nowhere\nendproc'
    assert codes(text) == ["SCP101", "SCP033"]


def test_a_fault_in_a_script_with_mistakes_is_not_fixable_yet() -> None:
    reported = lint('proc main\n  waitfor "a"\n  goto Nowhere\nendproc').reported
    assert [(each.diagnostic.code, each.fixable) for each in reported] == [("SCP101", False), ("SCP033", False)]


def test_a_script_without_main_earns_no_more_than_that() -> None:
    assert codes('waitfor "a"') == ["SCP013"]
    assert codes('proc other\n  waitfor "a"\nendproc') == ["SCP030", "SCP212"]


def test_a_cut_off_script_can_be_completed_unless_more_is_wrong() -> None:
    cut = "proc main\n  while TRUE do\n    if $SUCCESS then\n      delay 1\n"
    assert [each.fixable for each in lint(cut).reported if each.diagnostic.code == "SCP022"] == [True]
    for other in (cut + "bogus\n", cut + "  endwhile\n", "proc main\n  if TRUE then\n  delay 1\nendproc\nproc main\n"):
        assert not any(each.fixable for each in lint(other).reported)


# what is meant


@pytest.mark.parametrize(
    "text",
    [
        ENDLESS.format(" ; lint: allow SCP101"),
        ENDLESS.format(" ;lint:allow SCP101 - a person sits here"),
        ENDLESS.format(" ; as they want it, lint: allow SCP204, SCP101"),
        ENDLESS.format(" ; lint: allow SCP204 lint: allow SCP101"),
        ENDLESS.replace("  waitfor", "  ; lint: allow SCP101\n\n  ; for people\n  waitfor").format(""),
    ],
)
def test_a_comment_allows_what_a_rule_finds_on_its_line_or_the_next(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        ENDLESS.format(" ; lint: allow SCP102"),
        ENDLESS.format(" ; lint: allow"),
        ENDLESS.format("\n  ; lint: allow SCP101"),
        ENDLESS.format(' transmit "; lint: allow SCP101"'),
        ENDLESS.format("") + "; lint: allow SCP101",
    ],
)
def test_a_comment_elsewhere_or_for_another_rule_allows_nothing(text: str) -> None:
    assert codes(text) == ["SCP101"]


def test_a_mistake_in_the_language_can_not_be_allowed() -> None:
    assert codes("proc main\n  goto Nowhere ; lint: allow SCP033\nendproc") == ["SCP033"]


# which rules


def test_rules_are_selected_and_left_out_by_code_or_its_beginning() -> None:
    text = 'PROC main\n  integer nUnused\n  waitfor "a"\nendproc'
    assert codes(text, select=["SCP1"]) == ["SCP101"]
    assert codes(text, select=["SCP218", "SCP101"]) == ["SCP218", "SCP101"]
    assert codes(text, ignore=["SCP21"]) == ["SCP101"]
    assert codes(text, select=["SCP2"], ignore=["SCP218"]) == ["SCP211"]


def test_mistakes_in_the_language_are_reported_whatever_is_selected() -> None:
    assert codes("proc main\n  bogus\nendproc", select=["SCP101"], ignore=["SCP0"]) == ["SCP011"]


@pytest.mark.parametrize("arguments", [{"select": ["SCP999"]}, {"ignore": ["E501"]}])
def test_an_unknown_code_is_a_mistake_of_the_caller(arguments: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="no rule has the code"):
        lint(NAIVE, **arguments)


def test_an_unknown_code_brings_the_nearest_to_mind() -> None:
    with pytest.raises(ValueError, match="did you mean 'SCP101'"):
        lint(NAIVE, select=["SPC101"])


# nothing upsets it


def consistent(text: str | bytes) -> None:
    result = lint(text, give_up=60)
    for each in result.reported:
        assert each.diagnostic.place.line >= 1
        for edit in each.edits:
            assert 0 <= edit.start <= edit.end <= len(result.source.text)
    as_text([result]), as_json([result]), as_sarif([result])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
@example("proc main\x1a")
@example('proc main waitfor "a')
def test_no_text_upsets_it(text: bytes | str) -> None:
    consistent(text)


WORDS = st.sampled_from(
    [*sorted(RESERVED_WORDS), "main", "L", "L:", "n", "=", "+", "-1", "5", ",", "$SUCCESS", "$PASSWORD"]
)
GAPS = st.sampled_from([" ", "\n", "\r", ' "a" ', ' "a\nb"', " ; lint: allow SCP101\n"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(WORDS, GAPS), max_size=40))
def test_no_row_of_words_upsets_it(words: Sequence[tuple[str, str]]) -> None:
    consistent("proc main\n" + "".join(map("".join, words)))


@settings(max_examples=60, deadline=None)
@given(scripts)
def test_no_script_upsets_it(text: str) -> None:
    consistent(text)


def test_thousands_of_labels_are_no_runaway() -> None:
    body = "".join(f'L{n}: waitfor "x" then L{(n * 7) % 3000} until 3\n' for n in range(3000))
    assert "SCP105" in codes(f"proc main\n{body}endproc")


def test_many_variables_are_no_runaway() -> None:
    declared = "".join(f" integer n{n} = {n}\n" for n in range(1000))
    used = "".join(f" n{n} = n{n} + 1\n" for n in range(1000))
    assert codes(f"proc main\n{declared}{used}endproc", ignore=["SCP211"]) == ["SCP220"]


def test_only_a_wait_after_the_last_transmit_bounds_a_getip() -> None:
    script = """\
proc main
  waitfor "assword:" until 60
  if $SUCCESS then
    transmit $PASSWORD, raw
    transmit "^M"
    set ipaddr getip
  endif
endproc
"""
    assert "SCP104" in [each.code for each in lint(script).diagnostics]
    waited = script.replace("    set", '    waitfor "address is" until 60\n    if $SUCCESS then\n    set')
    waited = waited.replace("  endif", "  endif\n  endif")
    assert "SCP104" not in [each.code for each in lint(waited).diagnostics]
