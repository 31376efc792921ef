"""A test asks for the way to the line: ``Line("hang.yaml", endpoint="tcp")``."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
import serial

from simisp.errors import ClockUnavailableError
from simisp.results import VerdictKind
from simisp.testing import Line, Lines, play

CALL = """
title: one call
exchange: {answer_after: 0s}
isp:
  dialogue: [send: "hello", hang up]
"""


def test_a_line_on_tcp_has_a_url_that_pyserial_opens() -> None:
    with Line(CALL, endpoint="tcp") as line:
        assert line.url == line.port
        with serial.serial_for_url(line.url, timeout=60) as port:
            port.write(b"ATDT5551234\r")
            assert port.read_until(b"hello").endswith(b"hello")
        line.assert_released()


def test_several_ports_lead_to_one_line_and_the_fixture_has_them_too() -> None:
    lines = Lines()
    with lines(CALL, endpoint=["unix", "tcp"]) as line:
        assert len(line.ports) == 2
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(line.ports[0].removeprefix("unix:"))
            client.sendall(b"AT\r")
            line.wait_for("OK")
            host, _, port = line.ports[1].removeprefix("socket://").rpartition(":")
            # pyserial would drop what has come by the time it has opened its port.
            with socket.create_connection((host, int(port)), timeout=60) as second, second.makefile("rb") as heard:
                assert heard.read() == b"the line is busy\r\n"
        line.assert_released(allow_unopened=True)


async def test_an_asyncio_test_has_the_same() -> None:
    lines = Lines()
    async with lines(CALL, endpoint="tcp") as line:
        assert line.url.startswith("socket://127.0.0.1:")
        assert line.ports == (line.url,)


def test_an_endpoint_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="'tpc' is not an endpoint"):
        Line(CALL, endpoint="tpc")


@pytest.mark.parametrize("endpoint", ["tcp", "pty:other", ["tcp", "pty:other"]], ids=str)
def test_a_link_that_no_port_would_have_is_a_value_error(endpoint: str | list[str], tmp_path: Path) -> None:
    link = tmp_path / "modem"
    for make in (Line, Lines()):
        with pytest.raises(ValueError, match="link is for a pseudo-terminal that names no link itself"):
            make(CALL, link=link, endpoint=endpoint)


def test_the_link_is_of_the_terminal_among_several_ports(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    with Line(CALL, link=link, endpoint=["tcp", "pty"], judged=False) as line:
        assert line.ports[1] == str(link)


_CALLER = """
import serial, sys
with serial.serial_for_url(sys.argv[1], timeout=60) as port:
    port.write(b"ATDT5551234\\r")
    sys.exit(0 if port.read_until(b"hello").endswith(b"hello") else 1)
"""


def test_a_command_is_played_on_the_endpoint_that_is_asked_for() -> None:
    verdict = play(CALL, [sys.executable, "-c", _CALLER, "{port}"], endpoint="tcp")
    assert (verdict.kind, verdict.calls) == (VerdictKind.RELEASED, 1), verdict.describe()
    assert verdict.client is not None
    assert "socket://127.0.0.1:" in verdict.client.command


def test_virtual_time_is_refused_on_an_endpoint_that_is_no_terminal() -> None:
    with pytest.raises(ClockUnavailableError, match="time is shared with programs on a terminal only"):
        play(CALL, [sys.executable, "-c", _CALLER, "{port}"], endpoint="tcp", clock="virtual")


def test_a_command_on_an_endpoint_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="'tpc' is not an endpoint"):
        play(CALL, ["no such program"], endpoint="tpc")


def test_a_line_that_was_not_entered_says_how_to_open_it(simisp: Lines) -> None:
    opener = simisp("login", endpoint="tcp")
    with pytest.raises(AttributeError, match="not open yet: write `with simisp"):
        getattr(opener, "url")  # noqa: B009
    with pytest.raises(AttributeError, match=r"no attribute 'ulr'$"):
        getattr(opener, "ulr")  # noqa: B009
