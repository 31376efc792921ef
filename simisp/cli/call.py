"""The parameters of a command as one typed object instead of click's keywords."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

import click

__all__ = ["takes"]

_Call = TypeVar("_Call")


def takes(kind: Callable[..., _Call]) -> Callable[[Callable[[click.Context, _Call], None]], Callable[..., None]]:
    """Pass a command's function the context and one object. Place it below the command's options.

    Args:
        kind: A dataclass with a field for each parameter of the command, of the same name.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Call:
        ...     number: str
        ...     times: int
        >>> @click.command()
        ... @click.argument("number")
        ... @click.option("--times", type=int, default=1)
        ... @takes(Call)
        ... def redial(ctx: click.Context, call: Call) -> None:
        ...     print(call)
        >>> redial.main(["5551234"], standalone_mode=False)
        Call(number='5551234', times=1)
    """

    def decorate(function: Callable[[click.Context, _Call], None]) -> Callable[..., None]:
        @functools.wraps(function)
        def callback(**parameters: object) -> None:
            function(click.get_current_context(), kind(**parameters))

        return callback

    return decorate
