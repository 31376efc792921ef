"""A bank of lines in real time: two real programs talk to each other through it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from endpoints.ports import connected_to
from simisp.facts.port import LineStopped
from simisp.testing import Line, play
from support.polling import until

BANK = """
title: a bank of four lines
lines: 4
exchange: {"hunt groups": {"5551000": [2, 3]}, default: no carrier}
isp: {dialogue: [silence]}
"""


@contextmanager
def connected(line: Line) -> Iterator[tuple[int, int]]:
    """Let line 1 call line 2; yield a descriptor of each, on which nothing is left to read."""
    with serial.Serial(line.port, timeout=60) as caller, serial.Serial(f"{line.port}-2", timeout=60) as called:
        caller.write(b"ATD2\r")
        assert called.read_until(b"RING\r\n").endswith(b"RING\r\n")
        called.write(b"ATA\r")
        for port in (caller, called):
            assert port.read_until(b"CONNECT 33600\r\n").endswith(b"CONNECT 33600\r\n")
        yield caller.fileno(), called.fileno()


def test_a_client_calls_another_and_its_hang_up_is_seen_there() -> None:
    with Line(BANK, judged=False) as line:
        with (
            serial.Serial(f"{line.port}-3", timeout=60) as caller,
            serial.Serial(f"{line.port}-4", timeout=60) as called,
        ):
            caller.write(b"ATD4\r")
            called.read_until(b"RING\r\n")
            called.write(b"ATA\r")
            called.read_until(b"CONNECT 33600\r\n")
            caller.read_until(b"CONNECT 33600\r\n")
            caller.write(b"how are you?")
            assert called.read(12) == b"how are you?"
            caller.close()
            assert called.read_until(b"NO CARRIER\r\n").endswith(b"NO CARRIER\r\n")
        assert {record.line for record in line.transcript} >= {"3", "4"}
        line.assert_released()


@pytest.mark.parametrize("endpoint", ["tcp", "unix"])
def test_the_lines_of_a_bank_can_be_sockets(endpoint: str) -> None:
    with Line(BANK, endpoint=endpoint, judged=False) as line:
        assert len(set(line.lines.values())) == 4
        with socket_at(line.lines["1"]) as caller, socket_at(line.lines["4"]) as called:
            caller.sendall(b"ATD4\r")
            read_until(called, b"RING\r\n")
            called.sendall(b"ATA\r")
            read_until(caller, b"CONNECT 33600\r\n")
            read_until(called, b"CONNECT 33600\r\n")
            called.sendall(b"hello")
            read_until(caller, b"hello")


def socket_at(path: str) -> socket.socket:
    client = connected_to(path)
    client.settimeout(60.0)
    return client


def read_until(client: socket.socket, wanted: bytes) -> None:
    received = b""
    while not received.endswith(wanted):
        received += client.recv(1)


def test_a_hunt_group_leads_to_the_first_free_line() -> None:
    with Line(BANK, judged=False) as line:
        with connected(line), serial.Serial(f"{line.port}-4", timeout=60) as third:
            third.write(b"ATD5551000\r")
            with serial.Serial(f"{line.port}-3", timeout=60) as answers:
                assert answers.read_until(b"RING\r\n").endswith(b"RING\r\n")
        line.assert_released()


def chat_on(path: str, *script: str) -> subprocess.Popen[str]:
    """Start chat on a port, with a script of what it awaits and sends."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        tty.setraw(port)
        command = ["chat", "-v", "-s", "TIMEOUT", "60", *script]
        return subprocess.Popen(
            command, stdin=port, stdout=port, stderr=subprocess.PIPE, text=True, errors="replace", process_group=0
        )
    finally:
        os.close(port)


