"""A bank of lines in virtual time: one clock for all lines, and real programs that talk to each other through it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from simisp.errors import ClockUnavailableError
from simisp.facts.line import CallAnswered, CallEnded
from simisp.facts.run import ClientWaited, HolderSeen
from simisp.facts.sources import Source
from simisp.runner.clocks import ClockChoice, choose_clock
from simisp.runner.hang import WhoWaits
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from simisp.transcript import Record
from support.bank_scripts import KERMIT_CALLED_FIRST, KERMIT_CALLS_FIRST, PICOCOM_CALLED_FIRST
from support.neighbours import left_alone
from support.shared_library import needs_library

BANK = """
title: a bank of four lines
lines: 4
port: {starts: raw}
isp: {dialogue: [silence]}
"""


def played(
    command: list[str], text: str = BANK, *, clock: str = "virtual", **options: object
) -> tuple[Verdict, list[Record], str]:
    """Run a command on a bank in virtual time; return the verdict, the records, and their digest."""
    needs_library()

    async def run() -> tuple[Verdict, list[Record], str]:
        with Station(loads(text), clock=choose_clock(clock, command)) as station:
            verdict = await run_client(station, command, RunOptions(allow_unopened=True, **options))  # type: ignore[arg-type]
            return verdict, list(station.transcript), station.digest()

    return left_alone(lambda: asyncio.run(run()), lambda outcome: outcome[0])


def both(first: str, second: str) -> list[str]:
    """Return a command that runs two at a time; its exit status says which of them failed, and how."""
    return ["sh", "-c", f"{first} & a=$!; {second}; b=$?; wait $a && exit $b; exit 1$?"]


def chats(limit: int) -> list[str]:
    """Return two chats of which one calls the other, that the other does not hear out within ``limit`` seconds."""
    caller = "chat -s '' ATD2 CONNECT '\\d\\d\\dhow are you' fine '\\c' <>{port} >&0 2>&0"
    called = f"chat -s TIMEOUT {limit} RING ATA CONNECT '\\c' 'are you' 'fine' 'NO CARRIER' '\\c' <>{{port:2}} >&0 2>&0"
    return both(caller, called)


@pytest.mark.runner("chat")
def test_two_chats_talk_to_each_other_at_exact_times_and_alike_in_every_run() -> None:
    runs = [played(chats(3600)) for _ in range(3)]
    verdict, records, _ = runs[0]
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert {digest for _, _, digest in runs} == {runs[0][2]}
    said = [record.at for record in records if (record.line, record.source) == ("1", Source.CLIENT) and record.data]
    assert 3.0 < said[-1] < 3.5  # \d is a second, and an octet takes chat 10 ms
    ended = [(record.line, record.fact.by) for record in records if isinstance(record.fact, CallEnded)]
    assert ended == [("1", "client"), ("2", "line 1")]


@pytest.mark.runner("kermit")
@pytest.mark.parametrize(
    ("script", "program"),
    [
        (KERMIT_CALLED_FIRST, "kermit"),
        pytest.param(
            PICOCOM_CALLED_FIRST, "expect", marks=[pytest.mark.runner("picocom"), pytest.mark.runner("expect")]
        ),
    ],
    ids=["kermit", "picocom"],
)
def test_kermit_and_another_terminal_program_call_each_other_and_see_each_others_hang_up(
    script: str, program: str, tmp_path: Path
) -> None:
    (tmp_path / "first").write_text(KERMIT_CALLS_FIRST.replace("{number}", "4"))
    (tmp_path / "second").write_text(script.replace("{number}", "1"))
    second = f"kermit {tmp_path}/second = {{port:4}}" if program == "kermit" else f"expect {tmp_path}/second {{port:4}}"
    log = f">{tmp_path}/second.log 2>&1"
    verdict, records, _ = played(both(f"kermit {tmp_path}/first = {{port}} >{tmp_path}/log 2>&1", f"{second} {log}"))
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
    assert verdict.kind is VerdictKind.RELEASED
    calls = [record.line for record in records if isinstance(record.fact, CallAnswered)]
    assert (calls.count("1"), calls.count("4")) == (2, 2)
    ended = [(record.line, record.fact.by) for record in records if isinstance(record.fact, CallEnded)]
    assert ended == [("1", "client"), ("4", "line 1"), ("4", "client"), ("1", "line 4")]


def test_a_proven_hang_says_which_program_holds_which_line() -> None:
    verdict, records, _ = played(["sh", "-c", "cat {port:2} & exec cat {port:4}"])
    assert verdict.kind is VerdictKind.HANG
    assert verdict.reason == "the command holds the ports of lines 2 and 4; proven: it would stay so forever"
    assert verdict.hang is not None
    assert {(wait.where, wait.line, wait.on_line) for wait in verdict.hang.participants} == {
        ("read(3)", "2", True),
        ("read(3)", "4", True),
    }
    words = verdict.describe()
    assert "holds the port of line 2 on descriptor 3" in words
    assert "waits on line 4 in read(3) since 0.000 s, forever" in words
    for kind in (HolderSeen, ClientWaited):
        assert sorted(record.line for record in records if isinstance(record.fact, kind)) == ["2", "4"]
    assert '"line": "4"' in verdict.to_json()


def test_one_program_can_have_several_lines_and_wait_for_all_of_them() -> None:
    code = """if True:
        import os, select, sys, time
        one, two = (os.open(path, os.O_RDWR | os.O_NOCTTY) for path in sys.argv[1:])
        os.write(one, b"ATD2\\r")
        heard = b""
        begun = time.monotonic()
        while heard.count(b"RING") < 3:
            for ready in select.select([one, two], [], [])[0]:
                heard += os.read(ready, 100)
        os.write(two, b"ATA\\r")
        while b"CONNECT" not in os.read(one, 100):
            pass
        os.read(two, 100)
        select.select([one, two], [], [], 3600)
        os.close(two)
        while b"NO CARRIER" not in os.read(one, 100):
            pass
        sys.exit(0 if 3600 < time.monotonic() - begun < 3700 else 1)"""
    verdict, _, _ = played([sys.executable, "-c", code, "{port}", "{port:2}"], deadline=7200.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
    verdict, _, _ = played([sys.executable, "-c", code, "{port}", "{port:2}"])
    words = "the command still holds the ports of lines 1 and 2 after 600 s; all come free only at 3612.000 s"
    assert verdict.reason == words


@pytest.mark.parametrize("clock", ["virtual", "scaled:10"])
def test_each_line_has_circuits_of_its_own(clock: str) -> None:
    code = """if True:
        import fcntl, os, struct, sys, termios, time
        def circuits(port):
            return struct.unpack("I", fcntl.ioctl(port, termios.TIOCMGET, bytes(4)))[0]
        def carriers():
            return [bool(circuits(port) & termios.TIOCM_CAR) for port in (one, two, three)]
        one, two, three = (os.open(path, os.O_RDWR | os.O_NOCTTY) for path in sys.argv[1:])
        os.write(one, b"ATD2\\r")
        while b"RING" not in os.read(two, 1000):
            pass
        os.write(two, b"ATA\\r")
        while (connected := carriers())[:2] != [True, True]:
            time.sleep(0.5)
        fcntl.ioctl(two, termios.TIOCMBIC, struct.pack("I", termios.TIOCM_DTR))
        while any((after := carriers())[:2]):
            time.sleep(0.5)
        dtr = [bool(circuits(port) & termios.TIOCM_DTR) for port in (one, two, three)]
        sys.exit(0 if (connected, after, dtr) == ([True, True, False], [False] * 3, [True, False, True]) else 1)"""
    command = [sys.executable, "-c", code, "{port}", "{port:2}", "{port:3}"]
    verdict, records, _ = played(command, clock=clock, deadline=6000.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
    ended = [(record.line, record.fact.by) for record in records if isinstance(record.fact, CallEnded)]
    assert ended == [("2", "client"), ("1", "line 2")]


def test_two_clients_that_listen_to_each_other_wait_for_each_other_and_not_for_the_isp() -> None:
    code = """if True:
        import os, sys, time
        one, two = (os.open(path, os.O_RDWR | os.O_NOCTTY) for path in sys.argv[1:])
        os.write(one, b"ATD2\\r")
        time.sleep(3)
        os.write(two, b"ATA\\r")
        time.sleep(3)
        while True:
            os.read(one, 1000)"""
    verdict, _, _ = played([sys.executable, "-c", code, "{port}", "{port:2}"])
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.waits is WhoWaits.FOR_ANOTHER_LINE
    assert [wait.line for wait in verdict.hang.participants] == ["1"]


@pytest.mark.parametrize("clock", ["virtual", "scaled:10"])
def test_time_is_shared_on_so_many_lines_and_the_reason_is_given_for_more(clock: str) -> None:
    async def play() -> None:
        with Station(loads(BANK).with_lines(257), clock=ClockChoice(clock, clock)):
            pass

    with pytest.raises(ClockUnavailableError, match="on 256 lines at most, and this has 257"):
        asyncio.run(play())
