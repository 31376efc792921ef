"""`simisp script`: real processes on real ports."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import bundled_folder
from simisp.testing import Line, play
from simisp.transcript import Source
from support.polling import until
from support.ready_simisp import ready_simisp
from support.started_processes import Processes
from support.virtual_runs import virtually

SIMISP = [sys.executable, "-m", "simisp"]
SCRIPTS = bundled_folder() / "scripts"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMISP_PASSWORD", "wonderland")


@pytest.fixture
def script_run(lock_directory: Path) -> Callable[..., list[str]]:
    def command(script: Path | str, *options: str, port: str = "{port}", dial: bool = True) -> list[str]:
        dialling = ["--dial", "T5551234"] if dial else []
        where = ["--port", port, "--user", "alice", "--lock-dir", str(lock_directory)]
        return [*SIMISP, "script", "run", str(script), *where, *dialling, *options]

    return command


def script(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return ready_simisp("script", *arguments, **options)


def to_its_end(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command that a command of ours would be given."""
    return ready_simisp(*command[len(SIMISP) :], **options)


def with_limits(tmp_path: Path, seconds: int) -> Path:
    repaired = (SCRIPTS / "repaired.scp").read_text()
    scaled = tmp_path / "repaired.scp"
    scaled.write_text(re.sub(r"until \d+", f"until {seconds}", repaired))
    return scaled


Command = Callable[..., list[str]]


