"""Modem circuits on a plain PTY, as pyserial's children and real programs see them: in virtual and in real time."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from simisp.circuits import Circuit
from simisp.facts.line import CallEnded, CircuitSet
from simisp.runner.clocks import choose_clock
from simisp.runner.hang import WhoWaits
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import load, loads
from simisp.transcript import Record
from support.narrowed import narrowed
from support.neighbours import left_alone
from support.rounds import rounds
from support.shared_library import needs_library

PORT = "import fcntl, serial, sys, termios\nport = serial.Serial(sys.argv[1], 9600, timeout=300)\n"
DIAL = PORT + 'port.write(b"ATDT5551234\\r")\nport.read_until(b"CONNECT")\n'


@pytest.fixture(params=["virtual", "real", "scaled:20"])
def clock(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def played(scenario: str, command: Sequence[str], clock: str) -> tuple[Verdict, tuple[Record, ...]]:
    """Run a command that is lent circuits."""
    needs_library()

    async def run() -> tuple[Verdict, tuple[Record, ...]]:
        loaded = loads(scenario) if "\n" in scenario else load(scenario)
        loaded = replace(
            loaded, model=loaded.model.model_copy(update={"expect": []})
        )  # few of them go on to the log-in
        with Station(loaded, clock=choose_clock(clock, command, circuits=True)) as station:
            verdict = await run_client(station, command, RunOptions(allow_unopened=True, deadline=3000.0))
            return verdict, tuple(station.transcript)

    return asyncio.run(run())


def succeeds(scenario: str, code: str, clock: str) -> tuple[Record, ...]:
    """Run a Python program whose assertions have to hold; return the transcript."""
    verdict, records = played(scenario, [sys.executable, "-c", code, "{port}"], clock)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.clock.circuits
    return records


def dtr_changes(records: Sequence[Record], *, since: float = 0.0) -> list[bool]:
    """Return DTR as the modem saw it from a time on, change by change."""
    states = [
        record.fact.on
        for record in records
        if isinstance(record.fact, CircuitSet) and record.fact.circuit is Circuit.DTR and record.at >= since
    ]
    return [on for on, _ in itertools.groupby(states)]


def test_pyserial_reads_every_circuit_and_dcd_goes_on_before_connect(clock: str) -> None:
    program = """
assert (port.cd, port.ri, port.dsr, port.cts) == (False, False, True, True)
assert (port.dtr, port.rts) == (True, True)
port.write(b"ATDT5551234\\r")
port.read_until(b"CONNECT")
assert port.cd
"""
    succeeds("login", PORT + program, clock)


def test_dcd_goes_off_before_no_carrier_when_the_isp_hangs_up(clock: str) -> None:
    program = """
port.write(b"p\\ralice\\r")
port.read_until(b"NO CARRIER")
assert not port.cd
"""
    succeeds("hang-up-in-login", DIAL + program, clock)


def test_dtr_hangs_up_and_the_port_stays_open(clock: str) -> None:
    program = """
port.read_until(b"Service?")
port.dtr = False
port.read_until(b"NO CARRIER")
assert not port.cd
port.dtr = True
port.write(b"AT\\r")
assert port.read_until(b"OK").endswith(b"OK")
"""
    records = succeeds("hang", DIAL + program, clock)
    kinds = [record.fact.kind for record in records]
    assert kinds.index("call ended") < kinds.index("closed")
    assert dtr_changes(records) == [True, False, True, False]


def test_with_d0_dtr_leaves_the_call_up() -> None:
    program = """
port.write(b"AT&D0\\r")
port.read_until(b"OK")
port.write(b"ATDT5551234\\r")
port.read_until(b"Service?")
port.dtr = False
while port.read(1): pass
assert port.cd
"""
    succeeds("hang", PORT + program, "virtual")


def test_a_client_that_lowers_dtr_before_it_opens_the_port_is_minded() -> None:
    program = """
import serial, sys
port = serial.Serial()
port.port, port.dtr, port.timeout = sys.argv[1], False, 5
port.open()
assert not port.dtr
"""
    records = succeeds("login", program, "virtual")
    assert dtr_changes(records) == [True, False]


def test_the_next_client_finds_dtr_on_again() -> None:
    program = """
