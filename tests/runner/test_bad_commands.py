"""Commands and clients that misbehave: a clear message or a sound behaviour for each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simisp.errors import ClientError
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads
from simisp.testing import Line, play

SILENT = "title: Nothing is said\nisp: {dialogue: [silence]}\n"
DIALS = """
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
def dial(number, answer):
    os.write(port, b"ATDT" + number.encode() + b"\\r")
    heard = b""
    while answer.encode() not in heard: heard += os.read(port, 100)
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program, "{port}"]


def test_a_command_that_does_not_exist_is_an_error_that_names_it() -> None:
    with pytest.raises(ClientError, match="no-such-dialler: No such file or directory"):
        play("hang", ["no-such-dialler"])


def test_a_command_that_may_not_be_run_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "dialler"
    script.write_text("#!/bin/sh\n")
    with pytest.raises(ClientError, match="Permission denied"):
        play("hang", [str(script)])


def test_a_command_with_a_nul_in_it_is_an_error() -> None:
    with pytest.raises(ClientError, match="null byte"):
        play("hang", ["sh", "-c", "a\0b"])


@pytest.mark.parametrize(
    ("scenario", "named", "known"),
    [
        ("hang", "{port:ppp}", "{port} alone"),
        ("hang", "{port:2}", "{port} alone"),
        ("extends: hang\nmodem: {profile: gsm, ports: [at, ppp]}\n", "{port:nmea}", "{port:at}, {port:ppp}"),
    ],
)
def test_a_port_that_there_is_not_is_an_error_that_names_those_there_are(scenario: str, named: str, known: str) -> None:
    with pytest.raises(ClientError) as caught:
        play(loads(scenario) if "\n" in scenario else scenario, ["cat", "{port}", f"--line={named}"])
    assert str(caught.value) == f"the command can't be started: there is no {named}, but {known}"


def test_what_only_looks_like_a_port_is_left_to_the_command() -> None:
    verdict = play(SILENT, [sys.executable, "-c", "port = 4; print(f'{port:d}{port!r}')"], allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED


def test_a_command_that_never_opened_the_port_has_failed_unless_that_is_allowed() -> None:
    command = ["sh", "-c", "exit 7; : {port}"]
    verdict = play(SILENT, command)
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.reason == "the port was never opened"
    assert verdict.client is not None
    assert verdict.client.exit_status == 7
    allowed = play(SILENT, command, allow_unopened=True)
    assert allowed.kind is VerdictKind.RELEASED
    assert "never opened it" in allowed.reason


def test_a_command_that_opened_the_port_and_never_dialled_has_failed() -> None:
    verdict = play(SILENT, ["sh", "-c", "printf 'AT\\r'"])
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.reason == "the port came free, but no call was ever dialled"


def test_a_command_that_dialled_and_never_reached_the_isp_has_failed() -> None:
    verdict = play(f"{SILENT}exchange: {{2: busy}}\n", python(DIALS + 'dial("2", "BUSY")'))
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.reason == "the port came free, but no call ever reached the ISP's dialogue"


def test_where_no_number_leads_to_the_isp_dialling_is_enough() -> None:
    assert play("busy", python(DIALS + 'dial("2", "BUSY")')).kind is VerdictKind.RELEASED
    assert play("busy", ["sh", "-c", "printf 'AT\\r'"]).kind is VerdictKind.FAILED


def test_a_scenario_that_expects_no_call_asks_for_no_dialling() -> None:
    assert play(f"{SILENT}expect: [calls: 0]\n", ["sh", "-c", "printf 'AT\\r'"]).kind is VerdictKind.RELEASED


def test_a_command_that_kills_itself_is_told_by_its_signal() -> None:
    verdict = play("hang", ["sh", "-c", "kill -9 $$"])
    assert verdict.client is not None
    assert verdict.client.signal == "SIGKILL"


def test_a_client_that_floods_the_port_with_ten_megabytes_of_garbage_is_served_to_the_end() -> None:
    program = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
import tty; tty.setraw(port)
import random
garbage = random.Random(1).randbytes(65536).replace(b"\\r", b"\\0")
os.set_blocking(port, False)
import select
left = 10_000_000
while left > 0:
    readable, writable, _ = select.select([port], [port], [])
    if readable: os.read(port, 65536)
    if writable: left -= os.write(port, garbage[:left])
while True:
    os.write(port, b"\\rAT\\r")
    if select.select([port], [], [], 0.2)[0] and b"OK" in os.read(port, 65536): break
"""
    verdict = play("hang", python(program), deadline=100.0, allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_nuls_and_half_a_command_and_then_silence_leave_the_port_ready_for_the_next_client() -> None:
    program = """
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
os.write(port, b"\\0" * 4000 + b"ATDT555")
echo = b""
while not echo.endswith(b"ATDT555"): echo += os.read(port, 4096)  # or they might pass for the next client's
"""
    again = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
os.write(port, b"AT\\r")
answer = b""
while b"OK" not in answer: answer += os.read(port, 100)
assert answer == b"AT\\r\\r\\nOK\\r\\n", answer
"""
    command = ["sh", "-c", '"$0" -c "$1" {port} && "$0" -c "$2" {port}', sys.executable, program, again]
    verdict = play("hang", command, allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_a_client_that_does_not_read_stops_the_line_and_loses_nothing() -> None:
    program = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
import tty; tty.setraw(port)
os.write(port, b"ATDT1\\r")
os.set_blocking(port, False)
import select
received = bytearray()
while not received.endswith(b"end\\r\\n"):
    select.select([port], [], [])
    received += os.read(port, 64)
lines = received.split(b"\\r\\n")
numbers = [int(line) for line in lines if line.isdigit()]
assert numbers == list(range(4000)), (len(numbers), numbers[:3])
"""
    banner = "".join(f"{number}\n" for number in range(4000)) + "end\n"
    scenario = f"title: A long banner\nisp:\n  dialogue:\n    - banner: {banner!r}\n".replace("'", '"')
    verdict = play(scenario, python(program))
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_a_port_path_where_something_else_lies_is_refused_and_left_alone(tmp_path: Path) -> None:
    from simisp.errors import EndpointError

    path = tmp_path / "modem"
    path.write_text("mine")
    with pytest.raises(EndpointError, match="there is another file"), Line("hang", link=path):
        pass
    assert path.read_text() == "mine"


def test_a_grandchild_that_detaches_itself_is_found_and_ended() -> None:
    program = """
import os, signal, sys
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
        os.write(writing, b".")
        signal.pause()
    os._exit(0)
os.wait()
os.read(reading, 1)
"""
    verdict = play("hang", python(program), grace=0.3)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.report is not None
    assert verdict.client is not None
    assert len(verdict.report.holders) == 1, verdict.describe()
    [holder] = verdict.report.holders
    assert holder.parent_gone
    assert holder.pid in verdict.client.cleaned_up
    assert not Path(f"/proc/{holder.pid}").exists()
