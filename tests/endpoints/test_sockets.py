"""Ports on sockets: who has the line, who is turned away, and that no client makes them raise, leak or grow."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from endpoints.ports import Played, StreamClient, connected_to
from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import CallerTurnedAway, ConnectionLost, DataArrived, PortClosed, PortOpened
from simisp.endpoints.connection import SocketTransport
from simisp.endpoints.socket_port import SocketEndpoint
from simisp.endpoints.tcp import tcp_endpoint
from simisp.endpoints.unix import unix_endpoint
from simisp.errors import EndpointError
from support.own_descriptors import descriptors

_TCP_REPAIR = 19


def played_on(endpoint: SocketEndpoint) -> Played:
    played = Played(endpoint, lambda: StreamClient(endpoint.path))
    played.attach()
    return played


@pytest_asyncio.fixture
async def tcp() -> AsyncIterator[Played]:
    played = played_on(tcp_endpoint())
    yield played
    played.endpoint.close()


def count(played: Played, kind: type) -> int:
    return sum(isinstance(event, kind) for event in played.events)


def pieces(played: Played) -> list[bytes]:
    return [event.data for event in played.events if isinstance(event, DataArrived)]


@pytest.mark.parametrize("size", [255, 256, 257, 1000, 4096])
async def test_what_a_client_sends_at_once_arrives_in_one_piece(tcp: Played, size: int) -> None:
    client = tcp.open()
    for number in (1, 2):
        client.write(b"x" * size)
        await tcp.until(lambda: sum(map(len, pieces(tcp))) == number * size)  # noqa: B023 - awaited at once
    assert pieces(tcp) == [b"x" * size] * 2
    client.close()


async def test_a_second_client_reads_the_busy_text_although_it_has_sent_octets_at_once(tcp: Played) -> None:
    first, second = tcp.open(), StreamClient(tcp.endpoint.path)
    second.write(b"ATZ\r" * 100)
    received = bytearray()

    def ended() -> bool:
        received.extend(second.read())
        return second.has_ended

    await tcp.until(ended)
    assert received == b"the line is busy\r\n"
    assert count(tcp, DataArrived) == 0
    second.close()
    first.close()


async def test_without_a_busy_text_a_second_client_is_reset() -> None:
    played = played_on(tcp_endpoint(busy=""))
    first, second = played.open(), connected_to(played.endpoint.path)
    await played.until(lambda: count(played, CallerTurnedAway) == 1)
    with pytest.raises(ConnectionResetError):
        second.recv(10)
    first.close()
    second.close()
    played.endpoint.close()


async def test_the_line_is_free_for_the_next_as_soon_as_the_first_has_closed_also_while_its_octets_are_held(
    tcp: Played,
) -> None:
    first = tcp.open()
    await tcp.until(lambda: count(tcp, PortOpened) == 1)
    tcp.endpoint.hold(True)
    first.write(b"last words")
    first.close()
    second = tcp.open()
    await tcp.until(lambda: count(tcp, PortOpened) == 2)
    assert [type(event) for event in tcp.events] == [PortOpened, DataArrived, PortClosed, PortOpened]
    second.close()


async def test_a_client_that_ends_its_sending_has_closed_the_port_and_still_reads_its_answer(tcp: Played) -> None:
    client, received = StreamClient(tcp.endpoint.path), bytearray()
    tcp.on_event = lambda event: tcp.endpoint.send(b"OK\r\n") if isinstance(event, DataArrived) else None
    client.write(b"AT\r")
    client.socket.shutdown(socket.SHUT_WR)
    await tcp.until(lambda: count(tcp, PortClosed) == 1)

    def ended() -> bool:
        received.extend(client.read())
        return client.has_ended

    await tcp.until(ended)
    assert received == b"OK\r\n"
    client.close()


async def test_a_client_that_resets_its_connection_has_closed_the_port(tcp: Played) -> None:
    client = StreamClient(tcp.endpoint.path)
    await tcp.until(lambda: count(tcp, PortOpened) == 1)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    await tcp.until(lambda: count(tcp, PortClosed) == 1)
    assert tcp.events[-2] == ConnectionLost("the client reset it")


async def test_a_half_open_connection_is_ended_by_the_keep_alive() -> None:
    played = played_on(tcp_endpoint(keep_alive=1.0))
    client = StreamClient(played.endpoint.path)
    await played.until(lambda: count(played, PortOpened) == 1)
    try:
        # Its kernel forgets the connection without a word, as when a machine loses its power.
        client.socket.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
    except PermissionError:
        pytest.skip("a connection that vanishes without a word needs CAP_NET_ADMIN")
    finally:
        client.close()
    await played.until(lambda: count(played, PortClosed) == 1)
    assert count(played, ConnectionLost) == 1
    played.endpoint.close()


async def test_no_time_limit_of_the_kernel_ends_a_client_that_lives_and_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[socket.socket] = []
    real = socket.socket.accept

    def accept(listener: socket.socket) -> tuple[socket.socket, Any]:
        caller, address = real(listener)
        taken.append(caller)
        return caller, address

    monkeypatch.setattr(socket.socket, "accept", accept)
    played = played_on(tcp_endpoint(keep_alive=9.0))
    client = StreamClient(played.endpoint.path)
    await played.until(lambda: count(played, PortOpened) == 1)
    options = (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    limits = [taken[0].getsockopt(socket.IPPROTO_TCP, option) for option in options]
    assert limits[0] == 0
    assert limits[1] + limits[2] * limits[3] == 9
    client.close()
    played.endpoint.close()


def test_a_peer_that_does_not_answer_the_keep_alive_is_named_as_the_reason() -> None:
    ours, theirs = socket.socketpair()
    transport = SocketTransport(ours, keep_alive=60.0)
    assert transport.lost_because(OSError(errno.ETIMEDOUT, "timed out")) == "no answer to keep-alive for 60 s"
    assert transport.lost_because(OSError(errno.EHOSTUNREACH, "")) == "No route to host"
    transport.close()
    theirs.close()


async def test_a_thousand_connects_and_drops_leave_nothing_open(tcp: Played) -> None:
    before = descriptors()
    for number in range(1000):
        connected_to(tcp.endpoint.path).close()
        if number % 20 == 0:
            await asyncio.sleep(0)  # the kernel queues a limited number
    last = tcp.open()
    last.write(b"AT\r")
    await tcp.until(lambda: any(event == DataArrived(b"AT\r") for event in tcp.events))
    assert count(tcp, PortOpened) + count(tcp, CallerTurnedAway) == 1001
    assert count(tcp, PortOpened) == count(tcp, PortClosed) + 1
    last.close()
    await tcp.until(lambda: count(tcp, PortOpened) == count(tcp, PortClosed))
    assert descriptors() == before


async def test_callers_that_are_turned_away_and_never_close_are_cut_off_one_by_one(tcp: Played) -> None:
    first = tcp.open()
    await tcp.until(lambda: count(tcp, PortOpened) == 1)
    before = len(descriptors())
    stubborn = [connected_to(tcp.endpoint.path) for _ in range(60)]
    await tcp.until(lambda: count(tcp, CallerTurnedAway) == 60)
    assert len(descriptors()) - before - len(stubborn) <= 8
    for client in stubborn:
        client.close()
    first.close()


async def test_a_caller_for_whom_no_descriptor_is_left_is_refused_and_the_port_goes_on(
    tcp: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = socket.socket.accept, [OSError(errno.EMFILE, "Too many open files")]

    def accept(listener: socket.socket) -> tuple[socket.socket, Any]:
        if left:
            raise left.pop()
        return real(listener)

    monkeypatch.setattr(socket.socket, "accept", accept)
    before = descriptors()
    refused = connected_to(tcp.endpoint.path)
    await tcp.until(lambda: not left)
    with pytest.raises(ConnectionResetError):
        refused.recv(1)
    refused.close()
    assert descriptors() == before
    client = tcp.open()
    await tcp.until(lambda: count(tcp, PortOpened) == 1)
    client.close()


async def test_a_flood_of_octets_is_reported_whole_and_in_order(tcp: Played) -> None:
    client, sent, seen = tcp.open(), bytes(range(256)) * 4096, bytearray()
    tcp.on_event = lambda event: seen.extend(event.data) if isinstance(event, DataArrived) else None
    start = 0

    def all_seen() -> bool:
        nonlocal start
        start += client.write(sent[start : start + 65536])
        return len(seen) == len(sent)

    await tcp.until(all_seen)
    assert seen == sent
    client.close()


async def test_the_kernel_takes_little_for_a_client_that_never_reads_so_that_it_is_seen_early(tcp: Played) -> None:
    client = tcp.open()
    await tcp.until(lambda: count(tcp, PortOpened) == 1)
    tcp.endpoint.send(b"x" * 500_000)
    assert tcp.endpoint.backlog > 500_000 - 256 * 1024
    client.close()
    await tcp.until(lambda: count(tcp, PortClosed) == 1)
    assert tcp.endpoint.backlog == 0


def test_an_address_that_is_in_use_or_not_ours_is_refused_with_what_helps() -> None:
    endpoint = tcp_endpoint()
    number = int(endpoint.path.rpartition(":")[2])
    with pytest.raises(EndpointError, match=r"in use\): socket://127.0.0.1:\d+ \(choose another"):
        tcp_endpoint(port=number)
    with pytest.raises(EndpointError, match="Cannot assign"):
        tcp_endpoint("192.0.2.1")
    endpoint.close()


def test_a_socket_that_a_killed_process_has_left_is_replaced_and_no_other_file_is(tmp_path: Path) -> None:
    path = tmp_path / "line"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    endpoint = unix_endpoint(str(path))
    with pytest.raises(EndpointError, match="another process has this socket"):
        unix_endpoint(str(path))
    assert endpoint.path == f"unix:{path}"
    endpoint.close()
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(EndpointError, match="a file is there that is no socket"):
        unix_endpoint(str(path))
    assert path.read_text() == "mine"


def test_only_its_own_file_is_removed_with_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "line"
    endpoint = unix_endpoint(str(path))
    path.unlink()
    path.write_text("somebody else's")
    endpoint.close()
    assert path.exists()


def test_a_unix_socket_has_the_mode_that_was_asked_for(tmp_path: Path) -> None:
    for mode in (0o600, 0o666):
        endpoint = unix_endpoint(str(tmp_path / "line"), access=PortAccess(mode))
        assert stat.S_IMODE((tmp_path / "line").stat().st_mode) == mode
        endpoint.close()


def test_a_unix_socket_is_never_open_to_more_than_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found = tmp_path / "line", []

    def look(*_: object) -> None:
        found.append(stat.S_IMODE(path.stat().st_mode))

    monkeypatch.setattr(PortAccess, "grant", look)
    before = os.umask(0)
    try:
        unix_endpoint(str(path)).close()
    finally:
        os.umask(before)
    assert found == [0o600]


def test_a_socket_that_cannot_be_served_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    before = descriptors()
    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(OSError, match="Too many open files"):
        unix_endpoint(str(tmp_path / "line"))
    monkeypatch.undo()
    assert (list(tmp_path.iterdir()), descriptors()) == ([], before)


def test_a_name_that_is_too_long_or_in_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x" * 200, str(tmp_path / "missing" / "line"), "@" + "x" * 200, "a\0b"):
        with pytest.raises(EndpointError, match="no socket can be made"):
            unix_endpoint(name)


async def test_an_abstract_name_is_taken_whole_also_with_a_colon_in_it() -> None:
    played = played_on(unix_endpoint(f"@abstract:mm-{os.getpid()}"))
    client = socket.socket(socket.AF_UNIX)
    client.connect(f"\0abstract:mm-{os.getpid()}")
    await played.until(lambda: count(played, PortOpened) == 1)
    client.close()
    played.endpoint.close()


async def test_an_abstract_socket_lets_in_no_other_user(monkeypatch: pytest.MonkeyPatch) -> None:
    played = played_on(unix_endpoint(f"@other-{os.getpid()}"))
    real = socket.socket.getsockopt

    def another_user(caller: socket.socket, level: int, option: int, *size: int) -> int | bytes:
        if option == socket.SO_PEERCRED:
            return struct.pack("3i", 1, os.getuid() + 1, 1)
        return real(caller, level, option, *size)

    monkeypatch.setattr(socket.socket, "getsockopt", another_user)
    client = StreamClient(played.endpoint.path)
    await played.until(client.is_turned_away)
    assert played.events == []
    client.close()
    played.endpoint.close()