import fcntl, os, struct, sys, termios
first = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(first, termios.TIOCMBIC, struct.pack("I", termios.TIOCM_DTR))
os.close(first)
import time
time.sleep(1)
second = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
(bits,) = struct.unpack("I", fcntl.ioctl(second, termios.TIOCMGET, bytes(4)))
assert bits & termios.TIOCM_DTR
"""
    succeeds("login", program, "virtual")


def test_a_change_of_speed_does_not_raise_a_dtr_that_was_lowered() -> None:
    program = """
port.read_until(b"Service?")
port.dtr = False
port.read_until(b"NO CARRIER")
port.baudrate = 19200
import time
time.sleep(1)
assert not port.dtr
"""
    records = succeeds("hang", DIAL + program, "virtual")
    assert dtr_changes(records) == [True, False]


def test_a_wait_for_the_carrier_ends_at_the_very_time_of_its_coming() -> None:
    program = """
import time
before = time.monotonic()
port.write(b"ATDT5551234\\r")
fcntl.ioctl(port, 0x545C, termios.TIOCM_CAR)
assert port.cd
assert time.monotonic() - before == 1.0, time.monotonic() - before
"""
    succeeds("login", PORT + program, "virtual")


def test_changes_are_counted() -> None:
    program = """
import struct
port.write(b"p\\ralice\\r")
port.read_until(b"NO CARRIER")
counters = struct.unpack("20i", fcntl.ioctl(port, 0x545D, bytes(80)))
assert counters[3] == 2, counters  # DCD: on and off
"""
    succeeds("hang-up-in-login", DIAL + program, "virtual")


def test_a_wait_for_a_carrier_that_never_goes_is_proven_to_hang() -> None:
    program = DIAL + "fcntl.ioctl(port, 0x545C, termios.TIOCM_CAR)\n"
    verdict, _ = played("hang", [sys.executable, "-c", program, "{port}"], "virtual")
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert [wait.call for wait in verdict.hang.participants] == ["circuit"]


def test_a_client_that_asks_for_the_carrier_over_and_over_gets_it() -> None:
    program = (
        'port.write(b"ATDT5551234\\r")\nwhile not port.cd: pass\nassert b"CONNECT" in port.read_until(b"CONNECT")\n'
    )
    succeeds("login", PORT + program, "virtual")


def test_a_client_that_looks_at_the_carrier_by_a_timer_ends_when_it_goes() -> None:
    program = """
import time
port.write(b"p\\ralice\\r")
while port.cd: time.sleep(0.25)
assert b"NO CARRIER" in port.read_until(b"NO CARRIER")
"""
    succeeds("hang-up-in-login", DIAL + program, "virtual")


B0 = """
import termios
settings = termios.tcgetattr(port.fd)
settings[4] = settings[5] = termios.B0
termios.tcsetattr(port.fd, termios.TCSANOW, settings)
"""


@pytest.mark.parametrize("drop", ["port.dtr = False", B0])
def test_the_carrier_is_gone_when_the_client_that_dropped_dtr_asks_for_it(drop: str) -> None:
    succeeds("hang", DIAL + drop + "\nassert not port.cd\n", "virtual")


def test_the_same_run_with_circuits_gives_the_same_transcript() -> None:
    program = 'port.read_until(b"Service?")\nport.dtr = False\nport.read_until(b"NO CARRIER")\n'
    command = [sys.executable, "-c", DIAL + program, "{port}"]

    async def digest() -> tuple[Verdict, str]:
        with Station(load("hang"), clock=choose_clock("virtual", command)) as station:
            return await run_client(station, command), station.digest()

    runs = [left_alone(lambda: asyncio.run(digest()), lambda outcome: outcome[0]) for _ in range(rounds(5))]
    assert len({digest for _, digest in runs}) == 1


def script_run(script: str, folder: Path, *arguments: str) -> list[str]:
    (folder / "script.scp").write_text(script)
    return [
        sys.executable, "-m", "simisp", "script", "run", str(folder / "script.scp"), "--port", "{port}",
        "--user", "alice", "--dial", "T5551234", "--no-lock", *arguments,
    ]  # fmt: skip


NAIVE = """proc main
  waitfor "Service?"
  transmit "p^M"
  waitfor "Username:"
  transmit $USERID
  transmit "^M"
  waitfor "Password:"
