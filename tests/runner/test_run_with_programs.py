"""A run whose ISP leaves the line to a program, with a real client on a pseudo-terminal."""

from __future__ import annotations

import asyncio

import pytest

from simisp.errors import ClientError, ClockUnavailableError
from simisp.facts.isp import ProgramEnded
from simisp.runner.clocks import ClockChoice
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads

SCENARIO = loads(
    "title: x\nexchange: {answer_after: 0s}\nisp: {dialogue: [run: [sh, -c, 'read name; echo hello $name']]}"
)
TALK = 'import sys, tty; t = open("{port}", "r+b", buffering=0); tty.setraw(t); t.write(b"ATD1\\r"); w = b""\n'
TALK += 'while b"CONNECT" not in w: w += t.read(1)\n'
TALK += 't.write(b"alice\\r")\nwhile b"NO CARRIER" not in w: w += t.read(1)\nsys.exit(b"hello alice" not in w)'


def test_a_command_talks_to_a_program_of_the_isps() -> None:
    async def run() -> None:
        with Station(SCENARIO) as station:
            verdict = await run_client(station, ["python3", "-c", TALK], RunOptions(deadline=60))
            assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
            assert verdict.client is not None
            assert verdict.client.exit_status == 0
            ended = [record.fact for record in station.transcript if isinstance(record.fact, ProgramEnded)]
            assert ended == [ProgramEnded("sh", "exit status 0")]

    asyncio.run(run())


def test_virtual_time_is_refused_by_name_and_real_instead_of_automatic() -> None:
    async def run() -> None:
        with pytest.raises(ClockUnavailableError, match="the ISP runs sh, which has real time"):
            Station(SCENARIO, clock=ClockChoice("virtual", "virtual"))
        with Station(SCENARIO, clock=ClockChoice("auto", "virtual")) as station:
            assert (station.clock_choice.used, station.clock_choice.why) == (
                "real", "the ISP runs sh, which has real time",
            )  # fmt: skip

    asyncio.run(run())


def test_a_program_that_is_nowhere_is_reported_before_the_run() -> None:
    async def run(step: str) -> None:
        with Station(loads(f"title: x\nisp: {{accounts: {{a: b}}, dialogue: [{step}]}}")):
            pass

    for step in ("run: [no-such-program]", "ppp: {network: slip, run: [no-such-program]}"):
        with pytest.raises(ClientError, match="can't be started: no-such-program: no such program"):
            asyncio.run(run(step))
    for step, what in (
        ("run: [./no-such-program]", "no such program"),
        ("run: [/etc/passwd]", "it can't be executed"),
        ("run: {command: [sh], folder: nowhere}", "its folder is not there: nowhere"),
    ):
        with pytest.raises(ClientError, match=what):
            asyncio.run(run(step))
    for step in ("run: [sh]", "run: {command: [bin/sh], folder: /}"):
        asyncio.run(run(step))
