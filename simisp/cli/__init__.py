"""The command line. Each command's module is imported only when that command is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from simisp import __version__
from simisp.errors import SimispError

__all__ = ["main"]

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("simisp.cli.run:run", "Play a scenario, for whoever dials or for a command."),
    "check": ("simisp.cli.check:check", "Check scenarios and tell every mistake."),
    "list": ("simisp.cli.catalogue:list_scenarios", "List the bundled scenarios."),
    "explain": ("simisp.cli.catalogue:explain", "Tell a scenario in words and as a diagram."),
    "schema": ("simisp.cli.catalogue:schema", "Print the JSON Schema of scenarios, for editors."),
    "demo": ("simisp.cli.demo:demo", "Show the hang of KB 175410 and its cure."),
    "completion": ("simisp.cli.completion:completion", "Print the completion script of a shell."),
}


class _LazyGroup(click.Group):
    """A group that knows its commands' names and imports their modules on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table: most used first."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their one-line help, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; offer the nearest name for an unknown one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from simisp.diagnostics import nearest

            guess = nearest(args[0], _COMMANDS)
            if guess is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean {guess!r}?", ctx) from None


class _Cli(_LazyGroup):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors are told without a traceback and end with status 2."""
        try:
            return super().invoke(ctx)
        except SimispError as error:
            click.echo(f"simisp: {error}", err=True)
            ctx.exit(2)


@click.command(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="simisp")
def main() -> None:
    """Play an ISP's log-in dialogue on a virtual serial port, and say who holds the port afterwards."""
