"""What every endpoint does, whatever it is made of; each test is played on all kinds, as far as their abilities go."""

from __future__ import annotations

import asyncio
import termios
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from endpoints.ports import KINDS, Client, Played
from simisp.circuits import Circuit
from simisp.endpoints.base import (
    Ability,
    CallerTurnedAway,
    DataArrived,
    PortCircuit,
    PortClosed,
    PortOpened,
    PortSettings,
    RoomMade,
)
from simisp.errors import EndpointError
from support.own_descriptors import descriptors


@pytest_asyncio.fixture(params=KINDS)
async def played(request: pytest.FixtureRequest) -> AsyncIterator[Played]:
    played = KINDS[request.param]()
    played.attach()
    yield played
    played.endpoint.close()
    await asyncio.sleep(0)


def octets(played: Played) -> bytes:
    return b"".join(event.data for event in played.events if isinstance(event, DataArrived))


def more(client: Client, received: bytearray) -> bytearray:
    """Add what there is to read to what the client has received."""
    received += client.read()
    return received


def has(played: Played, kind: type) -> bool:
    return any(isinstance(event, kind) for event in played.events)


def needs(played: Played, ability: Ability) -> None:
    if ability not in played.endpoint.abilities:
        pytest.skip(f"not that kind of port: {ability.value}")


async def test_opening_octets_and_closing_are_reported_in_their_order(played: Played) -> None:
    needs(played, Ability.HANG_UP_SEEN)
    client = played.open()
    client.write(b"ATZ\r")
    await played.until(lambda: octets(played) == b"ATZ\r")
    client.write(b"ATH\r")
    client.close()
    await played.until(lambda: has(played, PortClosed))
    kinds = [type(event) for event in played.events if not isinstance(event, PortSettings | PortCircuit)]
    assert kinds[0] is PortOpened
    assert kinds[-1] is PortClosed
    assert octets(played) == b"ATZ\rATH\r"


async def test_what_the_simulator_answers_from_within_a_report_reaches_the_client(played: Played) -> None:
    client = played.open()
    received = bytearray()

    def answer(event: object) -> None:
        if isinstance(event, DataArrived):
            played.endpoint.send(b"\r\nOK\r\n")

    played.on_event = answer
    client.write(b"AT\r")
    await played.until(lambda: more(client, received) == b"\r\nOK\r\n")
    client.close()


async def test_every_octet_passes_as_it_is_in_both_directions(played: Played) -> None:
    client, received = played.open(), bytearray()
    every = bytes(range(256))
    client.write(every)
    await played.until(lambda: octets(played) == every)
    played.endpoint.send(every)
    await played.until(lambda: len(more(client, received)) == 256)
    assert bytes(received) == every
    client.close()


async def test_octets_that_fill_a_read_are_not_taken_for_the_end(played: Played) -> None:
    client = played.open()
    for count in (256, 4096):  # as many as are asked for at first, and then
        before = len(octets(played))
        unsent = b"x" * count
        while unsent:
            unsent = unsent[client.write(unsent) :]
            await asyncio.sleep(0)
        await played.until(lambda: len(octets(played)) == before + count)  # noqa: B023 - awaited at once
    assert not any(isinstance(event, PortClosed) for event in played.events)
    client.close()


async def test_nothing_is_reported_from_within_a_call(played: Played) -> None:
    before = list(played.events)  # what is wired to its client is open from the beginning
    client = played.open()
    client.write(b"x")
    played.endpoint.hold(True)
    played.endpoint.hold(False)
    played.endpoint.send(b"y")
    assert played.events == before
    await played.until(lambda: octets(played) == b"x")
    client.close()


async def test_a_client_that_does_not_read_makes_a_backlog_and_gets_every_octet_when_it_does(played: Played) -> None:
    client, received = played.open(), bytearray()
    await played.until(lambda: has(played, PortOpened))
    sent = b"".join(number.to_bytes(4, "big") for number in range(30_000))
    for start in range(0, len(sent), 1000):
        played.endpoint.send(sent[start : start + 1000])
    assert 0 < played.endpoint.backlog < len(sent)
    await played.until(lambda: len(more(client, received)) == len(sent))
    assert bytes(received) == sent
    assert played.endpoint.backlog == 0
    assert has(played, RoomMade)
    client.close()


async def test_octets_stay_with_the_client_while_they_are_held_and_its_closing_does_not(played: Played) -> None:
    needs(played, Ability.HANG_UP_SEEN)
    client = played.open()
    await played.until(lambda: has(played, PortOpened))
    played.endpoint.hold(True)
    client.write(b"held")
    for _ in range(20):
        await asyncio.sleep(0)
    assert octets(played) == b""
    client.close()
    await played.until(lambda: has(played, PortClosed))
    assert octets(played) == b"held"


