"""No line of a text that is quoted in a message shows a password."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from simisp.cli import main
from simisp.diagnostics import Diagnostic, Place, SourceText, render_all
from simisp.scp.lint_report import as_text
from simisp.scp.linter import lint

BROKEN = (
    'proc main\n  waitfor "word:" until 9\n  if $SUCCESS then\n    transmit "looking-glass^M" bogus\n  endif\nendproc'
)
SOUND = BROKEN.replace(" bogus", "")


@pytest.mark.parametrize(
    "text",
    [
        "isp:\n  accounts:\n    alice: looking-glass\n    bob: looking-glass  # a comment\n  promt: x\n",
        "isp:\n  accounts: {alice: looking-glass, bob: looking-glass}\n",
        "book:\n  - {user: alice, password: looking-glass, number: 1}\n",
        "PASSWORD = looking-glass\r\nx\r\n",
        '  string sPassword = "looking-glass"\n',
        BROKEN,
    ],
)
def test_a_quoted_line_shows_no_password(text: str) -> None:
    source = SourceText("a", text)
    places = [Diagnostic(Place(line, 1, 3), "wrong") for line in range(1, text.count("\n") + 2)]
    shown = render_all(places, source)
    assert "looking" not in shown
    assert "glass" not in shown


def test_a_quoted_line_shows_a_prompt_and_whatever_else_is_no_password() -> None:
    source = SourceText("a", 'isp:\n  dialogue:\n    - prompt: "Password: "\n      expect: secret\n  accounts:\n')
    assert [source.line(number) for number in (3, 4, 5)] == [
        '    - prompt: "Password: "', "      expect: secret", "  accounts:",
    ]  # fmt: skip


def test_lint_masks_a_password_in_a_script_with_a_mistake_and_where_the_rule_is_left_out() -> None:
    assert "looking" not in as_text([lint(BROKEN)])
    allowed = SOUND.replace('^M"', '^M" unknown ; lint: allow SCP207')
    assert "looking" not in as_text([lint(allowed)])
    assert "looking" not in lint(SOUND, ignore=["SCP207"]).source.text
    assert "looking" not in lint(SOUND, select=["SCP101"]).source.text


def test_explain_draws_a_script_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "a.scp").write_text(SOUND)
    result = CliRunner().invoke(main, ["script", "explain", str(tmp_path / "a.scp")])
    assert result.exit_code == 0
    assert "looking" not in result.output
    assert "*******-*****" in result.output or "*************" in result.output


def test_check_quotes_a_line_of_accounts_without_the_password(tmp_path: Path) -> None:
    text = "title: t\nisp:\n  accounts:\n    alice: [looking-glass]\n  dialogue:\n    - say: hello\n"
    (tmp_path / "a.yaml").write_text(text)
    result = CliRunner().invoke(main, ["check", str(tmp_path / "a.yaml")])
    assert result.exit_code == 2
    assert "alice" in result.output
    assert "looking" not in result.output


def test_masking_a_long_text_takes_no_time_that_grows_with_its_square() -> None:
    for part in ("waitfor ", "pass", "- ", "accounts:\n", "password", "{,-"):
        SourceText("a", part * (200_000 // len(part))).line(1)
