"""``simisp scenario``."""

from __future__ import annotations

from pathlib import Path

import click

from simisp.cli.files import STANDARD_STREAM, naming, read_script
from simisp.cli.lazy import LazyGroup
from simisp.cli.output import say_exactly
from simisp.errors import FileError

__all__ = ["from_log", "scenario"]


@click.command("from")
@click.argument("log", type=click.Path(dir_okay=False, allow_dash=True))
def from_log(log: str) -> None:
    """Draft a scenario from a LOG, and print it as YAML; each guess has a comment.

    A LOG is a transcript of simisp, the log of pppd (`debug`) and `chat -v` with any prefix of a syslog, the output of
    wvdial, what minicom, picocom or C-Kermit showed or captured, or a log of AT commands with time stamps, as of
    ESP-IDF and Zephyr. Passwords are not copied. The exit status is 2 if there is nothing of a modem in it.
    """
    from simisp.from_log.draft import draft
    from simisp.from_log.readers import read_log

    name = "standard input" if log == STANDARD_STREAM else Path(log).name
    with naming(log):
        found = read_log(read_script(log, "the log").decode("utf-8", "surrogateescape"))
    if not found.is_of_a_modem:
        raise FileError(
            "this is no log of a modem: it has no AT command, no result such as CONNECT, and no PPP", path=name
        )
    say_exactly(draft(found, name), nl=False)


@click.group(cls=LazyGroup, table={"from": ("simisp.cli.scenario:from_log", "Draft a scenario from a log.")})
def scenario() -> None:
    """Draft scenarios from logs and transcripts."""
