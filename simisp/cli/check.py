"""``simisp check``."""

from __future__ import annotations

import click

from simisp.cli.output import say
from simisp.cli.parameters import SCENARIO
from simisp.errors import SourceError
from simisp.visible import visible

__all__ = ["check"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=SCENARIO, metavar="FILE...")
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...]) -> None:
    """Check scenarios and tell every mistake, with file, line and column.

    The exit status is 0 when all are right, 2 otherwise.
    """
    from simisp.scenario.load import load

    wrong = False
    for name in files:
        try:
            scenario = load(name)
            if scenario.has_story:
                from simisp.dialling.story_file import load_story

                load_story(name)
        except SourceError as error:
            say(str(error), err=True)
            wrong = True
        else:
            say(f"{scenario.path}: right: {visible(scenario.model.title)}")
    ctx.exit(2 if wrong else 0)
