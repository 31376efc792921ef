"""``simisp script lint``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.files import STANDARD_STREAM, read_script, replace_script
from simisp.cli.linting import choosing_rules, linted_files, output_format, show_findings
from simisp.cli.output import say, say_exactly
from simisp.cli.parameters import DURATION
from simisp.cli.script_kind import refuse_other_kinds
from simisp.diagnostics import Severity
from simisp.report.colour import painted_findings

if TYPE_CHECKING:
    from simisp.scp.linter import LintResult

__all__ = ["lint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LintCall:
    """What ``simisp script lint`` was called with: its arguments and options, by their names."""

    files: tuple[str, ...]
    give_up: float | None
    attended: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mend: bool
    output_format: str


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--give-up", type=DURATION, help="When the caller gives up: waits that last longer in all are a finding.")
@click.option("--attended", is_flag=True, help="A person watches the script's window: halt is no mistake.")
@choosing_rules
@click.option("--fix", "mend", is_flag=True, help="Fix what can be fixed, in place.")
@output_format
@takes(LintCall)
def lint(ctx: click.Context, call: LintCall) -> None:
    """Find what would make a script hang: waits without a limit, success that is not tested, and more from KB 175410.

    The exit status is 0 when all scripts are clean, 1 when there are findings, 2 when one can't be read at all. A note
    leaves a script clean. Standard input is `-`.
    """
    look = _mended if call.mend else _linted
    results, status = linted_files(call.files, lambda file: look(file, call))
    _show(results, call.output_format)
    ctx.exit(status)


def _linted(file: str, call: LintCall) -> LintResult:
    from simisp.scp.linter import lint as look_over

    data = read_script(file)
    refuse_other_kinds(data, file)
    return look_over(
        data,
        name=file,
        give_up=call.give_up,
        unattended=not call.attended,
        select=call.select,
        ignore=call.ignore,
    )


def _mended(file: str, call: LintCall) -> LintResult:
    from simisp.scp.fixer import fix

    data = read_script(file)
    refuse_other_kinds(data, file)
    fixed = fix(
        data,
        name=file,
        give_up=call.give_up,
        unattended=not call.attended,
        select=call.select,
        ignore=call.ignore,
    )
    if file == STANDARD_STREAM:
        say_exactly(fixed.text, nl=False)
    elif fixed.applied:
        replace_script(file, fixed.encoded_like(data))
    for each in fixed.mended:
        say(f"{file}:{each.place.line}: mended: [{each.code}] {each.message}", err=True, paint=painted_findings)
    for each in fixed.allowed:
        say(
            f"{file}:{each.place.line}: marked as meant: [{each.code}] {each.message}", err=True, paint=painted_findings
        )
    if not fixed.mended and not fixed.remaining.is_clean:
        say(f"{file}: nothing was mended: {_why_nothing(fixed.remaining)}", err=True)
    return fixed.remaining


def _why_nothing(result: LintResult) -> str:
    """Return why nothing was fixed in a script that still has findings."""
    from simisp.scp.rules import RULES

    rules = {rule.code for rule in RULES}
    hard = [each for each in result.diagnostics if each.severity is Severity.ERROR and each.code not in rules]
    if not hard:
        return "what was found needs its author"
    what = "a mistake" if len(hard) == 1 else f"{len(hard)} mistakes, the first"
    return f"{what} in line {hard[0].place.line} must be put right first"


def _show(results: list[LintResult], chosen: str) -> None:
    from simisp.scp.lint_report import as_json, as_text
    from simisp.scp.sarif import as_sarif

    show_findings(results, chosen, as_text=as_text, as_data=as_json if chosen == "json" else as_sarif)
