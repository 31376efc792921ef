"""The reference page of the command line, made from the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from simisp.cli import main

__all__ = ["commands_of", "manual_page"]

_HEAD = """\
# The command line

This page is made from the commands (`make docs`); do not edit it. `simisp COMMAND --help` says the same.
"""


def manual_page() -> str:
    """Return the page in Markdown: each command with its arguments, options, and what they do."""
    lines = [_HEAD]
    for names, command in commands_of(main, ("simisp",)):
        lines += _section(names, command)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def commands_of(command: click.Command, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and, after it, those that it groups."""
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from commands_of(inner, (*names, name))


def _section(names: tuple[str, ...], command: click.Command) -> list[str]:
    context = click.Context(command, info_name=" ".join(names))
    usage = " ".join([*names, *command.collect_usage_pieces(context)])
    lines = [f"{'#' * min(len(names) + 1, 4)} `{' '.join(names)}`", "", "```text", usage, "```", ""]
    lines += [_prose(command.help or command.short_help or ""), ""]
    if not isinstance(command, click.Group):
        lines += _options(command, context)
    return lines


def _prose(text: str) -> str:
    """Return a help text as Markdown: paragraphs that click must not wrap keep their lines."""
    parts = []
    for part in re.split(r"\n\s*\n", inspect.cleandoc(text.split("\f", maxsplit=1)[0])):
        if part.startswith("\b"):
            parts.append("```text\n" + part.removeprefix("\b").strip("\n") + "\n```")
        else:
            parts.append(_plain(" ".join(part.split())))
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """Return text in which nothing is taken for HTML, and no bar for the end of a cell."""
    return text.replace("<", "&lt;").replace("|", "\\|")


def _options(command: click.Command, context: click.Context) -> list[str]:
    records = [parameter.get_help_record(context) for parameter in command.params]
    rows = [record for record in records if record is not None and record[1]]
    if not rows:
        return []
    cells = (f"| `{names.replace('|', ' or ')}` | {_plain(' '.join(meaning.split()))} |" for names, meaning in rows)
    return ["| option | meaning |", "|---|---|", *cells, ""]
