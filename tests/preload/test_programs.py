"""Real programs in virtual time: each logs in, and shares time as the documents say; and shells, Python and stdio."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from support.dialling_programs import PROGRAMS, Program
from support.private_namespace import needs_private_namespace
from support.programs_table import in_the_documents
from support.time_sharing import LOGIN, SILENT, Sharing, Way, dial, measured
from support.virtual_line import FarEnd, VirtualLine


def _each(programs: list[Program]) -> list[ParameterSet]:
    return [pytest.param(program, id=program.name, marks=pytest.mark.runner(*program.needs)) for program in programs]


def _needs(program: Program) -> None:
    if program.is_private:
        needs_private_namespace()


LOGGED_IN = {
    "pppd with chat": 1,
    "uucico, a copy of it": 1,
}
"""What a program ends with that has more to do after the log-in than this ISP plays: PPP, UUCP."""


@pytest.mark.parametrize("program", _each([program for program in PROGRAMS if program.is_carried]))
def test_a_login_succeeds(program: Program) -> None:
    _needs(program)
    run = dial(program, LOGIN, "virtual")
    assert run.status == LOGGED_IN.get(program.name, 0)
    assert run.logged_in


@pytest.mark.parametrize("program", _each(list(PROGRAMS)))
def test_a_program_shares_time_as_the_documents_say(program: Program) -> None:
    _needs(program)
    assert measured(program, runs=2).way is in_the_documents()[program.name]


def test_the_documents_have_every_program_and_no_other() -> None:
    assert list(in_the_documents()) == [program.name for program in PROGRAMS]


BY_CHANCE = """
import os, random, select, sys, time, tty
line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(line)
for says, hears in ("ATZ", "OK"), ("ATDT1", "Service?"), ("PPP", "name:"), ("joe", "word:"):
    time.sleep(random.random() / 10)
    os.write(line, says.encode() + b"\\r")
    heard = b""
    while hears.encode() not in heard:
        if not select.select([line], [], [], 20)[0]:
            sys.exit(3)
        heard += os.read(line, 100)
"""


def _by_chance(code: str) -> Program:
    def command(port: str, folder: Path) -> tuple[list[str], bool]:
        return [sys.executable, "-c", code, port], False

    return Program("by chance", command)


def test_a_program_that_waits_by_chance_is_told_from_an_exact_one() -> None:
    assert measured(_by_chance(BY_CHANCE)) == Sharing(Way.SCALED, "in virtual time its runs differ")


def test_a_program_with_another_limit_than_it_should_have_is_neither() -> None:
    assert measured(_by_chance(BY_CHANCE.replace("[], 20)", "[], 40)")), scaled_runs=3).way is Way.REAL


def test_a_program_that_never_dials_is_no_finding() -> None:
    with pytest.raises(AssertionError, match="ended with exit status 5"):
        measured(_by_chance("import sys; sys.exit(5)"))


@pytest.mark.runner("wvdial", "setarch")
def test_wvdial_goes_on_to_pppd_when_its_patience_with_a_silent_isp_ends() -> None:
    needs_private_namespace()
    (wvdial,) = (program for program in PROGRAMS if program.name == "wvdial")
    assert dial(wvdial, SILENT, "virtual").limit == pytest.approx(10.8, abs=0.3)


STDIO = "import ctypes, signal, time; time.sleep(1); {}; ctypes.CDLL(None).getchar()"
"""Reads the line within libc's own stdio, where no library can stand in."""


def test_a_read_within_stdio_is_proven_to_last_forever() -> None:
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", STDIO.format("pass")])
    assert outcome.proof is not None
    assert [one.asleep for one in outcome.proof.participants] == ["read"]


def test_an_alarm_ends_a_read_within_stdio() -> None:
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", STDIO.format("signal.alarm(50)")])
    assert (outcome.status, outcome.seconds) == (-signal.SIGALRM, 51.0)


