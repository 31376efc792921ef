"""Ports that are wired to one client: standard input and output, and a serial port with a null-modem cable."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from pathlib import Path
from typing import Any

import pytest

from endpoints.ports import Played
from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, DataArrived, PortCircuit, PortClosed, PortOpened
from simisp.endpoints.serial_port import SerialEndpoint
from simisp.endpoints.spec import PortManner, parse_endpoint
from simisp.endpoints.stdio import StdioEndpoint
from simisp.errors import EndpointError


def unreachable() -> Any:
    raise AssertionError("the client is there already")


class Pins:
    """The circuits of a serial port, as the kernel's ioctl shows and takes them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.driven, self.seen = 0, 0
        real = fcntl.ioctl

        def ioctl(descriptor: int, request: int, argument: Any = 0, *more: Any) -> Any:
            if request == termios.TIOCMGET:
                return struct.pack("I", self.seen)
            if request == termios.TIOCMBIS:
                self.driven |= struct.unpack("I", argument)[0]
            elif request == termios.TIOCMBIC:
                self.driven &= ~struct.unpack("I", argument)[0]
            else:
                return real(descriptor, request, argument, *more)
            return 0

        monkeypatch.setattr(fcntl, "ioctl", ioctl)


async def test_the_circuits_of_a_null_modem_cable_are_crossed(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = os.openpty()
    pins = Pins(monkeypatch)
    endpoint = SerialEndpoint(os.ttyname(slave))
    played = Played(endpoint, unreachable)
    played.attach()
    assert endpoint.abilities == {Ability.CIRCUITS}
    await played.until(lambda: len(played.events) == 3)
    assert played.events == [PortOpened(1), PortCircuit(Circuit.DTR, False), PortCircuit(Circuit.RTS, False)]
    pins.seen = termios.TIOCM_DSR | termios.TIOCM_CTS
    await played.until(lambda: len(played.events) == 5)
    assert played.events[3:] == [PortCircuit(Circuit.DTR, True), PortCircuit(Circuit.RTS, True)]
    pins.driven = 0
    endpoint.set_circuit(Circuit.DCD, True)
    assert pins.driven == termios.TIOCM_DTR
    endpoint.set_circuit(Circuit.CTS, True)
    endpoint.set_circuit(Circuit.DCD, False)
    endpoint.set_circuit(Circuit.RI, True)
    assert pins.driven == termios.TIOCM_RTS
    endpoint.close()
    endpoint.close()
    os.close(master)
    os.close(slave)


async def test_a_port_without_circuits_carries_octets_and_ends_when_its_other_end_is_gone() -> None:
    master, slave = os.openpty()
    played = Played(parse_endpoint(f"serial:{os.ttyname(slave)}?baud=9600&framing=7E1").make(), unreachable)
    os.close(slave)
    played.attach()
    assert played.endpoint.abilities == frozenset()
    os.write(master, b"AT\r")
    await played.until(lambda: DataArrived(b"AT\r") in played.events)
    os.close(master)
    await played.until(lambda: played.events[-1] == PortClosed(0))
    played.endpoint.look()
    played.endpoint.close()


def test_a_serial_port_that_cannot_be_had_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=r"the serial port can't be opened \(No such file or directory\)"):
        SerialEndpoint(str(tmp_path / "missing"))
    (tmp_path / "file").touch()
    with pytest.raises(EndpointError, match="it is no serial port"):
        SerialEndpoint(str(tmp_path / "file"))
    master, slave = os.openpty()
    first = SerialEndpoint(os.ttyname(slave))
    with pytest.raises(EndpointError, match="another process has locked it"):
        SerialEndpoint(os.ttyname(slave))
    first.close()
    os.close(master)
    os.close(slave)


def test_a_file_cannot_be_the_line(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file, pytest.raises(EndpointError, match="pipes, sockets or terminals"):
        StdioEndpoint(file.fileno(), file.fileno())


def test_a_process_whose_streams_are_its_own_has_no_line_on_them() -> None:
    with pytest.raises(EndpointError, match="use simisp run"):
        parse_endpoint("stdio").make(PortManner())


async def test_a_terminal_passes_octets_on_as_they_are_and_is_left_as_it_was_found() -> None:
    master, terminal = os.openpty()
    before = termios.tcgetattr(terminal)
    copies = os.dup(terminal), os.dup(terminal)
    played = Played(StdioEndpoint(*copies), unreachable)
    played.attach()
    os.write(master, b"AT\r\x11\n")
    await played.until(lambda: DataArrived(b"AT\r\x11\n") in played.events)
    played.endpoint.send(b"\nOK\r\n")
    assert os.read(master, 100) == b"\nOK\r\n"
    played.endpoint.close()
    assert termios.tcgetattr(terminal) == before
    os.close(master)
    os.close(terminal)


async def test_descriptors_are_left_as_they_were_found() -> None:
    reading, writing = os.pipe()
    other, last = os.pipe()
    copies = os.dup(reading), os.dup(last)
    endpoint = StdioEndpoint(reading, last)
    assert not os.get_blocking(copies[0])
    endpoint.close()
    assert all(os.get_blocking(number) for number in copies)
    for number in (*copies, writing, other):
        os.close(number)
