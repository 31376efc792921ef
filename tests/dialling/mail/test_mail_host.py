"""The ISP's mail host, spoken to by smtplib and by our own client."""

from __future__ import annotations

import asyncio
import os
import smtplib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from simisp.mail.queue import MemoryQueue

pytest.importorskip("aiosmtpd")

from simisp.dialling.mail.mail_host import MailHost
from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.mail.smtp_connections import Receiver, Sender
from simisp.mail.message import Message
from simisp.mail.smtp_server import HostBehaviour

MAIL = "Message-ID: <1@x>\nSubject: x\n\n.dot\nbye\n"


@asynccontextmanager
async def host(folder: Path, *, reachable: bool = True, **arguments: Any) -> AsyncIterator[MailHost]:
    opened = MailHost("mail.isp.example", Maildir(folder / "relayed"), **arguments)
    await opened.start()
    await opened.set_reachable(reachable)
    try:
        yield opened
    finally:
        await opened.set_reachable(False)


def send(
    address: tuple[str, int],
    *,
    recipients: Sequence[str] = ("bob@example.org",),
    text: str = MAIL,
    timeout: float = 5.0,
) -> Any:
    with smtplib.SMTP(address[0], address[1], timeout=timeout) as client:
        return client.sendmail("alice@example.net", list(recipients), text)


async def test_it_takes_mail_over(tmp_path: Path) -> None:
    async with host(tmp_path) as isp:
        await asyncio.to_thread(send, isp.address)
        (name,) = isp.relayed.names()
        octets = isp.relayed.path(name).read_bytes()
        assert octets.startswith(b"Return-Path: <alice@example.net>\nDelivered-To: bob@example.org\n")
        assert octets.endswith(b"\n\n.dot\nbye\n")


async def test_each_recipient_has_a_copy(tmp_path: Path) -> None:
    async with host(tmp_path) as isp:
        await asyncio.to_thread(send, isp.address, recipients=("bob@example.org", "carol@example.org"))
        assert len(isp.relayed.names()) == 2


async def test_a_message_that_comes_twice_is_relayed_once(tmp_path: Path) -> None:
    async with host(tmp_path) as isp:
        for _ in range(3):
            await asyncio.to_thread(send, isp.address)
        assert (len(isp.relayed.names()), isp.duplicates) == (1, 2)


async def test_messages_without_an_id_are_all_relayed(tmp_path: Path) -> None:
    async with host(tmp_path) as isp:
        for _ in range(2):
            await asyncio.to_thread(send, isp.address, text="Subject: x\n\nhello\n")
        assert len(isp.relayed.names()) == 2


async def test_it_is_reachable_only_while_the_call_is_up_and_always_at_the_same_address(tmp_path: Path) -> None:
    async with host(tmp_path, reachable=False) as isp:
        address = isp.address
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(send, address)
        for _ in range(2):
            await isp.set_reachable(True)
            await asyncio.to_thread(send, address)
            await isp.set_reachable(False)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.to_thread(send, address)
        assert isp.address == address


async def test_a_connection_is_cut_with_the_call(tmp_path: Path) -> None:
    async with host(tmp_path) as isp:
        reader, writer = await asyncio.open_connection(*isp.address)
        assert (await reader.readline()).startswith(b"220 ")
        await isp.set_reachable(False)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()


async def test_a_busy_host_says_421(tmp_path: Path) -> None:
    async with host(tmp_path, sessions=(HostBehaviour.BUSY, HostBehaviour.WELL)) as isp:
        with pytest.raises(smtplib.SMTPConnectError, match="421"):
            await asyncio.to_thread(send, isp.address)
        await asyncio.to_thread(send, isp.address)
        assert isp.sessions == 2


async def test_a_silent_host_takes_a_message_and_never_answers(tmp_path: Path) -> None:
    async with host(tmp_path, sessions=(HostBehaviour.SILENT,)) as isp:
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            await asyncio.to_thread(send, isp.address, timeout=0.3)
        assert isp.relayed.names() == []


async def test_a_slow_host_answers_in_the_end(tmp_path: Path) -> None:
    async with host(tmp_path, sessions=(HostBehaviour.SLOW,), delay=0.05) as isp:
        await asyncio.to_thread(send, isp.address)
        assert len(isp.relayed.names()) == 1