def test_octets_end_a_read_within_stdio() -> None:
    with VirtualLine(FarEnd(opening=[(7.0, b"x\n")])) as line:
        outcome = line.run([sys.executable, "-c", STDIO.format("pass")])
    assert (outcome.status, outcome.seconds) == (0, 7.0)


def said(*command: str, far_end: FarEnd | None = None) -> tuple[float, str]:
    with VirtualLine(far_end) as line:
        outcome = line.run(command, on_line=False)
    assert outcome.status == 0, outcome.output
    return outcome.seconds, outcome.output.decode()


@pytest.mark.parametrize(
    ("script", "seconds", "output"),
    [
        ("sleep 100", 100.0, ""),
        ("sleep 0.125; sleep 2m", 120.125, ""),
        ("date +%s; sleep 100; date +%s", 100.0, "1000000000\n1000000100\n"),
        ("sleep 5 & sleep 3; wait; date +%s", 5.0, "1000000005\n"),
        ("x=$( (sleep 5; echo hi) | (sleep 2; cat) ); echo $x", 5.0, "hi\n"),
        ("(sleep 90; kill $$) & trap 'echo caught; exit 0' TERM; while :; do sleep 7; done", 91.0, "caught\n"),
        ("timeout 30 sleep 600; echo $?", 30.0, "124\n"),
        ("env -i date +%s", 0.0, "1000000000\n"),
        ("env -i sleep 60", 60.0, ""),
        ("touch f; flock f sleep 5 & sleep 1; flock f date +%s", 5.0, "1000000005\n"),
    ],
)
def test_a_shell_script_waits_in_the_runs_time(
    script: str, seconds: float, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said("sh", "-c", script) == (seconds, output)


PYTHON = {
    "sleep": (33.5, "import time; time.sleep(33.5)"),
    "threads": (
        12.0,
        """
import threading, time
threads = [threading.Thread(target=time.sleep, args=(3 * i,)) for i in range(5)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
""",
    ),
    "a thread beside one that computes": (
        4.0,
        """
import threading, time
thread = threading.Thread(target=time.sleep, args=(4,))
thread.start()
sum(range(3_000_000))
thread.join()
""",
    ),
    "a queue": (
        64.0,
        """
import queue, threading, time
queued = queue.Queue()
threading.Thread(target=lambda: (time.sleep(4), queued.put(1))).start()
queued.get(timeout=60)
try:
    queued.get(timeout=60)
except queue.Empty:
    pass
""",
    ),
    "an alarm": (
        11.0,
        """
import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 2, 3)
for _ in range(4):
    signal.pause()
""",
    ),
    "a subprocess": (9.0, "import subprocess; subprocess.run('sleep 9; echo x', shell=True, capture_output=True)"),
    "system": (5.0, "import os; os.system('sleep 5')"),
    "popen": (5.0, "import os; os.popen('sleep 5').read()"),
    "an executor": (
        10.0,
        """
import concurrent.futures, time
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(time.sleep, [5] * 8))
""",
    ),
    "processes": (
        10.0,
        """
import multiprocessing, time
if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        pool.map(time.sleep, [5] * 4, 1)
""",
    ),
    "asyncio": (20.0, "import asyncio\nasyncio.run(asyncio.sleep(20))"),
}


@pytest.mark.parametrize("what", PYTHON)
def test_a_python_program_waits_in_the_runs_time(what: str, tmp_path: Path) -> None:
    seconds, code = PYTHON[what]
    script = tmp_path / "program.py"
    script.write_text(code)
    # Python's own time-outs are rounded up to whole milliseconds here and there.
    assert said(sys.executable, str(script))[0] == pytest.approx(seconds, abs=0.01)


def test_a_program_that_looks_at_the_clock_all_the_time_gets_there_too() -> None:
    seconds, _ = said(sys.executable, "-c", "import time\nend = time.time() + 20\nwhile time.time() < end: pass")
    assert seconds == pytest.approx(20.0, abs=0.01)
