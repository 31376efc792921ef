"""A bank in which each line has something of its own: in virtual time, and in what records and verdicts say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from simisp.endpoints.spec import parse_endpoints
from simisp.endpoints.unpluggable import UnpluggableEndpoint
from simisp.errors import EndpointError, ScenarioError
from simisp.facts.isp import Asking
from simisp.facts.line import CommandRun, Dialled, ModemState, ModemStateEntered, Octets
from simisp.facts.port import PortOpened
from simisp.facts.sources import Source
from simisp.runner.departure import LastHeardOnLines
from simisp.runner.expectations import Expectations
from simisp.runner.ports import further_ports, paths_of, ports_of
from simisp.runner.run_facts import RunFacts
from simisp.runner.scenario_line import ScenarioLine
from simisp.runner.station import Station
from simisp.scenario.lines import bank_lines
from simisp.scenario.load import loads
from simisp.testing import MemoryLine, run_in_virtual_time
from simisp.transcript import Record

_Result = TypeVar("_Result")

BANK = """
title: four lines, each with something of its own
lines:
  - {number: "5551000", modem: {connect: 9600}}
  - name: fax
    number: "5552000"
    isp:
      accounts: {eve: tulip}
      dialogue: [prompt: "Name:", silence]
  - {line: {faults: [{fault: replace, replace: hello, with: HELLO}]}}
  - modem: {commands: {+CSQ: "+CSQ: 7,99"}}
exchange:
  "hunt groups": {"5559000": [2, 4]}
isp:
  accounts: {ann: secret}
  dialogues: {first: [send: "hello", silence], second: [hang up]}
  calls: [first]
"""


def talk(client: Callable[[MemoryLine], Awaitable[_Result]], text: str = BANK) -> _Result:
    async def whole() -> _Result:
        async with MemoryLine(loads(text), judged=False) as line:
            return await client(line)

    return run_in_virtual_time(whole())


@contextmanager
def on(line: MemoryLine, name: str) -> Iterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a line of the bank, and close it in the end."""
    reader, writer = line.open(name)
    try:
        yield reader, writer
    finally:
        writer.close()


async def dialled(line: MemoryLine, name: str, until: bytes) -> bytes:
    with on(line, name) as (reader, writer):
        writer.write(b"ATE0DT123\r")
        return await reader.readuntil(until)


def test_each_line_has_its_own_modem_dialogue_and_faults() -> None:
    async def client(line: MemoryLine) -> tuple[bytes, ...]:
        awaited = {"1": b"hello", "fax": b"Name:", "3": b"HELLO"}
        return tuple([await dialled(line, name, until) for name, until in awaited.items()])

    first, fax, third = talk(client)
    assert b"CONNECT 9600\r\n" in first
    assert b"CONNECT 33600\r\n" in fax
    assert b"CONNECT 33600\r\n" in third


def test_a_line_is_reached_by_its_own_number_and_by_that_of_its_hunt_group() -> None:
    async def client(line: MemoryLine) -> list[tuple[str, str]]:
        with on(line, "fax") as (called, to_called):
            for number in ("5552000", "5559000"):
                with on(line, "1") as (caller, to_caller):
                    to_caller.write(f"ATE0DT{number}\r".encode())
                    await called.readuntil(b"RING\r\n")
                    to_called.write(b"ATA\r")
                    await caller.readuntil(b"CONNECT")
                    await called.readuntil(b"CONNECT")
                await called.readuntil(b"NO CARRIER\r\n")
        return [(each.line, each.fact.leads_to) for each in line.records if isinstance(each.fact, Dialled)]

    assert talk(client) == [("1", "line fax"), ("1", "line fax")]


def test_only_the_line_that_has_a_command_of_its_own_answers_it() -> None:
    async def client(line: MemoryLine) -> list[bytes]:
        answers: list[bytes] = []
        for name in ("1", "4"):
            with on(line, name) as (reader, writer):
                writer.write(b"ATE0\rAT+CSQ\r")
                await reader.readuntil(b"OK\r\n")
                await asyncio.sleep(1)
                answers.append(await reader.read(100))
        return answers

    assert talk(client) == [b"\r\nERROR\r\n", b"\r\n+CSQ: 7,99\r\n\r\nOK\r\n"]


def test_calls_that_come_in_ring_on_the_first_line_and_on_those_that_have_some_of_their_own() -> None:
    text = """
title: calls that come in
lines: [{}, {}, {exchange: {calls in: [{at: 5s}]}}]
exchange: {calls in: [{at: 2s}]}
isp: {dialogue: [silence]}
"""
    lines = bank_lines(loads(text))
    assert [line.next_timer() for line in lines.values()] == [2.0, None, 5.0]


def test_the_passwords_of_all_lines_are_masked() -> None:
    assert {b"secret", b"tulip"} <= set(ScenarioLine(loads(BANK)).secrets)


def test_another_seed_is_the_seed_of_each_line() -> None:
    assert {line.scenario.model.seed for line in loads(BANK).with_seed(5).bank} == {5}


