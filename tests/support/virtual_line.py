"""A raw PTY in virtual time: a scripted far end on the master, any program on the slave."""

from __future__ import annotations

import hashlib
import heapq
import os
import pty
import select
import subprocess
import time
import tty
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simisp.forensics import Family
from simisp.preload import library
from simisp.shared_time.clock import Busy, ClockJump, Decision, LeftBehind, ProcessesEnded, Proof, SharedClock
from simisp.shared_time.clock_page import ClockMode, ClockPage
from simisp.shared_time.shared_circuits import SharedCircuits
from support.started_processes import end_family

__all__ = ["FarEnd", "Outcome", "VirtualLine", "modem_and_isp", "transcript"]

REALTIME = 1_000_000_000_000_000_000
"""What CLOCK_REALTIME shows at the start: 2001-09-09 01:46:40 UTC."""

PATIENCE = 120.0
"""Real seconds for a client to come to its end: only a test that fails waits as long. With twenty programs that compute
beside it, the start of Python alone takes six."""

_STEP = 0.02
"""Real seconds after which a step ends though the client still computes. The line needs none before: what is due waits
for the client, and octets and the end of a process end a step at once. At the end of each the kernel is asked a lot."""

Answer = Callable[[bytes], Sequence[tuple[float, bytes]]]


class FarEnd:
    """Says things at their times, and answers each line that it gets.

    Args:
        answer: From a received line, without its CR, to what to send after how many seconds.
        opening: What to send by itself, and when.
    """

    def __init__(self, answer: Answer = lambda line: (), opening: Sequence[tuple[float, bytes]] = ()) -> None:
        self._answer = answer
        self._line = bytearray()
        self._queue: list[tuple[float, int, bytes]] = []
        self._count = 0
        for when, octets in opening:
            self._put(when, octets)

    def _put(self, when: float, octets: bytes) -> None:
        self._count += 1
        heapq.heappush(self._queue, (when, self._count, octets))

    def receive_data(self, data: bytes, *, now: float) -> None:
        self._line.extend(data)
        while b"\r" in self._line or b"\n" in self._line:
            end = min(at for at in (self._line.find(b"\r"), self._line.find(b"\n")) if at >= 0)
            line = bytes(self._line[:end]).strip()
            del self._line[: end + 1]
            for delay, octets in self._answer(line):
                self._put(now + delay, octets)

    def next_timer(self) -> float | None:
        return self._queue[0][0] if self._queue else None

    def take_due(self, *, now: float) -> bytes:
        due = b""
        while self._queue and now >= self._queue[0][0]:
            due += heapq.heappop(self._queue)[2]
        return due


def modem_and_isp(prompts: dict[bytes, Sequence[tuple[float, bytes]]] | None = None) -> FarEnd:
    """A modem that answers OK after 0.3 s and connects after 22 s, and an ISP that answers as ``prompts`` says."""
    answers = prompts if prompts is not None else {b"internet": [(1.0, b"\r\nlogin: ")]}

    def answer(line: bytes) -> Sequence[tuple[float, bytes]]:
        word = line.upper()
        if word.startswith(b"ATD"):
            return [(22.0, b"\r\nCONNECT 28800\r\n"), (24.5, b"\r\nservice: ")]
        if word.startswith(b"AT"):
            return [(0.3, b"\r\nOK\r\n")]
        return answers.get(line, ())

    return FarEnd(answer)


@dataclass
class Outcome:
    """How a run ended."""

    status: int | None
    """The exit status; None when the run was proven to hang and the client killed."""
    seconds: float
    """How long it took in the run's time."""
    real: float
    """How long it took in real time, without the start of the client's process."""
    output: bytes
    proof: Proof | None = None
    left_behind: LeftBehind | None = None
    line: list[tuple[float, str, bytes]] = field(default_factory=list)
    """What went over the line: when, ``C`` or ``S`` for client or simulator, octets."""
    proven_after: float = 0.0
    """Real seconds from the last thing that happened to the proof."""


def transcript(run: Outcome) -> str:
    """Return a hash of what went over the line and when; octets of the same instant belong together."""
    merged: list[tuple[float, str, bytes]] = []
    for when, who, octets in run.line:
        if merged and merged[-1][:2] == (when, who):
            merged[-1] = (when, who, merged[-1][2] + octets)
        else:
            merged.append((when, who, octets))
    return hashlib.sha256(repr(merged).encode()).hexdigest()


