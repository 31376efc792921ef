"""A mail service and its ISP in real time, for the tests."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dialling.lines import NAIVE, scenario
from simisp.dialling.files.mail_file import LoadedMail, load_mail
from simisp.dialling.mail.mail_host import MailHost
from simisp.dialling.mail.mail_run import MailRun, MailRunOptions
from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.story.isp_station import IspStation
from simisp.mail.message import Message
from simisp.ras.events import Event
from simisp.runtime.clock import RealClock
from simisp.scenario.load import loads
from simisp.scenario.session import session
from simisp.transcript import Transcript
from support.started_processes import Processes

SPEED = 30.0
_PATIENCE = 60.0  # real seconds, far more than anything here takes, on a busy machine too
MESSAGE = Message("", "alice@example.net", ("bob@example.org",), b"Message-ID: <1@x>\nSubject: x\n\nhello\n")


@asynccontextmanager
async def isp(
    folder: Path, *dialogues: str, link: Path | None = None, speed: float = SPEED, **host: Any
) -> AsyncIterator[IspStation]:
    """An ISP with these dialogues and a mail host."""
    transcript = Transcript()
    mail_host = MailHost("mail.isp.example", Maildir(folder / "relayed"), delay=5.0 / speed, **host)
    played = session(loads(scenario(*dialogues)))
    async with IspStation(played, mail_host, RealClock(speed), transcript, link=link) as station:
        yield station
    for _ in range(10):
        await asyncio.sleep(0)  # a connection that was just being accepted is taken down


def settings(
    folder: Path,
    station: IspStation,
    *,
    script: str = NAIVE,
    patience: str = "forever",
    mail: str = "schedule: {every: 15m}",
    **phonebook: Any,
) -> LoadedMail:
    """Write a phone book and a mail service's settings, and load them.

    A test that wants its script to be given up says so: on a busy machine any patience may be too short for a script
    that is to come to its end.
    """
    (folder / "ozemail.scp").write_text(script)
    more = "".join(f"  {key}: {value}\n" for key, value in phonebook.items())
    (folder / "phonebook.yaml").write_text(
        f"OzEmail:\n  number: '5551234'\n  port: {station.port}\n  script: ozemail.scp\n  user: alice\n"
        f"  patience: {patience}\n{more}"
    )
    host, port = station.host.address
    (folder / "mail.yaml").write_text(
        f"entry: OzEmail\nphonebook: phonebook.yaml\nhost: {host}\nport: {port}\nname: alice.example\n{mail}\n"
    )
    return load_mail(folder / "mail.yaml")


def served(
    processes: Processes, folder: Path, lock_directory: Path, *, mail_port: int, speed: int, time_out: str = "10m"
) -> subprocess.Popen[str]:
    """Start a mail service as a process of its own; it dials ``modem`` in the folder every 30 s.

    Its seconds are short, and on a busy machine a script processor takes a hundred of them to start: it waits for its
    script forever, and for its host for long. A script that it gave up would hold the port.

    Args:
        processes: The fixture that ends it.
        folder: Where its files lie: the settings are written there, and its output is added to ``output``.
        lock_directory: Where it locks.
        mail_port: The mail host's TCP port on this machine.
        speed: How many of its seconds pass in a real one.
        time_out: How long it waits for the host, in its time.
    """
    (folder / "ozemail.scp").write_text(NAIVE)
    (folder / "phonebook.yaml").write_text(
        f"OzEmail:\n  number: '5551234'\n  port: {folder / 'modem'}\n  script: ozemail.scp\n  user: alice\n"
        "  patience: forever\n"
    )
    (folder / "mail.yaml").write_text(
        f"entry: OzEmail\nphonebook: phonebook.yaml\nhost: 127.0.0.1\nport: {mail_port}\n"
        f"schedule: {{every: 30s}}\ntime_out: {time_out}\n"
    )
    (folder / "password").write_text("wonderland\n")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "simisp",
        "mail",
        "serve",
        folder / "mail.yaml",
        "--scale",
        str(speed),
    ]
    options: list[str | Path] = ["--lock-dir", lock_directory, "--password-file", folder / "password"]
    with (folder / "output").open("ab") as output:
        return processes.start([*command, *options], stdout=output, stderr=output)


class Running:
    """A mail service that runs."""

    def __init__(self, mail: LoadedMail, lock_directory: Path, *, speed: float = SPEED, **options: Any) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        chosen = MailRunOptions("wonderland", [lock_directory], speed, 0.05)
        self.run = MailRun(mail, replace(chosen, **options), self._log)
        self._task = asyncio.ensure_future(self.run.run())

    def _log(self, at: float, event: Event) -> None:
        self.events.append(event)
        self._changed.set()

    async def until(self, number: int, count: int = 1) -> Event:
        """Wait for an event of this number, the first or a later one; return it."""
        async with asyncio.timeout(_PATIENCE):
            return await self._until(number, count)

    async def _until(self, number: int, count: int) -> Event:
        while len(found := [event for event in self.events if event.id == number]) < count:
            if self._task.done():
                self._task.result()
            self._changed.clear()
            await self._changed.wait()
        return found[count - 1]

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    def ids(self) -> list[int]:
        return [event.id for event in self.events]


@asynccontextmanager
async def service(mail: LoadedMail, lock_directory: Path, **options: Any) -> AsyncIterator[Running]:
    running = Running(mail, lock_directory, **options)
    try:
        yield running
    finally:
        await running.stop()