def test_more_lines_than_are_listed_have_nothing_of_their_own_and_fewer_are_the_first_ones() -> None:
    scenario = loads(BANK)
    more = scenario.with_lines(6).bank
    assert [(line.name, line.number) for line in more[3:]] == [("4", "4"), ("5", "5"), ("6", "6")]
    assert more[5].scenario.model.modem.connect == 33600
    assert [line.name for line in loads(BANK.replace("[2, 4]", "[2]")).with_lines(2).bank] == ["1", "fax"]
    with pytest.raises(ValueError, match="a hunt group of the scenario has a line above 3"):
        scenario.with_lines(3)
    with pytest.raises(ValueError, match="a line of the scenario is named like a further one"):
        loads(BANK.replace("name: fax", 'name: "5"')).with_lines(5)


def test_a_prompt_of_one_line_alone_may_be_expected() -> None:
    assert loads(f"{BANK}expect: [reached: 'Name:']").model.expect
    with pytest.raises(ScenarioError, match="no mark, label or prompt 'Password:'"):
        loads(f"{BANK}expect: [reached: 'Password:']")


def judged(expected: str, *records: Record) -> tuple[bool | None, str]:
    expectations = Expectations(loads(f"{BANK}expect: [{expected}]").model)
    for record in records:
        expectations.take(record)
    [result] = expectations.judge(RunFacts(1.0, 0, 1))
    return result.held, result.found


def _dials(at: float, line: str) -> Record:
    return Record(at, Source.MODEM, ModemStateEntered(ModemState.DIALLING), line)


def _sends(at: float, line: str, data: bytes) -> Record:
    return Record(at, Source.CLIENT, Octets(data), line)


def test_what_one_line_sends_while_another_dials_is_no_breach() -> None:
    what = "no write before: CONNECT"
    assert judged(what, _dials(1.0, "1"), _sends(2.0, "fax", b"AT\r")) == (True, "")
    held, found = judged(what, _dials(1.0, "1"), _dials(1.5, "fax"), _sends(2.0, "fax", b"AT\r"))
    assert (held, found) == (False, 'on fax: at 2.000 s it sent "AT\\r", and CONNECT had not come')


def test_a_line_without_a_call_is_not_asked_how_its_calls_ended() -> None:
    opened = Record(0.0, Source.CLIENT, PortOpened(1), "1")
    assert judged("hung up by: ath", opened) == (False, "no call ended")


def test_commands_in_order_are_looked_for_on_all_lines_together() -> None:
    commands = [
        Record(1.0, Source.MODEM, CommandRun(text, "OK"), line) for line, text in (("1", "ATZ"), ("fax", "ATA"))
    ]
    assert judged("commands in order: [ATZ, ATA]", *commands) == (True, "")


def test_the_links_of_a_bank_are_the_link_with_each_name_behind_it(tmp_path: Path) -> None:
    async def links() -> dict[str, str]:
        scenario = loads(BANK)
        with Station(scenario, ports_of(scenario, link=tmp_path / "modem")) as station:
            return station.lines

    assert asyncio.run(links()) == {name: str(tmp_path / f"modem-{name}") for name in ("1", "fax", "3", "4")}


def test_each_line_of_a_bank_has_all_the_ports_that_are_asked_for(tmp_path: Path) -> None:
    async def paths() -> list[tuple[str, ...]]:
        specs = parse_endpoints([f"unix:{tmp_path / 's'}", f"pty:{tmp_path / 'modem'}"])
        scenario = loads("title: x\nlines: [{}, {name: fax}]\nisp: {dialogue: [silence]}\n")
        with Station(scenario, ports_of(scenario, specs), make_port=further_ports(specs)) as station:
            return [paths_of(port) for port in station.ports.values()]

    first, second = asyncio.run(paths())
    assert first == (f"unix:{tmp_path / 's'}", str(tmp_path / "modem-1"))
    assert second == (f"unix:{tmp_path / 's'}-2", str(tmp_path / "modem-fax"))


def test_only_a_terminal_is_unplugged() -> None:
    text = "title: x\nmodem: {unplug: {after: 1s, for: 1s}}\nisp: {dialogue: [silence]}\n"
    for scenario in (loads(text), loads(text + "lines: 2\n")):
        for specs in (["tcp"], ["pty", "unix"]):
            with pytest.raises(EndpointError, match="only a pseudo-terminal by itself can be unplugged"):
                ports_of(scenario, parse_endpoints(specs))
        with closing(ports_of(scenario, parse_endpoints("pty"))) as port:
            assert isinstance(port, UnpluggableEndpoint)


def test_the_last_thing_received_is_said_for_each_line() -> None:
    heard = LastHeardOnLines()
    heard.take(Record(1.0, Source.MODEM, Octets(b"\r\nBUSY\r\n"), "1"))
    heard.take(Record(2.0, Source.ISP, Asking("Name:"), "fax"))
    heard.take(Record(2.0, Source.MODEM, Octets(b"Name:"), "fax"))
    departure = heard.departure(2.5)
    assert departure.heard == "Name:"
    assert departure.text.startswith("on fax ")
    assert "; on 1 " in departure.text
    assert LastHeardOnLines().departure(1.0).heard == ""
