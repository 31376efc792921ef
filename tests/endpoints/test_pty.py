"""A real PTY, and clients that do what clients do to a serial port."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import select
import signal
import stat
import struct
import subprocess
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simisp.circuits import Circuit
from simisp.endpoints import pty as pty_module
from simisp.endpoints.base import DataArrived, PortClosed, PortEvent, PortFlushed, PortOpened, PortSettings
from simisp.endpoints.pty import PtyEndpoint
from simisp.errors import EndpointError
from simisp.facts.port import FlowControl, PortQueue
from simisp.procfs.threads import blocked_in
from support.hand_reactor import HandReactor
from support.own_descriptors import descriptors
from support.polling import until

TIOCGEXCL = 0x80045440
TCGETS2 = 0x802C542A
_MORE_THAN_FITS = 100_000
"""Octets; a PTY takes some 20 000."""


@pytest.fixture
def port() -> Iterator[PtyEndpoint]:
    endpoint = PtyEndpoint(raw=True)
    yield endpoint
    endpoint.close()


@pytest.fixture
def booted() -> Iterator[PtyEndpoint]:
    endpoint = PtyEndpoint()
    yield endpoint
    endpoint.close()


def opened(port: PtyEndpoint) -> int:
    """Open the port as a client does."""
    return os.open(port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def happened(port: PtyEndpoint, *, until: type[PortEvent] | None = None) -> list[PortEvent]:
    """Return what the port tells; with ``until``, wait for an event of that kind (PTY delivery is asynchronous)."""
    events = list(port.receive())
    while until is not None and not any(isinstance(event, until) for event in events):
        assert select.select(port.descriptors, [], [], 60.0)[0], f"no {until.__name__} came"
        events += port.receive()
    return events


def data_of(events: list[PortEvent]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, DataArrived))


def read_all(client: int) -> bytes:
    """Return what the client can read now."""
    data = b""
    while select.select([client], [], [], 0.0)[0]:
        try:
            data += os.read(client, 65536)
        except BlockingIOError:
            break
    return data


def read_exactly(client: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        assert select.select([client], [], [], 60.0)[0], f"{len(data)} of {count} octets came"
        data += os.read(client, count - len(data))
    return data


TCGETS2, TCSETS2, CBAUD, BOTHER = 0x802C542A, 0x402C542B, 0o10017, 0o10000


def set_speed(client: int, speed: int, *, from_scratch: bool = False) -> None:
    settings = termios.tcgetattr(client)
    settings[4] = settings[5] = speed
    if from_scratch:
        settings[3] = 0
    termios.tcsetattr(client, termios.TCSANOW, settings)


# The port's node -----------------------------------------------------------------------------------------------------


def test_the_link_leads_to_a_terminal_that_only_its_user_may_open(port: PtyEndpoint) -> None:
    assert str(Path(port.path).readlink()) == port.node
    status = Path(port.path).stat()
    assert stat.S_ISCHR(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == os.getuid()


def test_the_link_lies_where_it_is_wanted(tmp_path: Path) -> None:
    endpoint = PtyEndpoint(tmp_path / "modem")
    assert endpoint.path == str(tmp_path / "modem")
    endpoint.close()
    endpoint.close()
    assert not os.path.lexists(tmp_path / "modem")


def test_nothing_is_left_open_when_the_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "modem").write_text("precious")
    before = descriptors()
    with pytest.raises(EndpointError, match="there is another file"):
        PtyEndpoint(tmp_path / "modem")
    assert descriptors() == before
    assert (tmp_path / "modem").read_text() == "precious"


def test_no_descriptor_is_left_after_closing_and_none_is_inherited(port: PtyEndpoint) -> None:
    assert not any(os.get_inheritable(descriptor) for descriptor in (*port.descriptors, port.slave))
    before = descriptors()
    other = PtyEndpoint()
    assert other.master == other.descriptors[0]
    other.close()
    assert descriptors() == before


def test_the_port_is_given_back_even_when_its_link_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = PtyEndpoint(tmp_path / "modem")
    node = endpoint.node
    with monkeypatch.context() as patch:
        patch.setattr("simisp.endpoints.link.os.unlink", refuse(errno.EPERM))
        with pytest.raises(PermissionError):
            endpoint.close()
    assert endpoint.master == -1
    assert not Path(node).exists()


def refuse(number: int) -> object:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.ENOENT])
def test_when_no_pty_is_left_that_is_told_with_what_to_do(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "openpty", refuse(number))
    with pytest.raises(EndpointError, match="no pseudo-terminal is available") as caught:
        PtyEndpoint()
    assert caught.value.errno == number
    assert os.strerror(number) in str(caught.value)
    assert "kernel.pty.max" in caught.value.remedy


def test_when_the_process_may_open_no_more_files_that_is_told() -> None:
    PtyEndpoint().close()  # what is imported at first use is imported now
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = descriptors()
    told = set()
    for room in range(6):  # each step of the setting up meets the limit once
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, before)) + 10, limits[1]))
        taken = []
        try:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(os.open("/dev/null", os.O_RDONLY))
            for _ in range(room):
                os.close(taken.pop())
            with pytest.raises(EndpointError, match="Too many open files") as caught:
                PtyEndpoint()
            told.add(str(caught.value).split(" (")[0])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            for descriptor in taken:
                os.close(descriptor)
    assert told == {"no pseudo-terminal is available", "the port can't be watched", "the link can't be made"}
    assert descriptors() == before


def test_when_the_port_cannot_be_watched_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    before = descriptors()
    monkeypatch.setattr(pty_module, "Watch", refuse(errno.EMFILE))
    with pytest.raises(EndpointError, match="the port can't be watched") as caught:
        PtyEndpoint()
    assert "max_user_instances" in caught.value.remedy
    assert descriptors() == before


# Opening and closing -------------------------------------------------------------------------------------------------


def test_opening_and_closing_are_told_with_what_was_written_between_them(port: PtyEndpoint) -> None:
    client = opened(port)
    os.write(client, b"ATZ\r")
    os.close(client)
    assert happened(port) == [PortOpened(1), DataArrived(b"ATZ\r"), PortClosed(0)]
    assert port.openings == 0


def test_a_close_and_a_new_opening_between_two_looks_are_both_told(port: PtyEndpoint) -> None:
    first = opened(port)
    happened(port)
    os.close(first)
    second = opened(port)
    assert happened(port) == [PortClosed(0), PortOpened(1)]
    assert port.openings == 1
    os.close(second)


def test_two_thousand_openings_between_two_looks_are_all_told(port: PtyEndpoint) -> None:
    for _ in range(2000):
        os.close(opened(port))
    events = happened(port)
    assert events.count(PortOpened(1)) == events.count(PortClosed(0)) == 2000
    assert port.openings == 0


def test_many_clients_at_once_are_counted(port: PtyEndpoint) -> None:
    clients = [opened(port) for _ in range(50)]
    happened(port)
    assert port.openings == 50
    for client in clients[1:]:
        os.close(client)
    happened(port)
    assert port.openings == 1
    os.close(clients[0])
    assert happened(port) == [PortClosed(0)]


def test_a_client_that_is_killed_has_closed_the_port(port: PtyEndpoint) -> None:
    program = "import os, sys, time; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(1, flush=True); time.sleep(9)"
    with subprocess.Popen([sys.executable, "-c", program, port.path], stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        client.stdout.readline()
        assert PortOpened(1) in happened(port)
        client.send_signal(signal.SIGKILL)
        client.wait()
    assert happened(port, until=PortClosed)[-1] == PortClosed(0)


def test_the_port_stays_quiet_while_nobody_has_it_open(port: PtyEndpoint) -> None:
    master = port.descriptors[0]
    happened(port)
    assert select.select([master], [], [], 0.0)[0] == []
    os.close(opened(port))
    happened(port)
    assert select.select([master], [], [], 0.0)[0] == []


# What one client left never reaches the next -------------------------------------------------------------------------


def test_what_a_client_did_not_read_never_reaches_the_next(port: PtyEndpoint) -> None:
    first = opened(port)
    happened(port)
    port.send(b"stale" * 10_000)
    assert port.backlog > 0
    os.close(first)
    happened(port)
    assert port.backlog == 0
    second = opened(port)
    happened(port)
    assert read_all(second) == b""
    port.send(b"fresh")
    assert read_exactly(second, 5) == b"fresh"
    os.close(second)


def test_it_never_reaches_a_client_that_was_quicker_than_our_look_either(port: PtyEndpoint) -> None:
    first = opened(port)
    happened(port)
    port.send(b"stale")
    os.close(first)
    second = opened(port)
    happened(port)
    assert read_all(second) == b""
    os.close(second)


def test_the_next_client_finds_the_settings_that_the_last_one_left(booted: PtyEndpoint) -> None:
    first = opened(booted)
    tty.setraw(first)
    set_speed(first, termios.B2400)
    left = termios.tcgetattr(first)
    os.close(first)
    happened(booted)
    second = opened(booted)
    happened(booted)
    assert termios.tcgetattr(second) == left
    booted.send(b"a\r\n\x03")
    assert read_exactly(second, 4) == b"a\r\n\x03"
    os.close(second)


def test_an_exclusive_lock_that_a_client_left_is_taken_off(port: PtyEndpoint) -> None:
    first = opened(port)
    fcntl.ioctl(first, termios.TIOCEXCL)
    assert exclusive(port)
    os.close(first)
    happened(port)
    assert not exclusive(port)


def exclusive(port: PtyEndpoint) -> bool:
    return bool(struct.unpack("i", fcntl.ioctl(port.slave, TIOCGEXCL, b"\0" * 4))[0])


def test_settings_of_a_client_that_came_between_two_looks_stay(port: PtyEndpoint) -> None:
    first = opened(port)
    happened(port)
    os.close(first)
    second = opened(port)
    set_speed(second, termios.B2400)
    happened(port)
    assert termios.tcgetattr(second)[5] == termios.B2400
    os.close(second)


def test_settings_that_were_set_while_a_client_wrote_come_before_the_next_octets(port: PtyEndpoint) -> None:
    """While a client is in write() the kernel calls its side not writable, and the edge of the watch is lost."""
    client = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    happened(port)
    writer = threading.Thread(target=os.write, args=(client, bytes(_MORE_THAN_FITS)))
    writer.start()
    until(lambda: blocked_in(os.getpid(), writer.native_id or 0) is not None, what="the writer to wait for room")
    set_speed(client, termios.B2400)
    assert list(port.receive(data=False)) == []
    while writer.is_alive() or select.select([port.master], [], [], 0)[0]:
        if select.select([port.master], [], [], 0.01)[0]:
            os.read(port.master, _MORE_THAN_FITS)
    os.write(client, b"AT\r")
    assert happened(port, until=DataArrived) == [PortSettings(2400), DataArrived(b"AT\r")]
    os.close(client)


# Octets both ways ----------------------------------------------------------------------------------------------------


def test_every_octet_passes_as_it_is(port: PtyEndpoint) -> None:
    client = opened(port)
    octets = bytes(range(256))
    os.write(client, octets)
    assert data_of(happened(port, until=DataArrived)) == octets
    port.send(octets)
    assert read_exactly(client, 256) == octets
    os.close(client)


def test_a_client_that_does_not_read_loses_nothing_and_gets_all_in_order(port: PtyEndpoint) -> None:
    client, reactor = opened(port), HandReactor()
    port.attach(reactor, lambda _: None)
    reactor.run()
    sent = b"".join(struct.pack(">I", number) for number in range(50_000))
    for start in range(0, len(sent), 1000):
        port.send(sent[start : start + 1000])
    assert 0 < port.backlog < len(sent)
    received = b""
    while len(received) < len(sent):
        assert select.select([client], [], [], 60.0)[0]
        received += os.read(client, 4096)
        reactor.turn()
    assert received == sent
    assert port.backlog == 0
    assert reactor.writers == {}
    os.close(client)


def test_what_we_do_not_read_stays_with_the_client(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    sent = 0
    while True:
        try:
            sent += os.write(client, b"x" * 4096)
        except BlockingIOError:
            break
    assert sent < 100_000
    assert list(port.receive(data=False)) == []
    received = 0
    while received < sent:
        assert select.select(port.descriptors, [], [], 60.0)[0]
        received += len(data_of(happened(port)))
    assert received == sent
    os.close(client)


def test_a_flood_is_read_in_turns(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    while True:
        try:
            os.write(client, b"x" * 4096)
        except BlockingIOError:
            break
    assert 0 < len(data_of(list(port.receive()))) <= 8 * 4096
    os.close(client)


def test_writing_into_a_port_that_is_not_open_is_kept_back_and_forgotten(port: PtyEndpoint) -> None:
    port.send(b"x" * 100_000)
    assert port.backlog > 0
    client = opened(port)
    os.close(client)
    happened(port)
    assert port.backlog == 0


def test_an_error_of_the_system_that_is_no_back_pressure_is_raised(
    port: PtyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse(errno.EBADF))
        with pytest.raises(OSError, match="Bad file descriptor"):
            port.send(b"x")


# Settings ------------------------------------------------------------------------------------------------------------


def test_a_change_of_speed_is_told_in_bit_s(port: PtyEndpoint) -> None:
    client = opened(port)
    for speed, told in ((termios.B19200, 19200), (termios.B115200, 115200), (termios.B50, 50)):
        set_speed(client, speed)
        assert PortSettings(told) in happened(port, until=PortSettings)
    os.close(client)


def test_b0_is_told_and_so_is_the_speed_after_it(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    set_speed(client, termios.B0)
    assert happened(port, until=PortSettings) == [PortSettings(0)]
    os.write(client, b"still here")
    assert data_of(happened(port, until=DataArrived)) == b"still here"
    set_speed(client, termios.B9600)
    assert happened(port, until=PortSettings) == [PortSettings(9600)]
    os.close(client)


def test_settings_that_leave_the_speed_alone_are_not_told(port: PtyEndpoint) -> None:
    client = opened(port)
    tty.setraw(client)
    tty.setraw(client)
    happened(port)
    set_speed(client, termios.B4800)
    assert [event for event in happened(port, until=PortSettings) if isinstance(event, PortSettings)] == [
        PortSettings(4800)
    ]
    os.close(client)


def test_stop_bits_and_flow_control_are_told_and_what_the_kernel_keeps_to_itself_is_not(port: PtyEndpoint) -> None:
    client = opened(port)
    settings = termios.tcgetattr(client)
    settings[2] |= termios.CSTOPB | termios.CRTSCTS
    termios.tcsetattr(client, termios.TCSANOW, settings)
    told = [PortSettings(9600, 2, FlowControl.RTS_CTS, data_bits=None, parity=None)]
    assert [event for event in happened(port, until=PortSettings) if isinstance(event, PortSettings)] == told
    settings[0] |= termios.IXON
    settings[2] &= ~termios.CSTOPB
    termios.tcsetattr(client, termios.TCSANOW, settings)
    assert happened(port, until=PortSettings) == [PortSettings(9600, 1, FlowControl.BOTH)]
    os.close(client)


def test_a_client_that_writes_its_settings_from_scratch_is_seen_the_next_time_too(port: PtyEndpoint) -> None:
    client = opened(port)
    set_speed(client, termios.B1200, from_scratch=True)
    assert PortSettings(1200) in happened(port, until=PortSettings)
    set_speed(client, termios.B2400, from_scratch=True)
    assert PortSettings(2400) in happened(port, until=PortSettings)
    os.close(client)


def test_a_speed_for_which_there_is_no_code_is_told_as_a_number(port: PtyEndpoint) -> None:
    client = opened(port)
    termios2 = bytearray(fcntl.ioctl(client, TCGETS2, bytes(44)))
    struct.pack_into("I", termios2, 8, struct.unpack_from("I", termios2, 8)[0] & ~CBAUD | BOTHER)
    struct.pack_into("2I", termios2, 36, 12_345, 12_345)
    fcntl.ioctl(client, TCSETS2, bytes(termios2))
    assert PortSettings(12_345) in happened(port, until=PortSettings)
    os.close(client)


def test_a_change_of_settings_is_told_though_the_client_has_filled_the_line_before(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(client, b"x" * 4096)
    set_speed(client, termios.B1200)
    assert any(isinstance(event, PortSettings) for event in happened(port, until=PortSettings))
    os.close(client)


def test_the_settings_are_looked_at_once_for_octets_that_come_and_never_for_those_that_go(
    port: PtyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, reactor, events = opened(port), HandReactor(), list[PortEvent]()
    port.attach(reactor, events.append)
    reactor.run()
    looks: list[int] = []
    real = fcntl.ioctl

    def look(descriptor: int, request: int, *rest: Any) -> Any:
        if request == TCGETS2:
            looks.append(descriptor)
        return real(descriptor, request, *rest)

    monkeypatch.setattr("simisp.endpoints.terminal.fcntl.ioctl", look)
    for number in range(10):
        os.write(client, b"AT\r")
        while len(data_of(events)) < 3 * (number + 1):
            assert reactor.turn(within=60.0)
        port.send(b"OK\r\n")
        assert select.select([client], [], [], 60.0)[0] == [client]
        assert os.read(client, 100) == b"OK\r\n"
    assert len(looks) == 10
    set_speed(client, termios.B1200)
    while not any(isinstance(event, PortSettings) for event in events):
        assert reactor.turn(within=60.0)
    assert looks != []
    os.close(client)


def test_settings_changed_while_octets_are_read_are_reported_after_them(
    port: PtyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, reactor, events = opened(port), HandReactor(), list[PortEvent]()
    port.attach(reactor, events.append)
    reactor.run()
    events.clear()
    os.write(client, b"AT\r")
    assert select.select([port.master], [], [], 60.0)[0]
    real = os.read

    def read(descriptor: int, most: int) -> bytes:
        data = real(descriptor, most)
        if descriptor == port.master:
            monkeypatch.undo()
            set_speed(client, termios.B1200)
        return data

    monkeypatch.setattr("simisp.endpoints.pty.os.read", read)
    reactor.readers[port.master]()
    assert [type(event) for event in events] == [DataArrived, PortSettings]
    os.close(client)


def test_octets_alone_are_handed_over_as_they_are_and_with_anything_else_they_are_events(port: PtyEndpoint) -> None:
    client, reactor, events, handed = opened(port), HandReactor(), list[PortEvent](), list[bytes]()
    port.hand_octets_to(handed.append)
    port.attach(reactor, events.append)
    reactor.run()
    events.clear()
    os.write(client, b"AT\r")
    assert select.select([port.master], [], [], 60.0)[0]
    reactor.readers[port.master]()
    assert (handed, events) == ([b"AT\r"], [])
    os.write(client, b"ATZ\r")
    assert select.select([port.master], [], [], 60.0)[0]
    other = opened(port)
    reactor.readers[port.master]()
    assert (handed, events) == ([b"AT\r"], [PortOpened(2), DataArrived(b"ATZ\r")])
    port.detach()
    os.write(client, b"ATH\r")
    port.look()
    assert len(handed) == 1
    for descriptor in (client, other):
        os.close(descriptor)


def test_a_change_of_settings_is_told_without_an_octet_being_sent(port: PtyEndpoint) -> None:
    # Its descriptors may be readable all the while: any port of the machine that is opened is in the same folder.
    client = opened(port)
    happened(port)
    assert happened(port) == []
    set_speed(client, termios.B0)
    assert select.select(port.descriptors, [], [], 0.0)[0] != []
    assert happened(port) == [PortSettings(0)]
    assert happened(port) == []
    os.close(client)


def test_who_drops_dtr_by_b0_has_spoken_before_and_who_raises_it_speaks_after(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    os.write(client, b"first")
    set_speed(client, termios.B0)
    assert happened(port, until=PortSettings) == [DataArrived(b"first"), PortSettings(0)]
    set_speed(client, termios.B300)
    os.write(client, b"last")
    assert happened(port, until=PortSettings) == [PortSettings(300), DataArrived(b"last")]
    os.close(client)


def test_the_next_client_s_speed_is_told_when_it_differs_from_what_it_found(port: PtyEndpoint) -> None:
    first = opened(port)
    set_speed(first, termios.B2400)
    happened(port, until=PortSettings)
    os.close(first)
    happened(port)
    second = opened(port)
    set_speed(second, termios.B300)
    assert PortSettings(300) in happened(port, until=PortSettings)
    os.close(second)


@pytest.mark.parametrize(
    ("queue", "named"), list(zip((termios.TCIFLUSH, termios.TCOFLUSH, termios.TCIOFLUSH), PortQueue, strict=True))
)
def test_a_flush_by_the_client_is_reported_once_and_is_no_data(port: PtyEndpoint, queue: int, named: PortQueue) -> None:
    client = opened(port)
    happened(port)
    termios.tcflush(client, queue)
    termios.tcsendbreak(client, 0)
    assert happened(port, until=PortFlushed) == [PortFlushed(named)]
    os.write(client, b"AT\r")
    assert happened(port, until=DataArrived) == [DataArrived(b"AT\r")]
    os.close(client)


def test_a_flush_stands_before_the_settings_that_came_with_it_and_before_the_octets_after_it(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    settings = termios.tcgetattr(client)
    settings[4] = settings[5] = termios.B300
    termios.tcsetattr(client, termios.TCSAFLUSH, settings)
    os.write(client, b"AT\r")
    assert happened(port, until=DataArrived) == [PortFlushed(PortQueue.INPUT), PortSettings(300), DataArrived(b"AT\r")]
    os.close(client)


def test_what_the_simulator_flushes_itself_is_no_flush_of_the_next_client(port: PtyEndpoint) -> None:
    for _ in range(2):
        client = opened(port)
        os.close(client)
        assert [type(event) for event in happened(port, until=PortClosed)] == [PortOpened, PortClosed]


# The line discipline -------------------------------------------------------------------------------------------------


def test_the_port_begins_as_a_serial_port_does_after_boot(booted: PtyEndpoint) -> None:
    client = opened(booted)
    iflag, oflag, cflag, lflag, _, speed, _ = termios.tcgetattr(client)
    assert lflag & (termios.ICANON | termios.ECHO | termios.ISIG) == termios.ICANON | termios.ECHO | termios.ISIG
    assert iflag & (termios.ICRNL | termios.IXON) == termios.ICRNL | termios.IXON
    assert oflag & (termios.OPOST | termios.ONLCR) == termios.OPOST | termios.ONLCR
    assert cflag & (termios.HUPCL | termios.CLOCAL | termios.CREAD) == termios.HUPCL | termios.CLOCAL | termios.CREAD
    assert speed == termios.B9600
    os.close(client)


def test_what_the_modem_sends_passes_the_terminal_as_from_a_wire(booted: PtyEndpoint) -> None:
    client = opened(booted)
    happened(booted)
    booted.send(b"\r\nOK")
    assert read_exactly(client, 2) == b"\n\n"
    assert read_all(client) == b"", "a line is not given before its end"
    booted.send(b"x\x7f\r")
    assert read_exactly(client, 3) == b"OK\n", "a canonical line is edited, and ends in what ICRNL makes of a return"
    os.close(client)


def test_what_the_modem_sends_is_echoed_to_it_while_echo_is_on(booted: PtyEndpoint) -> None:
    client = opened(booted)
    happened(booted)
    assert booted.echo_rate == 960.0
    booted.send(b"OK\r")
    assert data_of(happened(booted, until=DataArrived)) == b"OK\r\n"
    tty.setraw(client)
    happened(booted)
    assert booted.echo_rate is None
    booted.send(b"OK\r")
    assert read_exactly(client, 3) == b"OK\r"
    assert data_of(happened(booted)) == b""
    os.close(client)


def test_xoff_holds_the_client_back_and_xon_lets_it_go_on(booted: PtyEndpoint) -> None:
    client = opened(booted)
    happened(booted)
    booted.send(b"\x13")
    select.select([booted.slave], [], [], 0.0)  # has it delivered
    with pytest.raises(BlockingIOError):
        os.write(client, b"AT\r")
    booted.send(b"\x11")
    select.select([booted.slave], [], [], 0.0)
    os.write(client, b"AT\r")
    assert data_of(happened(booted, until=DataArrived)) == b"AT\r"
    os.close(client)


def test_who_opens_the_port_next_is_not_held_back_by_an_xoff_that_the_last_one_got(booted: PtyEndpoint) -> None:
    first = opened(booted)
    happened(booted)
    booted.send(b"\x13")
    select.select([booted.slave], [], [], 0.0)
    os.close(first)
    happened(booted, until=PortClosed)
    second = opened(booted)
    os.write(second, b"AT\r")
    assert data_of(happened(booted, until=DataArrived)) == b"AT\r"
    os.close(second)


def test_an_echo_of_what_one_client_was_sent_is_never_taken_for_the_next_ones_words(booted: PtyEndpoint) -> None:
    for _ in range(200):
        client = opened(booted)
        happened(booted)
        booted.send(b"NO CARRIER\r\n")
        os.close(client)
        happened(booted, until=PortClosed)
        client = opened(booted)
        os.write(client, b"A")
        assert data_of(happened(booted, until=DataArrived)) == b"A"
        os.close(client)
        happened(booted, until=PortClosed)


def test_the_last_closing_tells_whether_it_hangs_up(port: PtyEndpoint) -> None:
    client = opened(port)
    settings = termios.tcgetattr(client)
    settings[2] &= ~termios.HUPCL
    termios.tcsetattr(client, termios.TCSANOW, settings)
    os.close(client)
    assert happened(port)[-1] == PortClosed(0, hangs_up=False)
    client = opened(port)
    settings[2] |= termios.HUPCL
    termios.tcsetattr(client, termios.TCSANOW, settings)
    os.close(client)
    assert happened(port)[-1] == PortClosed(0)


def mind_cts(client: int, wanted: bool = True) -> None:
    settings = termios.tcgetattr(client)
    settings[2] = settings[2] | termios.CRTSCTS if wanted else settings[2] & ~termios.CRTSCTS
    termios.tcsetattr(client, termios.TCSANOW, settings)


def may_write(client: int) -> bool:
    try:
        return os.write(client, b"x") == 1
    except BlockingIOError:
        assert not select.select([], [client], [], 0.0)[1]
        return False


def test_while_cts_is_off_a_client_that_minds_it_can_write_nothing(port: PtyEndpoint) -> None:
    client = opened(port)
    mind_cts(client)
    happened(port)
    assert may_write(client)
    port.set_circuit(Circuit.CTS, False)
    assert not may_write(client)
    assert data_of(happened(port, until=DataArrived)) == b"x"
    port.set_circuit(Circuit.CTS, True)
    assert may_write(client)
    assert data_of(happened(port, until=DataArrived)) == b"x"
    os.close(client)


def test_a_client_that_does_not_mind_cts_writes_on_and_one_that_begins_to_is_held_back(port: PtyEndpoint) -> None:
    client = opened(port)
    happened(port)
    port.set_circuit(Circuit.CTS, False)
    assert may_write(client)
    mind_cts(client)
    happened(port)
    assert not may_write(client)
    mind_cts(client, wanted=False)
    happened(port)
    assert may_write(client)
    os.close(client)


def test_cts_that_stays_off_holds_the_next_client_back_too(port: PtyEndpoint) -> None:
    first = opened(port)
    mind_cts(first)
    happened(port)
    port.set_circuit(Circuit.CTS, False)
    os.close(first)
    happened(port, until=PortClosed)
    second = opened(port)
    happened(port)
    assert not may_write(second)
    port.set_circuit(Circuit.CTS, True)
    assert may_write(second)
    os.close(second)


# One after the other -------------------------------------------------------------------------------------------------


class Comer:
    """Lets somebody come, at a look of the port at its descriptors, as the clock can't."""

    def __init__(self, port: PtyEndpoint, monkeypatch: pytest.MonkeyPatch, *, at: int) -> None:
        self._port, self._at = port, at
        self._read = os.read
        self.client = -1
        monkeypatch.setattr(os, "read", self._comes)

    def _comes(self, descriptor: int, count: int) -> bytes:
        if descriptor == self._port.master:
            self._at -= 1
            if not self._at:
                self.client = opened(self._port)
                os.write(self.client, b"ATDT1\r")
                select.select([descriptor], [], [], 60.0)
        return self._read(descriptor, count)


