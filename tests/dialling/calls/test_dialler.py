"""Dial attempts on a real pseudo-terminal, with real script processors."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialling.lines import LOGIN, NAIVE, REPAIRED, SILENT, Dialled, entry, is_alive, line, scenario, script_file
from simisp.dialling.serial.holders import holders
from simisp.facts.dial_up import PortState, ScriptEnded, ScriptNotStarted
from simisp.locks import find_locks
from simisp.ras.error_codes import Cause
from simisp.ras.outputs import LineUp, OnGiveUp, RedialPending
from simisp.ras.phonebook import PostConnectScript, Protocol
from support.narrowed import known
from support.polling import until

CHAT = ("chat", "TIMEOUT", "5", "ervice?", "p", "sername:", "alice", "assword:", "wonderland", "PPP", "\\c")


async def test_it_dials_logs_in_and_hangs_up(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, script_file(tmp_path, NAIVE)), lock_directory)
        up = await dialled.until(LineUp)
        assert up.rate == 33600
        assert find_locks(isp.port, [lock_directory])
        assert await isp.until_facts("log-in accepted") == [{"user": "alice"}]
        dialled.dialler.hang_up()
        ended = await dialled.task
        assert (ended.cause, ended.was_up) == (Cause.HUNG_UP, True)
        await isp.driver.until(lambda: isp.driver.openings == 0)
    assert list(lock_directory.iterdir()) == []


async def test_cancelling_it_hangs_up(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, script_file(tmp_path, NAIVE)), lock_directory)
        await dialled.until(LineUp)
        dialled.task.cancel()
        assert (await dialled.task).cause is Cause.HUNG_UP
        assert await isp.until_facts("on hook") == [{"reason": "DTR off"}]


@pytest.mark.parametrize(
    ("outcome", "cause"), [("busy", Cause.BUSY), ("no dial tone", Cause.NO_DIAL_TONE), ("no carrier", Cause.NO_CARRIER)]
)
async def test_what_the_modem_says_is_the_error(outcome: str, cause: Cause, lock_directory: Path) -> None:
    with line(scenario(LOGIN, default=outcome)) as isp:
        ended = await Dialled(entry(isp.port, None), lock_directory).task
        assert (ended.cause, ended.was_up) == (cause, False)


async def test_a_port_that_is_not_there_is_no_such_device(lock_directory: Path, tmp_path: Path) -> None:
    ended = await Dialled(entry(str(tmp_path / "none"), None), lock_directory).task
    assert ended.cause is Cause.NO_SUCH_DEVICE


async def test_a_file_that_is_no_terminal_can_not_be_set_up(lock_directory: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = await Dialled(entry(str(tmp_path / "file"), None), lock_directory).task
    assert ended.cause is Cause.PORT_SETTINGS
    assert "not a terminal" in ended.detail
    assert list(lock_directory.iterdir()) == []


async def test_a_lock_directory_that_is_missing_is_told(tmp_path: Path) -> None:
    with line() as isp:
        ended = await Dialled(entry(isp.port, None), tmp_path / "nowhere").task
        assert ended.cause is Cause.PORT_SETTINGS
        assert "does not exist" in ended.detail


async def test_out_of_patience_the_script_stays_and_the_next_dial_is_refused_with_its_pid(
    tmp_path: Path, lock_directory: Path
) -> None:
    with line(scenario(SILENT, LOGIN)) as isp:
        the_entry = entry(isp.port, script_file(tmp_path, NAIVE), patience=20.0)
        first = Dialled(the_entry, lock_directory)
        ended = await first.task
        assert ended.cause is Cause.OUT_OF_PATIENCE
        orphan = known(first.dialler.orphan)
        try:
            assert is_alive(orphan.pid)
            assert await isp.until_facts("on hook") == [{"reason": "DTR off"}]
            assert [holder.pid for holder in holders(isp.port)] == [orphan.pid]
            assert {lock.pid for lock in find_locks(isp.port, [lock_directory])} == {orphan.pid}
            refused = await Dialled(the_entry, lock_directory).task
            assert refused.cause is Cause.PORT_IN_USE
            assert f"held by pid {orphan.pid} (" in refused.detail
            assert "script run" in refused.detail
            assert isp.session.calls == 1
        finally:
            os.kill(orphan.pid, signal.SIGKILL)
        # It lets go of the port before it has ended, and until then its lock counts.
        until(
            lambda: not holders(isp.port) and all(lock.stale for lock in find_locks(isp.port, [lock_directory])),
            what="the end of the orphan",
        )
        third = Dialled(replace(the_entry, patience=600.0), lock_directory)
        await third.until(LineUp)
        third.dialler.hang_up()
        await third.task
        assert isp.session.calls == 2


async def test_without_its_lock_file_the_orphan_holds_the_port_by_its_flock(
    tmp_path: Path, lock_directory: Path
) -> None:
    with line(scenario(SILENT, LOGIN)) as isp:
        the_entry = entry(isp.port, script_file(tmp_path, NAIVE), patience=20.0)
        first = Dialled(the_entry, lock_directory)
        await first.task
        try:
            for lock in lock_directory.iterdir():
                lock.unlink()
            refused = await Dialled(the_entry, lock_directory).task
            assert refused.cause is Cause.PORT_IN_USE
            assert f"held by pid {known(first.dialler.orphan).pid} (" in refused.detail
            assert list(lock_directory.iterdir()) == []
        finally:
            os.kill(known(first.dialler.orphan).pid, signal.SIGKILL)


async def test_a_dialler_that_ends_its_script_leaves_a_free_port(tmp_path: Path, lock_directory: Path) -> None:
    with line(scenario(SILENT, LOGIN)) as isp:
        the_entry = entry(isp.port, script_file(tmp_path, NAIVE), patience=20.0)
        first = Dialled(the_entry, lock_directory, on_give_up=OnGiveUp.END)
        assert (await first.task).cause is Cause.OUT_OF_PATIENCE
        assert first.dialler.orphan is None
        assert holders(isp.port) == ()
        assert list(lock_directory.iterdir()) == []


async def test_the_repaired_script_ends_by_itself(tmp_path: Path, lock_directory: Path) -> None:
    # A shorter limit, not a faster clock: with that the modem's five seconds for OK were a fortieth of a real one.
    with line(scenario(SILENT)) as isp:
        the_entry = entry(isp.port, script_file(tmp_path, REPAIRED.replace("until 60", "until 6")))
        dialled = Dialled(the_entry, lock_directory)
        await dialled.until(LineUp)
        assert dialled.of(ScriptEnded)[-1].how == "completed"
        dialled.dialler.hang_up()
        await dialled.task
        assert holders(isp.port) == ()


async def test_a_script_with_mistakes_is_752(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        ended = await Dialled(
            entry(isp.port, script_file(tmp_path, "proc main\n nonsense\nendproc")), lock_directory
        ).task
        assert ended.cause is Cause.SCRIPT_SYNTAX


async def test_a_script_that_halts_needs_somebody_present(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        ended = await Dialled(entry(isp.port, script_file(tmp_path, "proc main\n halt\nendproc")), lock_directory).task
        assert ended.cause is Cause.NEEDS_PRESENCE


@pytest.mark.runner("chat")
async def test_chat_is_a_script_processor_too(lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, PostConnectScript(command=CHAT)), lock_directory)
        await dialled.until(LineUp)
        assert await isp.until_facts("log-in accepted") == [{"user": "alice"}]
        dialled.dialler.hang_up()
        await dialled.task


async def test_a_command_that_fails_ends_the_call(lock_directory: Path) -> None:
    with line() as isp:
        ended = await Dialled(entry(isp.port, PostConnectScript(command=("false",))), lock_directory).task
        assert ended.cause is Cause.DISCONNECTED


async def test_a_command_that_does_not_exist_ends_the_call_and_says_why(lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, PostConnectScript(command=("no-such-program",))), lock_directory)
        assert (await dialled.task).cause is Cause.DISCONNECTED
        assert "can't be started" in dialled.of(ScriptNotStarted)[-1].reason


async def test_a_command_gets_user_and_password_in_its_environment_and_no_octet_is_lost_before_it(
    lock_directory: Path,
) -> None:
    program = (
        "import os\n"
        "seen = b''\n"
        "while b'Service?' not in seen: seen += os.read(0, 1)\n"
        "os.write(1, b'p\\r')\n"
        "while b'Username:' not in seen: seen += os.read(0, 1)\n"
        "os.write(1, os.environ['SIMISP_USER'].encode() + b'\\r')\n"
        "while b'Password:' not in seen: seen += os.read(0, 1)\n"
        "os.write(1, os.environ['SIMISP_PASSWORD'].encode() + b'\\r')\n"
    )
    with line() as isp:
        command = PostConnectScript(command=(sys.executable, "-c", program))
        dialled = Dialled(entry(isp.port, command), lock_directory)
        await dialled.until(LineUp)
        assert await isp.until_facts("log-in accepted") == [{"user": "alice"}]
        dialled.dialler.hang_up()
        await dialled.task


def octets_of(path: Any) -> Any:
    return Path(path).read_bytes()


async def test_the_password_is_in_no_process_list(tmp_path: Path, lock_directory: Path) -> None:
    with line(scenario(SILENT)) as isp:
        first = Dialled(entry(isp.port, script_file(tmp_path, NAIVE), patience=20.0), lock_directory)
        await first.task
        pid = known(first.dialler.orphan).pid
        try:
            for name in ("cmdline", "environ"):
                assert b"wonderland" not in octets_of(f"/proc/{pid}/{name}")
        finally:
            os.kill(pid, signal.SIGKILL)


async def test_a_busy_number_is_dialled_again_and_the_port_is_free_in_between(lock_directory: Path) -> None:
    with line(scenario(LOGIN, default="busy")) as isp:
        dialled = Dialled(entry(isp.port, None, redials=1, redial_pause=20.0), lock_directory)
        await dialled.until(RedialPending)
        await asyncio.sleep(0)
        assert holders(isp.port) == ()
        assert list(lock_directory.iterdir()) == []
        assert (await dialled.task).cause is Cause.BUSY
        assert len(await isp.until_facts("dialled", 2)) == 2


async def test_a_carrier_that_goes_is_seen_in_the_modem_s_words(lock_directory: Path) -> None:
    with line(scenario("\n      - pause: 5s\n      - hang up\n")) as isp:
        dialled = Dialled(entry(isp.port, None), lock_directory)
        ended = await dialled.task
        assert (ended.cause, ended.was_up) == (Cause.CARRIER_LOST, True)


async def test_a_simulator_that_goes_is_a_hardware_failure(lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, None), lock_directory)
        await dialled.until(LineUp)
        isp.driver.stop()
        isp.endpoint.close()
        assert (await dialled.task).cause is Cause.HARDWARE_FAILED
    assert list(lock_directory.iterdir()) == []


@pytest.mark.parametrize("cause", [None, Cause.PPP_NO_RESPONSE])
async def test_the_link_decides_whether_the_line_is_up(cause: Cause, lock_directory: Path) -> None:
    async def link() -> Any:
        return cause

    with line() as isp:
        dialled = Dialled(entry(isp.port, None, protocol=Protocol.PPP), lock_directory, link=link)
        if cause is None:
            await dialled.until(LineUp)
            dialled.dialler.hang_up()
        assert (await dialled.task).cause is (cause or Cause.HUNG_UP)


async def test_a_flock_of_another_program_refuses_the_dial(lock_directory: Path) -> None:
    with line() as isp:
        descriptor = os.open(isp.port, os.O_RDWR | os.O_NOCTTY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            ended = await Dialled(entry(isp.port, None), lock_directory).task
            assert ended.cause is Cause.PORT_IN_USE
            assert f"held by pid {os.getpid()} (" in ended.detail
        finally:
            os.close(descriptor)


async def test_the_port_s_history_is_told_state_by_state(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        dialled = Dialled(entry(isp.port, script_file(tmp_path, NAIVE)), lock_directory)
        await dialled.until(LineUp)
        dialled.dialler.hang_up()
        await dialled.task
        states = [change.state for change in dialled.dialler.attempt.port.history]
        assert states == [
            PortState.OPENING,
            PortState.DIALLING,
            PortState.SCRIPT_RUNNING,
            PortState.AUTHENTICATING,
            PortState.CONNECTED,
            PortState.DISCONNECTING,
            PortState.CLOSED,
        ]
