"""Processes killed at random moments: no message lost or doubled, no lock that blocks, no orphan unreported.

``SIMISP_KILL_ROUNDS`` sets how many rounds are played; a hundred take some minutes.
"""

from __future__ import annotations

import functools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support.narrowed import known
from support.polling import until
from support.started_processes import Processes

pytest.importorskip("aiosmtpd")

from dialling.services import served
from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.serial.holders import holders
from simisp.dialling.serial.release import release
from simisp.forensics import Family

ROUNDS = int(os.environ.get("SIMISP_KILL_ROUNDS", "4"))
SPEED = 60


class World:
    """A simulator, a mail service, and what they leave on disk."""

    def __init__(self, folder: Path, locks: Path, processes: Processes, tcp_port: int, *, calls: str = "login") -> None:
        self.folder, self.locks, self._processes = folder, locks, processes
        self.port = folder / "modem"
        self.relayed = folder / "relayed"
        self._tcp_port = tcp_port
        self._simulator_arguments = [self.relayed, self.port, tcp_port, SPEED, calls]
        self.start_simulator()
        self.start_service()

    def start_simulator(self) -> None:
        program = Path(__file__).with_name("simulator.py")
        self.simulator = self._processes.start(
            [sys.executable, program, *map(str, self._simulator_arguments)], stdout=-1
        )
        assert known(self.simulator.stdout).readline() == "ready\n"

    def start_service(self) -> None:
        self.service = served(self._processes, self.folder, self.locks, mail_port=self._tcp_port, speed=SPEED)

    def events(self) -> list[dict[str, Any]]:
        path = self.folder / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def script(self) -> int | None:
        """The script processor, if one runs."""
        members = Family(self.service.pid).look()
        return next((member.pid for member in members if member.pid != self.service.pid and not member.ended), None)

    def kill(self, who: str) -> None:
        if who == "script":
            script = self.script()
            if script is not None:
                os.kill(script, signal.SIGKILL)
            return
        process = getattr(self, who)
        if who == "simulator":
            # The link would outlive it, and lead to the next PTY that gets the number: another test's, perhaps.
            self.port.unlink()
        process.kill()
        process.wait()
        getattr(self, f"start_{who}")()

    def free_port(self) -> None:
        """End the orphans of a killed service."""
        alive = {self.service.pid, *(member.pid for member in Family(self.service.pid).look())}
        for pid in {holder.pid for holder in holders(str(self.port))} - alive:
            os.kill(pid, signal.SIGKILL)


def _is_past(moment: float) -> bool:
    return time.monotonic() >= moment


def test_nothing_is_lost_or_doubled_whoever_is_killed_and_whenever(
    tmp_path: Path, lock_directory: Path, processes: Processes, unused_tcp_port: int
) -> None:
    world = World(tmp_path, lock_directory, processes, unused_tcp_port)
    queue = Maildir(tmp_path / "queue")
    dice = random.Random(175410)
    sent = []
    for number in range(ROUNDS):
        name = f"{number}@alice.example"
        sent.append(name)
        queue.put(f"From: alice@example.net\nTo: bob@example.org\nMessage-ID: <{name}>\n\n{number}\n".encode())
        moment = time.monotonic() + dice.uniform(0.0, 1.5)
        until(functools.partial(_is_past, moment))
        world.kill(dice.choice(["service", "script", "simulator"]))
        if dice.random() < 0.5:
            world.free_port()

    def delivered() -> bool:
        world.free_port()
        return not queue.names()

    until(delivered, what="the delivery of all that was queued")
    world.service.terminate()
    world.service.wait()
    relayed = Maildir(world.relayed)
    contents = [relayed.path(name).read_bytes() for name in relayed.names()]
    assert sorted(content.split(b"Message-ID: <")[1].split(b">")[0].decode() for content in contents) == sorted(sent)
    assert release(str(world.port), [lock_directory]).is_free
    assert not [event for event in world.events() if event["id"] == 17]


def test_an_orphan_of_a_killed_service_is_named_by_the_next(
    tmp_path: Path, lock_directory: Path, processes: Processes, unused_tcp_port: int
) -> None:
    world = World(tmp_path, lock_directory, processes, unused_tcp_port, calls="silent login")
    script = known(until(world.script, what="a script processor"))
    world.kill("service")

    def refused() -> list[dict[str, Any]]:
        return [event for event in world.events() if event.get("details", {}).get("error") == 633]

    event = until(refused, what="event 4106 with 633")[0]
    assert f"held by pid {script} (" in event["details"]["detail"]
    os.kill(script, signal.SIGKILL)
    until(lambda: [event for event in world.events() if event["id"] == 4], what="a connection")
