"""A mail service's settings as a story: the service, RAS, the script and an ISP in pure time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from simisp.dialling.files.mail_file import LoadedMail
from simisp.dialling.mail.queue_reader import read_queue
from simisp.errors import FileError
from simisp.ras.phonebook import Entry
from simisp.scenario.load import LoadedScenario
from simisp.scenario.session import session_config
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.story.config import QueueMail, StoryConfig

__all__ = ["story_of"]


def story_of(
    mail: LoadedMail, isp: LoadedScenario, *, password: str = "", began: datetime | None = None
) -> StoryConfig:
    """Return the story of a mail service that dials into an ISP. Nothing changes on the disk, including its queue.

    Args:
        mail: The service's settings.
        isp: The ISP.
        password: The password that the script logs in with.
        began: The wall time of the beginning; None for now.

    Raises:
        ScriptError: The post-connect script can't be run.
        FileError: It can't be read, or can't be played in pure time.
        UnsharedTimeError: The ISP runs a program.
    """
    isp.refuse_programs("pure")
    waiting = read_queue(mail.queue, host=mail.config.name)
    return StoryConfig(
        line=session_config(isp),
        service=mail.config,
        book=mail.phonebook.book,
        scripts=_scripts(mail.phonebook.book),
        password=password,
        on_give_up=mail.on_give_up,
        began=datetime.now() if began is None else began,  # noqa: DTZ005 - a schedule is in the wall time of this place
        actions=[QueueMail(0.0, message) for message in waiting],
    )


def _scripts(book: Iterable[Entry]) -> dict[str, Program]:
    scripts: dict[str, Program] = {}
    for entry in book:
        script = entry.pad or entry.script
        if script is None:
            continue
        if script.command or script.section:
            raise FileError(
                f"the script of {entry.name!r} can't be played in pure time",
                path=str(script),
                remedy="only a .scp can",
            )
        try:
            scripts[script.path] = compile_script(Path(script.path).read_bytes(), script.path)
        except OSError as error:
            raise FileError(
                f"the script can't be read ({error.strerror})", path=script.path, errno=error.errno
            ) from error
    return scripts
