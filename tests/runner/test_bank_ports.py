"""Lines of a bank whose modems have several ports, and lines that are unplugged."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from simisp.facts.line import CallEnded, Dialled
from simisp.facts.port import PortPluggedIn, PortUnplugged
from simisp.runner.ports import ports_of
from simisp.runner.station import Station
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads
from simisp.testing import MemoryLine, run_in_virtual_time
from support.virtual_runs import virtually

_Result = TypeVar("_Result")

BANK = """
title: two sticks and a modem
lines:
  - {modem: {profile: gsm, ports: [at, ppp, nmea], nmea: {every: 10s}}}
  - {name: stick, number: "5551000", modem: {profile: gsm, ports: [at, ppp]}, expect: [calls: 1]}
  - {}
port: {starts: raw}
isp: {dialogue: [send: "hello", silence]}
"""


class Bank:
    """A bank in memory, whose ports are closed in the end."""

    def __init__(self, line: MemoryLine) -> None:
        self.line = line
        self.writers: list[asyncio.StreamWriter] = []

    def open(self, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = self.line.open(name)
        self.writers.append(writer)
        return reader, writer


def talk(client: Callable[[Bank], Awaitable[_Result]], text: str = BANK) -> _Result:
    async def whole() -> _Result:
        async with MemoryLine(loads(text), judged=False) as line:
            bank = Bank(line)
            try:
                return await client(bank)
            finally:
                for writer in bank.writers:
                    writer.close()

    return run_in_virtual_time(whole())


def test_each_port_of_a_line_has_the_lines_name_and_its_own(tmp_path: Path) -> None:
    async def links() -> dict[str, str]:
        scenario = loads(BANK)
        with Station(scenario, ports_of(scenario, link=tmp_path / "modem")) as station:
            return station.lines

    names = ("1", "1-ppp", "1-nmea", "stick", "stick-ppp", "3")
    assert asyncio.run(links()) == {name: str(tmp_path / f"modem-{name}") for name in names}


def test_a_further_port_calls_another_line_and_the_first_port_is_called_there() -> None:
    async def client(bank: Bank) -> list[tuple[str, str]]:
        caller, to_caller = bank.open("1-ppp")
        called, to_called = bank.open("stick")
        to_caller.write(b"ATE0DT5551000\r")
        await called.readuntil(b"RING\r\n")
        to_called.write(b"ATE0A\r")
        await caller.readuntil(b"CONNECT")
        await called.readuntil(b"CONNECT")
        to_caller.write(b"how are you?")
        await called.readuntil(b"how are you?")
        to_caller.close()
        await called.readuntil(b"NO CARRIER\r\n")
        await asyncio.sleep(1)
        return [
            (each.line, getattr(each.fact, "leads_to", "") or getattr(each.fact, "by", ""))
            for each in bank.line.records
            if isinstance(each.fact, Dialled | CallEnded)
        ]

    assert talk(client) == [("1-ppp", "line stick"), ("1-ppp", "client"), ("stick", "line 1-ppp")]


def test_a_line_is_busy_while_another_port_of_its_modem_has_a_call() -> None:
    async def client(bank: Bank) -> bytes:
        online, to_isp = bank.open("stick-ppp")
        to_isp.write(b"ATE0DT1234\r")
        await online.readuntil(b"hello")
        caller, to_caller = bank.open("3")
        to_caller.write(b"ATE0DT5551000\r")
        return await caller.readuntil(b"BUSY\r\n")

    assert talk(client).endswith(b"BUSY\r\n")


def test_the_ports_of_a_line_share_one_modem_and_other_lines_have_another() -> None:
    async def client(bank: Bank) -> list[bytes]:
        answers = []
        at, to_at = bank.open("1")
        to_at.write(b"ATE0\rAT+CFUN=4\r")
        await at.readuntil(b"OK\r\n")
        await at.readuntil(b"OK\r\n")
        for name in ("1-ppp", "stick-ppp"):
            reader, writer = bank.open(name)
            writer.write(b"ATE0+CFUN?\r")
            answers.append((await reader.readuntil(b"OK\r\n")).split(b"\r\n")[-4])
        return answers

    assert talk(client) == [b"+CFUN: 4", b"+CFUN: 1"]


def test_what_a_line_expects_is_about_all_its_ports() -> None:
    async def client(bank: Bank) -> list[bool | None]:
        reader, writer = bank.open("stick-ppp")
        writer.write(b"ATE0DT1234\r")
        await reader.readuntil(b"hello")
        writer.close()
        await asyncio.sleep(1)
        return [each.held for each in bank.line._expectations.judge(bank.line._facts())]

    assert talk(client) == [True]


def test_programs_on_ports_of_two_lines_talk_in_virtual_time() -> None:
    code = """if True:
        import os, sys, time
        ppp, nmea, stick = (os.open(path, os.O_RDWR | os.O_NOCTTY) for path in sys.argv[1:])
        def hear(port, text):
            heard = b""
            while text not in heard:
                heard += os.read(port, 100)
        os.write(ppp, b"ATE0DT5551000\\r")
        hear(stick, b"RING")
        os.write(stick, b"ATA\\r")
        hear(ppp, b"CONNECT")
        hear(nmea, b"$GPRMC")
        os.write(ppp, b"how are you?")
        hear(stick, b"how are you?")"""
    verdict, _ = virtually(BANK, [sys.executable, "-c", code, "{port:1-ppp}", "{port:1-nmea}", "{port:stick}"])
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()


def test_a_hang_that_is_proven_only_after_the_deadline_is_proven_all_the_same() -> None:
    # The sentences that nothing reads fill the port in some hours; from then on nothing happens any more.
    command = ["sh", "-c", "exec cat {port:stick} 4<{port:1-nmea}"]
    verdict, _ = virtually(BANK, command, allow_unopened=True)
    assert verdict.reason == "the command holds the ports of lines 1-nmea and stick; proven: it would stay so forever"
    assert verdict.at == 600.0


def test_one_line_is_unplugged_and_comes_back_and_the_others_stay() -> None:
    text = BANK.replace("ports: [at, ppp]}", "ports: [at, ppp], unplug: {after: 5s, for: 3s}}")

    async def client(bank: Bank) -> list[tuple[str, str]]:
        other, to_other = bank.open("3")
        stick, _ = bank.open("stick")
        await asyncio.sleep(6)
        assert await stick.read() == b""
        to_other.write(b"AT\r")
        await other.readuntil(b"OK\r\n")
        await asyncio.sleep(3)
        again, to_again = bank.open("stick-ppp")
        to_again.write(b"ATE0\r")
        await again.readuntil(b"OK\r\n")
        facts = PortUnplugged | PortPluggedIn
        return [(each.line, each.fact.kind) for each in bank.line.records if isinstance(each.fact, facts)]

    names = ("stick", "stick-ppp")
    kinds = talk(client, text)
    assert sorted(kinds) == sorted((name, kind) for name in names for kind in ("unplugged", "plugged in"))


def test_every_line_may_be_unplugged_with_the_next_name_that_is_free(tmp_path: Path) -> None:
    text = """
title: both are pulled
lines: 2
modem: {unplug: {after: 10ms, for: 10ms, comes back as: next name}}
isp: {dialogue: [silence]}
"""

    async def paths() -> dict[str, str]:
        scenario = loads(text)
        with Station(scenario, ports_of(scenario, link=tmp_path / "modem")) as station:
            client = os.open(station.lines["1"], os.O_RDWR | os.O_NOCTTY)
            came_back = station.driver.until(lambda: station.lines["1"] != str(tmp_path / "modem-1"))
            await asyncio.wait_for(came_back, timeout=60)
            os.close(client)
            return station.lines

    # modem-2 is there, so that line 1 comes back as the one behind it; line 2 was never opened.
    assert asyncio.run(paths()) == {"1": str(tmp_path / "modem-3"), "2": str(tmp_path / "modem-2")}


@pytest.mark.parametrize("lines", ["2", "[{}, {}]"])
def test_a_multiplexer_in_a_bank_is_refused(lines: str) -> None:
    with pytest.raises(Exception, match="cmux is for one modem, and there are lines"):
        loads(f"title: x\nlines: {lines}\nmodem: {{cmux: {{}}}}\nisp: {{dialogue: [silence]}}\n")
