"""``simisp script``: dial-up scripts, run and checked."""

from __future__ import annotations

import click

from simisp.cli.lazy import LazyGroup

__all__ = ["script"]


@click.group(
    cls=LazyGroup,
    table={
        "run": ("simisp.cli.script_run:run", "Play a script on a port."),
        "lint": ("simisp.cli.script_lint:lint", "Find what would hang a script, and mend it."),
        "fmt": ("simisp.cli.script_text:fmt", "Lay a script out in one way."),
        "explain": ("simisp.cli.script_text:explain", "Show a script as a flow chart."),
    },
)
def script() -> None:
    """Windows dial-up scripts (.scp), as the Remote Access Service of KB 175410 ran them."""
