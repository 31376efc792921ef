"""What a signal does to a run, in each of its phases: a verdict so far, nothing odd on the terminal, nothing left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from support.polling import until
from support.ready_simisp import ReadyPopen

SIMISP = [sys.executable, "-m", "simisp"]
HOLDS = ["--", "sh", "-c", 'exec 3<>"$1"; echo held >&2; exec sleep 600', "sh", "{port}"]
ENDS = ["--", "sh", "-c", 'exec 3<>"$1"', "sh", "{port}"]
LEAVES_A_DEAF_CHILD = [
    "--grace", "0.1s", "--",
    "sh", "-c", 'exec 3<>"$1"; (trap "" TERM INT; echo $$ >"$2"; sleep 600) & exit 0', "sh", "{port}",
]  # fmt: skip

Process = subprocess.Popen[str] | ReadyPopen
Phase = Callable[[Process], str]


def begin(*arguments: str, folder: Path, anew: bool = False) -> Process:
    """Begin a run; ``anew`` is for what happens while Python starts or ends."""
    (folder / "locks").mkdir()
    where = ["--link", str(folder / "modem"), "--lock-dir", str(folder / "locks")]
    command = ["run", arguments[0], *where, *arguments[1:]]
    if not anew:
        return ReadyPopen(*command)
    return subprocess.Popen(
        [*SIMISP, *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip


def storm(process: Process, number: signal.Signals) -> None:
    """Send twenty signals within 50 ms."""
    for _ in range(20):
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.0025)


def line_with(words: str) -> Phase:
    def wait(process: Process) -> str:
        assert process.stderr is not None
        seen = ""
        while words not in seen:
            line = process.stderr.readline()
            assert line, seen
            seen += line
        return seen

    return wait


def handles_interrupts(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(caught & 1 << signal.SIGINT - 1)


def starting(process: Process) -> str:
    """Wait until the interpreter has started and our code has the signals, which it leaves to the kernel at first."""
    until(lambda: handles_interrupts(process.pid))
    # Where this test gets no processor meanwhile, the run has begun by then and that is seen instead.
    until(lambda: not handles_interrupts(process.pid) or children_of(process.pid))
    return ""


def children_of(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def processes_with(text: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if text.encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("phase", "command", "anew"),
    [
        (starting, HOLDS, True),
        (line_with("client started"), HOLDS, False),
        (line_with("held\n"), HOLDS, False),
        (line_with("client ended"), ENDS, False),
        (line_with("client ended"), LEAVES_A_DEAF_CHILD, False),
        (line_with("simisp ends what the client left behind"), LEAVES_A_DEAF_CHILD, False),
        (line_with("port closed"), ENDS, True),
    ],
    ids=["starting", "client starting", "running", "grace", "grace with orphan", "cleaning up", "ending"],
)
def test_a_storm_of_signals_prints_nothing_odd_and_leaves_nothing_behind(
    phase: Phase, command: list[str], anew: bool, number: signal.Signals, tmp_path: Path
) -> None:
    process = begin("hang", *command, str(tmp_path / "pid"), folder=tmp_path, anew=anew)
    try:
        said = phase(process)
        storm(process, number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    said += out + err
    assert not any(word in said for word in ("Traceback", "Abort", "Exception", "Error")), said
    # It may be over, and the process on its way out, when they come: 1 says that no call was dialled, 3 is a hang.
    assert process.returncode in (128 + number, -number, 1, 3)
    assert not os.path.lexists(tmp_path / "modem")
    assert list((tmp_path / "locks").iterdir()) == []
    until(lambda: not processes_with(str(tmp_path)))


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1])
def test_another_signal_leaves_link_and_client_and_the_next_start_removes_the_link(
    number: signal.Signals, tmp_path: Path
) -> None:
    process = begin("hang", *HOLDS, folder=tmp_path)
    line_with("held\n")(process)
    (client,) = map(int, children_of(process.pid).split())
    process.send_signal(number)
    process.wait(60)
    os.kill(client, signal.SIGKILL)  # it was left running, or there would be none
    process.communicate(timeout=60)
    assert process.returncode == -number
    assert os.path.lexists(tmp_path / "modem")
    ReadyPopen("run", "hang", "--", "true", "{port}").communicate(timeout=60)
    assert not os.path.lexists(tmp_path / "modem")


def test_ctrl_c_during_a_run_prints_the_verdict_so_far(tmp_path: Path) -> None:
    process = begin("hang", "--quiet", *HOLDS, folder=tmp_path)
    line_with("held\n")(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("cut short: the run was interrupted after ")
    assert "until then the port was held\n" in out
    assert "was still running" in out
    assert "(sleep 600) holds the port on descriptor 3" in out
    assert err == "interrupted by SIGINT; nothing of the run is left\n"


def test_ctrl_c_during_a_run_prints_the_verdict_so_far_as_json_where_that_is_asked_for(tmp_path: Path) -> None:
    scenario = tmp_path / "strict.yaml"
    scenario.write_text("title: Strict\nexpect: [calls: 1]\n")
    process = begin(str(scenario), "--quiet", "--json", *HOLDS, folder=tmp_path)
    line_with("held\n")(process)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    verdict = json.loads(out)
    assert process.returncode == 128 + signal.SIGTERM
    assert (verdict["verdict"], verdict["interrupted"]) == ("cut short", True)
    assert verdict["client"]["exit_status"] is None
    assert verdict["client"]["cleaned_up"] == [verdict["client"]["pid"]]
    assert verdict["expectations"] == [{"expectation": "calls 1", "held": None, "found": "the run was interrupted"}]
    assert [holder["command"] for holder in verdict["port"]["holders"]] == ["sleep 600"]


def test_ctrl_c_without_a_command_judges_what_can_be_judged(tmp_path: Path) -> None:
    scenario = tmp_path / "strict.yaml"
    scenario.write_text(
        "title: Strict\nisp: {dialogue: [{mark: greeted}]}\n"
        "expect:\n  - calls: 2\n  - reached: greeted\n  - no lock file left:\n"
    )
    process = begin(str(scenario), folder=tmp_path)
    try:
        line_with("Ctrl-C ends the run.")(process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    _, said, *judged = out.splitlines()
    assert said == "every expectation that can be judged held"
    assert judged == [
        "  not judged: calls 2 (the run was interrupted, and until then there were 0)",
        "  not judged: reached greeted (the run was interrupted, and until then nothing was)",
        "  held: no lock file left",
    ]


def test_ctrl_c_without_a_command_says_what_can_never_hold_any_more(tmp_path: Path) -> None:
    scenario = tmp_path / "none.yaml"
    scenario.write_text("title: No call\nport: {starts: raw}\nexpect: [{calls: 0}]\n")
    process = begin(str(scenario), folder=tmp_path)
    line_with("Ctrl-C ends the run.")(process)
    port = os.open(tmp_path / "modem", os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, b"ATDT1\r")
        line_with("call 1 answered")(process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        os.close(port)
        process.kill()
        process.wait()
    assert process.returncode == 1
    assert "failed: 1 call was answered, and 0 were expected" in out


def test_an_interruption_while_python_starts_prints_no_traceback(tmp_path: Path) -> None:
    begins = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    watches = (
        "import builtins, os\nreal = builtins.__import__\n"
        "def interrupted(name, *rest):\n"
        "    if name in ('atexit', 'gc', 'simisp.cli'): os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = interrupted\nfrom simisp.__main__ import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", begins + watches], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from simisp.__main__ import main
import simisp.sweep.pool as pool
played = pool._play_case
def interrupted(scenario, player, case):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.NUMBER)
    return played(scenario, player, case)
pool._play_case = interrupted
left = 5
main()
"""


