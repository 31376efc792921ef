"""The manual page ``simisp(1)``, made from the commands themselves, in the macros of man(7)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from simisp import __version__
from simisp.cli import main
from simisp.cli.manual import commands_of

__all__ = ["man_page"]

_HEAD = """\
.\\" Made from the commands (`make docs`); do not edit it.
.TH SIMISP 1 "" "simisp {version}" "User Commands"
.SH NAME
simisp \\- modem and ISP simulator on a virtual serial port
.SH SYNOPSIS
.B simisp
.I COMMAND
[\\fIOPTIONS\\fR] ...
.SH DESCRIPTION"""
_TAIL = """\
.SH EXAMPLES
What does a chat script do at an ISP that falls silent, and what if it waits an hour?
.PP
.nf
simisp run hang \\-\\- chat \\-f login.chat
simisp run hang \\-\\-clock virtual \\-\\- chat \\-f login.chat
.fi
.PP
A port for any program, until Ctrl\\-C, and one on a TCP port:
.PP
.nf
simisp run login \\-\\-link /tmp/modem
simisp run login \\-\\-endpoint tcp:4001
.fi
.PP
Everything that can go wrong, tried on a program that opens the port itself:
.PP
.nf
simisp sweep login \\-\\-plan standard \\-\\- ./dialler {port}
.fi
.SH ENVIRONMENT
.TP
.BR NO_COLOR ", " FORCE_COLOR
No colour on a terminal; colour for a pipe too.
.TP
.B SIMISP_PASSWORD
$PASSWORD of a dial\\-up script, where no option names a file with it.
.TP
.B SIMISP_KEEP
With unittest: the folder in which each test's transcript and page are kept.
.TP
.B XDG_RUNTIME_DIR
The folder in which the links to the ports are; without it /tmp.
.SH SEE ALSO
.BR chat (8),
.BR pppd (8),
.BR pty (7),
.BR pytest (1)"""


def man_page() -> str:
    """Return the page: each command with its arguments, its options, and what they do."""
    lines = [_HEAD.format(version=_text(__version__)), *_prose(main.help or ""), ".SH COMMANDS"]
    for names, command in commands_of(main, ("simisp",)):
        if command is not main:
            lines += _section(names, command)
    return "\n".join([*lines, _TAIL, ""])


def _section(names: tuple[str, ...], command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=" ".join(names))
    yield f'.SS "{_text(" ".join(names))}"'
    yield ".nf"
    yield f"\\fB{_text(' '.join([*names, *command.collect_usage_pieces(context)]))}\\fR"
    yield ".fi"
    yield ".PP"
    yield from _prose(command.help or command.short_help or "")
    if isinstance(command, click.Group):
        return
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield ".TP"
            yield f"\\fB{_text(record[0])}\\fR"
            yield _text(" ".join(record[1].split()))


def _prose(text: str) -> Iterator[str]:
    """Yield a help text as paragraphs: paragraphs that click must not wrap keep their lines."""
    for index, part in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text.split("\f", maxsplit=1)[0]))):
        if index:
            yield ".PP"
        if part.startswith("\b"):
            yield ".nf"
            yield from map(_text, part.removeprefix("\b").strip("\n").splitlines())
            yield ".fi"
        else:
            yield _text(" ".join(part.split()))


def _text(text: str) -> str:
    r"""Return text in which roff finds no escape, no request and no hyphen in place of a minus.

    Example:
        >>> print(_text(".x --all '\\d'"))
        \&.x \-\-all '\ed'
    """
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
