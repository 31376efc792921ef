"""`simisp run` as a user meets it: exit statuses, what it prints, signals, files."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tty
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from simisp.forensics.waits import wait_of
from support.patience import patiences
from support.polling import until
from support.ready_simisp import ReadyPopen, ready_simisp

SIMISP = [sys.executable, "-m", "simisp"]


def simisp(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return ready_simisp(*arguments, **options)


def test_a_released_port_is_exit_status_0_and_the_verdict_comes_on_standard_output() -> None:
    result = simisp("run", "hang", "--allow-unopened", "--", "true", "{port}")
    assert result.returncode == 0
    assert result.stdout.startswith("released: ")
    assert "client started" in result.stderr


def test_a_failed_expectation_is_exit_status_1(tmp_path: Path) -> None:
    scenario = tmp_path / "strict.yaml"
    scenario.write_text("title: Strict\nexpect: [client exit status: 0, calls: 1]\n")
    result = simisp("run", str(scenario), "--quiet", "--", "sh", "-c", "exit 3")
    assert result.returncode == 1
    not_met = "the client has exit status 3, and 0 was expected; 0 calls were answered, and 1 was expected"
    assert result.stdout.startswith(f"failed: the port came free, but no call was ever dialled; {not_met}\n")


def test_a_hang_is_exit_status_3() -> None:
    result = simisp("run", "hang", "--quiet", "--deadline", "1s", "--", "sh", "-c", "cat")
    assert result.returncode == 3
    assert "still holds the port after 1 s" in result.stdout


def test_json_is_the_whole_verdict_and_nothing_else_on_standard_output() -> None:
    for patience in patiences(0.5):
        result = simisp("run", "hang", "--json", "--quiet", "--deadline", f"{patience}", "--grace", "0.1", "--", "cat")
        verdict = json.loads(result.stdout)
        assert verdict["verdict"] == "hang"
        [holder] = verdict["port"]["holders"]
        if holder["blocked_in"].startswith("blocked in read"):  # by then cat has come as far as that
            break
    assert holder["command"] == "cat"
    assert holder["blocked_in"].startswith("blocked in read(0")
    assert result.stderr == ""


def test_a_mistake_in_the_scenario_is_exit_status_2_with_its_place(tmp_path: Path) -> None:
    scenario = tmp_path / "typo.yaml"
    scenario.write_text("title: A typo\nisp:\n  dialogue:\n    - promt: hello\n")
    result = simisp("run", str(scenario), "--", "true")
    assert result.returncode == 2
    assert "typo.yaml:4:7: error: unknown step 'promt'" in result.stderr
    assert "did you mean 'prompt'?" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rnu", "hang"], "Did you mean 'run'?"),
        (["run", "hang", "--give-upp", "3s", "--", "true"], "No such option"),
        (["run", "hang", "--give-up", "soon", "--", "true"], "not a duration"),
        (["run", "hang", "--calls", "1", "--", "true"], "without COMMAND"),
        (["run", "hang", "--"], "there is no COMMAND after --"),
        (["run", "--quiet", "--", "cat", "{port}"], "there is no SCENARIO before --: name a file"),
        (["sweep", "--", "cat", "{port}"], "such as simisp sweep login -- cat '{port}'"),
        (["compare", "--", "cat", "---", "tac"], "there is no SCENARIO before --"),
        (["run", "hang", "--", "cat", "{prot}"], "there is no {prot}; did you mean {port}?"),
        (["run", "hang", "--quiet", "--link", "x", "--"], "there is no COMMAND after --"),
        (["run", "hang", "--give-up", "3s"], "--give-up is for a COMMAND, after --"),
        (["run", "hang", "--json"], "--json is for a COMMAND"),
        (["run", "hang", "--for", "3s", "--", "true"], "--for is for a run without COMMAND; use --deadline"),
        (["run", "hang", "--scale", "2", "--", "true"], "--scale is for a story"),
        (["run", "hang", "--dial", "1", "--", "true"], "--dial is for --script"),
        (["run", "hang", "--give-up-kills", "group", "--", "true"], "--give-up-kills is for --give-up"),
        (["run", "hang", "--compute-limit", "3s", "--", "true"], "--compute-limit is for --clock virtual"),
        (["run", "kb175410", "--seed", "3"], "--seed is for a run on a port: a story that is played at once has none"),
        (["run", "kb175410", "--clock", "real"], "--clock is for a run on a port: a story has --scale"),
        (["run", "hnag", "--", "true"], "did you mean the bundled 'hang'?"),
        (["run", "hang", "--", "no-such-program"], "no-such-program: No such file or directory"),
        (["run", "hang", "--transcript", "/nowhere/t.jsonl", "--", "true"], "the transcript can't be written"),
        (["run", "hang", "--link", "/nowhere/modem", "--", "true"], "the link can't be made"),
        (["run", "hang", "--clock", "virtual"], "a clock is shared with a COMMAND"),
        (["run", "hang", "--scale", "10"], "--scale is for a scenario with a story"),
        (["run"], "Missing argument"),
    ],
)
def test_a_call_that_is_wrong_is_exit_status_2_and_says_what_is(arguments: list[str], message: str) -> None:
    result = simisp(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_the_transcript_is_json_lines_private_and_masked(tmp_path: Path) -> None:
    transcript = tmp_path / "t.jsonl"
    client = (
        "import os, sys, tty\n"
        "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "tty.setraw(port)\n"
        "def until(text):\n"
        "    seen = b''\n"
        "    while text not in seen: seen += os.read(port, 100)\n"
        "for say, wait in [(b'ATDT1', b'vice?'), (b'p', b'name:'), (b'alice', b'word:'), (b'wonderland', b'mode')]:\n"
        "    os.write(port, say + b'\\r'); until(wait)\n"
    )
    result = simisp("run", "login", "--transcript", str(transcript), "--", sys.executable, "-c", client, "{port}")
    assert result.returncode == 0, result.stdout
    assert transcript.stat().st_mode & 0o777 == 0o600
    records = [json.loads(line) for line in transcript.read_text().splitlines()]
    header, *records = records
    assert header["scenario"]["name"] == "login"
    assert "log-in accepted" in [record["kind"] for record in records]
    assert [record["at"] for record in records] == sorted(record["at"] for record in records)
    octets = [record for record in records if record.get("kind") == "octets"]
    typed = "".join(record["details"]["data"] for record in octets if record["source"] == "client")
    assert typed == "ATDT1\rp\ralice\r**********\r"
    assert "wonderland" not in transcript.read_text() + result.stdout + result.stderr


def test_a_password_among_the_arguments_of_the_client_is_masked_though_no_account_has_it(tmp_path: Path) -> None:
    transcript = tmp_path / "t.jsonl"
    command = ["sh", "-c", "exit 3", "pppd", "user", "joe", "password", "swordfish"]
    result = simisp("run", "login", "--allow-unopened", "--transcript", str(transcript), "--", *command)
    assert "joe password '*********') ended with exit status 3" in result.stdout
    assert "swordfish" not in transcript.read_text() + result.stdout + result.stderr


def test_show_secrets_shows_them(tmp_path: Path) -> None:
    transcript = tmp_path / "t.jsonl"
    client = "import os, sys; os.write(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), b'wonderland')"
    command = [sys.executable, "-c", client, "{port}"]
    simisp("run", "login", "--show-secrets", "--transcript", str(transcript), "--", *command)
    assert "wonderland" in transcript.read_text()


def started(*arguments: str) -> tuple[ReadyPopen, str]:
    """Start a run without a command; return it and its port when it is there."""
    process = ReadyPopen("run", *arguments)
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_in_order_and_removes_the_link(tmp_path: Path, number: signal.Signals) -> None:
    link = tmp_path / "modem"
    process, port = started("hang", "--link", str(link))
    try:
        assert port == str(link)
        assert os.path.realpath(port).startswith("/dev/pts/")
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert not link.is_symlink()


CARRIER = """
import serial, sys
port = serial.Serial(sys.argv[1], timeout=60)
before = port.cd
port.write(b"ATDT5551234\\r")
port.read_until(b"CONNECT")
print(before, port.cd)
"""


def test_whoever_comes_can_be_lent_circuits(tmp_path: Path) -> None:
    process, port = started("login", "--circuits", "--link", str(tmp_path / "modem"))
    try:
        # The line tells the environment to be started with, as `env NAME=VALUE… PROGRAM`.
        told = next(line for line in process.stderr if line.startswith("  env "))
        command = [*shlex.split(told)[:-1], sys.executable, "-c", CARRIER, port]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        process.terminate()
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert (done.stdout, done.stderr) == ("False True\n", "")


def test_what_a_kill_9_left_is_cleaned_up_by_the_next_start(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    process, _ = started("hang", "--link", str(link))
    process.kill()
    process.communicate()
    assert link.is_symlink()
    result = simisp("run", "busy", "--link", str(link), "--for", "0.1s")
    assert result.returncode == 0, result.stderr
    assert not link.is_symlink()


def test_two_runs_at_once_have_ports_of_their_own() -> None:
    first, first_port = started("hang", "--for", "60s")
    second, second_port = started("hang", "--for", "60s")
    try:
        assert first_port != second_port
        assert os.path.realpath(first_port) != os.path.realpath(second_port)
    finally:
        for process in (first, second):
            process.terminate()
            process.communicate()


def test_an_interrupted_run_with_a_command_leaves_no_process_behind() -> None:
    process = ReadyPopen("run", "hang", "--quiet", "--", "sh", "-c", "sleep 600 & echo $$ $! >&2; wait")
    pids = [int(word) for word in process.stderr.readline().split()]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_a_second_signal_does_not_cut_the_cleaning_up_short() -> None:
    deaf = "trap '' INT TERM; echo $$ >&2; while :; do sleep 1; done"
    process = subprocess.Popen(
        [*SIMISP, "run", "hang", "--quiet", "--", "sh", "-c", deaf],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip
    assert process.stderr is not None
    pid = int(process.stderr.readline())
    process.send_signal(signal.SIGINT)
    for _ in range(20):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.communicate(timeout=60)
    assert process.returncode == 130
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_under_nohup_a_run_outlives_the_hang_up_of_its_terminal() -> None:
    ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = subprocess.Popen([*SIMISP, "run", "hang"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGHUP, ignored)
    assert process.stdout is not None
    assert process.stdout.readline()
    status = Path(f"/proc/{process.pid}/status").read_text()
    process.terminate()
    process.communicate(timeout=60)
    ignored_signals = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigIgn:"))
    assert ignored_signals & 1 << signal.SIGHUP - 1


def test_ctrl_c_outside_of_a_run_ends_the_process_by_the_signal_and_says_nothing() -> None:
    process = subprocess.Popen(
        [*SIMISP, "script", "lint", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip
    until(lambda: (wait := wait_of(process.pid, process.pid)).call == "read" and wait.descriptors == (0,))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert not said


def test_a_full_disk_ends_the_transcript_and_not_the_run() -> None:
    result = simisp("run", "hang", "--quiet", "--transcript", "/dev/full", "--allow-unopened", "--", "true")
    assert result.returncode == 2
    assert result.stdout.startswith("released")
    assert result.stderr == "simisp: the transcript is not complete (No space left on device): /dev/full\n"


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&- 2>&-"])
def test_a_dialogue_that_nobody_can_be_shown_is_no_reason_to_end_a_run(redirection: str) -> None:
    command = f'exec "$@" {redirection}'
    result = subprocess.run(
        ["sh", "-c", command, "sh", *SIMISP, "run", "hang", "--allow-unopened", "--", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout.partition(":")[0]) == (0, "released")


def test_a_verdict_that_cannot_be_written_is_told_without_a_traceback() -> None:
    result = subprocess.run(
        ["sh", "-c", 'exec "$@" >/dev/full', "sh", *SIMISP, "run", "hang", "--quiet", "--", "true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr == "simisp: No space left on device\n"


def test_a_run_ends_after_its_calls() -> None:
    process, port = started("hang", "--calls", "1")
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(descriptor)
    seen = b""
    for typed, answer in ((b"ATDT1\r", b"Service?"), (b"p\r", b"Username:")):
        os.write(descriptor, typed)
        while answer not in seen:
            seen += os.read(descriptor, 100)
    os.close(descriptor)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_command_gets_the_environment_as_it_was_and_the_mark_of_its_run() -> None:
    # Libraries, such as readline, set variables behind Python's back; what is asserted on is what is passed on.
    done = simisp("run", "hang", "--quiet", "--", "sh", "-c", "env >&2; : {port}", env=dict(os.environ))
    names = {line.partition("=")[0] for line in done.stderr.splitlines()}
    assert names - set(os.environ) - {"PWD", "SHLVL", "_", "OLDPWD"} == {"SIMISP_RUN"}


def test_a_port_can_be_made_for_others_to_open(tmp_path: Path) -> None:
    link, shown = tmp_path / "modem", 'stat -Lc %a "$1"; readlink "$1"'
    result = simisp(
        "run", "hang", "--quiet", "--allow-unopened", "--link", str(link), "--mode", "664", "--group", str(os.getgid()),
        "--", "sh", "-c", shown, "sh", "{port}",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("664\n/dev/pts/")
    assert not os.path.lexists(link)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--mode", "660"], "--mode is for a port that others open: say --link too"),
        (["--owner", "nobody", "--group", "daemon"], "say --link too"),
        (["--link", "x", "--mode", "888"], "is not a mode: three octal digits"),
        (["--link", "x", "--mode", "4755"], "is not a mode"),
        (["--link", "x", "--owner", "nobody-of-this-name"], "there is no user"),
    ],
)
def test_access_that_cannot_be_given_is_refused_before_the_run(options: list[str], told: str, tmp_path: Path) -> None:
    result = simisp("run", "hang", *options, "--", "true", "{port}", cwd=tmp_path)
    assert result.returncode == 2
    assert told in result.stderr


def test_a_link_that_somebody_removes_is_told_at_once(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    result = simisp(
        "run", "hang", "--link", str(link), "--", "sh", "-c", 'exec 3<>"$1"; rm "$1"; sleep 0.1', "sh", "{port}"
    )
    assert f"the link {link} was removed: the port cannot be opened by it any more" in result.stderr


def test_a_transcript_into_a_fifo_that_nobody_reads_can_be_interrupted(tmp_path: Path) -> None:
    fifo = tmp_path / "records"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [*SIMISP, "run", "hang", "--for", "50s", "--transcript", str(fifo)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip
    try:
        until(lambda: wait_of(process.pid, process.pid).call in ("open", "openat"))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == -signal.SIGINT
    assert not said


def test_too_few_descriptors_are_told_with_what_to_do_about_it(tmp_path: Path) -> None:
    # Everything from the first descriptor that is missing on: which step fails first is not ours to choose.
    command = shlex.join([*SIMISP, "run", "hang", "--quiet", "--allow-unopened", "--link", str(tmp_path / "m"), "--"])
    told = 0
    for limit in (7, 9, 12, 13, 14):
        result = subprocess.run(
            ["sh", "-c", f"ulimit -n {limit}; exec {command} true"],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in result.stderr
        if result.returncode:
            assert result.returncode == 2
            assert result.stderr.startswith("simisp: ")
            assert "ulimit -n" in result.stderr or "temporary directory" in result.stderr
            told += 1
    assert told
