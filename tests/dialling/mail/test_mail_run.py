"""The mail service in real time, with a real modem line, script processors, queue and mail host."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dialling.services import Running
from simisp.dialling.mail.mail_run import InDoubt
from simisp.ras.events import Event

pytest.importorskip("aiosmtpd")

from dialling.lines import LOGIN, REPAIRED, SILENT
from dialling.services import MESSAGE, isp, service, settings
from simisp.dialling.files.mail_file import load_mail
from simisp.dialling.mail import mail_run, maildir
from simisp.dialling.serial.holders import holders
from simisp.errors import LockError
from simisp.mail.message import Message
from simisp.mail.queue import MemoryQueue
from simisp.mail.smtp_server import HostBehaviour


async def test_it_dials_delivers_and_hangs_up(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station, mail="schedule: {every: 60s}")
        async with service(mail, lock_directory) as running:
            await running.until(8)
            running.run.queue.queue(MESSAGE)
            await running.until(5)
            await running.until(8, count=running.ids().count(8) + 1)
        assert len(station.host.relayed.names()) == 1
        assert holders(station.port) == ()
    assert list(lock_directory.iterdir()) == []


async def test_what_was_queued_before_the_start_goes_with_the_first_call(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        queue = maildir.MaildirQueue(mail.queue)
        queue.queue(MESSAGE)
        queue.close()
        async with service(mail, lock_directory) as running:
            await running.until(8)
            assert running.ids() == [1, 3, 4, 5, 8]
        assert len(station.host.relayed.names()) == 1


async def test_the_event_log_is_a_file_of_json_lines(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        async with service(mail, lock_directory) as running:
            await running.until(8)
    events = [json.loads(line) for line in mail.events.read_text().splitlines()]
    assert [event["id"] for event in events] == [1, 3, 4, 8, 2]
    assert all(event["source"] == "simisp mail" and event["time"] for event in events)


def pid_of(left: Event) -> int:
    """The script processor that an event 15 names."""
    return int(left.text.split("pid ")[1].split()[0])


async def connects_after_an_orphan(folder: Path, lock_directory: Path, *, patience: str) -> bool:
    """Let the first script be given up, and return whether the one after its end came to its own end in time."""
    async with isp(folder, SILENT, LOGIN) as station:
        mail = settings(folder, station, mail="schedule: {every: 60s}", patience=patience)
        async with service(mail, lock_directory) as running:
            left = await running.until(15)
            pid = pid_of(left)
            refused = await running.until(4106, count=2)
            try:
                assert "[633] The port is already in use" in refused.text
                assert f"held by pid {pid} (" in str(refused.details["detail"])
                assert station.session.calls == 1
            finally:
                os.kill(pid, signal.SIGKILL)
            connected, late = (asyncio.ensure_future(running.until(*event)) for event in ((4, 1), (15, 2)))
            done, _ = await asyncio.wait([connected, late], return_when=asyncio.FIRST_COMPLETED)
            if late in done:
                os.kill(pid_of(late.result()), signal.SIGKILL)
            for waiting in (connected, late):
                waiting.cancel()
            return connected in done


async def test_a_script_left_running_is_reported_and_later_dials_are_4106_with_its_pid(
    tmp_path: Path, lock_directory: Path
) -> None:
    for patience in ("2m", "8m", "24m"):  # a script starts in four real seconds, but not on every busy machine
        folder = tmp_path / patience
        folder.mkdir()
        if await connects_after_an_orphan(folder, lock_directory, patience=patience):
            break
    else:
        pytest.fail("no script came to its end")


async def test_the_repaired_script_loses_one_session_and_the_next_delivers(
    tmp_path: Path, lock_directory: Path
) -> None:
    async with isp(tmp_path, SILENT, LOGIN) as station:
        script = REPAIRED.replace("until 60", "until 6")
        mail = settings(tmp_path, station, script=script, mail="schedule: {every: 60s}", patience="30m")
        async with service(mail, lock_directory) as running:
            running.run.queue.queue(MESSAGE)
            lost = await running.until(4106)
            assert "[721]" in lost.text
            await running.until(5)
        assert 15 not in running.ids()
        assert len(station.host.relayed.names()) == 1


async def test_a_silent_host_is_left_and_the_message_in_doubt_is_sent_again_once(
    tmp_path: Path, lock_directory: Path
) -> None:
    async with isp(tmp_path, LOGIN, sessions=(HostBehaviour.SILENT, HostBehaviour.WELL)) as station:
        mail = settings(tmp_path, station, mail="schedule: {every: 120s}\ntime_out: 30s")
        async with service(mail, lock_directory) as running:
            name = running.run.queue.queue(MESSAGE)
            await running.until(11)
            assert running.run.queue.in_doubt() == {name: MESSAGE.recipients}
            await running.until(5)
            assert running.run.queue.in_doubt() == {}
        assert len(station.host.relayed.names()) == 1


@pytest.mark.parametrize("fate", list(InDoubt))
async def test_what_was_in_doubt_when_a_service_was_killed_is_told_and_dealt_with(
    tmp_path: Path, lock_directory: Path, fate: InDoubt
) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        queue = maildir.MaildirQueue(mail.queue)
        name = queue.queue(MESSAGE)
        queue.doubt(name, MESSAGE.recipients)
        queue.close()
        async with service(mail, lock_directory, in_doubt=fate) as running:
            told = await running.until(16)
            assert told.text.endswith(f"before; it is {fate.value}.")
            await running.until(8)
            assert len(running.run.queue.failed()) == (fate is InDoubt.HOLD)
        assert len(station.host.relayed.names()) == (fate is InDoubt.RESEND)


async def test_without_room_for_the_doubt_the_message_is_not_sent_to_its_end(
    tmp_path: Path, lock_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        async with service(mail, lock_directory) as running:
            running.run.queue.queue(MESSAGE)

            def full(descriptor: int) -> None:
                raise OSError(28, "No space left on device")

            monkeypatch.setattr(os, "fsync", full)
            failed = await running.until(17)
            assert "make room" in failed.text
            monkeypatch.undo()
            await running.until(8)
            assert len(running.run.queue.waiting()) == 1
        assert station.host.relayed.names() == []


async def test_etrn_brings_mail_into_the_inbox(tmp_path: Path, lock_directory: Path, unused_tcp_port: int) -> None:
    waiting = MemoryQueue()
    waiting.put(Message("1", "carol@example.org", ("alice@example.net",), b"hello\n"))
    async with isp(tmp_path, LOGIN, queue=waiting, client=("127.0.0.1", unused_tcp_port)) as station:
        more = f"schedule: {{every: 15m}}\nretrieval: {{etrn: [example.net]}}\nlisten: {unused_tcp_port}\n"
        mail = settings(tmp_path, station, mail=more)
        async with service(mail, lock_directory) as running:
            await running.until(13)
            assert len(running.run.inbox.names()) == 1
            await running.until(8)
    assert waiting.waiting() == []


async def test_turn_brings_mail_into_the_inbox(tmp_path: Path, lock_directory: Path) -> None:
    waiting = MemoryQueue()
    waiting.put(Message("1", "carol@example.org", ("alice@example.net",), b"hello\n"))
    async with isp(tmp_path, LOGIN, queue=waiting) as station:
        mail = settings(tmp_path, station, mail="schedule: {every: 15m}\nretrieval: turn")
        async with service(mail, lock_directory) as running:
            await running.until(8)
            (name,) = running.run.inbox.names()
            assert b"Delivered-To: alice@example.net\n" in running.run.inbox.path(name).read_bytes()


@pytest.mark.parametrize(
    ("command", "status"), [([sys.executable, "-c", "raise SystemExit(7)"], 7), (["no-such"], 127)]
)
async def test_a_command_is_run_while_the_line_is_up(
    tmp_path: Path, lock_directory: Path, command: Sequence[str], status: int
) -> None:
    async with isp(tmp_path, LOGIN) as station:
        retrieval = json.dumps({"command": command})
        mail = settings(tmp_path, station, mail=f"schedule: {{every: 15m}}\nretrieval: {retrieval}")
        async with service(mail, lock_directory, speed=5.0) as running:
            ran = await running.until(10)
            assert ran.text.endswith(f"exit status {status}")
            await running.until(8)


async def test_stopping_during_a_call_hangs_up_and_frees_the_port(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN, sessions=(HostBehaviour.SLOW,)) as station:
        mail = settings(tmp_path, station)
        running = Running(mail, lock_directory)
        running.run.queue.queue(MESSAGE)
        await running.until(4)
        await running.stop()
        assert running.ids()[-1] == 2
        assert holders(station.port) == ()
    assert list(lock_directory.iterdir()) == []


async def test_two_services_do_not_share_a_queue(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        async with service(mail, lock_directory) as running:
            await running.until(1)
            with pytest.raises(LockError, match="in use by pid"):
                Running(mail, lock_directory)


async def test_a_changed_clock_is_noticed(
    tmp_path: Path, lock_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now() + timedelta(hours=-1)  # noqa: DTZ005

    async with isp(tmp_path, LOGIN, speed=1.0) as station:
        mail = settings(tmp_path, station, mail='schedule: {daily: ["03:00"]}')
        async with service(mail, lock_directory, speed=1.0) as running:
            await running.until(1)
            monkeypatch.setattr(mail_run, "datetime", Later)
            changed = await running.until(14)
            assert changed.details["seconds"] == pytest.approx(-3600, abs=60)


async def test_what_can_not_be_sent_is_set_aside_and_the_rest_goes_out(tmp_path: Path, lock_directory: Path) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station)
        queue = maildir.MaildirQueue(mail.queue)
        new = queue.folder / "new"
        (new / "0nested").write_bytes(b"To: " + b"(" * 2000 + b"\n\nhi\n")
        (new / "1mbox").write_bytes(b"From a@b Mon Oct 10 08:00:00 1997\nTo: bob@example.org\n\nhi\n")
        os.mkfifo(new / "2fifo")
        (new / "3\udcff").write_bytes(b"no message")
        queue.queue(MESSAGE)
        queue.close()
        async with service(mail, lock_directory) as running:
            await running.until(8)
            assert running.ids() == [18, 18, 18, 18, 1, 3, 4, 5, 8]
            assert running.run.queue.waiting() == []
        assert len(station.host.relayed.names()) == 1
    assert len(list((mail.queue / ".failed" / "new").iterdir())) == 4


async def test_a_fault_in_a_callback_is_an_event_and_the_service_goes_on(
    tmp_path: Path, lock_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with isp(tmp_path, LOGIN) as station:
        mail = settings(tmp_path, station, mail="schedule: {every: 60s}")
        async with service(mail, lock_directory) as running:
            with monkeypatch.context() as patched:
                patched.setattr(running.run.queue, "waiting", lambda: 1 / 0)
                await running.until(19)
            running.run.queue.queue(MESSAGE)
            await running.until(5)
        assert len(station.host.relayed.names()) == 1


async def test_the_events_of_a_script_that_is_left_show_no_password_of_its_arguments(
    tmp_path: Path, lock_directory: Path
) -> None:
    chat = "[/bin/sh, -c, 'sleep 1000', chat, 'assword:', looking-glass, --with, wonderland]"
    async with isp(tmp_path, SILENT) as station:
        mail = settings(tmp_path, station, mail="schedule: {every: 60s}", patience="40s")
        book = tmp_path / "phonebook.yaml"
        book.write_text(book.read_text().replace("script: ozemail.scp", f"script: {{command: {chat}}}"))
        mail = load_mail(tmp_path / "mail.yaml")
        async with service(mail, lock_directory) as running:
            left = await running.until(15)
            try:
                await running.until(4106, count=2)
            finally:
                os.kill(pid_of(left), signal.SIGKILL)
    logged = mail.events.read_text()
    assert "looking-glass" not in logged
    assert "wonderland" not in logged
    assert "chat" in left.text
