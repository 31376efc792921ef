"""``simisp run --endpoint``: the way to the line that a user asks for."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import serial

from support.patience import patiences
from support.polling import until
from support.ready_simisp import ready_simisp

CALL = """
title: one call
exchange: {answer_after: 0s}
isp:
  dialogue: [send: "hello", hang up]
"""
DIAL = r"printf 'ATDT5551234\r'; while read -r line; do case $line in *CARRIER*) exit 0;; esac; done"


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "call.yaml"
    path.write_text(CALL)
    return str(path)


def simisp(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return ready_simisp(*arguments, **options)


def test_a_command_has_a_tcp_port_or_a_unix_socket_as_its_input_and_output(scenario: str, tmp_path: Path) -> None:
    for endpoint in ("tcp", f"unix:{tmp_path}/line", f"unix:@simisp-cli-{os.getpid()}", "pty"):
        done = simisp("run", scenario, "--quiet", "--endpoint", endpoint, "--", "sh", "-c", DIAL)
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "released: the port came free"), done.stdout


def test_a_command_is_given_host_and_port_of_a_tcp_port(scenario: str) -> None:
    program = (
        "import socket, sys\n"
        "line = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "line.sendall(b'ATDT5551234\\r')\n"
        "file = line.makefile('rb')\n"
        "while b'NO CARRIER' not in file.readline(): pass\n"
    )
    done = simisp(
        "run", scenario, "--json", "--quiet", "--endpoint", "tcp", "--",
        sys.executable, "-c", program, "{host}", "{tcp_port}",
    )  # fmt: skip
    verdict = json.loads(done.stdout)
    assert verdict["verdict"] == "released", done.stdout
    assert verdict["client"]["command"].startswith(sys.executable)


def test_a_hang_on_a_tcp_port_does_not_claim_to_know_who_has_it(scenario: str) -> None:
    stays = "import os, time\nos.write(1, b'AT\\r')\ntime.sleep(600)"
    for patience in patiences(1.0):
        done = simisp(
            "run", scenario, "--quiet", "--endpoint", "tcp", "--give-up", f"{patience}s", "--give-up-kills", "parent",
            "--grace", "100ms", "--", "sh", "-c", f'{sys.executable} -c "{stays}" & wait',
        )  # fmt: skip
        if done.returncode == 3:  # else the shell was killed before it had a child
            break
    assert done.returncode == 3, done.stdout
    assert "which process has socket://127.0.0.1:" in done.stdout
    assert "no process holds" not in done.stdout


def test_every_port_is_printed_on_a_line_of_its_own_and_serves_the_line(scenario: str, tmp_path: Path) -> None:
    arguments = ["--endpoint", "tcp", "--endpoint", f"unix:{tmp_path}/line", "--endpoint", f"pty:{tmp_path}/modem"]
    with subprocess.Popen(
        [sys.executable, "-m", "simisp", "run", scenario, "--quiet", "--calls", "1", *arguments],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        paths = [process.stdout.readline().strip() for _ in range(3)]
        assert paths[0].startswith("socket://127.0.0.1:")
        assert paths[1:] == [f"unix:{tmp_path}/line", f"{tmp_path}/modem"]
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60.0)
            client.connect(f"{tmp_path}/line")
            client.sendall(b"ATDT5551234\r")
            received = b""
            while b"hello" not in received:
                received += client.recv(100)
        assert process.wait(60) == 0
    assert not (tmp_path / "line").exists()


@pytest.mark.parametrize("option", ["--transcript", "--pcap", "--html"])
@pytest.mark.parametrize("port", ["unix", "pty"])
def test_a_file_that_cannot_be_written_leaves_no_port(option: str, port: str, scenario: str, tmp_path: Path) -> None:
    end = tmp_path / "port"
    done = simisp("run", scenario, "--endpoint", f"{port}:{end}", option, str(tmp_path / "missing" / "file"))
    assert (done.returncode, "can't be written" in done.stderr) == (2, True)
    assert not os.path.lexists(end)


def test_an_address_that_others_reach_is_warned_of_and_the_keep_alive_is_said(scenario: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "simisp", "run", scenario, "--endpoint", "tcp:0.0.0.0:0?keepalive=20"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        assert "warning: tcp:0.0.0.0:0?keepalive=20: whoever reaches this machine" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert "A client that is gone without a word is given up after 20 s." in process.stderr.read()


def test_a_parent_process_has_the_line_on_standard_input_and_output(scenario: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "simisp", "run", scenario, "--endpoint", "stdio"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        output, diagnostics = process.communicate(b"ATDT5551234\r", timeout=60)
    assert output.startswith(b"ATDT5551234\r"), diagnostics
    assert b"stdio\n" in diagnostics
    assert b"port closed" in diagnostics
    assert process.returncode == 0


def test_the_other_ways_lead_to_the_line_when_the_parent_has_closed_its_side(scenario: str, tmp_path: Path) -> None:
    ends = ["--endpoint", "stdio", "--endpoint", f"unix:{tmp_path}/line", "--calls", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "simisp", "run", scenario, *ends],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.close()
        assert any("port closed" in line for line in process.stderr)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60.0)
            client.connect(f"{tmp_path}/line")
            client.sendall(b"ATDT5551234\r")
            process.stderr.read()
        assert process.wait(60) == 0


def test_a_serial_port_that_goes_away_ends_the_run(scenario: str) -> None:
    master, slave = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "simisp", "run", scenario, "--quiet", "--endpoint", f"serial:{os.ttyname(slave)}"],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == f"serial:{os.ttyname(slave)}\n"
        os.close(slave)
        os.close(master)
        assert process.wait(60) == 0


@pytest.mark.runner("socat")
def test_socat_gives_a_client_a_line_that_is_its_child(scenario: str, tmp_path: Path) -> None:
    link = tmp_path / "modem"
    simisp_run = f"{sys.executable} -m simisp run {scenario} --quiet --endpoint stdio"
    with subprocess.Popen(["socat", f"PTY,link={link},raw,echo=0", f"EXEC:{simisp_run}"], process_group=0) as socat:
        try:
            # It has set its terminal when it starts the other side; what is written after the link is there, and before
            # that, can be lost.
            until(lambda: Path(f"/proc/{socat.pid}/task/{socat.pid}/children").read_text(), what="socat's child")
            with serial.Serial(str(link), timeout=60) as port:
                port.write(b"ATDT5551234\r")
                assert port.read_until(b"NO CARRIER").endswith(b"hello\r\nNO CARRIER")
        finally:
            socat.terminate()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--endpoint", "tcq"], "'tcq' is not an endpoint: use pty[:LINK]"),
        (["--endpoint", "tcp", "--link", "x"], "--link is for a pseudo-terminal: say --endpoint pty too"),
        (["--endpoint", "pty:y", "--link", "x"], "--link is for a pseudo-terminal that names no link itself"),
        (["--endpoint", "tcp", "--endpoint", "pty:y", "--link", "x"], "that names no link itself: say --endpoint pty"),
        (["--endpoint", "tcp", "--circuits"], "--circuits is for a pseudo-terminal"),
        (["--endpoint", "serial:/dev/ptmx", "--circuits"], "--circuits is for a pseudo-terminal"),
        (["--endpoint", "telnet", "--", "true"], "a command's input and output can't be this port"),
        (["--endpoint", "tcp", "--mode", "666"], "--mode is for a port that others open"),
        (["--endpoint", "tcp", "--verify", "2", "--", "true"], "--verify is for a run on a pseudo-terminal"),
        (["--endpoint", "stdio", "--", "true"], "--endpoint stdio is for a run without COMMAND"),
        (["--endpoint", "stdio"], "they must be pipes, sockets or terminals"),
        (["--endpoint", "tcp:192.0.2.1:0"], "no port can be opened"),
        (
            ["--endpoint", "tcp", "--clock", "virtual", "--", "cat", "{port}"],
            "time is shared with programs on a terminal",
        ),
    ],
)
def test_what_does_not_go_with_an_endpoint_is_refused(scenario: str, arguments: list[str], said: str) -> None:
    done = simisp("run", scenario, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
