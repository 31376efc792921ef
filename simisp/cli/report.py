"""``simisp report``."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.files import STANDARD_STREAM, naming
from simisp.cli.output import say
from simisp.cli.pictures import PictureFiles, picture_options
from simisp.cli.standard_streams import standard_input
from simisp.errors import FileError
from simisp.report.colour import painted_verdict

if TYPE_CHECKING:
    from simisp.transcript import TranscriptFile

__all__ = ["report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCall:
    """What ``simisp report`` was called with: its arguments and options, by their names."""

    transcript: str
    html: str | None
    svg: str | None
    asciicast: str | None
    junit: str | None
    show_secrets: bool


@click.command()
@click.argument("transcript", type=click.Path(dir_okay=False, allow_dash=True))
@picture_options
@click.option("--show-secrets", is_flag=True, help="Do not mask passwords in a transcript that was written with them.")
@takes(ReportCall)
def report(ctx: click.Context, call: ReportCall) -> None:
    """Show a run from its TRANSCRIPT (`simisp run … --transcript FILE`), or make pictures of it.

    Without an option the dialogue and the verdict are printed.
    """
    del ctx
    found = _read(call.transcript)
    with ExitStack() as stack:
        made = PictureFiles.of(call).open(show_secrets=call.show_secrets)
        for products in made:
            stack.enter_context(products)
            products.begin(found.header)
            for record in found.records:
                products(record)
        if not made:
            _show(found, show_secrets=call.show_secrets)


def _read(file: str) -> TranscriptFile:
    """Return a transcript.

    Raises:
        FileError: It can't be read, or is no transcript.
    """
    from simisp.transcript import read

    try:
        if file == STANDARD_STREAM:
            standard_input()  # click gives None for one that is closed
        with naming(file, "a transcript"), click.open_file(file, encoding="utf-8") as lines:
            return read(lines)
    except OSError as error:
        raise FileError(f"the transcript can't be read ({error.strerror})", path=file, errno=error.errno) from error


def _show(found: TranscriptFile, *, show_secrets: bool) -> None:
    """Print the dialogue and what the run came to."""
    import sys

    from simisp.report.live import LiveView
    from simisp.report.picture.model import PictureMaker
    from simisp.report.picture.rows import without_secrets
    from simisp.report.picture.wording import words_of
    from simisp.report.screen import print_line

    view, maker = LiveView(print_line(sys.stdout)), PictureMaker()
    for record in found.records:
        shown = record if show_secrets else without_secrets(record)
        view(shown)
        maker(shown)
    view.flush()
    picture = maker.picture(found.header)
    if picture.verdict is not None:
        say(words_of(picture.verdict[1]), paint=painted_verdict)
    for told in (*picture.findings, *map(words_of, picture.expectations)):
        say(f"  {told}", paint=painted_verdict)
