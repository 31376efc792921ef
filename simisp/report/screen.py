"""Lines on a terminal: in colour where there is one, plain where there is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from simisp.report.live import LiveLine

__all__ = ["show_line"]

_STYLES = {"-->": "cyan", "<--": "green", "---": "dim"}


def show_line(stream: TextIO) -> Callable[[LiveLine], None]:
    """Return what writes a live line to a stream; a stream that is gone is no reason to end a run."""
    if not stream.isatty():
        return lambda line: _write(stream, str(line))
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    return lambda line: console.print(Text(str(line), style=_STYLES[line.arrow]))


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text + "\n")
        stream.flush()
    except (BrokenPipeError, ValueError):
        pass
