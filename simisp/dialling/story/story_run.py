"""A story in real processes, its durations scaled: the simulator here, mail service and script processors outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never

import yaml

from simisp.dialling.files.story_file import LoadedStory
from simisp.dialling.mail.envelope import render_message
from simisp.dialling.mail.mail_host import MailHost
from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.serial.release import release
from simisp.dialling.story.isp_station import IspStation
from simisp.facts.dial_up import EventRecorded
from simisp.facts.fact import Fact
from simisp.facts.story import MailQueued, PortFreed, ScriptInstalled, ServiceRestarted
from simisp.line.session import Session
from simisp.mail.events import MailEvent
from simisp.mail.message import Message
from simisp.mail.queue import MemoryQueue
from simisp.runtime.clock import RealClock, wait_until
from simisp.scp.code import Program
from simisp.story.config import Deed, InstallScript, QueueMail, ReleasePort, RestartService
from simisp.story.link import speaks_ppp
from simisp.transcript import Transcript

__all__ = ["StoryEnd", "run_story"]

_PATIENCE = 10.0  # real seconds
_NOT_THE_SERVICE_S = ("mail_host", "calls", "began", "for", "happens")
_LOOK_AGAIN = 0.05


@dataclass(slots=True)
class StoryEnd:
    """The outcome of a story.

    Attributes:
        events: The event log, each event as in its file, with its time since the story's beginning.
        calls: How many calls the ISP answered.
        relayed: How many messages the ISP's mail host accepted, counted once for each recipient.
        waiting: How many messages are still waiting.
        is_free: Whether the port was free in the end.
    """

    events: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    calls: int = 0
    relayed: int = 0
    waiting: int = 0
    is_free: bool = False


async def run_story(
    story: LoadedStory,
    folder: Path,
    *,
    scale: float,
    lock_directories: Sequence[str | Path] = (),
    transcript: Transcript | None = None,
) -> StoryEnd:
    """Play a story in real processes to its end, and return its outcome.

    The mail service is ``simisp mail serve``, the script processors are ``simisp script run``; the ISP is played here.

    Args:
        story: The story.
        folder: An empty folder for queue, settings, scripts and logs; it is kept in the end.
        scale: How many seconds of the story pass in one real second. Starting a script processor takes some tenths of
            a real second, which the story's patience has to allow for; what the service takes to start, or to start
            again, is no part of the story.
        lock_directories: The lock directories; the system's if empty.
        transcript: Where everything on the line is recorded, and the events.

    Raises:
        SimispError: There is no pseudo-terminal, or aiosmtpd is not installed.
    """
    played = _Played(
        story, folder, scale, tuple(map(str, lock_directories)), Transcript() if transcript is None else transcript
    )
    return await played.play()


class _Played:
    def __init__(
        self, story: LoadedStory, folder: Path, scale: float, locks: tuple[str, ...], transcript: Transcript
    ) -> None:
        self._story = story
        self._folder = folder
        self._scale = scale
        self._locks = locks
        self._transcript = transcript
        self._end = StoryEnd()
        self._clock = RealClock(scale)
        self._queue = Maildir(folder / "queue")
        self._service: asyncio.subprocess.Process | None = None
        self._read = 0
        self._starting = 0.0
        """How long the service has taken to start, in seconds of the story; what happens in it comes later by that."""

    async def play(self) -> StoryEnd:
        config = self._story.config
        waiting = MemoryQueue()
        for message in config.host.waiting:
            waiting.put(message)
        relayed = Maildir(self._folder / "relayed")
        delay = 5.0 / self._scale
        host = MailHost(config.host.name, relayed, sessions=config.host.sessions, queue=waiting, delay=delay)
        session = Session(config.line)
        async with IspStation(session, host, self._clock, self._transcript) as station:
            self._write_settings(station)
            try:
                await self._through_the_actions(station.port)
                await self._until(self._story.duration + self._starting)
            finally:
                await self._stop_service()
                self._read_events()
                released = release(station.port, self._locks)
            self._end.is_free = not released.ended and released.is_free
            self._end.calls = session.calls
        self._end.relayed = len(relayed.names())
        self._end.waiting = len(self._queue.names())
        return self._end

    async def _through_the_actions(self, port: str) -> None:
        actions = sorted(self._story.config.actions, key=lambda action: action.at)
        for action in [action for action in actions if action.at <= 0]:
            await self._do(action, port)
        await self._start_service()
        for action in [action for action in actions if action.at > 0]:
            await self._until(action.at + self._starting)
            await self._do(action, port)

    async def _do(self, action: Deed, port: str) -> None:
        match action:
            case QueueMail(_, message):
                self._queue_mail(message)
            case RestartService():
                await self._restart()
            case ReleasePort():
                await self._release(port)
            case InstallScript(_, path, program):
                self._install(path, program)
            case _:
                assert_never(action)

    async def _until(self, when: float) -> None:
        """Let time pass, and read events meanwhile."""
        while self._clock.now() < when:
            await wait_until(self._clock, min(when, self._clock.now() + _LOOK_AGAIN * self._scale))
            self._read_events()

    # What people do --------------------------------------------------------------------------------------------------

    def _queue_mail(self, message: Message) -> None:
        self._note(MailQueued(message.id, message.sender, tuple(message.recipients)))
        self._queue.put(render_message(message))

    async def _restart(self) -> None:
        self._note(ServiceRestarted())
        await self._stop_service()
        await self._start_service()

    async def _release(self, port: str) -> None:
        released = await asyncio.to_thread(release, port, self._locks)
        self._note(PortFreed(tuple(map(str, released.ended))))

    def _install(self, path: str, program: Program) -> None:
        self._note(ScriptInstalled(path))
        (self._folder / path).write_text(program.source.text, encoding="utf-8")

    # The service -----------------------------------------------------------------------------------------------------

    def _write_settings(self, station: IspStation) -> None:
        """Write the story's section as the files of a mail service, with the port and the host of this run."""
        for text, file in self._story.scripts.items():
            (self._folder / text).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, self._folder / text)
        phonebook = {name: {**entry, "port": station.port} for name, entry in self._story.written["phonebook"].items()}
        section = {key: value for key, value in self._story.written.items() if key not in _NOT_THE_SERVICE_S}
        host, port = station.host.address
        section |= {"phonebook": "phonebook.yaml", "host": host, "port": port}
        (self._folder / "phonebook.yaml").write_text(yaml.safe_dump(phonebook), encoding="utf-8")
        (self._folder / "mail.yaml").write_text(yaml.safe_dump(section), encoding="utf-8")
        secret = self._folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._story.config.password + "\n", encoding="utf-8")

    async def _start_service(self) -> None:
        command = ["-m", "simisp", "mail", "serve", str(self._folder / "mail.yaml"), "--scale", repr(self._scale)]
        command += ["--password-file", str(self._folder / "password")]
        command += ["--ppp"] if speaks_ppp(self._story.config.line) else []
        command += [word for directory in self._locks for word in ("--lock-dir", directory)]
        began, starts = self._clock.now(), self._starts()
        with (self._folder / "output").open("ab") as output:
            self._service = await asyncio.create_subprocess_exec(
                sys.executable, *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        while self._service.returncode is None and self._starts() == starts:
            await self._until(self._clock.now() + _LOOK_AGAIN * self._scale)
        self._starting += self._clock.now() - began

    def _starts(self) -> int:
        """Return how often a service has said that it was started."""
        return sum(event["id"] == MailEvent.STARTED.value[0] for _, event in self._end.events)

    async def _stop_service(self) -> None:
        service, self._service = self._service, None
        if service is None or service.returncode is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                service.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(service.wait(), _PATIENCE)
                return

    # What is heard ---------------------------------------------------------------------------------------------------

    def _read_events(self) -> None:
        """Read what was appended to the event log."""
        path = self._folder / "events.jsonl"
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(self._read)
            octets = file.read()
        whole = octets[: octets.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            event = json.loads(line)
            at = self._clock.now()
            self._end.events.append((at, event))
            entry = EventRecorded(event["id"], event["source"], event["text"], event["category"], event["type"])
            self._transcript.note(at, entry)

    def _note(self, fact: Fact) -> None:
        self._transcript.note(self._clock.now(), fact)
