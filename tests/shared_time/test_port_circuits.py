"""Circuits lent to a PTY: what its driver is told, in which order, and who is woken."""

from __future__ import annotations

import os
import select
import termios
from collections.abc import Iterator

import pytest

from simisp.circuits import Circuit
from simisp.endpoints.base import BreakSeen, DataArrived, PortCircuit, PortClosed, PortEvent, PortOpened
from simisp.endpoints.pty import PtyEndpoint
from simisp.shared_time.clock_page import LINE_COUNT, ClockPage
from simisp.shared_time.port_circuits import CircuitsWatch, PortCircuits


@pytest.fixture
def page() -> Iterator[ClockPage]:
    with ClockPage.create() as page:
        yield page


@pytest.fixture
def endpoint() -> Iterator[PtyEndpoint]:
    endpoint = PtyEndpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture
def circuits(page: ClockPage, endpoint: PtyEndpoint) -> Iterator[PortCircuits]:
    circuits = PortCircuits(page, endpoint)
    yield circuits
    circuits.close()


def is_readable(descriptor: int, within: float = 0.0) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(within * 1000))


def client_sets(page: ClockPage, *, dtr: bool = True, rts: bool = True) -> None:
    """What TIOCMSET of a preloaded client does."""
    page.layout.lines[0].dte_circuits = termios.TIOCM_DTR * dtr | termios.TIOCM_RTS * rts


def open_client(endpoint: PtyEndpoint) -> int:
    client = os.open(endpoint.path, os.O_RDWR | os.O_NOCTTY)
    assert next(iter(endpoint.receive())) == PortOpened(1)
    return client


def told(endpoint: PtyEndpoint, *, data: bool = True) -> list[PortEvent]:
    return list(endpoint.receive(data=data))


def test_a_driver_has_one_more_descriptor_to_wait_for(endpoint: PtyEndpoint, circuits: PortCircuits) -> None:
    assert endpoint.descriptors[-1] == circuits.descriptor


def test_nothing_is_told_before_the_client_has_set_anything(endpoint: PtyEndpoint, circuits: PortCircuits) -> None:
    circuits.look()
    assert not is_readable(circuits.descriptor)
    assert told(endpoint) == []


def test_a_look_makes_the_descriptor_readable_until_the_change_was_told(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client_sets(page, dtr=False)
    circuits.look()
    circuits.look()
    assert is_readable(circuits.descriptor)
    assert told(endpoint) == [PortCircuit(Circuit.DTR, False)]
    assert not is_readable(circuits.descriptor)
    circuits.look()
    assert not is_readable(circuits.descriptor)


def test_what_went_and_came_back_is_no_change_and_leaves_nothing_readable(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client_sets(page, rts=False)
    circuits.look()
    client_sets(page)
    assert told(endpoint) == []
    assert not is_readable(circuits.descriptor)


def test_a_client_that_lowers_dtr_has_spoken_before(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    os.write(client, b"ATH\r")
    client_sets(page, dtr=False)
    assert told(endpoint)[-2:] == [DataArrived(b"ATH\r"), PortCircuit(Circuit.DTR, False)]
    os.close(client)


def test_a_client_that_raises_dtr_speaks_thereafter(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    client_sets(page, dtr=False)
    told(endpoint)
    client_sets(page)
    os.write(client, b"AT\r")
    assert told(endpoint) == [PortCircuit(Circuit.DTR, True), DataArrived(b"AT\r")]
    os.close(client)


def test_circuits_are_told_also_while_octets_are_left_alone(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    os.write(client, b"AT\r")
    client_sets(page, dtr=False)
    assert told(endpoint, data=False) == [PortCircuit(Circuit.DTR, False)]
    os.close(client)


def test_the_next_client_finds_dtr_and_rts_raised(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    client_sets(page, dtr=False, rts=False)
    os.close(client)
    events = told(endpoint)
    assert events[-1] == PortClosed(0)
    assert page.layout.lines[0].dte_circuits == termios.TIOCM_DTR | termios.TIOCM_RTS
    assert told(endpoint) == []


def test_what_a_client_set_that_came_right_after_another_is_kept(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    os.close(client)
    client = os.open(endpoint.path, os.O_RDWR | os.O_NOCTTY)
    events = endpoint.receive()
    client_sets(page, dtr=False)
    assert [event for event in events if isinstance(event, PortClosed | PortOpened)] == [PortClosed(0), PortOpened(1)]
    assert told(endpoint) == [PortCircuit(Circuit.DTR, False)]
    os.close(client)


def test_what_the_dce_drives_is_shown_in_the_page(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    endpoint.set_circuit(Circuit.DCD, True)
    assert page.layout.lines[0].dce_circuits == termios.TIOCM_CAR
    endpoint.set_circuit(Circuit.DCD, False)
    assert page.layout.lines[0].dce_circuits == 0


def test_without_lent_circuits_a_pty_has_none(endpoint: PtyEndpoint) -> None:
    endpoint.set_circuit(Circuit.DCD, True)
    assert len(endpoint.descriptors) == 2
    assert told(endpoint) == []


def test_in_real_time_a_client_that_rings_is_heard(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    watch = CircuitsWatch(page, [circuits])
    client_sets(page, dtr=False)
    page.ring()
    assert is_readable(circuits.descriptor, within=60.0)
    assert told(endpoint) == [PortCircuit(Circuit.DTR, False)]
    watch.close()


def test_each_line_has_circuits_of_its_own(page: ClockPage) -> None:
    first, second = PtyEndpoint(), PtyEndpoint()
    both = [PortCircuits(page, first), PortCircuits(page, second)]
    first.set_circuit(Circuit.DCD, True)
    second.set_circuit(Circuit.DSR, True)
    assert [line.dce_circuits for line in page.layout.lines[:2]] == [termios.TIOCM_CAR, termios.TIOCM_DSR]
    watch = CircuitsWatch(page, both)
    page.layout.lines[1].dte_circuits = termios.TIOCM_RTS
    page.ring()
    assert is_readable(both[1].descriptor, within=60.0)
    assert told(second) == [PortCircuit(Circuit.DTR, False)]
    assert told(first) == []
    watch.close()
    for circuits in both:
        circuits.close()
    first.close()
    second.close()


def test_a_page_has_room_for_so_many_lines_and_no_more(page: ClockPage) -> None:
    for device in range(LINE_COUNT):
        page.add_line(device + 1)
    with pytest.raises(ValueError, match="at most"):
        page.add_line(LINE_COUNT + 1)


def test_closing_ends_the_watch_and_can_be_repeated(page: ClockPage, endpoint: PtyEndpoint) -> None:
    circuits = PortCircuits(page, endpoint)
    watch = CircuitsWatch(page, [circuits])
    for _ in range(2):
        watch.close()
        circuits.close()
    assert not watch._thread.is_alive()


def test_a_break_is_told_once_after_the_octets_and_before_a_dropped_dtr(
    page: ClockPage, endpoint: PtyEndpoint, circuits: PortCircuits
) -> None:
    client = open_client(endpoint)
    os.write(client, b"x")
    page.layout.lines[0].breaks += 1
    client_sets(page, dtr=False)
    circuits.look()
    assert is_readable(circuits.descriptor)
    assert told(endpoint) == [DataArrived(b"x"), BreakSeen(), PortCircuit(Circuit.DTR, False)]
    assert not circuits.changed
    assert told(endpoint) == []
    os.close(client)
