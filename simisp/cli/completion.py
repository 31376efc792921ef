"""``simisp completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from simisp.cli.output import say

__all__ = ["completion"]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    simisp completion bash > ~/.local/share/bash-completion/completions/simisp
    simisp completion zsh > ~/.zfunc/_simisp     # with fpath+=~/.zfunc before compinit in ~/.zshrc
    simisp completion fish > ~/.config/fish/completions/simisp.fish
    """  # noqa: D301
    kind = get_completion_class(shell)
    assert kind is not None
    say(kind(ctx.find_root().command, {}, "simisp", "_SIMISP_COMPLETE").source(), fold=False)
