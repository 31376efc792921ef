"""A scenario on a pseudo-terminal, and diallers on it, for the tests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from simisp.dialling.calls.dialler import Dialler, DialOptions
from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.fact import details_of
from simisp.line.session import Session
from simisp.line.session_config import Isp
from simisp.machine import Output
from simisp.ras.outputs import AttemptEnded
from simisp.ras.phonebook import Entry, PostConnectScript, Protocol
from simisp.runtime.clock import RealClock
from simisp.runtime.driver import Driver
from simisp.scenario.load import loads
from simisp.scenario.session import session, session_config
from simisp.transcript import Transcript

SPEED = 20.0
"""How much faster than real time the tests run."""

_MUCH_PATIENCE = 60.0 * SPEED
"""A minute of real time, in which a script starts on a busy machine too; a test that is about patience has less."""

LOGIN = """
      - prompt: "Service?"
        expect: p
      - authenticate: {user: "Username:", password: "Password:"}
      - send: "Entering PPP mode\\n"
"""
SILENT = """
      - prompt: "Service?"
        expect: p
      - prompt: "Username:"
      - silence
"""
NAIVE = """
proc main
  waitfor "ervice?"
  transmit "p^M"
  waitfor "sername:"
  transmit $USERID, raw
  transmit "^M"
  waitfor "assword:"
  transmit $PASSWORD, raw
  transmit "^M"
endproc
"""
REPAIRED = """
proc main
  waitfor "ervice?" until 90
  if $SUCCESS then
    transmit "p^M"
    waitfor "sername:" until 60
    if $SUCCESS then
      transmit $USERID, raw
      transmit "^M"
      waitfor "assword:" until 60
      if $SUCCESS then
        transmit $PASSWORD, raw
        transmit "^M"
      endif
    endif
  endif
endproc
"""


def scenario(*dialogues: str, **exchange: str) -> str:
    """A scenario whose calls have these dialogues."""
    names = [f"d{number}" for number in range(len(dialogues))]
    text = "title: a test\nisp:\n  accounts: {alice: wonderland}\n"
    text += f"  calls: [{', '.join(names)}]\n  dialogues:\n"
    text += "".join(f"    {name}:{dialogue}" for name, dialogue in zip(names, dialogues, strict=True))
    if exchange:
        text += "exchange:\n" + "".join(f"  {key}: {value}\n" for key, value in exchange.items())
    return text


LOGS_IN = scenario(LOGIN)


T = TypeVar("T")


class Line:
    """A scenario that is played on a pseudo-terminal in this process."""

    def __init__(self, text: str, speed: float = SPEED, isp: Isp | None = None) -> None:
        self.transcript = Transcript()
        loaded = loads(text)
        self.session = session(loaded) if isp is None else Session(replace(session_config(loaded), isp=isp))
        self.endpoint = PtyEndpoint()
        self.driver = Driver(self.session, self.endpoint, self.transcript, RealClock(speed))

    @property
    def port(self) -> str:
        return self.endpoint.path

    def facts(self, what: str) -> list[dict[str, Any]]:
        return [details_of(record.fact) for record in self.transcript if record.fact.kind == what]

    async def until_facts(self, what: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for facts of a kind, and return them: a dialler may hear of an end before the line does of its cause."""
        async with asyncio.timeout(60):
            await self.driver.until(lambda: len(self.facts(what)) >= count)
        return self.facts(what)


@contextmanager
def line(text: str = LOGS_IN, speed: float = SPEED, isp: Isp | None = None) -> Iterator[Line]:
    """Play a scenario inside a running event loop, with its own ISP or another one."""
    played = Line(text, speed, isp)
    played.driver.start()
    try:
        yield played
    finally:
        played.driver.stop()
        played.endpoint.close()


def script_file(folder: Path, text: str) -> PostConnectScript:
    path = folder / "ozemail.scp"
    path.write_text(text)
    return PostConnectScript(str(path))


def entry(port: str, script: PostConnectScript | None, **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "number": "5551234",
        "user": "alice",
        "script": script,
        "protocol": Protocol.NONE,
        "patience": _MUCH_PATIENCE,
    } | changes
    return Entry("OzEmail", port=port, **values)


class Dialled:
    """A dialler and what it has put out."""

    def __init__(self, the_entry: Entry, lock_directory: Path, *, speed: float = SPEED, **options: Any) -> None:
        self.outputs: list[Output] = []
        chosen: dict[str, Any] = {
            "password": "wonderland",
            "lock_directories": [lock_directory],
            "speed": speed,
        } | options
        self._changed = asyncio.Event()
        self.dialler = Dialler(the_entry, RealClock(speed), DialOptions(**chosen), self._take)
        self.task = asyncio.ensure_future(self.dialler.run())

    def _take(self, output: Output) -> None:
        self.outputs.append(output)
        self._changed.set()

    def of(self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]

    async def until(self, kind: type[T]) -> T:
        """Wait for an output of a kind; the end must not come before it."""
        while not self.of(kind):
            assert not self.of(AttemptEnded), self.outputs
            self._changed.clear()
            await self._changed.wait()
        return self.of(kind)[0]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
