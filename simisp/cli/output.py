"""The way out of every command: nothing that it writes makes a terminal act.

Titles, names, labels and what a client sent are others' words. Whatever writes to standard output or standard error
does it here.
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
    """Write a text of one or several lines, with escapes for what a terminal would act on.

    On a terminal its lines are broken at blanks where they would wrap.

    Args:
        text: What to write.
        err: Whether it goes to standard error.
        nl: Whether a line end is added.
        paint: Puts colour on it, where that is wanted; see :func:`simisp.report.colour.takes_colour`.
        fold: Whether its lines may be broken; not those of JSON, of a diagram, or of a command to be copied.
    """
    shown, width = visible_lines(str(text)), columns(err=err)
    if fold and width is not None:
        shown = fold_lines(shown, width)
    if paint is not None and takes_colour(sys.stderr if err else sys.stdout):
        click.echo(paint(shown), err=err, nl=nl, color=True)  # or click would ask again whether there is a terminal
    else:
        click.echo(shown, err=err, nl=nl)


def columns(*, err: bool = False) -> int | None:
    """Return how many columns the terminal has that standard output, or standard error, is; None where it is none."""
    stream = sys.stderr if err else sys.stdout
    return columns_of(stream) if _is_terminal(stream) else None


def say_exactly(text: str, *, nl: bool = True) -> None:
    """Write to standard output what a program or a file is to have as it is; only a terminal gets escapes.

    Args:
        text: What to write.
        nl: Whether a line end is added.
    """
    shown = visible_lines(text.replace("\r\n", "\n")) if _is_terminal(sys.stdout) else text
    click.echo(shown, nl=nl, color=True)  # or click would take escape sequences out of a file


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def discard_output() -> None:
    """Let what is still to be written go nowhere, so that Python finds nothing to complain of at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