async def test_a_full_disk_is_a_temporary_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    async with host(tmp_path) as isp:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await asyncio.to_thread(send, isp.address)
        assert caught.value.smtp_code == 452


def queue_of(*recipients: str) -> MemoryQueue:
    queue = MemoryQueue()
    for number, who in enumerate(recipients):
        queue.put(Message(str(number), "carol@example.org", (who,), b"hello\n"))
    return queue


@asynccontextmanager
async def listener(folder: Path) -> AsyncIterator[tuple[Any, ...]]:
    inbox = Maildir(folder / "inbox")
    arrived: asyncio.Queue[Any] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Receiver("us", inbox, arrived.put_nowait), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname(), inbox, arrived
    finally:
        server.close()
        await server.wait_closed()


async def test_etrn_delivers_what_waits_for_a_domain(tmp_path: Path) -> None:
    queue = queue_of("u@example.net", "v@example.com", "w@EXAMPLE.net")
    async with listener(tmp_path) as (address, inbox, arrived), host(tmp_path, queue=queue, client=address) as isp:
        reader, writer = await asyncio.open_connection(*isp.address)
        writer.write(b"EHLO us\r\nETRN example.net\r\n")
        assert (await arrived.get()).recipients == ("u@example.net",)
        assert (await arrived.get()).recipients == ("w@EXAMPLE.net",)
        replies = await reader.readuntil(b"started\r\n")
        assert b"ETRN" in replies
        assert len(inbox.names()) == 2
        while queue.waiting() != ["1"]:  # noqa: ASYNC110 - the last reply is on its way
            await asyncio.sleep(0)
        writer.close()


@pytest.mark.parametrize(("line", "code"), [(b"ETRN", b"501"), (b"ETRN example.net", b"502"), (b"TURN now", b"501")])
async def test_what_is_not_granted_or_lacks_something_is_refused(tmp_path: Path, line: bytes, code: bytes) -> None:
    async with host(tmp_path) as isp:
        reader, writer = await asyncio.open_connection(*isp.address)
        await reader.readline()
        writer.write(line + b"\r\n")
        assert (await reader.readline())[:3] == code
        writer.close()


async def test_etrn_to_a_client_that_can_not_be_reached_changes_nothing(tmp_path: Path, unused_tcp_port: int) -> None:
    queue = queue_of("u@example.net")
    async with host(tmp_path, queue=queue, client=("127.0.0.1", unused_tcp_port)) as isp:
        reader, writer = await asyncio.open_connection(*isp.address)
        await reader.readline()
        writer.write(b"ETRN example.net\r\nNOOP\r\n")
        assert (await reader.readline())[:3] == b"250"
        assert (await reader.readline())[:3] == b"250"
        writer.close()
    assert queue.waiting() == ["0"]


async def test_turn_sends_over_the_same_connection(tmp_path: Path) -> None:
    queue = queue_of("u@example.net", "v@example.net")
    inbox = Maildir(tmp_path / "inbox")
    arrived: asyncio.Queue[Any] = asyncio.Queue()
    async with host(tmp_path, queue=queue) as isp:
        reader, writer = await asyncio.open_connection(*isp.address)
        await reader.readline()
        writer.write(b"TURN\r\n")
        assert (await reader.readline())[:3] == b"250"
        receiver = Receiver("us", inbox, arrived.put_nowait)
        writer.transport.set_protocol(receiver)
        receiver.connection_made(writer.transport)
        assert (await arrived.get()).recipients == ("u@example.net",)
        assert (await arrived.get()).recipients == ("v@example.net",)
        await receiver.over.wait()
        writer.close()
    assert len(inbox.names()) == 2


async def test_our_own_sender_and_receiver_understand_each_other(tmp_path: Path) -> None:
    queue = queue_of("u@example.net")
    async with listener(tmp_path) as (address, inbox, arrived):
        await asyncio.get_running_loop().create_connection(lambda: Sender("isp", queue, ["0"]), *address)
        mail = await arrived.get()
        assert (mail.sender, mail.content) == ("carol@example.org", b"hello\r\n")
        assert len(inbox.names()) == 1
