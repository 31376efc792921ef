"""Each rule finds its planted fault, is silent on the script without it, and has a page that is true."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

import simisp.scp.rules
from simisp.diagnostics import Severity
from simisp.scp.faults import Fault
from simisp.scp.fixer import fix
from simisp.scp.lint_report import as_text
from simisp.scp.linter import LintResult, lint
from simisp.scp.rules import RULES, Rule
from simisp.scp.rules.catalogue import CATALOGUE
from simisp.scp.rules.pages import page, pages

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = Path(__file__).parents[2] / "docs" / "rules"
NO_RULES = {"__init__", "catalogue", "failure_exit", "success_tested", "pages", "rule"}

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def linted(rule: Rule, text: str | bytes, name: str = "err.scp") -> LintResult:
    return lint(text, name=name, give_up=rule.settings.give_up, unattended=rule.settings.unattended)


def codes(rule: Rule, text: str | bytes) -> set[str]:
    return {diagnostic.code for diagnostic in linted(rule, text).diagnostics}


@every_rule
def test_a_rule_finds_the_planted_fault_and_says_so_as_recorded(rule: Rule) -> None:
    fixture = FIXTURES / rule.code
    found = as_text([linted(rule, (fixture / "err.scp").read_bytes())])
    assert found == (fixture / "err.out").read_text(encoding="utf-8")
    assert f"[{rule.code}]" in found


@every_rule
def test_lint_says_nothing_of_the_script_without_the_fault(rule: Rule) -> None:
    assert linted(rule, (FIXTURES / rule.code / "ok.scp").read_bytes()).diagnostics == ()


@every_rule
def test_a_fix_that_is_promised_leaves_nothing_of_the_fault(rule: Rule) -> None:
    result = linted(rule, (FIXTURES / rule.code / "err.scp").read_bytes())
    fixable = [each for each in result.reported if each.diagnostic.code == rule.code and each.fixable]
    assert bool(fixable) == bool(rule.fix)
    if rule.fix:
        found = sum(each.diagnostic.code == rule.code for each in result.reported)
        remaining = fix(result.source.text).remaining
        left = sum(diagnostic.code == rule.code for diagnostic in remaining.diagnostics)
        assert left == found - len(fixable)


@every_rule
def test_the_bad_example_of_a_page_is_bad_and_the_good_one_is_not(rule: Rule) -> None:
    assert rule.code in codes(rule, rule.example)
    assert codes(rule, rule.instead) <= {"SCP204"} - {rule.code}


@every_rule
def test_the_page_in_the_manual_is_the_rules_own(rule: Rule) -> None:
    assert (PAGES / f"{rule.code}.md").read_text(encoding="utf-8") == page(rule)


def test_the_manual_has_an_index_and_no_page_too_many() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in PAGES.iterdir()}
    assert written == dict(pages())


@every_rule
def test_a_page_has_every_heading(rule: Rule) -> None:
    headings = [line for line in page(rule).splitlines() if line.startswith("## ")]
    wanted = ["## What it does", "## Why it is bad", "## Example", "## Use instead", "## Source"]
    assert [heading for heading in headings if heading in wanted] == wanted
    assert ("## What `--fix` does" in headings) == bool(rule.fix)


@every_rule
def test_no_line_of_a_page_is_longer_than_a_screen(rule: Rule) -> None:
    assert max(map(len, page(rule).splitlines())) <= 120


def test_each_module_of_a_rule_is_registered_once() -> None:
    folder = Path(simisp.scp.rules.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - NO_RULES
    assert [import_module(f"simisp.scp.rules.{name}").RULE for name in sorted(modules)] == sorted(
        RULES, key=lambda rule: rule.name.replace("-", "_")
    )


def test_rules_stand_in_the_order_of_their_codes_and_names_are_unique() -> None:
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_catalogue_knows_every_mistake_and_every_rule() -> None:
    assert set(CATALOGUE) == {fault.value for fault in Fault} | {rule.code for rule in RULES}
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert CATALOGUE["SCP033"].name == "undefined-label"


def test_what_keeps_a_script_from_running_or_from_ending_is_an_error() -> None:
    assert {rule.severity for rule in RULES if rule.code < "SCP200"} == {Severity.ERROR}
    assert {rule.code for rule in RULES if rule.severity is Severity.NOTE} == {"SCP204", "SCP220"}


# what the fixtures do not show


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # SCP102: the outcome in many forms
        ('waitfor "a" until 1 if !$FAILURE then transmit "b" endif', set()),
        ('waitfor "a" until 1 if $FAILURE or FALSE then goto End endif transmit "b" End:', set()),
        ('waitfor "a" until 1 if $SUCCESS and 1 < 2 then transmit "b" endif', set()),
        ('waitfor "a" until 1 if $SUCCESS == TRUE then transmit "b" endif', set()),
        ('waitfor "a" until 1 while $SUCCESS do transmit "b" goto End endwhile End:', set()),
        ('waitfor "a" until 1 if 1 < 2 then transmit "b" endif', {"SCP102"}),
        ('waitfor "a" until 1 delay 1 set port parity none transmit "b"', {"SCP102"}),
        ('waitfor "a" transmit "b"', {"SCP101"}),
        ('transmit "b" waitfor "a" until 1', set()),
        ('waitfor "a" until 1 waitfor "b" until 1', {"SCP102"}),
        ('waitfor "a" until 1 if $SUCCESS then transmit "b" endif waitfor "c" until 1', {"SCP102"}),
        ('waitfor "a" until 1 if $SUCCESS then waitfor "b" until 1 endif', set()),
        ('waitfor "a" until 1 if $FAILURE then waitfor "b" until 1 endif', set()),
        ('waitfor "a" until 1 if $FAILURE then transmit "^M" endif waitfor "b" until 1', set()),
        ('waitfor "a" then L, "b" then L until 1 goto End L: waitfor "c" until 1 End:', set()),
        # SCP104
        ("getip", {"SCP104"}),
        ('waitfor "a" until 1 if $SUCCESS then set ipaddr "getip 2" endif', {"SCP214"}),
        # SCP105: bounded in one way or another
        ("integer n = 3 while n != 0 do delay 1 n = n - 1 endwhile", set()),
        ("integer n Top: n = n + 1 if n < 4 then goto Top endif", set()),
        ("integer n boolean b = TRUE while b do n = n + 1 b = n * n < 10 endwhile", set()),
        ("while TRUE do goto Out endwhile Out:", set()),
        ("while FALSE do delay 1 endwhile", {"SCP209"}),
        ("while TRUE do delay 1 endwhile", {"SCP105"}),
        ("Top: goto Top", {"SCP105"}),
        ('Top: waitfor "a" then Top until 5', {"SCP105"}),
        ('waitfor "b" until 5 if $SUCCESS then Top: getip 2 goto Top endif', {"SCP105"}),
        # SCP203: what PPP needs is no fault
        ("set port databits 8 set port parity none set port stopbits 1", set()),
        ("set port databits 7 set port databits 8", set()),
        ("set port databits 7 while TRUE do delay 1 endwhile", {"SCP105"}),
        # SCP205 says nothing without a time
        ('waitfor "a" until 30000', set()),
        # SCP213
        ('transmit "ab" transmit $USERID, raw transmit "^Mc" waitfor "bc" until 1', set()),
        ('transmit $USERID, raw transmit "^M" waitfor "^M" until 1', {"SCP213"}),
        ('waitfor "a:" until 1 if $SUCCESS then waitfor ":" until 1 endif', {"SCP213"}),
        ('waitfor "a:" until 1 if $SUCCESS then waitfor ">" until 1 endif', set()),
        ('waitfor "a" until 1 if $SUCCESS then waitfor "a" until 1 endif', set()),
        ('waitfor $USERID until 1 if $SUCCESS then waitfor ":" until 1 endif', set()),
        # SCP217
        ("if $SUCCESS then delay 1 endif", {"SCP217"}),
        ('if $USERID == "x" then delay 1 endif', set()),
        # a script whose credentials are followed by what can't be told
        ('string s s = getip transmit $USERID, raw transmit s transmit "^M"', {"SCP104"}),
    ],
)
def test_the_rules_tell_apart(body: str, expected: set[str]) -> None:
    declared, commands = [], body
    while commands.split(maxsplit=1)[0] in {"integer", "string", "boolean"}:
        kind, _, rest = commands.partition(" ")
        words = rest.split(" ")
        taken = 3 if len(words) > 1 and words[1] == "=" else 1
        declared.append(" ".join([kind, *words[:taken]]))
        commands = " ".join(words[taken:])
    text = "\n".join(["proc main", *declared, commands, "endproc"])
    assert {d.code for d in lint(text, ignore=["SCP204"]).diagnostics} == expected


def test_an_attended_script_may_halt_and_wait_for_an_address() -> None:
    text = "proc main\n  getip\n  halt\nendproc"
    assert {d.code for d in lint(text).diagnostics} == {"SCP103", "SCP104"}
    assert lint(text, unattended=False).diagnostics == ()


def test_a_failure_that_hangs_up_starts_no_ppp() -> None:
    hang_up = 'delay 2 transmit "+++" delay 2 transmit "ATH0^M"'
    text = 'proc main waitfor "a" until 9 if $FAILURE then {} endif endproc'
    assert lint(text.format(hang_up)).diagnostics == ()
    assert lint(text.format('transmit "ATH^M" transmit "+++"')).diagnostics[0].code == "SCP204"
    assert lint(text.format('transmit $USERID, raw transmit "^M"')).diagnostics[0].code == "SCP204"


def test_many_waits_that_may_have_failed_are_not_all_listed() -> None:
    waits = "".join(f'  waitfor "x{n}" until 5\n  if $FAILURE then\n    goto Done\n  endif\n' for n in range(7))
    found = lint(f"proc main\n{waits}Done:\nendproc").diagnostics
    assert [d.message for d in found] == ["PPP starts here even when a wait (lines 2, 6, 10, 14, 18, ...) has failed"]


def test_the_longest_way_is_told_briefly() -> None:
    waits = "".join(f'  waitfor "{letter}" until 10\n' for letter in "abcdefgh")
    found = lint(f"proc main\n{waits}endproc", give_up=35).diagnostics
    assert [(d.code, d.place.line) for d in found if d.code == "SCP205"] == [("SCP205", 5)]
    hint = next(d.hint for d in found if d.code == "SCP205")
    assert hint.endswith("10 s in line 7, 20 s in 2 further waits")


def test_a_time_that_suffices_is_no_fault() -> None:
    text = 'proc main\n  waitfor "a" until 30\n  delay 30\nendproc ; lint: allow SCP204'
    assert lint(text, give_up=60).diagnostics == ()
    assert [d.code for d in lint(text, give_up=59.5).diagnostics] == ["SCP205"]


def test_a_loop_without_bound_has_no_longest_way() -> None:
    text = "proc main\n  while TRUE do\n    delay 10\n  endwhile\nendproc"
    assert [d.code for d in lint(text, give_up=5).diagnostics] == ["SCP105"]


def test_a_password_that_spans_lines_is_masked_on_each() -> None:
    result = lint('proc main\n  waitfor "word:" until 9\n  if $SUCCESS then\n    transmit "won\nder"\n  endif\nendproc')
    assert "won" not in as_text([result])
    assert result.source.text.splitlines()[3:5] == ['    transmit "***', '***"']


def test_strings_in_other_procedures_are_looked_at_too() -> None:
    text = 'proc main\nendproc\nproc more\n  string s = "é"\n  transmit "^"\nendproc'
    assert [(d.code, d.place.line) for d in lint(text).diagnostics] == [("SCP212", 3), ("SCP208", 4), ("SCP208", 5)]


def test_of_a_doubtful_string_the_first_part_is_pointed_at() -> None:
    found = lint('proc main\n  transmit "a\nb", raw\n  transmit "a<tab>\n"\nendproc').diagnostics
    assert [(d.place.line, d.place.column, d.place.length) for d in found] == [(2, 14, 1), (4, 14, 5)]


def test_a_password_is_sought_in_a_script_with_mistakes_too() -> None:
    found = lint(
        'proc main\n  string szPwd\n  $USERID = "a"\n  szPwd = "wonderland"\n  transmit szPwd\nendproc'
    ).diagnostics
    assert [(d.code, d.place.line) for d in found] == [("SCP037", 3), ("SCP207", 4)]


def test_a_script_with_too_many_states_is_looked_at_without_values() -> None:
    loop = "  while n < 30000 do\n    n = n + 1\n  endwhile\n"
    found = lint(f'proc main\n  integer n\n{loop}  waitfor "a" until 9\n  transmit "b"\nendproc').diagnostics
    assert {"SCP220", "SCP105", "SCP102"} <= {d.code for d in found}


def test_a_script_that_can_not_be_followed_at_all_says_so() -> None:
    waits = "".join(f'L{n}: waitfor "a" then L{n}, "b" then M{n} until 5\n' for n in range(400))
    sends = "".join(f'M{n}: transmit "b"\n' for n in range(400))
    found = lint(f"proc main\n{waits}{sends}endproc", select=["SCP220"]).diagnostics
    assert [d.message for d in found] == [
        "the script can reach more than 5000 states: some of its paths were not analysed"
    ]


@pytest.mark.parametrize(
    ("rule", "lines", "message"),
    [
        ("SCP208", ['transmit "ppp<CR>"'], "'<CR>' is documented in lower case only"),
        ("SCP208", ['waitfor "é" until 9'], "'é' is not ASCII: which octets are waited for depends on the code page"),
        ("SCP208", ['transmit "é"'], "'é' is not ASCII: which octets are sent depends on the code page"),
        (
            "SCP208",
            ['string s = "é"'],
            "'é' is not ASCII: which octets are sent or waited for depends on the code page",
        ),
        (
            "SCP202",
            ["transmit $USERID, raw", 'waitfor "word:" until 9'],
            "no carriage return is sent before the wait in line 3: the remote keeps reading",
        ),
        (
            "SCP202",
            ["transmit $USERID, raw", "transmit $PASSWORD, raw", 'transmit "^M"'],
            "no carriage return is sent before the next credentials, in line 3: the remote keeps reading",
        ),
        (
            "SCP202",
            ["transmit $USERID, raw"],
            "no carriage return is sent before the script ends: the remote keeps reading",
        ),
    ],
)
def test_a_finding_says_what_the_script_does_there(rule: str, lines: Sequence[str], message: str) -> None:
    text = "\n".join(["proc main", *lines, "endproc"])
    assert [each.message for each in lint(text, select=[rule]).diagnostics] == [message]


def test_credentials_that_stand_alone_are_not_told_to_be_parted_from_a_carriage_return() -> None:
    text = 'proc main\n  transmit $USERID\n  transmit "^M"\nendproc'
    assert [each.hint for each in lint(text, select=["SCP201"]).diagnostics] == ["add ', raw'"]
