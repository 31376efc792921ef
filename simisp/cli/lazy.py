"""Groups of commands whose modules are imported only when one of them is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from simisp.diagnostics import nearest

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group that knows its commands by a table.

    Args:
        table: Each command's ``module:attribute`` and its one-line help, by name, the most used first.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it."""
        if cmd_name not in self._table:
            return None
        module, _, attribute = self._table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their one-line help, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._table.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; offer the nearest name for an unknown one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            guess = nearest(args[0], self._table)
            if guess is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean {guess!r}?", ctx) from None
