"""Virtual time beside real time: each carried program at a silent ISP, and how fast an endless read is proven."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench._figures import median_wall, show
from bench._real_time import durations

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
os.environ["PATH"] += ":/usr/sbin"

from support.dialling_programs import PROGRAMS, Dial, Program, kermit, runscript
from support.virtual_isp import isp
from support.virtual_line import FarEnd, Outcome, VirtualLine, modem_and_isp, transcript

_ROUNDS = 5
_PROOFS = 15
_CHAT = ("/usr/sbin/chat", "ABORT", "BUSY", "TIMEOUT", "60", "", "ATZ", "OK", "ATDT1", "CONNECT", "\\d\\c")
_LOGIN = ("service:", "internet", "login:", "joe", "assword:", "pw")
_SLEEPS = ("sh", "-c", "sleep 90; sleep 60; sleep 60")

_ENDLESS: dict[str, tuple[Sequence[str], bool]] = {
    "sh": (("sh", "-c", "sleep 1; read answer"), True),
    "cat": (("sh", "-c", "sleep 1; exec cat @PORT@"), False),
    "kermit": (("kermit", "-Y", "-C", "pause 1"), True),
    "python": ((sys.executable, "-c", "import os, time; time.sleep(1); os.read(0, 1)"), True),
}
"""Commands that wait a second, so that their start is not measured, and then forever, kermit at its prompt. chat
has no such wait: without a TIMEOUT of its own each of its waits ends after 45 s. Nor has kermit's "input -1", which an
alarm wakes each second."""


_SCRIPT = Path(__file__).parent.parent / "scenarios" / "scripts" / "repaired.scp"


class _AtTheLastMoment(FarEnd):
    """An ISP that asks each question of KB 175410's script just before its limit of 90 and 60 s, and then falls silent.

    It says nothing that the script waits for at once, which comes when the script waits: its start is over then.
    """

    def __init__(self) -> None:
        super().__init__(self._answer, [(0.001, b"\r\n"), (89.9, b"Service?")])
        self.script_waits_since = 0.0

    def _answer(self, line: bytes) -> Sequence[tuple[float, bytes]]:
        return [(59.9, b"Username:")] if line == b"p" else []

    def take_due(self, *, now: float) -> bytes:
        due = super().take_due(now=now)
        if due and not self.script_waits_since:
            self.script_waits_since = time.perf_counter()
        return due


def main() -> None:
    """Print what virtual time costs for each program, and how long a proof takes."""
    _chains()
    _article()
    dials = {program.name: program.dial for program in PROGRAMS if _can_be_tried(program)}
    beside = durations(dials, lambda: isp(silent=True))
    for name, dial in dials.items():
        _program(name, dial, beside.get(name))
    _proofs()
    for name, run, runs in (("chat", _chat, 1000), ("runscript", _runscript, 200), ("kermit", _kermit, 200)):
        if shutil.which(name):
            _repeat(name, run, runs)


def _can_be_tried(program: Program) -> bool:
    """Whether a program is here, and dials by itself: the others need root's private lock directory or real time."""
    return program.is_carried and not program.is_private and all(shutil.which(name) for name in program.needs)


def _median(run: Callable[[], Outcome], rounds: int = _ROUNDS) -> tuple[float, Outcome]:
    outcomes = [run() for _ in range(rounds)]
    return median_wall([outcome.real for outcome in outcomes]), outcomes[-1]


def _chat() -> Outcome:
    with VirtualLine(modem_and_isp()) as line:
        return line.run([*_CHAT, *_LOGIN], real_limit=300.0)


def _chains() -> None:
    def sleeps() -> Outcome:
        with VirtualLine() as line:
            return line.run(_SLEEPS, on_line=False)

    real, outcome = _median(sleeps)
    show("sh: 90 + 60 + 60 s", f"{real * 1000:.0f} ms for {outcome.seconds:.0f} s", "under 200 ms", met=real < 0.2)
    if shutil.which("chat"):
        real, outcome = _median(_chat)
        show("chat, silent ISP", f"{real * 1000:.0f} ms for {outcome.seconds:.2f} s", "under 150 ms", met=real < 0.15)


def _dialled(dial: Dial) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="simisp-bench-") as folder, VirtualLine(isp(silent=True)) as line:
        command, on_line = dial(line.port, Path(folder))
        return line.run(command, on_line=on_line, real_limit=300.0)


def _runscript() -> Outcome:
    return _dialled(runscript)


def _kermit() -> Outcome:
    return _dialled(kermit)


def _article() -> None:
    """KB 175410's 90 + 60 + 60 s with its own script, from its first wait to the end of its process."""

    def run() -> tuple[float, float]:
        far_end = _AtTheLastMoment()
        with tempfile.TemporaryDirectory(prefix="simisp-bench-") as folder, VirtualLine(far_end) as line:
            script = ["script", "run", str(_SCRIPT), "--port", line.port, "--user", "alice", "--lock-dir", folder]
            outcome = line.run([sys.executable, "-m", "simisp", *script], on_line=False)
            return time.perf_counter() - far_end.script_waits_since, outcome.seconds

    runs = [run() for _ in range(_ROUNDS)]
    real = median_wall([real for real, _ in runs])
    what = f"{real * 1000:.0f} ms for {runs[0][1]:.1f} s"
    show("simisp script run, KB 175410's limits", what, "under 200 ms", met=real < 0.2)


def _program(name: str, dial: Dial, beside: float | None) -> None:
    real, outcome = _median(lambda: _dialled(dial))
    each_minute = real / outcome.seconds * 60
    show(
        f"{name}, silent ISP, {outcome.seconds:.1f} s",
        f"{real * 1000:.0f} ms, real {'not done' if beside is None else f'{beside:.1f} s'}",
        f"{each_minute:.3f} s a virtual minute",
    )


def _proofs() -> None:
    for name, (command, on_line) in _ENDLESS.items():
        if not shutil.which(command[0]):
            continue
        times = []
        for _ in range(_PROOFS):
            with VirtualLine() as line:
                outcome = line.run(command, on_line=on_line)
                assert outcome.proof is not None, outcome
                times.append(outcome.proven_after)
        middle = median_wall(times)
        show(f"an endless read by {name}, proven", f"{middle * 1000:.1f} ms", "under 50 ms", met=middle < 0.05)


def _repeat(name: str, run: Callable[[], Outcome], runs: int) -> None:
    """Count the transcripts of many runs beside as many programs that compute all the time as there are processors."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    began = time.perf_counter()
    try:
        outcomes = (run() for _ in range(runs))
        hashes = {(transcript(outcome), outcome.seconds, outcome.status) for outcome in outcomes}
    finally:
        for burner in busy:
            burner.kill()
            burner.wait()
    each = (time.perf_counter() - began) / runs
    show(
        f"{name}, {runs} runs beside {len(busy)} burners: transcripts",
        f"{len(hashes)} ({each * 1000:.0f} ms each)",
        "1",
        met=len(hashes) == 1,
    )
