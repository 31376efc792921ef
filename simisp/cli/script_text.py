"""``simisp script fmt`` and ``simisp script explain``."""

from __future__ import annotations

import click

from simisp.cli.files import STANDARD_STREAM, read_script, replace_script
from simisp.cli.output import say, say_exactly

__all__ = ["explain", "fmt"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--check", is_flag=True, help="Change nothing; end with status 1 when a file would change.")
@click.pass_context
def fmt(ctx: click.Context, /, files: tuple[str, ...], check: bool) -> None:
    """Format scripts in place; comments and meaning stay the same. Standard input is `-`."""
    from simisp.scp.fixer import Fixed
    from simisp.scp.formatter import format_script
    from simisp.scp.linter import lint
    from simisp.scp.text import decode

    would_change = False
    for file in files:
        data = read_script(file)
        text = decode(data)
        formatted = format_script(text, file)
        if file == STANDARD_STREAM and not check:
            say_exactly(formatted, nl=False)
        elif formatted != text:
            would_change = True
            say(f"{file}: {'would change' if check else 'changed'}", err=True)
            if not check:
                replace_script(file, Fixed(formatted, (), lint(formatted, name=file)).encoded_like(data))
    ctx.exit(1 if check and would_change else 0)


@click.command()
@click.argument("file", type=click.Path())
def explain(file: str) -> None:
    """Show a script as a flow chart in mermaid: every wait, its limit, and where each path ends."""
    from simisp.scp.explain import explain_script
    from simisp.scp.linter import conceal

    say(explain_script(conceal(read_script(file), file).text, file), nl=False)
