"""``simisp chat``: scripts of pppd's chat, checked and explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.files import STANDARD_STREAM, read_script, replace_script
from simisp.cli.lazy import LazyGroup
from simisp.cli.linting import choosing_rules, linted_files, output_format, show_findings
from simisp.cli.output import say, say_exactly
from simisp.cli.parameters import DURATION
from simisp.errors import FileError
from simisp.report.colour import painted_findings

if TYPE_CHECKING:
    from simisp.lint.results import LintResult

__all__ = ["chat", "explain", "lint"]


@click.group(
    cls=LazyGroup,
    table={
        "lint": ("simisp.cli.chat:lint", "Find what makes a chat script fail, and fix it."),
        "explain": ("simisp.cli.chat:explain", "Say in words what a chat script does."),
    },
)
def chat() -> None:
    """Scripts for pppd's chat; `simisp sweep SCENARIO --chat FILE` tries one against everything that can go wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLintCall:
    """What ``simisp chat lint`` was called with: its arguments and options, by their names."""

    files: tuple[str, ...]
    give_up: float | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mend: bool
    output_format: str


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--give-up", type=DURATION, help="When the caller gives up: waits that last longer in all are a finding.")
@choosing_rules
@click.option("--fix", "mend", is_flag=True, help="Fix what can be fixed, in place.")
@output_format
@takes(ChatLintCall)
def lint(ctx: click.Context, call: ChatLintCall) -> None:
    """Find what makes a chat script fail: time-outs, ABORT texts, words out of step, passwords in the log.

    The exit status is 0 when all scripts are clean, 1 when there are findings, 2 when one can't be read at all.
    Standard input is `-`.
    """
    look = _fixed if call.mend else _linted
    results, status = linted_files(call.files, lambda file: look(file, call))
    _show(results, call.output_format)
    ctx.exit(status)


def _linted(file: str, call: ChatLintCall) -> LintResult:
    from simisp.chat.linter import lint_chat

    return lint_chat(_read(file), name=file, give_up=call.give_up, select=call.select, ignore=call.ignore)


def _fixed(file: str, call: ChatLintCall) -> LintResult:
    from simisp.chat.linter import fix_chat

    data = _read(file)
    fixed = fix_chat(data, name=file, give_up=call.give_up, select=call.select, ignore=call.ignore)
    if file == STANDARD_STREAM:
        say_exactly(fixed.data.decode("utf-8", "replace"), nl=False)
    elif fixed.data != data:
        replace_script(file, fixed.data)
    for each in fixed.applied:
        say(f"{file}:{each.place.line}: fixed: [{each.code}] {each.message}", err=True, paint=painted_findings)
    if not fixed.applied and not fixed.remaining.is_clean:
        say(f"{file}: nothing was fixed: what was found needs its author", err=True)
    return fixed.remaining


def _read(file: str) -> bytes:
    """Return a chat script.

    Raises:
        FileError: It can't be read, or is clearly another kind of file.
    """
    from simisp.cli.file_kind import FileKind, kind_by_content

    data = read_script(file)
    kind = kind_by_content(data)
    if kind in (FileKind.UTF_16, FileKind.SCRIPT, FileKind.SWITCH_INF, FileKind.RASPHONE):
        raise FileError(f"this is not a chat script but a {kind.value}", path=file)
    return data


def _show(results: list[LintResult], chosen: str) -> None:
    from simisp.chat.rules.pages import CHAT_CATALOGUE, CHAT_LINT
    from simisp.lint.report import as_json, as_text
    from simisp.lint.sarif import as_sarif

    def as_data(results: list[LintResult]) -> str:
        return as_json(results, CHAT_CATALOGUE) if chosen == "json" else as_sarif(results, CHAT_LINT)

    show_findings(results, chosen, as_text=as_text, as_data=as_data)


@click.command()
@click.argument("file", type=click.Path())
def explain(file: str) -> None:
    """Say in words what each statement of a chat script does; passwords are not shown. Standard input is `-`."""
    from simisp.chat.explain import explain_chat

    say(explain_chat(_read(file), file))