endproc
"""


def test_our_own_script_without_limits_is_proven_to_hang_with_the_carrier_on(tmp_path: Path) -> None:
    verdict, _ = played("hang", script_run(NAIVE, tmp_path), "virtual")
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.waits is WhoWaits.FOR_THE_ISP


def test_our_own_script_without_limits_ends_with_the_carrier(tmp_path: Path) -> None:
    verdict, _ = played("hang-up-in-login", script_run(NAIVE, tmp_path), "virtual")
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 4  # the carrier was lost


@pytest.mark.runner("stty")
def test_b0_of_stty_hangs_up() -> None:
    command = ["sh", "-c", "printf 'ATDT5551234\\r'; sleep 5; stty 0; sleep 1; stty 9600; sleep 1"]
    _, records = played("hang", command, "virtual")
    ended = next(record for record in records if record.fact.kind == "call ended")
    assert ended.at == 5.0
    assert narrowed(ended.fact, CallEnded).by == "client"


@pytest.mark.runner("stty")
def test_opening_a_port_whose_speed_is_b0_does_not_raise_dtr() -> None:
    last = "sleep 1; exec 3<>$0; sleep 1; stty 9600 <&3; sleep 1"
    _, records = played(
        "hang", ["sh", "-c", f"exec 3<>$0; sleep 1; stty 0 <&3; exec 3>&-; {last}", "{port}"], "virtual"
    )
    assert dtr_changes(records) == [True, False, True, False]
    assert dtr_changes(records, since=1.5) == [True, False]
    assert dtr_changes(records, since=3.5) == [False]


KERMIT = r"""set modem type none
set carrier-watch off
set flow none
set line \%1
if fail exit 7
output ATDT5551234\13
wait 30 cd
if fail exit 3
exit 0
"""
# What the ISP says then is not waited for: C-Kermit throws away what it reads as it looks at its clock, each second,
# and a second of scaled time is short.


@pytest.mark.runner("kermit")
def test_kermit_waits_for_the_carrier(tmp_path: Path, clock: str) -> None:
    (tmp_path / "wait.ksc").write_text(KERMIT)
    verdict, _ = played("hang", ["kermit", str(tmp_path / "wait.ksc"), "=", "{port}"], clock)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


@pytest.mark.runner("picocom")
def test_picocom_lowers_dtr() -> None:
    command = ["sh", "-c", "picocom -q -x 1000 --lower-dtr $0 </dev/null", "{port}"]
    _, records = played("login", command, "virtual")
    assert dtr_changes(records) == [True, False]


def simisp(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simisp", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_program_that_can_not_be_preloaded_is_told_of_before_the_run(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("there is no compiler")
    (tmp_path / "static.c").write_text("int main(void) { return 0; }\n")
    subprocess.run(["cc", "-static", "-o", tmp_path / "static", tmp_path / "static.c"], check=True)
    done = simisp("run", "hang", "--circuits", "--quiet", "--allow-unopened", "--", str(tmp_path / "static"))
    assert done.returncode == 0
    assert "no modem circuits" in done.stderr.splitlines()[0]
    assert "linked statically" in done.stderr.splitlines()[0]


def test_without_being_asked_for_a_pty_has_no_circuits_in_real_time() -> None:
    program = "import serial, sys\ntry: serial.Serial(sys.argv[1]).cd\nexcept OSError as error: sys.exit(error.errno)"
    command = [sys.executable, "-c", program, "{port}"]

    async def status() -> int | None:
        with Station(load("hang"), clock=choose_clock("real", command)) as station:
            verdict = await run_client(station, command)
            assert verdict.client is not None
            return verdict.client.exit_status

    assert asyncio.run(status()) == 25  # ENOTTY
