"""All commands of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import click

__all__ = ["commands"]


def commands(group: click.Group, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group and of the groups in it, with their names as they are typed."""
    context = click.Context(group)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name}{each} ")
        else:
            yield name + each, command
