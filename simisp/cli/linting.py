"""What the commands that lint have in common: their options, their exit status, and how findings are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import click

from simisp.cli.output import columns, say
from simisp.errors import FileError
from simisp.report.colour import painted_findings

if TYPE_CHECKING:
    from simisp.lint.results import LintResult

__all__ = ["choosing_rules", "linted_files", "output_format", "show_findings"]

F = TypeVar("F", bound=Callable[..., object])
_UNREADABLE = 2


def choosing_rules(command: F) -> F:
    """Give a command ``--select`` and ``--ignore``."""
    select = click.option("--select", multiple=True, metavar="CODE", help="Only the rules whose code begins with this.")
    ignore = click.option("--ignore", multiple=True, metavar="CODE", help="Not the rules whose code begins with this.")
    return select(ignore(command))


def output_format(command: F) -> F:
    """Give a command ``--format``."""
    return click.option(
        "--format",
        "--output-format",
        "output_format",
        type=click.Choice(["text", "json", "github", "sarif"]),
        default="text",
        show_default=True,
        help="Text with carets, JSON or SARIF 2.1.0 for programs, or workflow commands, which GitHub shows beside the "
        "lines.",
    )(command)


def linted_files(files: Iterable[str], look: Callable[[str], LintResult]) -> tuple[list[LintResult], int]:
    """Look at each file; return the results, and the exit status: the worst of them, 2 where one can't be read.

    Raises:
        UsageError: A rule is asked for that does not exist.
    """
    results, status = [], 0
    for file in files:
        try:
            result = look(file)
        except FileError as error:
            say(f"simisp: {error}", err=True)
            status = _UNREADABLE
            continue
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        results.append(result)
        status = max(status, result.exit_status)
    return results, status


def show_findings(
    results: list[LintResult],
    chosen: str,
    *,
    as_text: Callable[..., str],
    as_data: Callable[[list[LintResult]], str],
) -> None:
    """Print findings.

    Args:
        results: What was found.
        chosen: The format: ``text``, ``github``, or another one.
        as_text: Makes text of them, for this many ``columns``.
        as_data: Makes any other format of them.
    """
    from simisp.report.findings import as_github

    if chosen == "text":
        say(as_text(results, columns=columns()), nl=False, paint=painted_findings)
        return
    if chosen == "github":
        shown = "".join(f"{as_github(result.source, each)}\n" for result in results for each in result.diagnostics)
    else:
        shown = as_data(results) + "\n"
    say(shown, nl=False, fold=False)
