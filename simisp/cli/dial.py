"""``simisp dial``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options, refuse_together
from simisp.cli.interruption import until_interrupted
from simisp.cli.output import say
from simisp.cli.password import password_from
from simisp.errors import RunInterruptedError

if TYPE_CHECKING:
    from simisp.dialling.files.phonebook_file import LoadedPhoneBook
    from simisp.ras.phonebook import Entry

__all__ = ["dial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialCall:
    """What ``simisp dial`` was called with: its arguments and options, by their names."""

    entry: str
    phonebook: str
    status: bool
    hang_up: bool
    release: bool
    on_give_up: str
    password_file: str | None
    lock_directories: tuple[str, ...]
    port: str | None
    ppp: bool


@click.command()
@click.argument("entry")
@click.option("--phonebook", required=True, type=click.Path(), help="phonebook.yaml, or a rasphone.pbk.")
@click.option("--status", is_flag=True, help="Only report the state of the entry's port.")
@click.option("--hang-up", is_flag=True, help="Ask the dialler that has the port to hang up.")
@click.option("--release", is_flag=True, help='The "reboot": end the holder, clear the locks.')
@click.option(
    "--on-give-up",
    type=click.Choice(["orphan", "end"]),
    default="orphan",
    show_default=True,
    help="What happens to a script that still runs when the dialler gives up: it is left behind, as NT did, or ended.",
)
@click.option("--password-file", type=click.Path(), help="A file whose first line is the password.")
@click.option("--lock-dir", "lock_directories", multiple=True, type=click.Path(), help="Where lock files go.")
@click.option("--port", help="Dial on this port instead of the entry's.")
@click.option("--ppp", is_flag=True, help="Bring up PPP after the script; without this option the link counts as up.")
@takes(DialCall)
def dial(ctx: click.Context, call: DialCall) -> None:
    """Dial an ENTRY of a phone book as the Remote Access Service did: lock, dial, post-connect script, hang up.

    The exit status is 0 when the connection was made and ended in order, 1 when it was not made or was lost, 2 when
    the call or the phone book is wrong, 5 when another process holds the port (RAS error 633).
    """
    from dataclasses import replace

    from simisp.dialling.files.phonebook_file import load_phonebook

    action = _action(ctx)
    loaded = load_phonebook(call.phonebook)
    found = _find(loaded, call.entry, call.phonebook)
    if call.port:
        found = replace(found, port=call.port)
    if action is not None:
        ctx.exit(_act(action, found, call.lock_directories))
    password = password_from(call.password_file or loaded.password_files.get(found.name))
    ctx.exit(_dial(found, password, call))


def _action(ctx: click.Context) -> str | None:
    """Return what is asked for instead of dialling, if anything; refuse what can't be meant together."""
    given = given_options(ctx)
    actions = sorted(given & {"status", "hang_up", "release"})
    refuse_together(given, actions)
    if actions:
        for_dialling = sorted(given & {"on_give_up", "password_file", "ppp"})
        refuse_together(given, [*actions, *for_dialling[:1]])
    return actions[0].replace("_", "-") if actions else None


def _find(loaded: LoadedPhoneBook, name: str, file: str) -> Entry:
    entry = loaded.book.find(name)
    if entry is not None:
        return entry
    guess = loaded.book.nearest(name)
    hint = f"did you mean {guess!r}?" if guess else "it has: " + ", ".join(each.name for each in loaded.book)
    raise click.UsageError(f"{file} has no entry {name!r}; {hint}")


def _act(action: str, entry: Entry, directories: tuple[str, ...]) -> int:
    """Do what is not dialling; return the exit status."""
    from simisp.dialling.calls.dial_command import hang_up, release_port, status

    if action == "status":
        say(status(entry, directories))
        return 0
    if action == "hang-up":
        done, said = hang_up(entry, directories)
        say(said)
        return 0 if done else 1
    released = release_port(entry, directories)
    say(released.describe())
    return 0 if released.is_free else 1


def _dial(entry: Entry, password: str, call: DialCall) -> int:
    from simisp.dialling.calls.dial_command import dial as dial_entry
    from simisp.dialling.calls.dialler import DialOptions
    from simisp.ras.outputs import OnGiveUp

    how = DialOptions(
        password=password,
        on_give_up=OnGiveUp(call.on_give_up),
        lock_directories=call.lock_directories,
        ppp=call.ppp,
    )

    async def play() -> int:
        return int(await dial_entry(entry, how, say=lambda line: say(line, err=True)))

    try:
        return until_interrupted(play())
    except RunInterruptedError as interruption:
        return interruption.exit_status
