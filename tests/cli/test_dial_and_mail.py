"""`simisp dial` and `simisp mail serve`: the article's story with real processes, and a week in no time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simisp.scenario.load import bundled_folder
from simisp.testing import Line
from support.polling import until
from support.ready_simisp import ready_simisp

IMPATIENT = "Impatient"
"""An entry whose dialler gives up soon, for calls that come to nothing however long it waits."""
SIMISP = [sys.executable, "-m", "simisp"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A phone book, a mail service and the two scripts, beside each other."""
    monkeypatch.setenv("SIMISP_PASSWORD", "wonderland")
    for name in ("naive.scp", "repaired.scp"):
        (tmp_path / name).write_bytes((bundled_folder() / "scripts" / name).read_bytes())
    (tmp_path / "book.yaml").write_text(
        "".join(
            f"{name}:\n  number: '5551234'\n  port: {tmp_path / 'modem'}\n"
            f"  script: naive.scp\n  user: alice\n  patience: {patience}\n"
            for name, patience in (("OzEmail", "120s"), (IMPATIENT, "3s"))
        )
    )
    (tmp_path / "mail.yaml").write_text("entry: OzEmail\nphonebook: book.yaml\nschedule: {every: 15m}\n")
    (tmp_path / "locks").mkdir()
    return tmp_path


