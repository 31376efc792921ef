"""Real programs in virtual time, each against an ISP that falls silent after the user name, and one that does not."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from private_namespace import in_private_namespace, needs_private_namespace
from virtual_isp import KERMIT, MINICOM, isp
from virtual_line import FarEnd, Outcome, VirtualLine

Dial = Callable[[str, Path], tuple[list[str], bool]]
"""From the port and a folder to the command, and whether its standard input and output are the line."""


STEPS = (
    ("ATZ", "OK", 5),
    ("ATDT1", "CONNECT", 60),
    ("", "Service?", 20),
    ("PPP", "name:", 20),
    ("joe", "word:", 20),
    ("secret", "starting", 20),
)


def runscript(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "login.minicom"
    script.write_text(MINICOM)
    return ["runscript", str(script)], True


def kermit(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "login.ksc"
    script.write_text(KERMIT)
    return ["kermit", str(script), "=", port], False


DIALOGUE = """
set timeout 20
proc step {says hears limit} {
  if {$says ne ""} { send -- "$says\\r" }
  set ::timeout $limit
  expect {
    $hears {}
    timeout { exit 3 }
    eof { exit 5 }
  }
}
step ATZ OK 5
step ATDT1 CONNECT 60
step "" Service? 20
step PPP name: 20
step joe word: 20
step secret starting 20
exit 0
"""


def expect(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "open.exp"
    opening = "set fh [open [lindex $argv 0] r+]\nfconfigure $fh -translation binary -buffering none -blocking 0\n"
    script.write_text(opening + "spawn -noecho -open $fh\n" + DIALOGUE)
    return ["expect", str(script), port], False


def expect_with_cu(port: str, folder: Path) -> tuple[list[str], bool]:
    Path(port).chmod(0o666)
    script = folder / "cu.exp"
    start = f"spawn cu --nostop -l {port} -s 115200 dir\nexpect {{ Connected {{}} timeout {{ exit 6 }} }}\n"
    script.write_text("set timeout 20\n" + start + DIALOGUE)
    return ["expect", str(script)], False


def expect_with_picocom(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "picocom.exp"
    start = f"spawn picocom -q -b 115200 {port}\nsleep 1\n"
    script.write_text("set timeout 20\n" + start + DIALOGUE)
    return ["expect", str(script)], False


def comgt(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "login.comgt"
    lines = ["opengt", " set com 115200n81", " set comecho off", " set senddelay 0.01"]
    for says, hears, limit in STEPS:
        lines += [f' send "{says}^m"'] if says else []
        lines += [f' waitfor {limit} "{hears}"', " if % = -1 goto fail"]
    script.write_text("\n".join([*lines, " exit 0", ":fail", " exit 3", ""]))
    return ["comgt", "-d", port, "-s", str(script)], False


def shell(port: str, folder: Path) -> tuple[list[str], bool]:
    script = folder / "login.sh"
    wait = 'hear() { while read -r -d ":" -t "$2" -n 1 c; do got="$got$c"; case "$got" in *"$1"*) got=; return;; esac; '
    wait += "done; exit 3; }\n"
    script.write_text(
        wait
        + "".join(
            (f"printf '{a}\\r'\n" if a else "") + f"hear {b.rstrip(chr(58) + chr(63))} {t}\n" for a, b, t in STEPS
        )
    )
    return ["bash", str(script)], True


def with_python(code: str) -> Dial:
    def dial(port: str, folder: Path) -> tuple[list[str], bool]:
        script = folder / "login.py"
        script.write_text(f"STEPS = {STEPS}\n{code}")
        return [sys.executable, str(script), port], False

    return dial


PYSERIAL = """
import serial, sys
port = serial.Serial(sys.argv[1], 115200)
for says, hears, limit in STEPS:
    port.timeout = limit
    if says:
        port.write(says.encode() + b'\\r')
    if not port.read_until(hears.encode()).endswith(hears.encode()):
        sys.exit(3)
"""
SELECT = """
import os, select, sys, time, tty
line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(line)
for says, hears, limit in STEPS:
    os.write(line, says.encode() + b'\\r' if says else b'')
    end, heard = time.monotonic() + limit, b''
    while hears.encode() not in heard:
        if not select.select([line], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(3)
        heard += os.read(line, 100)
"""
ASYNCIO = """
import asyncio, os, sys, tty
async def main():
    line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(line)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), open(line, 'rb', 0))
    for says, hears, limit in STEPS:
        os.write(line, says.encode() + b'\\r' if says else b'')
        try:
            await asyncio.wait_for(reader.readuntil(hears.encode()), limit)
        except asyncio.TimeoutError:
            return 3
