"""Public reports about ports that nobody had set: the terminal's own doings are part of the line.

- unix.stackexchange.com, question 65086: ``cat`` and ``echo`` on a port as it is after boot.
- larskanis/ruby-serialport, issue 58: XON/XOFF left on while the far end sends binary data.
- npat-efault/picocom, issue 72: what HUPCL off means for DTR at the close.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import sys

import pytest

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from simisp.transcript import Source

SILENT = "title: Nobody set the port\nisp: {dialogue: [silence]}\nexpect: [client exit status: 0]\n"
LISTEN = """
printf 'AT\\r' >&0
n=$(timeout 1 cat | tr '\\r' '\\n' | grep -c AT)
[ "$n" -le 1 ]
"""
LISTENS_TO_SIX = """
printf 'AT\\r' >&0
n=0
while [ $n -lt 6 ] && read -r line; do case "$line" in *AT*) n=$((n + 1));; esac; done
[ $n -le 1 ]
"""


def play(
    scenario: str, command: list[str], *, clock: str = "virtual", options: RunOptions | None = None
) -> tuple[Verdict, Station]:
    async def run() -> tuple[Verdict, Station]:
        with Station(loads(scenario), clock=choose_clock(clock, command)) as station:
            return await run_client(station, command, options), station

    return asyncio.run(run())


def written(station: Station) -> str:
    return station.transcript.text(Source.CLIENT)


# 01: a terminal's echo and a modem's echo ----------------------------------------------------------------------------


def test_a_modem_and_a_terminal_that_both_echo_answer_each_other_without_end() -> None:
    verdict, station = play(SILENT, ["sh", "-c", LISTENS_TO_SIX], clock="real")
    assert (verdict.kind, verdict.exit_status) == (VerdictKind.FAILED, 1), verdict.describe()
    assert written(station).count("AT") > 5


def test_such_a_loop_is_no_faster_than_a_line_and_grows_no_memory_to_speak_of() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    listen = "printf 'AT\\r' >&0; exec head -c 20000 >/dev/null"
    _, station = play(SILENT, ["sh", "-c", listen], clock="real")
    times = [record.at for record in station.transcript if record.source is Source.CLIENT]
    assert len(written(station)) < 20_000 * (times[-1] - times[0])  # 115200 bit/s are 11520 octets a second
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "KiB"


def test_in_virtual_time_such_a_loop_is_told_from_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simisp.virtual_loop.clock._LIVE_LOCK_LIMIT", 1.0)  # five seconds of two programs otherwise
    verdict, _ = play(SILENT, ["sh", "-c", LISTEN])
    assert verdict.kind is VerdictKind.HANG
    assert "octets flow, but nothing advances" in verdict.describe()


SETS_IT_AT_LAST = r"""
import os, sys, tty
def until(text):
    seen = b""
    while text not in seen: seen += os.read(0, 100)
    return seen
os.write(1, b"AT\r")
for _ in range(20): until(b"OK")
tty.setraw(0)
os.write(1, b"\rATI3\r")
until(b"hayes 1\r\n\r\nOK\r\n")
for _ in range(3):
    os.write(1, b"AT\r")
    assert until(b"OK\r\n") == b"AT\r\r\nOK\r\n"
"""


def test_a_loop_ends_when_the_client_sets_the_port_at_last() -> None:
    options = RunOptions(deadline=60.0)
    verdict, _ = play(SILENT, [sys.executable, "-c", SETS_IT_AT_LAST], clock="real", options=options)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()


@pytest.mark.parametrize("starts", ["booted", "raw"])
def test_a_scenario_says_how_the_first_program_finds_the_port(starts: str) -> None:
    shown = 'case "$(stty -a <&0)" in *" -icanon"*) exit 3;; *) exit 4;; esac'
    verdict, _ = play(f"port: {{starts: {starts}}}\n{SILENT}", ["sh", "-c", shown])
    assert verdict.client is not None
    assert verdict.client.exit_status == {"raw": 3, "booted": 4}[starts]


# 02: XON/XOFF in the data --------------------------------------------------------------------------------------------

METER = """
title: The far end's text has DC3 and DC1 in it
isp:
  dialogue:
    - banner: "Meter \\x13 17, load \\x11 42\\n"
    - prompt: "Key? "
      read: key
    - send: "Thank you, {key}\\n"
    - silence
"""
STOPPED = """
title: DC3 and never DC1
isp:
  dialogue:
    - banner: "Stop \\x13 now\\n"
    - prompt: "load Key? "
      read: key
    - silence
"""
LEAVES_IXON = r"""
import os, sys, termios, tty
tty.setraw(0)
settings = termios.tcgetattr(0)
settings[0] |= termios.IXON
termios.tcsetattr(0, termios.TCSANOW, settings)
os.write(1, b"ATDT5550142\r")
seen = b""
while b"load" not in seen or b"Key? " not in seen:
    seen += os.read(0, 100)
os.write(1, b"k1\r")
seen += os.read(0, 1)
sys.exit(0 if b"\x13" in seen or b"\x11" in seen else 4)
"""


def test_flow_control_that_was_left_on_swallows_dc1_and_dc3() -> None:
    verdict, station = play(METER, [sys.executable, "-c", LEAVES_IXON])
    assert verdict.client is not None
    assert verdict.client.exit_status == 4
    assert "k1" in written(station)


def test_a_client_that_an_xoff_stops_forever_is_proven_to_hang_in_its_write() -> None:
    verdict, _ = play(STOPPED, [sys.executable, "-c", LEAVES_IXON])
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert "write(1" in verdict.describe()


# 03: a call that outlives the program --------------------------------------------------------------------------------

HANDED_ON = """
title: One program dials and leaves the call to the next
isp:
  dialogue:
    - prompt: "Who? "
      read: who
    - mark: second program answered
    - silence
expect:
  - reached: second program answered
  - calls: 1
"""
HAND_ON = """
exec 3<>{port}; stty raw -echo %s clocal <&3; printf "ATDT5550142\\r" >&3; sleep 2; exec 3>&-; sleep 1
exec 3<>{port}; printf "zoe\\r" >&3; sleep 1
"""


@pytest.mark.parametrize(("hupcl", "kind"), [("-hupcl", VerdictKind.RELEASED), ("hupcl", VerdictKind.FAILED)])
def test_a_call_outlives_the_program_that_dialled_it_only_without_hupcl(hupcl: str, kind: VerdictKind) -> None:
    verdict, _ = play(HANDED_ON, ["sh", "-c", HAND_ON % hupcl])
    assert verdict.kind is kind, verdict.describe()


PICOCOM = r"""
set port [lindex $argv 0]
set timeout 10
spawn -noecho picocom -q -b 57600 --noreset $port
sleep 1
send "ATDT5550142\r"
expect { -ex "Who?" {} timeout { exit 3 } eof { exit 3 } }
sleep 1
send "\001\021"
expect eof
wait
spawn -noecho picocom -q -b 57600 --noinit $port
sleep 1
send "otto\r"
sleep 1
send "\001\030"
expect eof
"""


@pytest.mark.skipif(not (shutil.which("picocom") and shutil.which("expect")), reason="needs picocom and expect")
def test_a_second_picocom_goes_on_with_the_call_of_one_that_quit_without_reset() -> None:
    verdict, _ = play(HANDED_ON, ["expect", "-c", PICOCOM.replace("[lindex $argv 0]", "{port}")])
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
