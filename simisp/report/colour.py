"""Colour for terminals, added to text that has been made safe for a terminal before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TextIO

import click

__all__ = ["Paint", "bold", "painted_findings", "painted_verdict", "takes_colour"]

Paint = Callable[[str], str]
"""Adds colour to a text that is otherwise unchanged."""

_VERDICTS = {"released": "green", "failed": "red", "hang": "red", "cut short": "yellow"}
_VERDICT = re.compile(r"^(Verdict: )?(released|failed|hang|cut short):", re.MULTILINE)
_EXPECTATIONS = {"held": "green", "did not hold": "red", "not judged": "yellow"}
_EXPECTATION = re.compile(r"^(  )(held|did not hold|not judged):", re.MULTILINE)
_SEVERITIES = {"error": "red", "warning": "yellow", "note": "cyan"}
_FINDING = re.compile(r"^(\S.*?:) (error|warning|note):", re.MULTILINE)
_CARET = re.compile(r"^(      \| +)(\^+)$", re.MULTILINE)
_HINT = re.compile(r"^(      = )(.+)$", re.MULTILINE)
_DONE = re.compile(r"^(.+?: )(right|mended|marked as meant):", re.MULTILINE)


def takes_colour(stream: TextIO | None) -> bool:
    """Return whether a stream gets colour: it does if it is a terminal, unless the terminal is dumb.

    A non-empty ``NO_COLOR`` (no-color.org) forbids colour, and a non-empty ``FORCE_COLOR`` (force-color.org) requests
    it for any stream; if both are set there is no colour.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return stream is not None
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """Return a text in bold type."""
    return click.style(text, bold=True)


def painted_verdict(text: str) -> str:
    r"""Return a verdict's text with its name and the outcome of each expectation in colour.

    Example:
        >>> painted_verdict("released: the port came free")
        '\x1b[32m\x1b[1mreleased:\x1b[0m the port came free'
    """
    text = _VERDICT.sub(lambda found: _headed(found, _VERDICTS, is_bold=True), text, count=1)
    return _EXPECTATION.sub(lambda found: _headed(found, _EXPECTATIONS), text)


def painted_findings(text: str) -> str:
    r"""Return diagnostics with their places, severities, carets and hints in colour.

    Example:
        >>> painted_findings("a.yaml:2:3: error: why?")
        '\x1b[1ma.yaml:2:3:\x1b[0m \x1b[31m\x1b[1merror:\x1b[0m why?'
    """
    text = _FINDING.sub(
        lambda found: f"{bold(found[1])} {click.style(found[2] + ':', fg=_SEVERITIES[found[2]], bold=True)}", text
    )
    text = _CARET.sub(lambda found: found[1] + click.style(found[2], fg="green", bold=True), text)
    text = _HINT.sub(lambda found: found[1] + click.style(found[2], fg="cyan"), text)
    return _DONE.sub(lambda found: found[1] + click.style(found[2] + ":", fg="green"), text)


def _headed(found: re.Match[str], colours: dict[str, str], *, is_bold: bool = False) -> str:
    word = click.style(found[2] + ":", fg=colours[found[2]], bold=is_bold or None)
    return (found[1] or "") + word
