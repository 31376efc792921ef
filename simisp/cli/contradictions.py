"""Options that exclude one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import click

__all__ = ["given_options", "refuse_idle", "refuse_together"]


def given_options(ctx: click.Context) -> set[str]:
    """Return the names of the parameters that the call has."""
    return {name for name in ctx.params if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE}


def refuse_together(given: Collection[str], options: Sequence[str]) -> None:
    """Refuse a call that has more than one of some options, before it does anything.

    Args:
        given: The names of the parameters that the call has.
        options: The options that exclude one another.

    Raises:
        UsageError: Two of them are given.
    """
    both = [name for name in options if name in given]
    if len(both) > 1:
        first, second = (_shown(name) for name in both[:2])
        raise click.UsageError(f"{first} and {second} contradict each other; give one of them")


def refuse_idle(given: Collection[str], options: Iterable[tuple[str, bool, str]]) -> None:
    """Refuse a call that has an option which changes nothing about it: whoever gives one expects that it does.

    Args:
        given: The names of the parameters that the call has.
        options: The options, each with whether it applies to this call, and what it is for.

    Raises:
        UsageError: One is given that does not apply.
    """
    for name, applies, is_for in options:
        if name in given and not applies:
            raise click.UsageError(f"{_shown(name)} is for {is_for}")


def _shown(name: str) -> str:
    return "--" + _NAMES.get(name, name).replace("_", "-")


_NAMES = {"as_json": "json", "endpoints": "endpoint", "lock_directories": "lock-dir", "seconds": "for"}
"""The options whose names differ from their parameters'."""
