"""A modem with several ports on one state, unplugged and plugged in again."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import time
import tty
from pathlib import Path

import pytest

from simisp.errors import ClockUnavailableError, EndpointError, ScenarioError
from simisp.facts.line import CallAnswered
from simisp.runner.clocks import ClockChoice
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads
from simisp.testing import Line, MemoryLine, run_in_virtual_time
from support.polling import until
from support.virtual_runs import virtually

PORTS = """
title: three ports
modem:
  profile: gsm
  ports: [at, ppp, nmea, diag]
  nmea: {every: 20ms}
exchange: {answer_after: 10ms}
isp: {dialogue: [send: "hello"]}
"""
UNPLUGGED = PORTS.replace("  nmea:", "  unplug: {after: 100ms, for: 50ms, comes back as: NAME}\n  nmea:")


class Client:
    """A raw descriptor of a port."""

    def __init__(self, path: str) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.descriptor)

    def say(self, data: bytes) -> None:
        os.write(self.descriptor, data)

    def hear(self, text: bytes, *, within: float = 60.0) -> bytes:
        """Read until a text has come, or the line is hung up."""
        heard = b""
        end = time.monotonic() + within
        while text not in heard and (left := end - time.monotonic()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                try:
                    piece = os.read(self.descriptor, 4096)
                except OSError:
                    piece = b""
                if not piece:
                    return heard + b"<hung up>"
                heard += piece
        return heard

    def close(self) -> None:
        os.close(self.descriptor)


def test_each_port_is_a_line_of_its_own_on_one_modem() -> None:
    with Line(PORTS, judged=False) as line:
        assert list(line.lines) == ["at", "ppp", "nmea", "diag"]
        assert line.lines["ppp"] == f"{line.port}-ppp"
        at, ppp, nmea, diag = (Client(path) for path in line.lines.values())
        at.say(b"ATE0\r")
        at.hear(b"OK")
        ppp.say(b"ATDT1\r")
        assert ppp.hear(b"hello").endswith(b"CONNECT 33600\r\nhello")
        at.say(b"AT\r")
        assert at.hear(b"OK\r\n").strip() == b"OK"
        assert b"$GPGGA" in nmea.hear(b"$GPGGA")
        diag.say(b"AT\r")
        assert diag.hear(b"OK", within=0.05) == b""
        assert line.calls == 1
        assert [record.line for record in line.transcript if isinstance(record.fact, CallAnswered)] == ["ppp"]
        for client in (at, ppp, nmea, diag):
            client.close()


def test_a_command_gets_the_first_port_and_the_others_by_name() -> None:
    program = "import os, sys; print(*[os.open(path, os.O_RDWR | os.O_NOCTTY) for path in sys.argv[1:]])"

    async def play() -> tuple[VerdictKind, str, list[str]]:
        with Station(loads(PORTS)) as station:
            command = [sys.executable, "-c", program, "{port}", "{port:ppp}", "{port:nmea}"]
            verdict = await run_client(station, command, RunOptions(allow_unopened=True))
            opened = [record.line for record in station.transcript if record.fact.kind == "opened"]
            return verdict.kind, verdict.reason, sorted(opened)

    assert asyncio.run(play()) == (VerdictKind.RELEASED, "the port came free", ["at", "nmea", "ppp"])


def test_a_port_beside_the_first_that_stays_open_is_a_hang() -> None:
    program = "import os, sys, subprocess; port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
    program += "subprocess.Popen(['sleep', '60'], pass_fds=[port])"

    async def play() -> tuple[VerdictKind, str]:
        with Station(loads(PORTS)) as station:
            command = [sys.executable, "-c", program, "{port:nmea}"]
            verdict = await run_client(station, command, RunOptions(allow_unopened=True, grace=0.1))
            assert verdict.report is not None
            return verdict.kind, verdict.report.port.removeprefix(station.port)

    assert asyncio.run(play()) == (VerdictKind.HANG, "-nmea")


@pytest.mark.parametrize(("name", "expected"), [("same name", "modem0"), ("next name", "modem1"), ("stick", "stick")])
def test_a_modem_that_is_unplugged_hangs_up_its_clients_and_comes_back(
    name: str, expected: str, tmp_path: Path
) -> None:
    with Line(UNPLUGGED.replace("NAME", name), link=tmp_path / "modem0", judged=False) as line:
        ports = line.lines
        # Opened where the ports are served, which hears of it afterwards: the time until the plug is pulled counts from
        # the first opening, and on a busy machine the second could come too late.
        at, ppp = line._call(lambda: (Client(ports["at"]), Client(ports["ppp"])))
        assert at.hear(b"<never>").endswith(b"<hung up>")
        assert ppp.hear(b"<never>").endswith(b"<hung up>")
        until(lambda: sum(record.fact.kind == "plugged in" for record in line.transcript) == 4)
        assert line.lines["ppp"] == str(tmp_path / f"{expected}-ppp")
        again = Client(str(tmp_path / expected))
        again.say(b"AT\r")
        assert again.hear(b"OK\r\n") == b"AT\r\r\nOK\r\n"
        for client in (at, ppp, again):
            client.close()
        kinds = [record.fact.kind for record in line.transcript if record.line == "ppp"]
        assert kinds.index("unplugged") < kinds.index("plugged in")


def test_virtual_time_is_shared_on_all_ports_of_a_modem() -> None:
    code = """if True:
        import os, sys, time, tty
        def opened(path):
            port = os.open(path, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(port)
            return port
        at, ppp, nmea = map(opened, sys.argv[1:])
        begun = time.monotonic()
        heard = b""
        while heard.count(b"$GPRMC") < 50:
            heard += os.read(nmea, 4096)
        passed = time.monotonic() - begun
        os.write(ppp, b"ATD1\\r")
        heard = b""
        while b"hello" not in heard:
            heard += os.read(ppp, 4096)
        sys.exit(0 if 495 < passed < 505 else 1)"""
    command = [sys.executable, "-c", code, "{port}", "{port:ppp}", "{port:nmea}"]
    verdict, _ = virtually(PORTS.replace("20ms", "10s"), command)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
    assert verdict.kind is VerdictKind.RELEASED


def test_virtual_time_is_refused_where_a_port_comes_back_as_another_one() -> None:
    async def play(text: str) -> None:
        with Station(loads(text), clock=ClockChoice("virtual", "virtual")):
            pass

    with pytest.raises(ClockUnavailableError, match="a port that is unplugged comes back as another one"):
        asyncio.run(play(UNPLUGGED.replace("NAME", "same name")))


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ("[nmea, at]", "the first port is the one that a command gets: it has to be at or ppp, not 'nmea'"),
        ("[at, at]", "'at' is there twice"),
        ("[at, gps]", "'gps' is not a port: a name is at, ppp, nmea or diag, with a number behind it or without one"),
    ],
)
def test_a_mistake_in_the_ports_says_what_is_meant(ports: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        loads(f"title: x\nmodem: {{ports: {ports}}}\nisp: {{dialogue: [silence]}}")
    assert message in str(raised.value)


def test_an_asyncio_client_reaches_each_port_in_virtual_time_and_sees_the_plug_pulled() -> None:
    text = UNPLUGGED.replace("NAME", "same name").replace("after: 100ms, for: 50ms", "after: 10s, for: 3s")

    async def talk() -> tuple[bytes, bytes, float, bytes]:
        async with MemoryLine(loads(text), judged=False) as line:
            (at, to_at), (nmea, _) = line.open("at"), line.open("nmea")
            to_at.write(b"ATE0\r")
            answered = await at.readuntil(b"OK\r\n")
            position = await nmea.readuntil(b"\r\n")
            rest = await at.read()
            pulled_at = line.now
            with pytest.raises(EndpointError, match="unplugged"):
                line.open("at")
            await asyncio.sleep(3.5)
            again, to_again = line.open("at")
            to_again.write(b"AT\r")
            return answered, position, pulled_at, rest + await again.readuntil(b"OK\r\n")

    answered, position, pulled_at, again = run_in_virtual_time(talk())
    assert answered == b"ATE0\r\r\nOK\r\n"
    assert position.startswith(b"$GPRMC,000000.02,A")
    assert pulled_at == 10.0
    assert again == b"AT\r\r\nOK\r\n"


def test_a_call_ends_when_the_modem_is_unplugged() -> None:
    text = UNPLUGGED.replace("NAME", "same name").replace("after: 100ms, for: 50ms", "after: 10s, for: 3s")

    async def talk() -> list[str]:
        async with MemoryLine(loads(text), judged=False) as line:
            ppp, to_ppp = line.open("ppp")
            to_ppp.write(b"ATDT1\r")
            await ppp.readuntil(b"hello")
            await ppp.read()
            await asyncio.sleep(3.5)
            return [record.fact.kind for record in line.records if record.line == "ppp"]

    kinds = run_in_virtual_time(talk())
    assert kinds.index("unplugged") < kinds.index("call ended") < kinds.index("plugged in")


def test_a_line_in_memory_that_is_not_there_is_refused() -> None:
    async def talk() -> None:
        async with MemoryLine(loads(PORTS), judged=False) as line:
            with pytest.raises(EndpointError, match="there is no line 'gps'"):
                line.open("gps")

    run_in_virtual_time(talk())
