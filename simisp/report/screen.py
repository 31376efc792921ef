"""Lines on a terminal: laid out for its width, and in colour; plain elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

import click

from simisp.report.colour import takes_colour
from simisp.report.columns import Columns
from simisp.report.folding import columns_of
from simisp.report.live import LiveLine
from simisp.visible import visible

__all__ = ["print_line", "show_line"]

_STYLES = {"-->": {"fg": "cyan"}, "<--": {"fg": "green"}, "---": {"dim": True}}


def show_line(stream: TextIO | None) -> Callable[[LiveLine], None]:
    """Return a function that shows lines beside a run: if they can't be written, the run goes on without them."""
    write = print_line(stream)

    def show(line: LiveLine) -> None:
        with suppress(OSError, ValueError):
            write(line)

    return show


def print_line(stream: TextIO | None) -> Callable[[LiveLine], None]:
    """Return a function that writes lines to a stream, or nowhere if that is closed; a full disk raises OSError."""
    if stream is None:  # Python's value for a standard stream that is closed
        return lambda line: None
    in_colour, columns = takes_colour(stream), Columns() if stream.isatty() else None

    def write(line: LiveLine) -> None:
        line = replace(line, text=visible(line.text), state=visible(line.state))
        lines = [str(line)] if columns is None else columns.lay_out(line, columns_of(stream))
        for each in lines:
            stream.write((_painted(each, line.arrow) if in_colour else each) + "\n")
        stream.flush()

    return write


def _painted(text: str, arrow: str) -> str:
    return click.style(text, **_STYLES[arrow])  # type: ignore[arg-type]