sys.exit(asyncio.run(main()))
"""


def _with(dial: Dial, name: str, *programs: str) -> ParameterSet:
    return pytest.param(dial, id=name, marks=pytest.mark.runner(*programs))


PROGRAMS = [
    _with(runscript, "runscript", "runscript"),
    _with(kermit, "kermit", "kermit"),
    _with(expect, "expect", "expect"),
    _with(expect_with_cu, "expect and cu", "expect", "cu"),
    _with(expect_with_picocom, "expect and picocom", "expect", "picocom"),
    _with(comgt, "comgt", "comgt"),
    _with(shell, "bash", "bash"),
    _with(with_python(PYSERIAL), "pyserial"),
    _with(with_python(SELECT), "select"),
    _with(with_python(ASYNCIO), "asyncio"),
]


def dialled(dial: Dial, folder: Path, *, silent: bool) -> Outcome:
    with VirtualLine(isp(silent=silent)) as line:
        command, on_line = dial(line.port, folder)
        return line.run(command, on_line=on_line)


@pytest.mark.parametrize("dial", PROGRAMS)
def test_a_login_succeeds(dial: Dial, tmp_path: Path) -> None:
    outcome = dialled(dial, tmp_path, silent=False)
    assert outcome.status == 0
    assert outcome.line[-1][2] == b"\r\nsession starting\r\n"


@pytest.mark.parametrize("dial", PROGRAMS)
def test_a_silent_isp_costs_the_programs_own_limit(dial: Dial, tmp_path: Path) -> None:
    outcome = dialled(dial, tmp_path, silent=True)
    assert outcome.status == (1 if dial is runscript else 3)
    joe = max(when for when, who, octets in outcome.line if who == "C" and octets)
    assert outcome.seconds - joe == pytest.approx(20.0, abs=0.51)


def transcript(run: Outcome) -> str:
    """Return a hash of what went over the line and when; octets of the same instant belong together."""
    merged: list[tuple[float, str, bytes]] = []
    for when, who, octets in run.line:
        if merged and merged[-1][:2] == (when, who):
            merged[-1] = (when, who, merged[-1][2] + octets)
        else:
            merged.append((when, who, octets))
    return hashlib.sha256(repr(merged).encode()).hexdigest()


@pytest.mark.parametrize("dial", PROGRAMS)
def test_runs_are_alike(dial: Dial, tmp_path: Path) -> None:
    runs = [dialled(dial, tmp_path, silent=True) for _ in range(5)]
    assert len({(run.seconds, transcript(run)) for run in runs}) == 1


STDIO = "import ctypes, signal, time; time.sleep(1); {}; ctypes.CDLL(None).getchar()"
"""Reads the line within libc's own stdio, where no library can stand in."""


def test_a_read_within_stdio_is_proven_to_last_for_ever() -> None:
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


def wvdial(tmp_path: Path, lock_directory: Path, padding: int) -> Outcome:
    with VirtualLine(isp(silent=True)) as line:
        settings = tmp_path / "wvdial.conf"
        settings.write_text(
            f"[Dialer Defaults]\nModem = {line.port}\nBaud = 115200\nInit1 = ATZ\nPhone = 1\nDial Command = ATDT\n"
            "Username = joe\nPassword = secret\nLogin Prompt = name:\nPassword Prompt = word:\nDefault Reply = PPP\n"
            "Carrier Check = no\nAuto Reconnect = off\nDial Attempts = 1\nNew PPPD = yes\nCheck DNS = off\n"
            "Check Def Route = off\nAuto DNS = off\n"
        )
        command = in_private_namespace(
            ["setarch", "-R", "wvdial", "-C", str(settings)], locks=lock_directory, scratch=tmp_path
        )
        return line.run(command, on_line=False, env={"PATH": os.environ["PATH"], "PADDING": "x" * padding})


@pytest.mark.runner("wvdial", "setarch")
def test_wvdial_waits_ten_seconds_for_a_silent_isp_and_starts_pppd(tmp_path: Path, lock_directory: Path) -> None:
    needs_private_namespace()
    # It aborts by itself wherever its stack happens to lie badly, which the size of its environment decides.
    tries = (wvdial(tmp_path, lock_directory, padding) for padding in range(0, 65536, 6000))
    outcome = next(outcome for outcome in tries if outcome.status != -signal.SIGABRT)
    assert b"Starting pppd" in outcome.output
    typed = {octets: when for when, who, octets in outcome.line if who == "C"}
    assert outcome.seconds - typed[b"joe\r"] == pytest.approx(10.8, abs=0.3)
