"""Commands with a SCENARIO, and behind ``--`` a COMMAND, whose first word is not to be taken for a missing SCENARIO."""

from __future__ import annotations

import shlex

import click

__all__ = ["ScenarioFirst"]

_SHOWN = 60


class ScenarioFirst(click.Command):
    """Refuses a call without SCENARIO before ``--``: to click, the program's name behind it would be the SCENARIO."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the call.

        Raises:
            UsageError: There is no SCENARIO, or something else is wrong.
        """
        end = args.index("--") if "--" in args else len(args)
        command = args[end + 1 :]
        if command:
            given, _, _ = self.make_parser(ctx).parse_args(args[:end])
            if not isinstance(given.get("scenario"), str) and not given.get("help"):
                shown = shlex.join(command)
                shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
                meant = f"name a file, or one of simisp list, such as {ctx.command_path} login -- {shown}"
                raise click.UsageError(f"there is no SCENARIO before --: {meant}", ctx)
        return super().parse_args(ctx, args)