@pytest.mark.runner("chat")
def test_one_chat_calls_another_and_sees_its_hang_up() -> None:
    with Line(BANK, judged=False) as line:
        called = chat_on(line.lines["4"], "RING", "ATA", "CONNECT", "\\c", "are you", "fine", "NO CARRIER", "\\c")
        caller = chat_on(line.lines["1"], "", "ATD4", "CONNECT", "how are you", "fine", "\\c")
        for process in (caller, called):
            _, said = process.communicate(timeout=120)
            assert process.returncode == 0, said
        line.assert_released(within=60)
        assert line.calls == 1


@pytest.mark.runner("sz")
@pytest.mark.runner("rz")
def test_zmodem_moves_a_megabyte_unharmed_between_two_lines(tmp_path: Path) -> None:
    sent, folder = random.Random(17).randbytes(1_000_000), tmp_path / "received"
    (tmp_path / "file").write_bytes(sent)
    folder.mkdir()
    with Line(BANK, judged=False) as line, connected(line) as (caller, called):
        for port in (caller, called):
            tty.setraw(port)
            os.set_blocking(port, True)
        quiet = subprocess.DEVNULL
        rz, sz = ["rz", "--binary", "--quiet"], ["sz", "--binary", "--quiet", str(tmp_path / "file")]
        with (
            subprocess.Popen(rz, stdin=called, stdout=called, stderr=quiet, cwd=folder, process_group=0) as receives,
            subprocess.Popen(sz, stdin=caller, stdout=caller, stderr=quiet, process_group=0) as sends,
        ):
            assert sends.wait(120) == 0
            # The last that sz does is to flush a port on which it has just said "OO", over and out. A pseudo-terminal
            # that nobody has read from yet loses that, and rz waits for it for half a minute.
            os.write(caller, b"OO")
            assert receives.wait(120) == 0
    assert (folder / "file").read_bytes() == sent


def test_a_line_whose_client_does_not_read_stops_the_other_and_loses_nothing() -> None:
    sent = random.Random(3).randbytes(400_000).replace(b"+", b"-")
    with Line(BANK, judged=False) as line, connected(line) as (caller, called):
        start = 0

        def stopped() -> bool:
            nonlocal start
            start += _write(caller, sent[start : start + 4096])
            return any(isinstance(record.fact, LineStopped) for record in line.transcript)

        until(stopped)
        received = bytearray()

        def all_read() -> bool:
            nonlocal start
            start += _write(caller, sent[start : start + 4096])
            received.extend(_read(called))
            return len(received) >= len(sent)

        until(all_read)
        assert received == sent


def _write(port: int, data: bytes) -> int:
    try:
        return os.write(port, data) if data else 0
    except BlockingIOError:
        return 0


def _read(port: int) -> bytes:
    try:
        return os.read(port, 65536)
    except BlockingIOError:
        return b""


def test_a_command_that_uses_two_lines_gets_a_verdict_on_both() -> None:
    program = (
        "import serial, sys\n"
        "caller, called = (serial.Serial(path, timeout=60) for path in sys.argv[1:])\n"
        "caller.write(b'ATD2\\r')\n"
        "called.read_until(b'RING')\n"
        "called.write(b'ATA\\r')\n"
        "caller.read_until(b'CONNECT 33600\\r\\n')\n"
    )
    verdict = play(BANK, [sys.executable, "-c", program, "{port}", "{port:2}"])
    assert verdict.kind.value == "released", verdict.describe()
    assert verdict.calls == 1


def test_lines_makes_a_bank_of_any_scenario_and_prints_each_port(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text("title: plain\nisp: {dialogue: [silence]}\n")
    plain = str(tmp_path / "plain.yaml")
    command = [sys.executable, "-m", "simisp", "run", plain, "--quiet", "--lines", "3", "--calls", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first, second, third = (process.stdout.readline().strip() for _ in range(3))
        assert (second, third) == (f"{first}-2", f"{first}-3")
        with serial.Serial(third, timeout=60) as caller, serial.Serial(second, timeout=60) as called:
            caller.write(b"ATD2\r")
            called.read_until(b"RING")
            called.write(b"ATA\r")
            caller.read_until(b"CONNECT 33600\r\n")
        assert process.wait(60) == 0
