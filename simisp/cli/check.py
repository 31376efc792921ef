"""``simisp check``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from simisp.cli.checked import CheckedFile, check_text
from simisp.cli.file_kind import kind_of
from simisp.cli.files import STANDARD_STREAM
from simisp.cli.output import columns, say
from simisp.cli.parameters import SCENARIO
from simisp.cli.standard_streams import standard_input
from simisp.diagnostics import STANDARD_INPUT, WHOLE_FILE, Diagnostic, SourceText, in_order, render_all
from simisp.errors import SourceError, reason_of
from simisp.report.colour import painted_findings
from simisp.visible import visible

__all__ = ["check"]

_SUFFIXES = (".yaml", ".yml", ".pbk", ".scp")
_NAMES = ("switch.inf",)
_MOST_OCTETS = 4 * 1024 * 1024
"""More than any of these files may have: anything beyond is not read into memory only to be refused."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=SCENARIO, metavar="FILE|FOLDER...")
@click.option(
    "--format", "output_format",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text with carets, JSON for programs, or workflow commands, which GitHub shows beside the lines.",
)  # fmt: skip
@click.pass_context
def check(ctx: click.Context, /, files: tuple[str, ...], output_format: str) -> None:
    """Check files and report every mistake, with file, line and column.

    A FILE can be a scenario, a phone book (YAML, or a rasphone.pbk), mail settings, or a dial-up script (.scp,
    SWITCH.INF). Of a script only the grammar is checked; `simisp script lint` finds what would make it hang. Standard
    input is `-`.

    In a FOLDER and its subfolders every .yaml, .yml, .pbk, .scp and SWITCH.INF is checked, except hidden ones. YAML
    files that are not for simisp are skipped and listed.

    The exit status is 0 if all files are right (warnings do not count), and 2 if a file is wrong or can't be read, or a
    folder has nothing to check.
    """
    if files.count(STANDARD_STREAM) > 1:
        raise click.UsageError("standard input (-) can be checked only once")
    results: list[CheckedFile] = []
    for result in _results(files):
        results.append(result)
        if output_format == "text":
            _say(result)
    found = [(result.source, each) for result in results for each in in_order(result.diagnostics, result.source)]
    if output_format == "json":
        from simisp.report.findings import as_json

        say(as_json(found), fold=False)
    elif output_format == "github":
        from simisp.report.findings import as_github

        for source, each in found:
            say(as_github(source, each), fold=False)
    ctx.exit(0 if all(result.is_right for result in results) else 2)


def _say(result: CheckedFile) -> None:
    if result.diagnostics:
        shown = render_all(result.diagnostics, result.source, columns=columns(err=True))
        say(shown, err=True, paint=painted_findings)
    if result.is_right:
        say(f"{visible(result.source.name)}: right: {visible(result.summary)}", paint=painted_findings)


def _results(names: Sequence[str]) -> Iterator[CheckedFile]:
    for name in names:
        if name == STANDARD_STREAM:
            yield _read_from_standard_input()
        elif os.path.isdir(name):  # noqa: PTH112 - where Path.is_dir() raises, for a name that is too long, this is no folder
            yield from _in_folder(name)
        else:
            yield _checked(name)


def _read_from_standard_input() -> CheckedFile:
    try:
        data = standard_input().buffer.read(_MOST_OCTETS)
    except OSError as error:
        return _refused(STANDARD_INPUT, reason_of(error).lower())
    return check_text(data, STANDARD_INPUT, Path())


def _checked(name: str) -> CheckedFile:
    from simisp.scenario.load import find

    try:
        path = find(name)
        return check_text(_octets(path), str(path), path.parent)
    except SourceError as error:
        return CheckedFile(error.source, error.diagnostics)


def _in_folder(name: str) -> Iterator[CheckedFile]:
    """Check what a folder holds. Unlike a file that is named, one in a folder may be something else's."""
    complaints: list[CheckedFile] = []
    is_empty = True
    for path in _candidates(name, complaints):
        try:
            data = _octets(path)
        except SourceError as error:
            yield CheckedFile(error.source, error.diagnostics)
            continue
        if kind_of(data, path.name) is None:
            say(f"{visible(str(path))}: skipped: neither a scenario nor another file of simisp's", err=True)
            continue
        is_empty = False
        yield check_text(data, str(path), path.parent)
    yield from complaints
    if is_empty and not complaints:
        yield _refused(name, "nothing in this folder can be checked", f"looked for: *{' *'.join(_SUFFIXES)} SWITCH.INF")


def _candidates(name: str, complaints: list[CheckedFile]) -> Iterator[Path]:
    """Yield the regular files of a folder that may be ours; add what can't be looked into to the complaints."""

    def complain(error: OSError) -> None:
        complaints.append(_refused(str(error.filename), reason_of(error).lower()))

    for folder, folders, files in os.walk(name, onerror=complain):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for path in (Path(folder, each) for each in sorted(files) if not each.startswith(".")):
            is_ours = path.suffix.lower() in _SUFFIXES or path.name.lower() in _NAMES
            # A FIFO would block.
            if is_ours and _is_regular(path):
                yield path


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True  # reading it gives the reason


def _octets(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_OCTETS)
    except OSError as error:
        raise SourceError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, reason_of(error).lower())]) from None


def _refused(name: str, message: str, hint: str = "") -> CheckedFile:
    return CheckedFile(SourceText(name, ""), [Diagnostic(WHOLE_FILE, message, hint)])
