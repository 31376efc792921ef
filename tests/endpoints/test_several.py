"""Several ports that lead to one line: one client has it, and the others come when it is free, or find it busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from endpoints.ports import Client, Played, StreamClient, open_pty
from simisp.endpoints.base import CallerTurnedAway, DataArrived, PortClosed, PortOpened, RoomMade
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.several import SeveralEndpoints
from simisp.endpoints.tcp import tcp_endpoint
from simisp.endpoints.unix import unix_endpoint
from support.own_descriptors import descriptors


class Doors(Played):
    """A pseudo-terminal, a TCP port and a Unix socket that lead to one line."""

    def __init__(self) -> None:
        several = SeveralEndpoints([PtyEndpoint(raw=True), tcp_endpoint(), unix_endpoint()])
        self.terminal, self.tcp, self.unix = several.paths
        super().__init__(several, lambda: open_pty(self.terminal))
        self.attach()

    def octets(self) -> bytes:
        return b"".join(event.data for event in self.events if isinstance(event, DataArrived))

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@pytest_asyncio.fixture
async def doors() -> AsyncIterator[Doors]:
    before = descriptors()
    doors = Doors()
    yield doors
    doors.endpoint.close()
    await asyncio.sleep(0)
    assert descriptors() == before


async def until_read(doors: Doors, client: Client, wanted: bytes) -> None:
    received = bytearray()

    def all_read() -> bool:
        received.extend(client.read())
        return bytes(received) == wanted

    await doors.until(all_read)


async def test_whoever_comes_first_has_the_line_and_gets_what_it_sends(doors: Doors) -> None:
    for path in (doors.unix, doors.terminal):
        doors.events.clear()
        client: Client = StreamClient(path) if path.startswith("unix:") else open_pty(path)
        client.write(b"AT\r")
        await doors.until(lambda: doors.octets() == b"AT\r")
        doors.endpoint.send(b"OK")
        await until_read(doors, client, b"OK")
        client.close()
        await doors.until(lambda: doors.count(PortClosed) == 1)


async def test_a_client_at_another_socket_finds_the_line_busy(doors: Doors) -> None:
    first = open_pty(doors.terminal)
    await doors.until(lambda: doors.count(PortOpened) == 1)
    second = StreamClient(doors.tcp)
    await until_read(doors, second, b"the line is busy\r\n")
    await doors.until(second.is_turned_away)
    assert doors.count(CallerTurnedAway) == 1
    assert doors.count(PortOpened) == 1
    second.close()
    first.close()
    await doors.until(lambda: doors.count(PortClosed) == 1)
    third = StreamClient(doors.tcp)
    await doors.until(lambda: doors.count(PortOpened) == 2)
    third.close()


async def test_a_client_at_the_terminal_waits_for_the_line_and_is_heard_when_it_is_free(doors: Doors) -> None:
    first = StreamClient(doors.tcp)
    await doors.until(lambda: doors.count(PortOpened) == 1)
    second = open_pty(doors.terminal)
    second.write(b"ATZ\r")
    first.write(b"AT\r")
    await doors.until(lambda: doors.octets() == b"AT\r")
    doors.endpoint.send(b"for the first")
    await until_read(doors, first, b"for the first")
    assert second.read() == b""
    first.close()
    await doors.until(lambda: doors.octets() == b"AT\rATZ\r")
    kinds = [type(event) for event in doors.events if isinstance(event, PortOpened | PortClosed | DataArrived)]
    assert kinds == [PortOpened, DataArrived, PortClosed, PortOpened, DataArrived]
    second.close()


async def test_of_a_client_that_gave_up_waiting_nothing_is_reported(doors: Doors) -> None:
    first = StreamClient(doors.tcp)
    await doors.until(lambda: doors.count(PortOpened) == 1)
    second = open_pty(doors.terminal)
    second.write(b"ATZ\r")
    second.close()
    first.write(b"AT\r")
    await doors.until(lambda: doors.octets() == b"AT\r")
    first.close()
    await doors.until(lambda: doors.count(PortClosed) == 1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert doors.octets() == b"AT\r"
    assert doors.count(PortOpened) == 1


async def test_held_octets_stay_held_whichever_client_has_the_line(doors: Doors) -> None:
    doors.endpoint.hold(True)
    client = StreamClient(doors.tcp)
    await doors.until(lambda: doors.count(PortOpened) == 1)
    doors.endpoint.hold(True)
    client.write(b"held")
    for _ in range(20):
        await asyncio.sleep(0)
    assert doors.octets() == b""
    doors.endpoint.hold(False)
    await doors.until(lambda: doors.octets() == b"held")
    client.close()


async def test_room_is_reported_of_the_client_that_has_the_line(doors: Doors) -> None:
    client = StreamClient(doors.unix)
    await doors.until(lambda: doors.count(PortOpened) == 1)
    doors.endpoint.send(b"x" * 300_000)
    assert doors.endpoint.backlog > 0
    await until_read(doors, client, b"x" * 300_000)
    assert doors.endpoint.backlog == 0
    assert doors.count(RoomMade) > 0
    client.close()
