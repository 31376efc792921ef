"""The driver and lines whose answers are known: the short way to the answer keeps every order and misses nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.fact import Fact
from simisp.facts.port import PortClosed, PortOpened
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.modem.known_answers import KnownAnswer
from simisp.runtime.clock import RealClock
from simisp.runtime.driver import Driver
from simisp.transcript import Source, Transcript

_ANSWER = b"AT\r\r\nOK\r\n"


class _Session(Session):
    """A Session that counts the lines that it has answered from memory."""

    known = 0

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        answer = super().answer_known(data, now=now)
        self.known += answer is not None
        return answer


class _Onlooker:
    """Counts how often a client has begun to send."""

    begun = 0

    def opened(self, openings: int) -> Iterable[Fact]:
        return ()

    def began(self) -> Iterable[Fact]:
        self.begun += 1
        return ()

    def changed(self) -> Iterable[Fact]:
        return ()

    def closed(self, openings: int) -> Iterable[Fact]:
        return ()


class _Line:
    """A port that is driven, and its clients."""

    def __init__(self, port: PtyEndpoint) -> None:
        self.port = port
        self.session, self.onlooker, self.transcript = _Session(SessionConfig()), _Onlooker(), Transcript()
        self.driver = Driver(self.session, port, self.transcript, RealClock(), self.onlooker)

    async def open(self) -> int:
        """Open the port as a client does, and wait until that is noted."""
        before = self.driver.openings
        client = os.open(self.port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        async with asyncio.timeout(60.0):
            await self.driver.until(lambda: self.driver.openings > before)
        return client

    async def ask(self, client: int, line: bytes = b"AT\r", answer: bytes = _ANSWER) -> None:
        """Send a line and read its answer."""
        os.write(client, line)
        assert await self.read(client, len(answer)) == answer

    async def read(self, client: int, count: int) -> bytes:
        """Read octets as a client does."""
        loop, heard = asyncio.get_running_loop(), b""
        while len(heard) < count:
            came: asyncio.Future[None] = loop.create_future()
            loop.add_reader(client, lambda came=came: None if came.done() else came.set_result(None))  # type: ignore[misc]
            async with asyncio.timeout(60.0):
                await came
            loop.remove_reader(client)
            heard += os.read(client, count - len(heard))
        return heard

    async def close(self, client: int) -> None:
        """Close the port as a client does, and wait until that is noted."""
        os.close(client)
        async with asyncio.timeout(60.0):
            await self.driver.until(lambda: not self.driver.openings)


@asynccontextmanager
async def _driven() -> AsyncIterator[_Line]:
    port = PtyEndpoint(raw=True)
    try:
        line = _Line(port)
        line.driver.start()
        yield line
        line.driver.stop()
    finally:
        port.close()


async def test_a_line_that_was_answered_before_is_answered_from_memory_and_recorded_like_the_first() -> None:
    async with _driven() as line:
        client = await line.open()
        for _ in range(3):
            await line.ask(client)
        assert line.session.known == 2
        await line.ask(client, b"ATE0\r", b"ATE0\r\r\nOK\r\n")
        await line.ask(client, answer=b"\r\nOK\r\n")
        assert line.session.known == 2, "what was run since may have changed the answer"
        assert line.transcript.octets(Source.CLIENT) == b"AT\r" * 3 + b"ATE0\rAT\r"
        os.close(client)


async def test_a_client_that_opens_the_port_just_before_a_known_line_is_read_is_recorded_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _driven() as line:
        client = await line.open()
        await line.ask(client)
        real, others = os.read, list[int]()

        def read(descriptor: int, most: int) -> bytes:
            if descriptor == line.port.master and not others:
                others.append(os.open(line.port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
            return real(descriptor, most)

        monkeypatch.setattr("simisp.endpoints.pty_happenings.os.read", read)
        await line.ask(client)
        sent_or_opened = [
            record.data or record.fact
            for record in line.transcript
            if isinstance(record.fact, PortOpened) or (record.data and record.sender is Source.CLIENT)
        ]
        assert sent_or_opened == [PortOpened(1), b"AT\r", PortOpened(2), b"AT\r"]
        for descriptor in (client, *others):
            os.close(descriptor)


async def test_the_answer_to_the_next_client_s_known_line_is_not_lost_with_what_the_last_one_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _driven() as line:
        first = await line.open()
        await line.ask(first)
        os.write(first, b"A")  # and leaves
        real, others = os.read, list[int]()

        def read(descriptor: int, most: int) -> bytes:
            if descriptor == line.port.master and not others:
                os.close(first)
                others.append(os.open(line.port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
                os.write(others[0], b"T\r")
                line.port._octets.deliver()
            return real(descriptor, most)

        monkeypatch.setattr("simisp.endpoints.pty_happenings.os.read", read)
        async with asyncio.timeout(60.0):
            await line.driver.until(lambda: line.driver.last_closed_at is not None)
        assert await line.read(others[0], len(_ANSWER)) == _ANSWER
        assert [record.fact for record in line.transcript if isinstance(record.fact, PortOpened | PortClosed)] == [
            PortOpened(1), PortClosed(0), PortOpened(1),
        ]  # fmt: skip
        os.close(others[0])


async def test_each_client_s_first_line_is_its_beginning_although_the_last_client_s_was_the_same() -> None:
    async with _driven() as line:
        for clients in range(1, 4):
            client = await line.open()
            await line.ask(client)
            await line.ask(client)
            assert line.onlooker.begun == clients
            await line.close(client)
        assert line.session.known >= 3