@pytest.mark.parametrize(
    ("call", "out", "err"),
    [
        (["sweep", "login"], r": 4 of \d+ cases in [^@]*\nincomplete, nothing found\n", ""),
        (["compare", "login", "--chat", "login.chat"], "", "simisp: interrupted\n"),
    ],
    ids=["sweep", "compare"],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_sweep_shows_what_is_known(
    tmp_path: Path, call: list[str], out: str, err: str, number: signal.Signals
) -> None:
    (tmp_path / "login.chat").write_text("'' ATDT5551234 CONNECT '' sername: alice\n")
    code = INTERRUPTED.replace("NUMBER", number.name)
    program = [sys.executable, "-c", code, *call, "--chat", "login.chat", "--jobs", "1"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 128 + number
    assert done.stderr.endswith(err)
    assert re.search(out, done.stdout)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_commands_of_a_sweep_with_it(tmp_path: Path, number: signal.Signals, jobs: str) -> None:
    script = tmp_path / "client.sh"
    # The undisturbed run comes to its end, and the cases behind it do not.
    script.write_text("[ -e first ] && { touch up; exec sleep 100; }; printf 'AT\\r'; read -r line; touch first\n")
    call = ["sweep", "hang", "--jobs", jobs, "--clock", "real", "--", "sh", str(script)]
    program = [sys.executable, "-m", "simisp", *call]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sweeping:
        until((tmp_path / "up").exists)
        sweeping.send_signal(number)
        sweeping.communicate(timeout=60)
    assert sweeping.returncode == 128 + number
    until(lambda: not processes_with(str(tmp_path)))


def test_a_verdict_that_was_reached_is_printed_though_the_cleaning_up_was_interrupted(tmp_path: Path) -> None:
    process = begin("hang", "--json", *LEAVES_A_DEAF_CHILD, str(tmp_path / "pid"), folder=tmp_path)
    line_with("simisp ends what the client left behind")(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    verdict = json.loads(out)
    assert process.returncode == 130
    assert (verdict["verdict"], verdict["interrupted"]) == ("hang", False)
    assert len(verdict["client"]["cleaned_up"]) >= 1


def test_other_runs_of_verify_that_are_interrupted_give_no_second_verdict(tmp_path: Path) -> None:
    second = 'exec 3<>"$1"; [ -e "$2" ] && { echo again >&2; exec sleep 600; }; : >"$2"'
    process = begin(
        "hang", "--quiet", "--json", "--verify", "2",
        "--", "sh", "-c", second, "sh", "{port}", str(tmp_path / "mark"), folder=tmp_path,
    )  # fmt: skip
    line_with("again\n")(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out)["verdict"] == "failed"
