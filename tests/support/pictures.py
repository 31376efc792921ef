"""The pictures in the documents, made of one recorded run. `make pictures` makes the one that needs a browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

from simisp.report.page.page import page
from simisp.report.picture.model import picture_of
from simisp.report.svg import svg
from simisp.report.terminal_svg import terminal_svg
from simisp.transcript import TranscriptFile, read

from .browser import Browser

__all__ = ["terminal", "time_line"]

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_COMMAND = "simisp run hang.yaml --clock virtual --give-up 60s -- sh -c 'chat -f naive.chat; exit $?'"


def _run() -> TranscriptFile:
    with (PICTURES / "hang.jsonl").open(encoding="utf-8") as lines:
        return read(lines)


def time_line() -> str:
    """Return the run's time line, as ``simisp report --svg`` draws it."""
    run = _run()
    return svg(picture_of(run.header, run.records))


def terminal() -> str:
    """Return what a terminal shows of the run."""
    run = _run()
    return terminal_svg(run.header, run.records, _COMMAND)


def main() -> None:
    """Write the picture of the page, with the hang in view."""
    run = _run()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Browser(Path(folder) / "profile") as browser,
    ):
        file = Path(folder) / "hang.html"
        file.write_text(page(picture_of(run.header, run.records)), encoding="utf-8")
        browser.resize(1180, 760)
        browser.prefer("light")
        browser.go(file)
        browser.press("h")
        browser.press("0")
        (PICTURES / "page.png").write_bytes(browser.screenshot())


if __name__ == "__main__":
    main()
