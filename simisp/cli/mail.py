"""``simisp mail``: the mail service that dials on a schedule."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options, refuse_idle
from simisp.cli.interruption import until_interrupted
from simisp.cli.lazy import LazyGroup
from simisp.cli.numbers import Factor
from simisp.cli.output import say
from simisp.cli.parameters import DURATION, SCENARIO
from simisp.cli.password import password_from
from simisp.errors import RunInterruptedError

if TYPE_CHECKING:
    from simisp.dialling.files.mail_file import LoadedMail

__all__ = ["mail", "serve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeCall:
    """What ``simisp mail serve`` was called with: its arguments and options, by their names."""

    config: str
    seconds: float | None
    clock: str
    isp: str
    scale: float
    password_file: str | None
    lock_directories: tuple[str, ...]
    in_doubt: str
    ppp: bool


@click.group(cls=LazyGroup, table={"serve": ("simisp.cli.mail:serve", "Run the service in real time.")})
def mail() -> None:
    """A mail service that dials on a schedule, delivers, retrieves and hangs up, as Exchange's did."""


@click.command()
@click.argument("config", type=click.Path())
@click.option("--for", "seconds", type=DURATION, help="End after this time of the service; otherwise at Ctrl-C.")
@click.option(
    "--clock",
    type=click.Choice(["real", "virtual"]),
    default="real",
    show_default=True,
    help="virtual: all parties run in this process and in virtual time, with --isp; nothing on disk is changed.",
)
@click.option("--isp", type=SCENARIO, default="login", show_default=True, help="The ISP, for --clock virtual.")
@click.option(
    "--scale",
    type=Factor(min=0.001, max=100_000),
    metavar="FACTOR",
    default=1.0,
    help="Seconds of the service in each real one.",
)
@click.option("--password-file", type=click.Path(), help="A file whose first line is the script's password.")
@click.option("--lock-dir", "lock_directories", multiple=True, type=click.Path(), help="Where lock files go.")
@click.option(
    "--in-doubt",
    type=click.Choice(["resend", "hold"]),
    default="resend",
    show_default=True,
    help="A message whose last dot was sent and whose reply never came: whether it is sent again, or held back.",
)
@click.option(
    "--ppp", is_flag=True, help="Bring up PPP after the script; without it the link is up if the host can be reached."
)
@takes(ServeCall)
def serve(ctx: click.Context, call: ServeCall) -> None:
    """Run the mail service of CONFIG (YAML): schedule, phone book entry, queue, retrieval, event log."""
    from simisp.dialling.files.mail_file import load_mail
    from simisp.dialling.mail.mail_run import InDoubt, MailRun, MailRunOptions

    _refuse_contradictions(ctx, call.clock)
    loaded = load_mail(call.config)
    password = password_from(call.password_file or loaded.phonebook.password_files.get(loaded.config.entry))
    if call.clock == "virtual":
        if call.seconds is None:
            raise click.UsageError("--clock virtual needs --for: a week is --for 7d")
        _play_story(loaded, call.isp, password, call.seconds)
        ctx.exit(0)
    how = MailRunOptions(
        password=password,
        lock_directories=call.lock_directories,
        speed=call.scale,
        in_doubt=InDoubt.RESEND if call.in_doubt == "resend" else InDoubt.HOLD,
        ppp=call.ppp,
    )

    async def play() -> int:
        service = MailRun(loaded, how, on_event=lambda at, event: say(event.to_text(f"{at:10.1f}")))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(service.run(), None if call.seconds is None else call.seconds / call.scale)
        return 0

    try:
        status = until_interrupted(play())
    except RunInterruptedError as interruption:
        status = interruption.exit_status
    ctx.exit(status)


def _refuse_contradictions(ctx: click.Context, clock: str) -> None:
    """Refuse options that do not apply to the clock."""
    given = given_options(ctx)
    only_real = ("in_doubt", "lock_directories", "ppp", "scale")
    refuse_idle(given, [(name, clock != "virtual", "--clock real") for name in only_real])
    isp = "--clock virtual; in real time the ISP is what answers on the port"
    refuse_idle(given, [("isp", clock != "real", isp)])


def _play_story(loaded: LoadedMail, isp: str, password: str, seconds: float) -> None:
    """Play the service against an ISP in pure time, and print its events."""
    from simisp.dialling.story.mail_story import story_of
    from simisp.scenario.load import load
    from simisp.story.play import play

    played = play(story_of(loaded, load(isp), password=password), until=seconds)
    for at, event in played.events:
        say(event.to_text(f"{at:10.1f}"))
