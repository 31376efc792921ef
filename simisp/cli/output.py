"""The output of all commands: no text acts on the terminal.

Titles, names, labels and what a client sent come from outside. Everything that is written to standard output or
standard error is written here.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from simisp.report.colour import Paint, takes_colour
from simisp.report.folding import columns_of
from simisp.report.folding import fold as fold_lines
from simisp.visible import visible_lines

__all__ = ["columns", "discard_output", "say", "say_exactly"]


def say(
    text: object = "", *, err: bool = False, nl: bool = True, paint: Paint | None = None, fold: bool = True
) -> None:
    """Write a text of one or several lines, with control characters escaped.

    On a terminal, lines are broken at blanks where they would wrap.

    Args:
        text: What to write.
        err: Whether to write to standard error.
        nl: Whether to add a line end.
        paint: Adds colour, where it is wanted; see :func:`simisp.report.colour.takes_colour`.
        fold: Whether its lines may be broken; not for JSON, diagrams, or commands to be copied.
    """
    shown, width = visible_lines(str(text)), columns(err=err)
    if fold and width is not None:
        shown = fold_lines(shown, width)
    if paint is not None and takes_colour(sys.stderr if err else sys.stdout):
        click.echo(paint(shown), err=err, nl=nl, color=True)  # or click would check again whether it is a terminal
    else:
        click.echo(shown, err=err, nl=nl)


def columns(*, err: bool = False) -> int | None:
    """Return the width of the terminal that standard output, or standard error, is; None if it is not a terminal."""
    stream = sys.stderr if err else sys.stdout
    return columns_of(stream) if _is_terminal(stream) else None


def say_exactly(text: str, *, nl: bool = True) -> None:
    """Write to standard output what a program or a file is to receive unchanged; only on a terminal it is escaped.

    Args:
        text: What to write.
        nl: Whether to add a line end.
    """
    shown = visible_lines(text.replace("\r\n", "\n")) if _is_terminal(sys.stdout) else text
    click.echo(shown, nl=nl, color=True)  # or click would remove escape sequences for a file


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def discard_output() -> None:
    """Discard pending output, so that Python does not complain about it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