def simisp(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Into files and not pipes: an orphan keeps what it was given, and a pipe would not end before it does.
    said, complained = folder / "stdout", folder / "stderr"
    with said.open("w") as stdout, complained.open("w") as stderr:
        done = ready_simisp(*arguments, cwd=folder, stdout=stdout, stderr=stderr, timeout=100)
    return subprocess.CompletedProcess(done.args, done.returncode, said.read_text(), complained.read_text())


def dial(folder: Path, *options: str, entry: str = "OzEmail") -> subprocess.CompletedProcess[str]:
    return simisp(folder, "dial", entry, "--phonebook", "book.yaml", "--lock-dir", "locks", *options)


def test_the_orphan_refuses_the_next_dial_until_the_port_is_released(folder: Path) -> None:
    # Unjudged: where the script begins late, the call is over before the user name is asked for.
    with Line("first-call-hangs", link=folder / "modem", judged=False) as line:
        first = dial(folder, entry=IMPATIENT)
        assert first.returncode == 1
        assert "the script is left running" in first.stderr
        # On a very busy machine the script begins only now: the call is over, and it waits for an answer all the same.
        until(lambda: "p\r" in line.received)
        [holder] = line.holders()
        second = dial(folder, entry=IMPATIENT)
        assert second.returncode == 5
        assert "[633] The port is already in use or is not configured for Remote Access dial out." in second.stderr
        assert f"pid {holder.pid}" in second.stderr
        assert f"pid {holder.pid}" in dial(folder, "--status").stdout
        released = dial(folder, "--release")
        assert released.returncode == 0
        assert f"ended pid {holder.pid}" in released.stdout
        line.assert_released()
        assert "closed" in dial(folder, "--status").stdout


def test_a_call_that_works_is_hung_up_from_outside(folder: Path) -> None:
    with Line("login", link=folder / "modem") as line:
        dialler = subprocess.Popen(
            [*SIMISP, "dial", "OzEmail", "--phonebook", "book.yaml", "--lock-dir", "locks"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        try:
            line.wait_for("Entering PPP mode")
            until(lambda: "connected" in dial(folder, "--status").stdout, what="the connection")
            assert dial(folder, "--hang-up").returncode == 0
            dialler.communicate(timeout=60)
        finally:
            dialler.kill()
            dialler.wait()
        line.assert_released()
        assert list((folder / "locks").iterdir()) == []


def test_ended_at_giving_up_the_script_frees_the_port(folder: Path) -> None:
    with Line("hang", link=folder / "modem", judged=False) as line:
        assert dial(folder, "--on-give-up", "end", entry=IMPATIENT).returncode == 1
        line.assert_released(allow_unopened=True)  # on a very busy machine it gives up before the script has begun
        assert not line.holders()


@pytest.mark.parametrize(
    ("entry", "message"), [("OzEmial", "did you mean 'OzEmail'?"), ("Nothing", "it has: OzEmail, Impatient")]
)
def test_an_unknown_entry_is_a_usage_error(folder: Path, entry: str, message: str) -> None:
    done = dial(folder, entry=entry)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_mistake_in_the_phone_book_is_told_with_its_place(folder: Path) -> None:
    (folder / "book.yaml").write_text("OzEmail:\n  nmber: '1'\n  port: /dev/ttyS0\n")
    done = dial(folder)
    assert done.returncode == 2
    assert "book.yaml:2:3: error: unknown key 'nmber'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_week_of_the_schedule_is_played_in_no_time(folder: Path) -> None:
    done = simisp(folder, "mail", "serve", "mail.yaml", "--for", "7d", "--clock", "virtual")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("dials 'OzEmail' (on schedule)") == 7 * 24 * 4
    assert "633" not in done.stdout


def test_the_naive_script_costs_every_later_session_its_connection(folder: Path) -> None:
    done = simisp(folder, "mail", "serve", "mail.yaml", "--for", "8h", "--clock", "virtual", "--isp", "kb175410")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Event ID: 4106") == 1 + 32
    assert done.stdout.count("[633]") == 32


def test_virtual_time_needs_to_know_for_how_long(folder: Path) -> None:
    done = simisp(folder, "mail", "serve", "mail.yaml", "--clock", "virtual")
    assert done.returncode == 2
    assert "--for" in done.stderr


def test_the_service_runs_in_real_time_until_it_is_told_to_end(folder: Path) -> None:
    with Line("login", link=folder / "modem") as line:
        service = subprocess.Popen(
            [*SIMISP, "mail", "serve", "mail.yaml", "--lock-dir", "locks"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        try:
            line.wait_for("Entering PPP mode")
            service.send_signal(signal.SIGINT)
            said, _ = service.communicate(timeout=60)
        finally:
            service.kill()
            service.wait()
        assert service.returncode == 130
        assert "The mail service was started" in said
        line.assert_released()


@pytest.mark.parametrize(
    "options",
    [
        ("--status", "--release"),
        ("--release", "--status"),
        ("--hang-up", "--release"),
        ("--release", "--on-give-up", "end"),
        ("--status", "--password-file", "secret"),
    ],
)
def test_options_that_contradict_each_other_are_refused_before_anything_is_done(
    folder: Path, options: tuple[str, ...]
) -> None:
    lock = folder / "locks" / "LCK..modem"
    lock.write_text(f"{1 << 21:10}\n")
    done = dial(folder, *options)
    assert done.returncode == 2
    assert "contradict each other" in done.stderr
    assert lock.exists()


@pytest.mark.parametrize("kind", ["fifo", "folder", "empty", "link", "junk"])
def test_status_and_dialling_agree_on_whether_a_port_is_locked(folder: Path, kind: str) -> None:
    lock = folder / "locks" / "LCK..modem"
    match kind:
        case "fifo":
            os.mkfifo(lock)
        case "folder":
            lock.mkdir()
        case "empty":
            lock.touch()
            os.utime(lock, (time.time() + 3600, time.time() + 3600))  # an hour ahead is no creation under way
        case "link":
            lock.symlink_to("/etc/hostname")
        case "junk":
            lock.write_text("who knows")
    with Line("first-call-hangs", link=folder / "modem", judged=False):
        said = dial(folder, "--status").stdout
        is_locked = dial(folder, "--on-give-up", "end", entry=IMPATIENT).returncode == 5
    assert ("locked: " in said) is is_locked is (kind in {"fifo", "folder", "link"})
    assert ("closed" in said) is not is_locked


def test_a_service_in_virtual_time_changes_nothing_on_the_disk(folder: Path) -> None:
    (folder / "queue" / "new").mkdir(parents=True)
    (folder / "queue" / "new" / "1").write_text("To: bob@example.org\nFrom: a@example.org\n\nhello\n")
    os.mkfifo(folder / "queue" / "new" / "2")

    def tree() -> list[tuple[str, int]]:
        kept = (path for path in folder.rglob("*") if path.name not in {"stdout", "stderr"})
        return sorted((str(path), path.lstat().st_mtime_ns) for path in kept)

    before = tree()
    done = simisp(folder, "mail", "serve", "mail.yaml", "--for", "1h", "--clock", "virtual")
    assert done.returncode == 0
    assert tree() == before


@pytest.mark.parametrize(
    "options", [("--clock", "virtual", "--for", "1h", "--lock-dir", "locks"), ("--isp", "login", "--for", "1s")]
)
def test_a_service_refuses_options_that_its_clock_has_no_use_for(folder: Path, options: tuple[str, ...]) -> None:
    done = simisp(folder, "mail", "serve", "mail.yaml", *options)
    assert done.returncode == 2
    assert "is for --clock" in done.stderr


PAD_INF = """\
[Packets]
COMMAND=
OK=<match>"TERMINAL="
LOOP=<ignore>
COMMAND_DIAL=C <x25address>*D<userdata>,<facilities><cr>
CONNECT=<match>"CONNECTED"
ERROR_DIAGNOSTICS=<match>"REFUSED"<diagnostics>
LOOP=<ignore>
"""
BEHIND_A_PAD = """\
title: A PAD
isp:
  dialogue:
    - prompt: TERMINAL=
      choices:
        "C 31103010002000*Dopensesame,R":
          {what_follows}
expect: [{{reached: called}}]
"""


@pytest.fixture
def behind_a_pad(folder: Path) -> Path:
    """A phone book whose entry calls through a PAD before it logs in."""
    (folder / "pad.inf").write_text(PAD_INF)
    (folder / "book.yaml").write_text(
        f"OzEmail:\n  number: '5551234'\n  port: {folder / 'modem'}\n  protocol: none\n"
        "  pad: {section: Packets, x25_address: '31103010002000', user_data: opensesame, facilities: R}\n"
        "  script: repaired.scp\n  user: alice\n  patience: 30s\n  idle_hang_up: 1s\n"
    )
    return folder


def pad_line(folder: Path, what_follows: str) -> Line:
    (folder / "pad.yaml").write_text(BEHIND_A_PAD.format(what_follows=what_follows))
    return Line(folder / "pad.yaml", link=folder / "modem")


def test_dial_calls_through_the_pad_of_the_phone_book_and_then_logs_in(behind_a_pad: Path) -> None:
    then = (
        '[{mark: called}, {send: "CONNECTED\\r\\n"}, {prompt: "login: ", expect: alice}, {send: "service? "}, silence]'
    )
    (behind_a_pad / "repaired.scp").write_text(
        'proc main\nwaitfor "ogin:" until 9\nif $SUCCESS then\ntransmit $USERID + "^M"\n'
        'waitfor "ervice?" until 9\nendif\nendproc\n'
    )
    with pad_line(behind_a_pad, then) as line:
        done = dial(behind_a_pad)
        assert done.returncode == 0, done.stderr
        line.wait_for("alice")
        line.check()
    assert "script running" in done.stderr
    assert "pad.inf [Packets]" in done.stderr
    assert "opensesame" not in done.stderr


def test_what_a_pad_is_given_is_shown_neither_in_what_dial_says_nor_in_the_list_of_processes(
    behind_a_pad: Path,
) -> None:
    with pad_line(behind_a_pad, "[{mark: called}, silence]") as line:
        command = ["dial", "OzEmail", "--phonebook", "book.yaml", "--lock-dir", "locks"]
        dialler = subprocess.Popen([*SIMISP, *command], cwd=behind_a_pad, stdin=subprocess.DEVNULL, process_group=0)
        try:
            line.wait_for("*Dopensesame,R")
            commands = [holder.command for holder in line.holders()]
            assert any("--section Packets --x25-address 31103010002000" in command for command in commands)
            assert not any("opensesame" in command for command in commands)
            assert "opensesame" not in dial(behind_a_pad, "--status").stdout
            assert "opensesame" not in dial(behind_a_pad, "--release").stdout
        finally:
            dialler.kill()
            dialler.wait()


def test_what_a_pad_repeats_is_masked_in_what_dial_says(behind_a_pad: Path) -> None:
    with pad_line(behind_a_pad, '[{mark: called}, {send: "\\r\\nREFUSED opensesame\\r\\n"}, silence]'):
        refused = dial(behind_a_pad)
    assert refused.returncode == 1
    assert "[651] the remote reported an error" in refused.stderr
    assert "opensesame" not in refused.stderr