@pytest.mark.parametrize("at", range(1, 9))
def test_who_opens_the_port_and_dials_just_while_the_last_one_s_closing_is_looked_at_is_heard(
    at: int, port: PtyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(port)
    happened(port)
    os.close(first)
    with monkeypatch.context() as patch:
        comer = Comer(port, patch, at=at)
        events = happened(port)
    if comer.client < 0:
        return  # no look is that late
    events += happened(port)
    assert [event for event in events if not isinstance(event, PortSettings)] == [
        PortClosed(0),
        PortOpened(1),
        DataArrived(b"ATDT1\r"),
    ]
    os.close(comer.client)


# Many ----------------------------------------------------------------------------------------------------------------


def test_many_ports_at_once_never_collide() -> None:
    ports = [PtyEndpoint(raw=True) for _ in range(40)]
    try:
        assert len({port.path for port in ports}) == len({port.node for port in ports}) == 40
        clients = [opened(port) for port in ports]
        for number, port in enumerate(ports):
            happened(port)
            port.send(b"%d" % number)
        for number, client in enumerate(clients):
            assert read_exactly(client, len(str(number))) == b"%d" % number
            os.close(client)
    finally:
        for port in ports:
            port.close()


def test_a_thousand_calls_on_one_port_leave_it_as_it_was(port: PtyEndpoint) -> None:
    before = len(descriptors())
    for number in range(1000):
        client = opened(port)
        os.write(client, b"%d" % number)
        events = happened(port, until=DataArrived)
        assert data_of(events) == b"%d" % number
        port.send(b"unread")
        os.close(client)
        assert happened(port, until=PortClosed)[-1] == PortClosed(0)
    assert len(descriptors()) == before