def test_the_repaired_script_ends_by_itself_and_the_port_is_free(
    tmp_path: Path, script_run: Command, lock_directory: Path
) -> None:
    verdict = play("hang", script_run(with_limits(tmp_path, 1)), lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert list(lock_directory.iterdir()) == []


def test_the_naive_script_holds_the_port_until_it_is_killed_and_the_verdict_names_it(
    script_run: Command, lock_directory: Path
) -> None:
    verdict, _ = virtually(
        "hang", script_run(SCRIPTS / "naive.scp"), deadline=5.0, grace=0.2, lock_directories=[lock_directory]
    )
    assert verdict.kind is VerdictKind.HANG
    assert verdict.report is not None
    [holder] = verdict.report.holders
    assert "script run" in holder.command
    assert {lock.pid for lock in verdict.report.locks} == {holder.pid}
    assert "wonderland" not in verdict.describe()


@pytest.mark.parametrize("name", ["naive", "repaired"])
def test_both_log_in_where_the_isp_is_well(script_run: Command, lock_directory: Path, name: str) -> None:
    verdict = play("login", script_run(SCRIPTS / f"{name}.scp"), lock_directories=[lock_directory])
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.kind is VerdictKind.RELEASED


def test_a_section_of_switch_inf_logs_in(script_run: Command, lock_directory: Path) -> None:
    # The first command waits two seconds, and what the ISP has said by then is the response.
    verdict, _ = virtually(
        "login",
        script_run(SCRIPTS / "switch.inf", "--section", "Menu login"),
        lock_directories=[lock_directory],
    )
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_a_dialogue_in_seven_bits_and_even_parity_works(script_run: Command, lock_directory: Path) -> None:
    scenario = (bundled_folder() / "login.yaml").read_text().replace("isp:\n", "isp:\n  framing: 7E1\n")
    verdict = play(scenario, script_run(SCRIPTS / "seven-bit.scp"), lock_directories=[lock_directory])
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.calls == 1


def test_a_bad_script_is_exit_status_2_with_every_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.scp"
    bad.write_text('proc main\n  waitfro "x"\n  goto nowhere\nendproc\n')
    result = script("run", str(bad), "--port", "/dev/null")
    assert result.returncode == 2
    assert f"{bad}:2:3: error:" in result.stderr
    assert "Traceback" not in result.stderr


def test_halt_is_exit_status_3(tmp_path: Path, script_run: Command, lock_directory: Path) -> None:
    halting = tmp_path / "halt.scp"
    halting.write_text("proc main\n  halt\nendproc\n")
    verdict = play("hang", script_run(halting, dial=False), lock_directories=[lock_directory])
    assert verdict.client is not None
    assert verdict.client.exit_status == 3


def test_a_signal_is_exit_status_4_and_gives_port_and_locks_back(script_run: Command, lock_directory: Path) -> None:
    with Line("hang") as line:
        process = subprocess.Popen(
            script_run(SCRIPTS / "naive.scp", port=line.port), stdin=subprocess.DEVNULL, process_group=0
        )
        try:
            line.wait_for("Username:")
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 4
        finally:
            process.kill()
            process.wait()
        line.assert_released()
        assert list(lock_directory.iterdir()) == []


def test_a_port_that_somebody_holds_is_exit_status_5_with_633_and_the_holder(
    script_run: Command, lock_directory: Path
) -> None:
    with Line("hang") as line:
        first = subprocess.Popen(
            script_run(SCRIPTS / "naive.scp", port=line.port), stdin=subprocess.DEVNULL, process_group=0
        )
        try:
            line.wait_for("Username:")
            second = to_its_end(script_run(SCRIPTS / "naive.scp", port=line.port))
            assert second.returncode == 5
            assert second.stderr.startswith("[633] The port is already in use")
            assert f"pid {first.pid}" in second.stderr
        finally:
            first.kill()
            first.wait()
        # The lock that a killed script left behind is stale, and is taken over.
        third = subprocess.Popen(script_run(SCRIPTS / "repaired.scp", port=line.port), process_group=0)
        line.wait_for("Username:")
        third.terminate()
        assert third.wait(60) == 4


def test_the_port_of_a_modem_that_does_not_connect_is_given_back(script_run: Command, lock_directory: Path) -> None:
    verdict = play("busy", script_run(SCRIPTS / "repaired.scp"), lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 6


@pytest.mark.parametrize("way", ["file", "stdin", "environment"])
def test_the_password_comes_by_a_file_standard_input_or_the_environment(
    tmp_path: Path, script_run: Command, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wonderland\n")
    ways: dict[str, tuple[list[str], str | None]] = {
        "file": (["--password-file", str(secret)], None),
        "stdin": (["--password-stdin"], "wonderland\n"),
        "environment": ([], None),
    }
    options, given = ways[way]
    if way != "environment":
        monkeypatch.delenv("SIMISP_PASSWORD")
    with Line("login") as line:
        command = script_run(SCRIPTS / "naive.scp", *options, port=line.port)
        assert "wonderland" not in " ".join(command)
        done = to_its_end(command, given=given)
        assert done.returncode == 0
        line.wait_for("Entering PPP mode")


def test_the_trace_shows_each_statement_and_masks_the_password(script_run: Command) -> None:
    with Line("login") as line:
        done = to_its_end(script_run(SCRIPTS / "naive.scp", "--trace", port=line.port))
    assert 'waitfor "ervice?": "ervice?" came' in done.stderr
    assert "wonderland" not in done.stderr


@pytest.fixture
def tcp_isp() -> Iterator[int]:
    """An ISP on a TCP port of the loopback, that asks and answers once."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            for prompt, answer in ((b"Service?", b"p\r"), (b"Username:", b"alice\r"), (b"Password:", b"wonderland\r")):
                connection.sendall(prompt)
                received = b""
                while not received.endswith(answer):
                    received += connection.recv(100)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.close()
    thread.join(60)


def test_a_script_plays_on_a_tcp_connection(tcp_isp: int, script_run: Command) -> None:
    command = script_run(SCRIPTS / "naive.scp", port=f"socket://127.0.0.1:{tcp_isp}", dial=False)
    assert to_its_end(command).returncode == 0


# Lends a line to the network after RFC 2217, one client at a time, with the server that comes with pyserial.
TERMINAL_SERVER = """
import os, socket, sys, threading
import serial, serial.rfc2217

class Line(serial.Serial):  # on a pseudo-terminal, which has no circuits
    cts = dsr = ri = cd = property(lambda self: False)
    _update_dtr_state = _update_rts_state = lambda self: None

class Connection:
    def write(self, data):
        client.sendall(data)

line = Line(sys.argv[1], timeout=0.05)
server = socket.create_server(("127.0.0.1", 0))
print("ready", server.getsockname()[1], sep="\\n", flush=True)
client, _ = server.accept()
manager = serial.rfc2217.PortManager(line, Connection())

def to_network():
    while True:
        data = line.read(line.in_waiting or 1)
        if data:
            client.sendall(b"".join(manager.escape(data)))

threading.Thread(target=to_network, daemon=True).start()
while data := client.recv(1024):
    line.write(b"".join(manager.filter(data)))
os._exit(0)
"""


@pytest.mark.parametrize("name", ["naive", "repaired"])
def test_a_script_dials_and_logs_in_by_way_of_a_terminal_server(
    script_run: Command, processes: Processes, name: str
) -> None:
    with Line("login") as line:
        server = processes.python(TERMINAL_SERVER, line.port)
        assert server.stdout is not None
        port = f"rfc2217://127.0.0.1:{server.stdout.readline().strip()}"
        done = to_its_end(script_run(SCRIPTS / f"{name}.scp", port=port))
        assert (done.returncode, done.stderr) == (0, "")
        assert server.wait(60) == 0
        line.assert_released(within=60)
        typed = b"".join(record.data for record in line.transcript if record.source is Source.CLIENT)
    assert typed.endswith(b"p\ralice\rwonderland\r")


@pytest.mark.parametrize(
    ("port", "message"),
    [
        ("/nowhere/ttyS9", "No such file or directory"),
        ("socket://127.0.0.1", "host and port are missing"),
        ("gopher://127.0.0.1:70", "not known here"),
        ("rfc2217://127.0.0.1:1", "can't be opened"),
    ],
)
def test_a_port_that_can_t_be_opened_says_why(script_run: Command, port: str, message: str) -> None:
    done = to_its_end(script_run(SCRIPTS / "naive.scp", port=port, dial=False))
    assert done.returncode == 6
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_lint_fix_writes_what_lints_clean_and_ends_in_the_worst_case(
    tmp_path: Path, script_run: Command, lock_directory: Path
) -> None:
    naive = tmp_path / "naive.scp"
    naive.write_bytes((SCRIPTS / "naive.scp").read_bytes())
    assert script("lint", str(naive)).returncode == 1
    assert script("lint", "--fix", str(naive)).returncode == 0
    clean = script("lint", str(naive))
    assert (clean.returncode, clean.stdout) == (0, "")
    naive.write_text(re.sub(r"until \d+", "until 1", naive.read_text()))
    verdict = play("silent-from-start", script_run(naive), lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_lint_speaks_json_and_sarif() -> None:
    naive = str(SCRIPTS / "naive.scp")
    findings = json.loads(script("lint", "--output-format", "json", naive).stdout)
    assert {finding["code"] for finding in findings} == {"SCP101"}
    log = json.loads(script("lint", "--output-format", "sarif", naive).stdout)
    assert log["version"] == "2.1.0"
    assert len(log["runs"][0]["results"]) == len(findings)


def test_lint_shows_no_password_of_a_script_also_behind_a_command_that_is_misspelt(tmp_path: Path) -> None:
    path = tmp_path / "a.scp"
    path.write_text(
        'proc main\n  string password = "hunter2secret"\n  waitfor "assword:" until 5\n  transmt "another1^M"\n'
        '  transmitt "hunter2secret"\nendproc\n'
    )
    for said in (script("lint", str(path)), script("explain", str(path)), script("run", str(path), "--port", "none")):
        assert "transmt" in said.stdout + said.stderr
        assert "hunter2secret" not in said.stdout + said.stderr
        assert "another1" not in said.stdout + said.stderr


def test_lint_has_the_formats_of_check() -> None:
    naive = str(SCRIPTS / "naive.scp")
    findings = json.loads(script("lint", "--format", "json", naive).stdout)
    lines = script("lint", "--format", "github", naive).stdout.splitlines()
    assert len(lines) == len(findings)
    assert all(line.startswith(f"::error file={naive},line=") and "[SCP101] " in line for line in lines)


@pytest.mark.parametrize("name", ["repaired.scp", "menu.scp", "slip.scp", "seven-bit.scp"])
def test_the_bundled_scripts_lint_clean(name: str) -> None:
    result = script("lint", str(SCRIPTS / name))
    assert (result.returncode, result.stdout) == (0, "")


def test_lint_says_what_it_can_t_read(tmp_path: Path) -> None:
    (tmp_path / "junk.scp").write_bytes(bytes(range(256)) * 10)
    result = script("lint", str(tmp_path / "junk.scp"), str(tmp_path / "missing.scp"))
    assert result.returncode == 2
    assert "missing.scp" in result.stderr
    assert "Traceback" not in result.stderr


def test_lint_refuses_a_code_that_no_rule_has() -> None:
    result = script("lint", "--select", "SCP999", str(SCRIPTS / "naive.scp"))
    assert result.returncode == 2
    assert "no rule has the code" in result.stderr


def test_fmt_changes_a_file_once_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "wild.scp"
    path.write_text('PROC main\nTRANSMIT "p^M"\nENDPROC\n')
    path.chmod(0o640)
    assert script("fmt", "--check", str(path)).returncode == 1
    assert script("fmt", str(path)).returncode == 0
    assert path.read_text() == 'proc main\n  transmit "p^M"\nendproc\n'
    assert path.stat().st_mode & 0o777 == 0o640
    assert script("fmt", "--check", str(path)).returncode == 0


def test_fmt_and_lint_read_standard_input() -> None:
    text = 'PROC main\nTRANSMIT "p^M"\nENDPROC\n'
    assert script("fmt", "-", given=text).stdout == 'proc main\n  transmit "p^M"\nendproc\n'
    assert script("lint", "-", given=text).returncode == 1


def test_explain_draws_every_wait() -> None:
    chart = script("explain", str(SCRIPTS / "repaired.scp")).stdout
    assert chart.startswith("flowchart TD")
    assert "at most 90 s" in chart


def test_a_script_run_by_a_dialler_outlives_it_and_can_be_seen_in_proc(
    script_run: Command, lock_directory: Path
) -> None:
    with Line("hang") as line:
        dialler = subprocess.Popen(
            ["sh", "-c", '"$@"; exit $?', "sh", *script_run(SCRIPTS / "naive.scp", port=line.port)],
            stdin=subprocess.DEVNULL,
            process_group=0,
        )
        line.wait_for("Username:")
        dialler.terminate()
        dialler.wait()
        [holder] = line.holders()
        assert "script run" in holder.command
        os.kill(holder.pid, signal.SIGTERM)
        line.assert_released()
        until(lambda: not list(lock_directory.iterdir()), what="the locks given back")


def test_lint_fix_says_that_nothing_was_mended_while_a_mistake_stands_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "bogus.scp"
    text = 'proc main\n  waitfor "ogin:"\n  bogus\nendproc\n'
    path.write_text(text)
    result = script("lint", "--fix", str(path))
    assert result.returncode == 1
    assert f"{path}: nothing was mended: a mistake in line 3 must be put right first\n" in result.stderr
    assert path.read_text() == text


def test_lint_fix_does_not_call_a_comment_that_allows_a_finding_mended(tmp_path: Path) -> None:
    path = tmp_path / "tested.scp"
    path.write_text('proc main\n  waitfor "ogin:" until 90\nendproc\n')
    result = script("lint", "--fix", str(path))
    assert "mended" not in result.stderr
    assert f"{path}:3: marked as meant: [SCP204]" in result.stderr


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"[Generic login]\r\nCOMMAND=\r\nOK=<ignore>\r\n", "a SWITCH.INF: "),
        (b"[Work]\r\nMEDIA=serial\r\nDEVICE=modem\r\nPhoneNumber=5551234\r\n", "a phone book (rasphone.pbk): "),
        (b"phonebook: phonebook.yaml\nqueue: queue\n", "a file of mail settings: "),
        (b"title: Silence\nisp: {dialogue: [silence]}\n", "a scenario: "),
        (b"work:\n  number: T5551234\n  port: /dev/ttyS0\n", "a phone book: "),
        (b"\x7fELF\x02\x01\x01\0\0", "a binary file"),
        ("proc main\nendproc\n".encode("utf-16"), "a text in UTF-16: "),
    ],
)
def test_lint_and_run_say_in_one_line_what_a_file_is_that_is_no_script(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "other.scp"
    path.write_bytes(data)
    for result in (script("lint", str(path)), script("run", str(path), "--port", str(tmp_path / "none"))):
        assert result.returncode == 2
        assert f"this is not a dial-up script but {kind}" in result.stderr
        assert (result.stdout, result.stderr.count("\n")) == ("", 1)


def test_a_section_of_pad_inf_calls_through_a_pad(script_run: Command, tmp_path: Path, lock_directory: Path) -> None:
    pad = tmp_path / "pad.inf"
    pad.write_text(
        "; a PAD asks for a terminal, then for an address\n[Packets]\nDEFAULTOFF=compression\n"
        'COMMAND=\nOK=<match>"TERMINAL="\nLOOP=<ignore>\nCOMMAND_DIAL=C <x25address>*D<userdata>,<facilities><cr>\n'
        'CONNECT=<match>"CONNECTED"\nERROR_DIAGNOSTICS=<cr><lf><match>"REJECTED"<diagnostics>\nLOOP=<ignore>\n'
    )
    scenario = (
        "title: A PAD\nisp:\n  dialogue:\n    - prompt: TERMINAL=\n      choices:\n"
        "        C 31103010002000*Dalice,R: [{mark: called}, {send: CONNECTED}, silence]\n"
        "expect: [{reached: called}, {client exit status: 0}]\n"
    )
    call = ("--x25-address", "31103010002000", "--user-data", "alice", "--facilities", "R")
    verdict = play(scenario, script_run(pad, "--section", "packets", *call), lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()


@pytest.mark.parametrize("option", ["--x25-address", "--user-data", "--facilities"])
def test_a_line_end_in_what_a_pad_is_given_is_refused(option: str) -> None:
    done = script("run", "pad.inf", "--port", "none", "--section", "x", option, "3110\rCLR")
    assert done.returncode == 2
    assert "only printable ASCII can go into a command for a PAD" in done.stderr


def test_what_a_pad_is_asked_for_needs_a_section() -> None:
    done = script("run", str(SCRIPTS / "naive.scp"), "--port", "none", "--x25-address", "3110")
    assert done.returncode == 2
    assert "--x25-address is for --section" in done.stderr
