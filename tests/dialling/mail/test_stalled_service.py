"""A mail service that is stopped while its mail host answers, as on a machine that swaps or is suspended."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from support.started_processes import Processes

pytest.importorskip("aiosmtpd")

from dialling.lines import LOGIN
from dialling.services import isp, served
from simisp.dialling.mail.maildir import Maildir
from simisp.procfs.threads import asleep_in
from support.polling import until

SPEED = 60
TIME_OUT = 120  # seconds of the service, two real ones
MESSAGE = b"From: alice@example.net\nTo: bob@example.org\nMessage-ID: <1@alice.example>\n\nhello\n"


class Host:
    """A mail host whose first reply to a message reaches a service that is stopped until its time has run out."""

    def __init__(self) -> None:
        self.taken = 0
        self.service_pid = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one session."""
        writer.write(b"220 mail.isp.example\r\n")
        while command := await reader.readline():
            verb = command[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.taken += 1
            first = verb == b"DATA" and self.taken == 1
            if first:
                # One that is stopped while it still runs looks at its connections before its timers in any case.
                await asyncio.to_thread(until, self._waits, what="the service's wait for the reply")
                os.kill(self.service_pid, signal.SIGSTOP)
                await asyncio.to_thread(until, self._is_stopped, what="the stop of the service")
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if first:
                late = time.monotonic() + 1.25 * TIME_OUT / SPEED
                await asyncio.to_thread(until, lambda: time.monotonic() >= late)  # noqa: B023, awaited here
                os.kill(self.service_pid, signal.SIGCONT)
        writer.close()

    def _waits(self) -> bool:
        blocked = asleep_in(self.service_pid, self.service_pid)
        return blocked is not None and blocked.call.startswith("epoll_")

    def _is_stopped(self) -> bool:
        status = Path(f"/proc/{self.service_pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"


async def test_a_service_that_was_stopped_reads_the_reply_that_came_and_does_not_send_the_message_again(
    tmp_path: Path, lock_directory: Path, processes: Processes
) -> None:
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    queue = Maildir(tmp_path / "queue")
    queue.put(MESSAGE)
    async with server, isp(tmp_path, LOGIN, link=tmp_path / "modem", speed=SPEED):
        mail_port = server.sockets[0].getsockname()[1]
        service = served(processes, tmp_path, lock_directory, mail_port=mail_port, speed=SPEED, time_out=f"{TIME_OUT}s")
        host.service_pid = service.pid
        await asyncio.to_thread(until, lambda: not queue.names(), what="the delivery of the message")
        service.terminate()
        await asyncio.to_thread(service.wait)
    assert host.taken == 1
