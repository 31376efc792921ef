"""The port in memory, turn by turn, without an event loop."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.endpoints.base import DataArrived, PortCircuit, PortClosed, PortEvent, PortOpened, RoomMade
from simisp.endpoints.memory import MemoryEndpoint
from simisp.errors import EndpointError
from support.hand_reactor import HandReactor


@pytest.fixture
def turns() -> HandReactor:
    return HandReactor()


@pytest.fixture
def endpoint(turns: HandReactor) -> MemoryEndpoint:
    return MemoryEndpoint(turns, capacity=8)


def test_opening_octets_circuits_and_closing_are_told_in_their_order(endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    port.write(b"A")
    port.write(b"T")
    port.set_circuit(Circuit.DTR, False)
    port.set_circuit(Circuit.DTR, True)
    port.write(b"\r")
    port.close()
    assert list(endpoint.receive()) == [
        PortOpened(1),
        DataArrived(b"AT"),
        PortCircuit(Circuit.DTR, False),
        PortCircuit(Circuit.DTR, True),
        DataArrived(b"\r"),
        PortClosed(0),
    ]


def test_dtr_and_rts_are_on_from_the_opening_and_a_change_to_the_same_is_none(endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    assert port.circuit(Circuit.DTR)
    assert port.circuit(Circuit.RTS)
    port.set_circuit(Circuit.RTS, True)
    assert list(endpoint.receive()) == [PortOpened(1)]


def test_a_client_can_not_set_what_the_dce_drives(endpoint: MemoryEndpoint) -> None:
    with pytest.raises(ValueError, match="DCD is driven by the DCE"):
        endpoint.open().set_circuit(Circuit.DCD, True)


def test_a_second_opening_is_refused_until_the_first_is_closed(endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    with pytest.raises(EndpointError, match="open already"):
        endpoint.open()
    port.close()
    assert endpoint.open().is_open


def test_what_one_client_left_unread_never_reaches_the_next(endpoint: MemoryEndpoint) -> None:
    first = endpoint.open()
    list(endpoint.receive())
    endpoint.send(b"more than the line takes")
    first.close()
    second = endpoint.open()
    list(endpoint.receive())
    assert endpoint.backlog == 0
    assert second.read() == b""
    endpoint.send(b"hello")
    assert second.read() == b"hello"


def test_what_is_answered_to_a_client_that_has_closed_does_not_reach_the_one_after_it(endpoint: MemoryEndpoint) -> None:
    first = endpoint.open()
    first.write(b"ATI\r")
    first.close()
    second = endpoint.open()
    for event in endpoint.receive():
        if isinstance(event, DataArrived):
            endpoint.send(b"answer")
    assert second.read() == b""


def test_a_line_takes_so_many_octets_and_says_when_there_is_room(turns: HandReactor, endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    told: list[str] = []
    port.room.callback = lambda: told.append("room")
    assert port.write(b"0123456789") == 8
    assert port.write(b"89") == 0
    turns.run()
    assert told == []
    assert list(endpoint.receive()) == [PortOpened(1), DataArrived(b"01234567")]
    turns.run()
    assert told == ["room"]
    assert port.write(b"89") == 2


def test_a_client_that_does_not_read_makes_a_backlog_and_gets_every_octet_when_it_reads(
    turns: HandReactor, endpoint: MemoryEndpoint
) -> None:
    endpoint.attach(turns, lambda _: None)
    port = endpoint.open()
    turns.run()
    endpoint.send(bytes(range(30)))
    assert endpoint.backlog == 22
    read = b""
    while piece := port.read(5):
        read += piece
        turns.run()
    assert read == bytes(range(30))


def test_octets_that_are_not_read_from_stop_no_circuit(endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    list(endpoint.receive())
    port.write(b"ab")
    port.set_circuit(Circuit.DTR, False)
    port.write(b"cd")
    assert list(endpoint.receive(data=False)) == [PortCircuit(Circuit.DTR, False)]
    assert list(endpoint.receive()) == [DataArrived(b"abcd")]


def test_a_closing_is_told_after_its_octets_also_when_the_client_is_not_read_from(endpoint: MemoryEndpoint) -> None:
    port = endpoint.open()
    port.write(b"ab")
    port.close()
    assert list(endpoint.receive(data=False)) == [PortOpened(1), DataArrived(b"ab"), PortClosed(0)]


def test_every_change_of_a_circuit_is_shown_once_and_its_state_at_once(
    turns: HandReactor, endpoint: MemoryEndpoint
) -> None:
    port = endpoint.open()
    shown: list[tuple[Circuit, bool]] = []
    port.on_circuit = lambda circuit, on: shown.append((circuit, on))
    endpoint.set_circuit(Circuit.DCD, True)
    endpoint.set_circuit(Circuit.DCD, True)
    assert port.circuit(Circuit.DCD)
    endpoint.set_circuit(Circuit.DCD, False)
    turns.run()
    assert shown == [(Circuit.DCD, True), (Circuit.DCD, False)]


def test_callbacks_come_in_turns_of_their_own(turns: HandReactor, endpoint: MemoryEndpoint) -> None:
    told: list[PortEvent | str] = []
    endpoint.attach(turns, told.append)
    port = endpoint.open()
    port.arrived.callback = lambda: told.append("arrived")
    assert told == []
    turns.run()
    endpoint.send(b"0123456")
    endpoint.send(b"789")
    assert told == [PortOpened(1)]
    turns.run()
    assert told == [PortOpened(1), "arrived"]
    port.read()
    assert told == [PortOpened(1), "arrived"]
    turns.run()
    assert told == [PortOpened(1), "arrived", RoomMade(), "arrived"]


def test_a_port_that_is_taken_away_can_be_read_to_the_last_octet_and_not_written(
    turns: HandReactor, endpoint: MemoryEndpoint
) -> None:
    port = endpoint.open()
    lost: list[bool] = []
    port.lost.callback = lambda: lost.append(True)
    list(endpoint.receive())
    endpoint.send(b"bye")
    endpoint.close()
    endpoint.close()
    turns.run()
    assert lost == [True]
    assert port.read() == b"bye"
    with pytest.raises(EndpointError, match="the port is closed"):
        port.write(b"x")
    with pytest.raises(EndpointError, match="the port is closed"):
        port.set_circuit(Circuit.DTR, False)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=30), max_size=12),
    st.lists(st.binary(min_size=1, max_size=30), max_size=12),
    st.integers(1, 9),
)
def test_nothing_is_lost_or_changed_however_slowly_both_sides_read(
    to_client: list[bytes], to_simulator: list[bytes], capacity: int
) -> None:
    turns = HandReactor()
    endpoint = MemoryEndpoint(turns, capacity=capacity)
    events: list[PortEvent] = []
    endpoint.attach(turns, events.append)
    port = endpoint.open()
    turns.run()
    for data in to_client:
        endpoint.send(data)
    unsent = b"".join(to_simulator)
    read = b""
    for _ in range(len(unsent) + len(b"".join(to_client)) + 1):
        unsent = unsent[port.write(unsent) :]
        read += port.read(3)
        turns.run()
    assert b"".join(event.data for event in events if isinstance(event, DataArrived)) == b"".join(to_simulator)
    assert read == b"".join(to_client)
