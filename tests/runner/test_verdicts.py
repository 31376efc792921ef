"""What a verdict says: why the client left, and what can't be meant is refused before the run."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simisp.facts.isp import Asking, LineAnswered
from simisp.forensics import PortReport
from simisp.runner.departure import LastHeard
from simisp.runner.run import _Run, run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.runtime.child import Child
from simisp.runtime.driver import Driver
from simisp.scenario.load import loads
from simisp.testing import play
from simisp.transcript import Record, Source
from simisp.transcript.record import octets_record
from support.virtual_runs import virtually

CLIENT = """
import os, sys, time, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
def ask(said, answer):
    os.write(port, said.encode() + b"\\r")
    heard = b""
    while answer.encode() not in heard: heard += os.read(port, 100)
"""
SILENT = "title: Nothing is said\nisp: {dialogue: [silence]}\n"


def client(program: str) -> list[str]:
    return [sys.executable, "-c", CLIENT + program, "{port}"]


def heard(*records: tuple[float, Source, str]) -> LastHeard:
    last = LastHeard()
    for at, source, text in records:
        last.take(octets_record(at, source, text.encode("latin-1")))
    return last


def test_the_verdict_says_which_answer_the_client_left_for() -> None:
    verdict = play(SILENT, client('ask("AT+CPIN?", "ERROR"); sys.exit(4)'))
    assert verdict.kind is VerdictKind.FAILED
    assert "\n  before it ended, the modem answered ERROR to AT+CPIN?\n" in verdict.describe() + "\n"
    departure = json.loads(verdict.to_json())["client"]["departure"]
    assert departure["heard"] == "ERROR"
    assert departure["command"] == "AT+CPIN?"


def test_the_verdict_says_how_long_nothing_had_come_and_after_what() -> None:
    last = heard(
        (1.0, Source.CLIENT, "ATDT1\r"), (1.0, Source.MODEM, "ATDT1\r"), (2.0, Source.MODEM, "\r\nCONNECT 33600\r\n")
    )
    assert last.departure(47.0).text == "nothing came for 45 s after CONNECT 33600"
    assert last.departure(47.0).quiet == 45.0


def test_a_dialler_that_gives_up_is_told_from_when_it_gave_up() -> None:
    program = 'ask("ATDT1", "CONNECT"); time.sleep(60)'
    verdict, _ = virtually(SILENT, client(program), give_up=2.5, grace=0.2)
    assert verdict.client is not None
    assert verdict.client.departure is not None
    assert verdict.client.departure.heard == "CONNECT 33600"
    assert verdict.client.departure.quiet < 2.0


def test_a_prompt_is_what_was_heard_last_until_it_is_answered() -> None:
    last = heard((1.0, Source.MODEM, "\r\nUsername:"))
    last.take(Record(1.0, Source.ISP, Asking("Username:")))
    assert last.departure(1.5).text == "the ISP asked 'Username:'"
    last.take(octets_record(2.0, Source.CLIENT, b"alice\r"))
    last.take(octets_record(2.0, Source.MODEM, b"alice\r\n"))
    last.take(Record(2.0, Source.ISP, LineAnswered("Username:", "alice")))
    assert last.departure(32.0).text == "nothing came for 30 s after the answer to 'Username:'"


def test_a_modem_that_is_played_by_a_leased_line_answers_commands_too() -> None:
    last = heard((1.0, Source.CLIENT, "AT+CPIN?\r"), (1.0, Source.MODEM, "+CME ERROR: 10\r\n"))
    assert last.departure(1.0).text == "the modem answered +CME ERROR: 10 to AT+CPIN?"


def test_a_result_code_that_nobody_asked_for_answers_no_command() -> None:
    last = heard(
        (1.0, Source.CLIENT, "ATH\r"), (1.0, Source.MODEM, "ATH\r\r\nOK\r\n"), (1.5, Source.MODEM, "\r\nNO CARRIER\r\n")
    )
    assert last.departure(1.5).text == "the modem said NO CARRIER"


def test_lines_of_a_file_are_no_commands_and_are_not_shown() -> None:
    last = heard(
        (1.0, Source.CLIENT, "\rAT\x08\xc9z\x0bE\r"),
        (1.0, Source.MODEM, "\x18B08\x00\x01AT\x8a\r\n"),
    )
    assert last.departure(1.0).text == "the last that came was binary data"
    assert last.departure(5.0).text == "nothing came for 4 s after binary data"
    last.take(octets_record(6.0, Source.MODEM, b"\r\nNO CARRIER\r\n"))
    assert last.departure(6.0).text == "the modem said NO CARRIER"


def test_a_password_in_what_was_heard_is_masked() -> None:
    last = heard((1.0, Source.MODEM, "you typed wonderland\r\n"))
    assert last.departure(1.0, secrets=[b"wonderland"]).text == "the last that came was 'you typed **********'"


def test_a_client_that_heard_nothing_is_told_so() -> None:
    assert heard().departure(9.0).text == "nothing ever came from the modem"


def test_patience_beyond_the_default_deadline_moves_the_deadline() -> None:
    assert RunOptions(give_up=1200.0).latest == 1800.0
    assert RunOptions(give_up=30.0).latest == 600.0
    assert RunOptions().latest == RunOptions(deadline=None).latest == 600.0


def test_a_deadline_that_was_asked_for_is_never_moved_though_it_is_the_default_one() -> None:
    assert RunOptions(give_up=30.0, deadline=600.0).latest == 600.0
    with pytest.raises(ValueError, match=r"the dialler gives up after 1200 s, the deadline is 600 s"):
        RunOptions(give_up=1200.0, deadline=600.0)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"give_up": "3 parsecs"}, "duration"),
        ({"give_up": 20.0, "deadline": 10.0}, "the dialler gives up after 20 s, the deadline is 10 s"),
        ({"grace": -1.0}, "grace must be 0 s or more"),
        ({"give_up_kills": "nobody"}, "give_up_kills"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_before_anything_is_started(
    options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        play("no such scenario", ["no such program"], **options)


@pytest.mark.parametrize("options", [{"give_up": [3]}, {"patience": 3.0}, {"grace": None}])
def test_an_option_of_another_type_is_refused_before_anything_is_started(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        play("no such scenario", ["no such program"], **options)


def run(command: list[str], miscount: Callable[[Station], None], **options: float) -> tuple[Verdict, list[str]]:
    """Run a command on a station whose count of openings is made wrong first."""

    async def play_it() -> tuple[Verdict, list[str]]:
        with Station(loads(SILENT)) as station:
            miscount(station)
            verdict = await run_client(station, command, RunOptions(**options))  # type: ignore[arg-type]
            return verdict, [record.fact.kind for record in station.transcript]

    return asyncio.run(play_it())


def test_a_hang_that_nobody_holds_is_counted_again_and_is_none() -> None:
    def once_too_often(station: Station) -> None:
        assert isinstance(station.driver, Driver)
        station.driver.openings = station.driver.first_opened_at = 1

    verdict, happened = run(["sh", "-c", "exit 0; : {port}"], once_too_often, grace=0.05)
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.reason == "the port came free, but no call was ever dialled"
    assert "recounted" in happened


CLOSES_WHEN_TOLD = """
import os, sys, time
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
open(sys.argv[2]).read()
os.close(port)
time.sleep(3600)
"""


def test_a_client_that_closes_the_port_just_at_the_deadline_is_no_hang_without_a_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    look = _Run._look

    async def deadline_comes(running: _Run, *_: object) -> None:
        await running._driver.until(lambda: running._driver.openings == 1)

    def closed_meanwhile(running: _Run, child: Child) -> PortReport:
        if not told.is_fifo():
            return look(running, child)
        told.write_text("")  # waits until the client reads
        told.unlink()
        while (report := look(running, child)).held:  # the loop is not asked: the closing is not told of yet
            pass
        return report

    monkeypatch.setattr(_Run, "_until_over", deadline_comes)
    monkeypatch.setattr(_Run, "_look", closed_meanwhile)
    verdict, _ = run([sys.executable, "-c", CLOSES_WHEN_TOLD, "{port}", str(told)], lambda _: None, allow_unopened=True)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.reason == "the port is free, though the command still runs"