async def test_held_octets_come_when_they_are_taken_again(played: Played) -> None:
    client = played.open()
    await played.until(lambda: has(played, PortOpened))
    played.endpoint.hold(True)
    client.write(b"held")
    for _ in range(20):
        await asyncio.sleep(0)
    played.endpoint.hold(False)
    await played.until(lambda: octets(played) == b"held")
    client.close()


async def test_what_one_client_left_unread_never_reaches_the_next(played: Played) -> None:
    needs(played, Ability.NEXT_CLIENT)
    first = played.open()
    await played.until(lambda: has(played, PortOpened))
    played.endpoint.send(b"x" * 20_000)
    first.close()
    await played.until(lambda: has(played, PortClosed))
    second, received = played.open(), bytearray()
    await played.until(lambda: sum(isinstance(event, PortOpened) for event in played.events) == 2)
    assert played.endpoint.backlog == 0
    played.endpoint.send(b"hello")
    await played.until(lambda: b"hello" in more(second, received))
    assert bytes(received) == b"hello"
    second.close()


async def test_several_clients_are_counted_or_the_second_is_refused(played: Played) -> None:
    first = played.open()
    if Ability.SEVERAL_CLIENTS not in played.endpoint.abilities:
        await played.until(lambda: has(played, PortOpened))
        try:
            second = played.open()
        except EndpointError:
            return
        await played.until(second.is_turned_away)
        first.write(b"mine")
        await played.until(lambda: octets(played) == b"mine")
        assert sum(isinstance(event, PortOpened) for event in played.events) == 1
        assert has(played, CallerTurnedAway)
        first.close()
        second.close()
        return
    second = played.open()
    await played.until(lambda: PortOpened(2) in played.events)
    first.close()
    await played.until(lambda: any(isinstance(event, PortClosed) and event.openings == 1 for event in played.events))
    second.close()


async def test_a_change_of_speed_is_reported(played: Played) -> None:
    needs(played, Ability.SPEED)
    client = played.open()
    client.set_speed(termios.B1200)
    await played.until(lambda: has(played, PortSettings))
    assert next(event.speed for event in played.events if isinstance(event, PortSettings)) == 1200
    client.close()


async def test_a_circuit_is_shown_before_the_octets_that_are_sent_after_it(played: Played) -> None:
    needs(played, Ability.CIRCUITS)
    client, received = played.open(), bytearray()
    await played.until(lambda: has(played, PortOpened))
    client.write(b"x")
    await played.until(lambda: octets(played) == b"x")
    played.endpoint.set_circuit(Circuit.DCD, True)
    played.endpoint.send(b"CONNECT")
    await played.until(lambda: bool(more(client, received)))
    assert client.circuit(Circuit.DCD)
    client.close()


async def test_the_next_client_finds_the_circuits_as_they_are(played: Played) -> None:
    needs(played, Ability.CIRCUITS)
    played.endpoint.set_circuit(Circuit.DSR, True)
    client = played.open()
    await played.until(lambda: client.circuit(Circuit.DSR))
    client.close()


async def test_circuits_are_shown_and_seen(played: Played) -> None:
    needs(played, Ability.CIRCUITS)
    client = played.open()
    played.endpoint.set_circuit(Circuit.DCD, True)
    await played.until(lambda: client.circuit(Circuit.DCD))
    client.set_circuit(Circuit.DTR, False)
    await played.until(lambda: PortCircuit(Circuit.DTR, False) in played.events)
    client.close()


async def test_after_detaching_nothing_is_reported_and_what_happened_meanwhile_is_not_lost(played: Played) -> None:
    played.endpoint.detach()
    played.endpoint.detach()
    before = list(played.events)
    client = played.open()
    client.write(b"AT\r")
    for _ in range(20):
        await asyncio.sleep(0)
    assert played.events == before
    played.attach()
    await played.until(lambda: octets(played) == b"AT\r")
    assert isinstance(played.events[0], PortOpened)
    client.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_closing_gives_everything_back_and_can_be_repeated(kind: str) -> None:
    before = descriptors()
    played = KINDS[kind]()
    played.attach()
    client = played.open()
    client.write(b"AT\r")
    await played.until(lambda: octets(played) == b"AT\r")
    client.close()
    played.endpoint.close()
    played.endpoint.close()
    assert descriptors() == before
