"""Each rule for chat scripts finds its fault, is silent without it, mends what it promises to, and has a true page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import simisp.chat.rules
from chat.write_expected import findings
from simisp.chat.explain import explain_chat
from simisp.chat.linter import fix_chat, lint_chat
from simisp.chat.program import ChatOptions
from simisp.chat.rules import CHAT_RULES
from simisp.chat.rules.pages import chat_page, chat_pages
from simisp.chat.rules.rule import ChatRule
from simisp.cli import main
from simisp.diagnostics import Severity
from support.chat_play import play_chat
from support.virtual_line import FarEnd, modem_and_isp

PAGES = Path(__file__).parents[2] / "docs" / "chat-rules"
NO_RULES = {"__init__", "pages", "rule", "subject"}
EVEN_IN_A_GOOD_EXAMPLE = {"CHAT402"}
"""What the page of another rule leaves in its good example."""

every_rule = pytest.mark.parametrize("rule", CHAT_RULES, ids=lambda rule: rule.code)


def codes(text: str | bytes, rule: ChatRule | None = None) -> list[str]:
    give_up = None if rule is None else rule.settings.give_up
    return [each.code for each in lint_chat(text, give_up=give_up).diagnostics]


@every_rule
def test_the_bad_example_of_a_page_is_bad_and_the_good_one_is_not(rule: ChatRule) -> None:
    assert rule.code in codes(rule.example, rule)
    assert set(codes(rule.instead, rule)) <= EVEN_IN_A_GOOD_EXAMPLE - {rule.code}


@every_rule
def test_a_fix_that_is_promised_leaves_nothing_of_the_fault(rule: ChatRule) -> None:
    result = lint_chat(rule.example, give_up=rule.settings.give_up)
    fixable = [each for each in result.reported if each.diagnostic.code == rule.code and each.fixable]
    assert bool(fixable) == bool(rule.fix)
    if rule.fix:
        fixed = fix_chat(rule.example.encode())
        assert rule.code in [each.code for each in fixed.applied]
        assert rule.code not in codes(fixed.data)
        assert fix_chat(fixed.data).data == fixed.data


@every_rule
def test_the_page_in_the_manual_is_the_rules_own(rule: ChatRule) -> None:
    stale = "stale: python -m tests.chat.write_expected, and review the difference"
    assert (PAGES / f"{rule.code}.md").read_text(encoding="utf-8") == chat_page(rule), stale
    assert max(map(len, chat_page(rule).splitlines())) <= 120


def test_what_is_said_of_each_example_is_as_recorded() -> None:
    recorded = (Path(__file__).parent / "findings.txt").read_text(encoding="utf-8")
    assert findings() == recorded, "changed: python -m tests.chat.write_expected, and review the difference"


def test_the_manual_has_an_index_and_no_page_too_many() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES.iterdir()} == dict(chat_pages())


def test_each_module_of_a_rule_is_registered_once_in_the_order_of_codes() -> None:
    folder = Path(simisp.chat.rules.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - NO_RULES
    found = [import_module(f"simisp.chat.rules.{name}").RULE for name in modules]
    assert sorted(found, key=lambda rule: rule.code) == list(CHAT_RULES)
    assert len({rule.name for rule in CHAT_RULES}) == len(CHAT_RULES)


ABORTS = "ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("OK-AT-OK ATI", []),
        ("'' +++\\c '' \\d\\dATH OK ATI", []),
        ("'' ATZ OK AT&D2 OK AT+CGDCONT=1 OK AT", []),
        (f"{ABORTS}'' ATZ OK ATS0=0DT1 TIMEOUT 60 CONNECT \\c", []),
        ("'' ATZ OK ATX4DT1", ["CHAT201"]),
        ("'' ATZ OK ATD*99#", ["CHAT201"]),
        ("'' ATZ OK ATDT\\T", ["CHAT201"]),
        ("ABORT NO ABORT BUSY ABORT ERR '' ATZ OK ATDT1", []),
        (f"{ABORTS}CLR_ABORT BUSY '' ATZ OK ATDT1", ["CHAT201"]),
        ("'' ATZ OK ATDT1 ABORT BUSY ABORT NO ABORT ERROR TIMEOUT 60 CONNECT \\c", []),
        ("ogin: joe assword: @/etc/ppp/password", []),
        ("assword: \\q\\T", []),
        ("word '\\d\\c'", []),
        ("logins: 3 Loginx 4", []),
        ("CONNECT ''", []),
        ("ABORT CONNECT '' AT CONNECT \\c", []),
        ("TIMEOUT '' '' AT", ["CHAT103"]),
        ("'' ATZ ECHO ON OK ATI ECHO OFF assword: @x", []),
    ],
)
def test_what_the_examples_do_not_show(text: str, expected: Sequence[str]) -> None:
    assert codes(text) == expected


def test_what_is_misread_is_reported_alone() -> None:
    assert codes("abort BUSY\n'' ATDT1\n") == ["CHAT007"]


def test_a_comment_allows_a_finding_in_the_next_line_with_words() -> None:
    text = "# lint: allow CHAT401, CHAT402 - readable by root alone\n\nassword: sesame\nassword: sesame\n"
    assert [(each.code, each.place.line) for each in lint_chat(text).diagnostics] == [("CHAT401", 4), ("CHAT402", 4)]


def test_a_password_is_shown_nowhere_even_if_its_finding_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.chat"
    path.write_text(
        "# sesame-street\n# lint: allow CHAT4\nLogin: joe\nassword: sesame-street\n'sesame-street' Login:\n"
    )
    for command in (["lint"], ["lint", "--format", "json"], ["lint", "--format", "sarif"], ["explain"]):
        result = chat(*command, str(path))
        assert result.exit_code in (0, 1)
        assert "sesame-street" not in result.output
    assert "sends a password that is in the script" in chat("explain", str(path)).output


def test_an_unknown_code_is_a_mistake_of_the_call() -> None:
    with pytest.raises(ValueError, match="no rule has the code 'CHAT999'"):
        lint_chat("", select=["CHAT999"])


def test_a_fix_keeps_comments_layout_and_the_encoding_of_the_file() -> None:
    text = "# für Köln\n\tABORT  BUSY\n\t''  ATZ\n\tOK ATDT1   # x\n"
    for encoding in ("utf-8", "latin-1"):
        fixed = fix_chat(text.encode(encoding), select=["CHAT201"]).data.decode(encoding)
        added = "".join(
            f"\tABORT {code}\n" for code in ("'NO CARRIER'", "'NO DIALTONE'", "'NO DIAL TONE'", "'NO ANSWER'", "ERROR")
        )
        assert fixed == text.replace("\tOK", f"{added}\tOK")


def test_a_fix_that_would_change_exit_statuses_is_not_made() -> None:
    text = b"ABORT BUSY '' ATZ OK ATDT1 CONNECT \\c ABORT 'Login incorrect' ogin: joe"
    fixed = fix_chat(text, select=["CHAT201"])
    assert fixed.data == text
    assert [each.code for each in fixed.remaining.diagnostics] == ["CHAT201"]


def test_a_script_that_was_fixed_still_logs_in_and_ends_at_busy_as_it_should() -> None:
    naive = b"'' ATZ\r\nOK ATDT1\r\nCONNECT \\d\\c\r\nervice: internet\r\nLogin: joe\r\nassword: pw\r\nPPP \\c\r\n"
    fixed = fix_chat(naive).data
    prompts: dict[bytes, Sequence[tuple[float, bytes]]] = {
        b"internet": [(1.0, b"login: ")],
        b"joe": [(0.5, b"Password: ")],
        b"pw": [(2.0, b"PPP\r\n")],
    }
    assert play_chat(naive, modem_and_isp(prompts)).status != 0
    assert play_chat(fixed, modem_and_isp(prompts)).status == 0
    busy = FarEnd(lambda line: [(1.0, b"BUSY\r\n" if line.startswith(b"ATD") else b"OK\r\n")])
    assert play_chat(fixed, busy, ChatOptions(45)).status == 4


# The command


def chat(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["chat", *arguments], input=text, prog_name="simisp")


def test_lint_shows_each_finding_with_its_line_and_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "naive.chat"
    path.write_text("'' ATZ\nOK ATDT1\n")
    result = chat("lint", str(path))
    assert result.exit_code == 1
    assert f"{path}:2:4: warning: [CHAT201] no ABORT for BUSY, NO CARRIER, NO DIALTONE" in result.output


def test_lint_fixes_the_file_and_says_what_it_has_fixed(tmp_path: Path) -> None:
    path = tmp_path / "naive.chat"
    path.write_text("'' ATZ\nOK ATDT1\n")
    result = chat("lint", "--fix", str(path))
    assert result.exit_code == 0
    assert "naive.chat:2: fixed: [CHAT201]" in result.output
    assert path.read_text().startswith("'' ATZ\nABORT BUSY\nABORT 'NO CARRIER'\n")


def test_lint_reads_standard_input_and_writes_the_fixed_script() -> None:
    result = chat("lint", "--fix", "-", text="abort BUSY '' AT\n")
    assert "ABORT BUSY '' AT\n" in result.output


def test_findings_are_json_and_sarif_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "naive.chat"
    path.write_text("'' ATZ\nOK ATDT1\n")
    [found] = json.loads(chat("lint", "--format", "json", str(path)).output)
    assert (found["code"], found["name"], found["line"], found["fixable"]) == ("CHAT201", "no-abort", 2, True)
    run = json.loads(chat("lint", "--format", "sarif", str(path)).output)["runs"][0]
    assert run["tool"]["driver"]["name"] == "simisp chat lint"
    [result] = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "CHAT201"
    assert result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert chat("lint", "--format", "github", str(path)).output.startswith("::warning file=")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"proc main\nendproc\n", "but a dial-up script"), (b"\xff\xfea\0", "but a text in UTF-16")],
)
def test_another_kind_of_file_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(data)
    for command in ("lint", "explain"):
        result = chat(command, str(tmp_path / "x"))
        assert result.exit_code == 2
        assert f"this is not a chat script {said}" in result.output


def test_explain_says_what_each_statement_does() -> None:
    said = explain_chat(
        "ABORT BUSY\nCLR_ABORT BUSY\nTIMEOUT 5\nECHO ON HANGUP OFF REPORT CONNECT SAY hello\n"
        "ogin:-\\K\\c-ogin: joe\n'' @secret\nword: sesame\nfoo-bar x\n'' 'y"
    )
    assert said.splitlines() == [
        "   1  from here on, BUSY ends the script with exit status 4",
        "   2  BUSY no longer ends the script; the exit statuses of later ABORT texts move up",
        "   3  from here on, each wait and each send lasts up to 5 s",
        "   4  shows what comes from here on",
        "   4  a hang-up does not end the script from here on",
        "   4  reports the next line with CONNECT",
        "   4  says to the user: hello",
        (
            '   5  waits up to 5 s for "ogin:", or else sends a break, waits up to 5 s for "ogin:", or else fails; '
            'sends "joe\\r"'
        ),
        "   6  sends the file secret at once",
        '   7  waits up to 5 s for "word:", or else fails; sends a password that is in the script',
        '   8  waits up to 5 s for "foo", or else sends "bar\\r", and goes on in any case; sends "x\\r"',
        "   9  sends nothing at once",
        "   9  ends with exit status 1: a quote is not closed",
    ]


def test_errors_are_what_makes_a_script_fail() -> None:
    assert {rule.severity for rule in CHAT_RULES} == {Severity.ERROR, Severity.WARNING}
