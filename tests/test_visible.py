"""No way out of simisp lets through what a terminal would act on."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import simisp.cli
from simisp.cli import main
from simisp.cli.output import say_exactly
from simisp.diagnostics import Diagnostic, Place, SourceText, render
from simisp.report.live import LiveLine
from simisp.report.screen import show_line
from simisp.runner.verdict import ClientReport, ExpectationResult, Verdict, VerdictKind
from simisp.testing import in_virtual_time, memory_line
from simisp.visible import visible, visible_lines

_ACTED_ON = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_WAYS_OUT = frozenset(
    {
        *("print", "click.echo", "click.secho", "click.echo_via_pager"),
        *("sys.stdout.write", "sys.stderr.write", "traceback.print_exc"),
    }
)

_SCENARIO = r"""
title: "A \e]0;title\a \u202e turn \u009b2J"
about: "Many \e[2J words"
isp:
  dialogue:
    - label: "na\e[31mme"
    - mark: "ma\e[5mrk"
    - prompt: "Who\e[2J:"
      read: user
      expect: "p\e[1m"
    - silence
expect:
  - reached: "ma\e[5mrk"
"""


def simisp_says(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="simisp", color=True)


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    path = tmp_path / "hostile.yaml"
    path.write_text(_SCENARIO)
    return str(path)


def test_each_character_that_a_terminal_acts_on_has_an_escape() -> None:
    shown = visible("".join(map(chr, range(0x3000))) + "\u202e\u2066\udcff")
    assert shown.isprintable()
    assert visible("plain \u00e9 text") == "plain \u00e9 text"


def test_lines_and_tabs_stay_in_a_text_of_several_lines() -> None:
    assert visible_lines("a\r\n\tb\x1b\n") == "a\\r\n\tb\\x1b\n"


@pytest.mark.parametrize("command", [("check",), ("explain",), ("explain", "--diagram")])
def test_no_title_name_or_label_of_a_scenario_reaches_a_terminal_raw(command: tuple[str, ...], hostile: str) -> None:
    result = simisp_says(*command, hostile)
    assert result.exit_code == 0, result.output
    assert not _ACTED_ON.search(result.output)


def test_check_shows_the_title_on_one_line_with_escapes(hostile: str) -> None:
    assert "A \\x1b]0;title\\x07 \\u202e turn \\x9b2J" in simisp_says("check", hostile).output


@pytest.mark.parametrize("text", ['title: "x"\nis\x1b[2Jp: 1\n', 'title: "x"\n"is\\e[2Jp": 1\n', "\x1b[2J"])
def test_no_diagnostic_reaches_a_terminal_raw(text: str, tmp_path: Path) -> None:
    path = tmp_path / "na\x1b[31mme.yaml"
    path.write_text(text)
    result = simisp_says("check", str(path))
    assert result.exit_code == 2
    assert not _ACTED_ON.search(result.output)


def test_a_rendered_diagnostic_is_safe_for_whoever_prints_it() -> None:
    found = render(Diagnostic(Place(1, 1), "no \x1b[2J", "try \x1b[1m"), SourceText("a\x1bb", "x\x1by"))
    assert not _ACTED_ON.search(found)


def test_no_wrong_argument_comes_back_raw() -> None:
    for arguments in (["ru\x1b[2Jn"], ["run", "no\x1b[2Jne.yaml"], ["run", "hang", "--clock", "sl\x1b[2Jow", "true"]):
        result = simisp_says(*arguments)
        assert result.exit_code == 2
        assert not _ACTED_ON.search(result.output), arguments


def test_a_verdict_is_safe_and_each_finding_has_one_line() -> None:
    client = ClientReport("chat \x1b[2J", 812, exit_status=1)
    expectation = ExpectationResult("reached a\x1bb", False, "reached: c\nd\x9b")
    verdict = Verdict(VerdictKind.FAILED, "x", "no \x1b[5m", 1.0, 1, client=client, expectations=[expectation])
    assert not _ACTED_ON.search(verdict.describe())
    assert len(verdict.describe().splitlines()) == 3
    assert not _ACTED_ON.search(verdict.to_json())


def test_the_live_view_writes_no_control_character_whatever_the_line_holds() -> None:
    stream = io.StringIO()
    show_line(stream)(LiveLine(1.0, "---", "a\x1b[2Jb\nc", "[\x9b]"))
    assert "a\\x1b[2Jb\\nc" in stream.getvalue()
    assert not _ACTED_ON.search(stream.getvalue())


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_a_file_is_to_have_exactly_is_escaped_on_a_terminal_only(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: is_terminal  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdout", stream)
    say_exactly("proc \x1b[2J\r\n", nl=False)
    assert stream.getvalue() == ("proc \\x1b[2J\n" if is_terminal else "proc \x1b[2J\r\n")


def test_the_commands_write_by_one_function_alone() -> None:
    """Whatever is written past it would be the next way out for an escape sequence."""
    folder = Path(simisp.cli.__file__).parent
    past = [
        f"{path.name}:{node.lineno}"
        for path in folder.glob("*.py")
        if path.name != "output.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _WAYS_OUT
    ]
    assert past == []


@in_virtual_time
async def test_what_a_failed_test_shows_of_a_client_is_safe_too() -> None:
    async with memory_line(_SCENARIO, judged=False) as line:
        _, writer = line.open()
        writer.write(b"ATDT5551234\r")
        await line.wait_for("Who")
        with pytest.raises(AssertionError) as failure:
            await line.assert_released(within=1.0)
        writer.close()
    assert not _ACTED_ON.search(str(failure.value))


def test_an_octet_of_a_files_name_that_is_not_utf_8_is_shown_as_that_octet() -> None:
    assert visible(b"caf\xe9.yaml".decode("utf-8", "surrogateescape")) == r"caf\xe9.yaml"
