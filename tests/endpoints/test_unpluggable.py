"""A port that is unplugged while it is in use, and comes back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simisp.endpoints.base import PortClosed, PortEvent, PortOpened, PortPluggedIn, PortUnplugged
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.unpluggable import UnpluggableEndpoint, next_name
from support.hand_reactor import HandReactor


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/d/ttyUSB0", "/d/ttyUSB1"), ("/d/ttyUSB9-nmea", "/d/ttyUSB10-nmea"), ("/d/port", "/d/port1"), ("a1b2", "a1b3")],
)
def test_the_next_name_has_the_number_plus_one(path: str, expected: str) -> None:
    assert next_name(path) == expected


class Bench:
    """A port with a plug, watched by hand."""

    def __init__(self, folder: Path) -> None:
        self.reactor = HandReactor()
        self.events: list[PortEvent] = []
        self.port = UnpluggableEndpoint(lambda path: PtyEndpoint(path or folder / "ttyUSB0", raw=True))
        self.port.attach(self.reactor, self.events.append)

    def open(self) -> int:
        descriptor = os.open(self.port.path, os.O_RDWR | os.O_NOCTTY)
        self.turn()
        return descriptor

    def turn(self) -> None:
        while self.reactor.turn():
            pass

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self.port.close()


def test_a_client_of_a_port_that_is_unplugged_is_hung_up_and_the_name_is_gone(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        client = bench.open()
        bench.port.unplug()
        assert os.read(client, 10) == b""
        with pytest.raises(OSError, match="Input/output") as refused:
            os.write(client, b"AT\r")
        assert refused.value.errno == errno.EIO
        assert not (tmp_path / "ttyUSB0").is_symlink()
        assert bench.events[-2:] == [PortUnplugged(str(tmp_path / "ttyUSB0")), PortClosed(0)]
        os.close(client)


def test_what_the_client_wrote_before_is_still_reported(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        client = bench.open()
        os.write(client, b"AT\r")
        bench.port.unplug()
        kinds = [type(event).__name__ for event in bench.events]
        assert kinds.index("DataArrived") < kinds.index("PortUnplugged")
        os.close(client)


def test_it_comes_back_at_its_old_name_or_another_and_serves_a_new_client(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        old = bench.open()
        for name in ("ttyUSB0", "ttyUSB1"):
            bench.port.unplug()
            bench.port.plug_in(str(tmp_path / name))
            bench.turn()
            assert PortPluggedIn(str(tmp_path / name)) in bench.events
            bench.events.clear()
            new = bench.open()
            assert bench.events[0] == PortOpened(1)
            bench.port.send(b"OK\r\n")
            assert os.read(new, 10) == b"OK\r\n"
            os.close(new)
            bench.turn()
        assert os.read(old, 10) == b""
        os.close(old)


def test_what_is_sent_while_it_is_unplugged_is_lost_and_nothing_raises(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        bench.port.unplug()
        bench.port.unplug()
        bench.port.send(b"lost")
        bench.port.hold(True)
        bench.port.hold(False)
        bench.port.look()
        assert (bench.port.backlog, bench.port.echo_rate, bench.port.terminal) == (0, None, None)
        bench.port.plug_in()
        bench.port.plug_in()
        client = bench.open()
        bench.port.send(b"OK")
        assert os.read(client, 10) == b"OK"
        os.close(client)
