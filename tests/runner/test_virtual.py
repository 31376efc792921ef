"""Runs in virtual time, with the real chat: hours in milliseconds, and hangs proven."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.errors import ClockUnavailableError
from simisp.facts.run import CleanUpBegan
from simisp.runner import clocks
from simisp.runner.clocks import choose_clock, parse_clock
from simisp.runner.hang import MOST_FOLLOWED, WhoWaits
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.runner.verify import Verification
from simisp.scenario.load import load
from support.rounds import rounds
from support.virtual_runs import virtually

NAIVE = r'TIMEOUT 3600 "" ATZ OK ATDT5551234 CONNECT \d\c ervice? p sername: alice assword: wonderland'


@pytest.fixture
def chat_script(tmp_path: Path) -> Path:
    script = tmp_path / "script.chat"
    script.write_text(NAIVE)
    return script


@pytest.mark.runner("chat")
def test_a_bounded_script_gives_the_verdict_of_real_time_with_exact_times(chat_script: Path) -> None:
    chat_script.write_text(NAIVE.replace("3600", "90"))
    verdict, _ = virtually("hang", ["chat", "-f", str(chat_script)])
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 3
    assert verdict.at > 90.0


@pytest.mark.runner("chat")
def test_a_hang_is_followed_to_the_exact_time_at_which_it_ends(chat_script: Path) -> None:
    verdict, _ = virtually("hang", ["sh", "-c", f"chat -f {chat_script}; exit $?"], give_up=60.0)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.waits is WhoWaits.FOR_THE_ISP
    assert not verdict.hang.proven
    # chat waits 3600 s from when it sent the user name.
    assert verdict.hang.until == pytest.approx(3602.24, abs=0.1)
    assert verdict.report is not None
    assert [holder.command for holder in verdict.report.holders] == [f"chat -f {chat_script}"]
    assert [thread.wait.text for thread in verdict.report.holders[0].threads] == ["blocked in read(0, …)"]


@pytest.mark.runner("chat")
def test_the_same_run_gives_the_same_transcript(chat_script: Path) -> None:
    digests = {virtually("hang", ["chat", "-f", str(chat_script)])[1] for _ in range(rounds(8))}
    assert len(digests) == 1


def test_an_endless_read_is_proven() -> None:
    verdict, _ = virtually("hang", ["cat"])
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.waits is WhoWaits.FOR_EACH_OTHER
    assert "it would stay so forever" in verdict.describe()


def test_who_waits_for_whom_is_the_same_in_every_run() -> None:
    hangs = [virtually("hang", ["cat"])[0].hang for _ in range(rounds(8))]
    assert {hang.waits for hang in hangs if hang is not None} == {WhoWaits.FOR_EACH_OTHER}
    assert all(hang is not None and hang.participants[0].on_line for hang in hangs)


def test_a_hang_with_the_ispside_silent_is_the_client_waiting_for_the_isp() -> None:
    leased = "title: Nothing but silence\nmodem: {profile: none}\nisp: {dialogue: [silence]}\n"
    verdict, _ = virtually(leased, ["cat"])
    assert verdict.hang is not None
    assert verdict.hang.waits is WhoWaits.FOR_THE_ISP
    assert verdict.hang.proven


def test_a_client_that_never_waits_is_told_from_one_that_does() -> None:
    verdict, _ = virtually("hang", ["sh", "-c", "while :; do :; done"], compute_limit=1.0)
    assert verdict.kind is VerdictKind.CUT_SHORT
    assert verdict.exit_status == 2
    assert "the client never waits: it computed for 1 s" in verdict.reason


def test_a_client_that_computes_for_a_while_is_no_hang() -> None:
    silent = "title: t\nport: {starts: raw}\nisp: {dialogue: [silence]}\n"
    code = "import time\nbegun = time.process_time()\nwhile time.process_time() - begun < 1.5: pass"
    verdict, _ = virtually(silent, [sys.executable, "-c", code], allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED


def test_auto_takes_real_time_when_a_client_never_waits() -> None:
    code = "import time\nbegun = time.process_time()\nwhile time.process_time() - begun < 1.3: pass"
    verdict, _ = virtually("hang", [sys.executable, "-c", code], clock="auto", compute_limit=0.4, allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.clock.used == "real"
    assert "it computes and never waits" in verdict.clock.why


def test_what_a_client_does_at_once_comes_after_its_start() -> None:
    silent = "title: t\nport: {starts: raw}\nisp: {dialogue: [silence]}\n"
    runs = {virtually(silent, ["sh", "-c", "printf 'AT\\r'; sleep 5"])[1] for _ in range(rounds(8))}
    assert len(runs) == 1


def test_a_port_that_comes_free_is_noticed_at_that_very_time() -> None:
    """The other deadline, of a process that no longer holds the port, is no reason to be late."""
    client = ["sh", "-c", "(sleep 0.5; exec </dev/null >/dev/null; sleep 1) &"]
    assert {virtually("hang", client)[0].at for _ in range(rounds(10))} == {0.5}


@pytest.mark.runner("expect")
def test_a_program_that_reads_another_terminal_within_stdio_stops_no_clock() -> None:
    asleep = "set timeout 30; spawn python3 -c {import ctypes; ctypes.CDLL(None).getchar()}; expect never; exit 7"
    verdict, _ = virtually("hang", ["expect", "-c", asleep, "{port}"])
    assert verdict.client is not None
    assert (verdict.client.exit_status, verdict.at) == (7, 30.0)


def test_a_sleep_of_hours_takes_no_time_at_all() -> None:
    verdict, _ = virtually("hang", ["sh", "-c", "sleep 36000"], deadline=40000.0, allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.at == 36000.0


def test_the_deadline_is_exact_in_virtual_time() -> None:
    verdict, _ = virtually("hang", ["sleep", "3600"], deadline=600.0)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.at == 600.0
    assert verdict.hang is not None
    assert verdict.hang.until == 3600.0


POLLS = "import os, time, sys\nline = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\nwhile True: time.sleep(0.25)"


def test_a_client_that_polls_without_end_is_followed_for_as_long_in_each_run() -> None:
    async def play() -> tuple[Verdict, list[float]]:
        command = [sys.executable, "-SEc", POLLS, "{port}"]
        with Station(load("hang"), clock=choose_clock("virtual", command)) as station:
            verdict = await run_client(station, command, RunOptions(deadline=60))
            return verdict, [record.at for record in station.transcript if type(record.fact) is CleanUpBegan]

    verdict, cleaned_up = asyncio.run(play())
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert (verdict.at, verdict.hang.until) == (60.0, None)
    assert cleaned_up == [60.0 + MOST_FOLLOWED * 0.25]


@pytest.mark.parametrize("pause", [0.001, 0.0])
def test_a_task_that_asks_for_the_time_over_and_over_stops_no_clock(pause: float) -> None:
    command = ["sh", "-c", "sleep 100; exit 3"]

    async def play() -> Verdict:
        with Station(load("hang"), clock=choose_clock("virtual", command)) as station:

            async def ask() -> None:
                while True:
                    station.clock.now()
                    await asyncio.sleep(pause)

            asking = asyncio.ensure_future(ask())
            try:
                return await asyncio.wait_for(run_client(station, command, RunOptions(deadline=1000)), 60)
            finally:
                asking.cancel()

    verdict = asyncio.run(play())
    assert verdict.at == 100.0
    assert verdict.client is not None
    assert verdict.client.exit_status == 3


def test_an_event_loop_that_does_not_report_its_idleness_has_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "reports_idleness", lambda loop: False)
    with pytest.raises(ClockUnavailableError, match="no virtual time in this event loop"):
        virtually("hang", ["true"])
    verdict, _ = virtually("hang", ["true"], clock="auto")
    assert verdict.clock.used == "real"
    assert "does not report when its event loop is idle" in verdict.clock.why


def test_scaled_time_gives_the_same_verdict_without_the_proof() -> None:
    verdict, _ = virtually("hang", ["sh", "-c", "sleep 30"], clock="scaled:100", allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.clock.used == "scaled:100"
    assert verdict.at >= 30.0


def test_a_static_program_has_real_time_and_the_verdict_says_why(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("there is no compiler")
    (tmp_path / "static.c").write_text("int main(void) { return 7; }\n")
    subprocess.run(["cc", "-static", "-o", tmp_path / "static", tmp_path / "static.c"], check=True)
    verdict, _ = virtually("hang", [str(tmp_path / "static")], clock="auto")
    assert verdict.clock.used == "real"
    assert "static" in verdict.clock.why
    assert verdict.client is not None
    assert verdict.client.exit_status == 7
    assert "the clock was real, not auto" in verdict.describe()


def test_virtual_time_that_can_t_be_had_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "static.c").write_text("int main(void) { return 7; }\n")
    subprocess.run(["cc", "-static", "-o", tmp_path / "static", tmp_path / "static.c"], check=True)
    for clock in ("virtual", "scaled:2"):
        with pytest.raises(ClockUnavailableError, match="linked statically"):
            virtually("hang", [str(tmp_path / "static")], clock=clock)
    called = subprocess.run(
        [
            sys.executable,
            "-m",
            "simisp",
            "run",
            "hang",
            "--quiet",
            "--clock",
            "virtual",
            "--",
            str(tmp_path / "static"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert called.returncode == 2
    assert called.stdout == ""
    assert "no virtual time for this command" in called.stderr
    assert "linked statically" in called.stderr


@pytest.mark.parametrize(("clock", "status"), [("virtual", 2), ("auto", 0)])
def test_a_run_whose_virtual_time_does_not_last_ends_with_status_2_unless_it_was_auto(
    clock: str, status: int, tmp_path: Path
) -> None:
    (tmp_path / "static.c").write_text("#include <unistd.h>\nint main(void) { return sleep(1); }\n")
    subprocess.run(["cc", "-static", "-o", tmp_path / "static", tmp_path / "static.c"], check=True)
    options = ["--quiet", "--clock", clock, "--allow-unopened"]
    command = ["sh", "-c", f"{tmp_path / 'static'}; exit 0"]
    called = subprocess.run(
        [sys.executable, "-m", "simisp", "run", "hang", *options, "--", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert called.returncode == status
    assert called.stdout.startswith("released: ")
    assert "simisp: the clock is real from here on: " in called.stderr
    asked = "auto" if clock == "auto" else "virtual as asked, so the exit status is 2"
    assert f"the clock was real, not {asked}: pid " in called.stdout


@pytest.mark.parametrize("text", ["unreal", "scaled", "scaled:", "scaled:0", "virtual:2", "scaled:nan", ""])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="clock"):
        parse_clock(text)


def test_digests_differ_when_what_happens_differs() -> None:
    first, second = (virtually("hang", ["sh", "-c", f"sleep {seconds}"])[1] for seconds in (1, 2))
    assert first != second
    assert len(first) == hashlib.sha256().digest_size * 2


def test_verify_runs_again_and_compares() -> None:
    command = [sys.executable, "-m", "simisp", "run", "hang", "--quiet", "--clock", "auto", "--verify", "5"]
    command += ["--allow-unopened", "--"]
    done = subprocess.run([*command, "sh", "-c", "sleep 5"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("verified: 5 runs, one transcript\n")
    assert Verification((3, 1)).describe() == "not verified: 4 runs, 2 transcripts (3, 1)"


IDLE = r"""
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER, others = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t tick, never = PTHREAD_COND_INITIALIZER;
static void *idle(void *unused)
{
    pthread_mutex_lock(&others);
    for (;;)
        pthread_cond_wait(&never, &others);
    return unused;
}
int main(int count, char **words)
{
    pthread_t thread;
    pthread_condattr_t how;
    struct timespec until, now;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&tick, &how);
    for (int left = atoi(words[count - 1]); left > 0; left--)
        pthread_create(&thread, NULL, idle, NULL);
    pthread_mutex_lock(&own);
    clock_gettime(CLOCK_MONOTONIC, &until);
    for (int waits = 0; waits < 20; waits++) {
        until.tv_nsec += 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        do {
            pthread_cond_timedwait(&tick, &own, &until);
            clock_gettime(CLOCK_MONOTONIC, &now);
        } while (now.tv_sec < until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec));
    }
    return 7;
}
"""


def test_threads_that_are_idle_forever_leave_the_time_of_another_exact(tmp_path: Path) -> None:
    (tmp_path / "idle.c").write_text(IDLE)
    subprocess.run(["cc", "-pthread", "-o", tmp_path / "idle", tmp_path / "idle.c"], check=True)
    verdict, _ = virtually("hang", [str(tmp_path / "idle"), "32"], allow_unopened=True)
    assert verdict.clock.used == "virtual"
    assert verdict.client is not None
    assert (verdict.client.exit_status, verdict.at) == (7, 0.02)


LATER_WAIT = """
import ctypes, select
select.select([0], [], [], 20)
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.fgetc(ctypes.c_void_p(libc.fdopen(0, b"r")))  # a read that the library does not see
"""


def test_a_wait_past_the_library_is_named_and_not_the_one_before_it() -> None:
    scenario = "title: An ISP that says nothing\nisp: {dialogue: [silence]}\n"
    verdict, _ = virtually(scenario, [sys.executable, "-c", LATER_WAIT])
    assert verdict.at == 20.0
    assert verdict.hang is not None
    assert verdict.hang.proven
    (wait,) = verdict.hang.participants
    assert wait.describe().endswith(" waits in read(0), forever")
    assert wait.on_line
