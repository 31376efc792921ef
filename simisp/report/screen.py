"""Lines on a terminal: in colour where there is one, plain where there is not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from simisp.report.live import LiveLine
from simisp.visible import visible

__all__ = ["show_line"]

_STYLES = {"-->": "cyan", "<--": "green", "---": "dim"}


def show_line(stream: TextIO | None) -> Callable[[LiveLine], None]:
    """Return what writes a live line to a stream; a stream that is gone is no reason to end a run."""
    if stream is None:  # as Python has a standard stream that is closed
        return lambda line: None
    if not stream.isatty():
        return lambda line: _write(stream, visible(str(line)))
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)

    def draw(line: LiveLine) -> None:
        with suppress(OSError, ValueError):
            console.print(Text(visible(str(line)), style=_STYLES[line.arrow]))

    return draw


def _write(stream: TextIO, text: str) -> None:
    with suppress(OSError, ValueError):
        stream.write(text + "\n")
        stream.flush()