class VirtualLine:
    """Runs one program on a PTY whose far end is scripted, in virtual time."""

    def __init__(
        self, far_end: FarEnd | None = None, *, mode: ClockMode = ClockMode.VIRTUAL, library: Path | None = None
    ) -> None:
        self._library = library
        self.far_end = far_end or FarEnd()
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.fchmod(self.slave, 0o666)  # some programs become another user
        os.set_blocking(self.master, False)
        self.port = os.ttyname(self.slave)
        self.page = ClockPage.create()
        self.page.begin(mode, realtime_ns=REALTIME, monotonic_ns=1000 * 10**9)
        self.circuits = SharedCircuits(self.page, device=os.fstat(self.slave).st_rdev)
        self.clock = SharedClock(self.page, slaves=[self.slave], descriptors=[self.master])
        self.log: list[tuple[float, str, bytes]] = []
        self._proven_after = 0.0

    def __enter__(self) -> VirtualLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clock.census.close()
        self.page.close()
        os.close(self.master)
        os.close(self.slave)

    def start(
        self, command: Sequence[str], *, on_line: bool = True, env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a client, its standard input and output on the line or not."""
        environment = self.page.environment(self._library or library(), env)
        return subprocess.Popen(
            [part.replace("@PORT@", self.port) for part in command],
            stdin=self.slave if on_line else subprocess.DEVNULL,
            stdout=self.slave if on_line else subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )

    def run(
        self,
        command: Sequence[str],
        *,
        on_line: bool = True,
        real_limit: float = PATIENCE,
        env: dict[str, str] | None = None,
    ) -> Outcome:
        """Run a client until it ends or is proven to hang."""
        child = self.start(command, on_line=on_line, env=env)
        return self.attend(child, real_limit=real_limit)

    def attend(self, child: subprocess.Popen[bytes], *, real_limit: float = PATIENCE) -> Outcome:
        """Move octets and time for a client that has been started, until it ends or is proven to hang."""
        self.clock.watch(child.pid)
        family = Family(child.pid)
        started = time.perf_counter()
        try:
            last = self._step_to_the_end(child, started + real_limit)
            real, seconds = time.perf_counter() - started, self.clock.now
            self._let_others_end(started + real_limit)
        finally:
            # Whoever is left behind would go on in real time, and open the port of another test by this one's number.
            end_family(family, what=f"the end of {child.args!r}")
            self.page.close()
            output = b"".join(part or b"" for part in child.communicate())
        self._move()
        proof = last if isinstance(last, Proof) else None
        left_behind = last if isinstance(last, LeftBehind) else None
        status = None if proof or left_behind else child.returncode
        return Outcome(status, seconds, real, output, proof, left_behind, self.log, self._proven_after)

    def _step_to_the_end(self, child: subprocess.Popen[bytes], until: float) -> Decision | None:
        last = time.perf_counter()
        decision: Decision | None = None
        while child.poll() is None:
            self._move()
            decision = self.clock.step(self.far_end.next_timer(), patience=_STEP)
            match decision:
                case Proof() | LeftBehind():
                    self._proven_after = time.perf_counter() - last
                    break
                case ProcessesEnded(pids) if child.pid in pids:
                    child.wait()
                case ClockJump() | Busy(octets=True):
                    last = time.perf_counter()
            if time.perf_counter() > until:
                raise AssertionError(f"no end in real time: {decision} at {self.clock.now} s, {self.log[-5:]}")
        return decision

    def _let_others_end(self, until: float) -> None:
        """Give whoever is left a minute, such as a terminal program whose user has gone."""
        end = self.clock.now + 60.0
        while list(self.page.slots()) and self.clock.now < end and time.perf_counter() < until:
            self._move()
            if isinstance(self.clock.step(self.far_end.next_timer()), Proof | LeftBehind):
                return

    def _move(self) -> None:
        now = self.clock.now
        poll = select.poll()
        poll.register(self.master, select.POLLIN)
        while poll.poll(0):
            data = os.read(self.master, 4096)
            self.log.append((now, "C", data))
            self.far_end.receive_data(data, now=now)
        due = self.far_end.take_due(now=now)
        if due:
            os.write(self.master, due)
            self.log.append((now, "S", due))
