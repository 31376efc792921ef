"""What a scenario expects of the client's conduct, first record by record and then with real programs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from simisp.circuits import Circuit
from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, LineAnswered
from simisp.facts.line import CallEnded, CircuitSet, CommandRun, Dialled, ModemStateEntered, Octets, WentOnHook
from simisp.facts.port import LockFileSeen, PortClosed, PortOpened, PortOpenedBy, PortSettings
from simisp.facts.sources import Source
from simisp.modem.outputs import HangUpReason, ModemState
from simisp.runner.expectations import Expectations
from simisp.runner.run import run_client
from simisp.runner.run_facts import RunFacts
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import ExpectationResult, Verdict
from simisp.scenario.load import loads
from simisp.transcript import Record
from support.virtual_runs import virtually

COOKED = PortSettings(9600, canonical=True, echo=True)
RAW = PortSettings(9600)
DIALLING = ModemStateEntered(ModemState.DIALLING)
ANSWERING = ModemStateEntered(ModemState.ANSWERING)
ONLINE = ModemStateEntered(ModemState.ONLINE_DATA)
COMMAND = ModemStateEntered(ModemState.COMMAND)
DTR_OFF = CircuitSet(Circuit.DTR, False)
BY_COMMAND, BY_DTR = WentOnHook(HangUpReason.COMMAND), WentOnHook(HangUpReason.DTR)
LOST = WentOnHook(HangUpReason.CARRIER_LOST)

Event = tuple[float, Fact | bytes | str]


def record_of(at: float, what: Fact | bytes | str) -> Record:
    """Octets are the client's, a text is what the client hears."""
    if isinstance(what, bytes):
        return Record(at, Source.CLIENT, Octets(what))
    if isinstance(what, str):
        return Record(at, Source.MODEM, Octets(what.encode()))
    return Record(at, Source.CLIENT if isinstance(what, CircuitSet) else what.source, what)


def judged(expectation: str, *events: Event, facts: RunFacts | None = None, so_far: bool = False) -> ExpectationResult:
    scenario = loads(f"title: x\nisp: {{accounts: {{alice: wonderland}}}}\nexpect:\n  - {expectation}\n").model
    expectations = Expectations(scenario)
    for at, what in events:
        expectations.take(record_of(at, what))
    end = facts or RunFacts(1.0, 0, 1)
    (result,) = expectations.judge_so_far(end) if so_far else expectations.judge(end)
    return result


HELD: dict[str, tuple[str, tuple[Event, ...]]] = {
    "raw": ("raw before first octet", ((0, PortOpened(1)), (0, RAW), (1, b"AT\r"), (2, COOKED))),
    "raw, and the port stays raw for the next opening": (
        "raw before first octet",
        ((0, PortOpened(1)), (0, RAW), (1, b"AT\r"), (2, PortClosed(0)), (3, PortOpened(1)), (4, b"AT\r")),
    ),
    "the speed": ("speed: 300", ((0, PortSettings(300)), (1, b"AT\r"), (2, PortSettings(9600)))),
    "opened once": ("opened: once", ((0, PortOpened(1)),)),
    "opened twice": ("opened: 2", ((0, PortOpened(1)), (1, PortOpened(2)))),
    "waits for CONNECT": (
        "no write before: CONNECT",
        ((0, b"ATDT1\r"), (0, DIALLING), (0, b"\n"), (3, "\r\nCONN"), (3, "ECT\r\n"), (3, b"x")),
    ),
    "waits for CONNECT when it answers": (
        "no write before: CONNECT",
        ((0, b"ATA\r"), (0, ANSWERING), (3, "\r\nCONNECT\r\n"), (3, b"x")),
    ),
    "writes again after a failed call": (
        "no write before: CONNECT",
        ((0, DIALLING), (3, "\r\nBUSY\r\n"), (3, COMMAND), (4, b"ATZ\r")),
    ),
    "guard time": ("guard time kept", ((0, ONLINE), (2, b"+"), (2.1, b"++"), (3.5, b"ATH\r"))),
    "guard time of S12": (
        "guard time kept",
        ((0, CommandRun("ATS12=10", "OK")), (0, ONLINE), (2, b"x"), (2.3, b"+++")),
    ),
    "the port is closed within the guard time": (
        "guard time kept",
        ((0, ONLINE), (2, b"+++"), (2.1, PortClosed(0)), (2.1, DTR_OFF), (2.1, BY_DTR), (2.1, COMMAND)),
    ),
    "plus signs within data": ("guard time kept", ((0, ONLINE), (2, b"a+++b"), (4, b"+++"))),
    "plus signs and a command far apart within data": (
        "guard time kept",
        ((0, ONLINE), (1, b"x" * 13 + b"+++"), (1.1, b"y" * 90), (1.2, b"AT" + b"z" * 14), (4, b"+++")),
    ),
    "by DTR": ("hung up by: dtr", ((0, ONLINE), (9, DTR_OFF), (9, BY_DTR))),
    "by ATH": ("hung up by: ath", ((0, ONLINE), (9, BY_COMMAND))),
    "by closing": ("hung up by: close", ((0, ONLINE), (9, PortClosed(0)), (9, DTR_OFF), (9.1, BY_DTR))),
    "waits before the next attempt": (
        "retry not before: 10s",
        ((0, Dialled("1", "isp")), (1, LOST), (11, Dialled("1", "isp"))),
    ),
    "in order": (
        "commands in order: [ATZ, '/AT\\+C.*/', atd1]",
        (
            (0, CommandRun("ATZ", "OK")),
            (1, CommandRun("ATE0", "OK")),
            (2, CommandRun("AT+CPIN?", "OK")),
            (3, CommandRun("ATD1", None)),
        ),
    ),
    "never sent": ("never sent: ATZ", ((0, b"AT\r"), (1, b"Z\r"))),
    "secret at its prompt": (
        "secret only at: ['Password:']",
        ((0, Asking("Login:")), (1, b"alice\r"), (2, Asking("Password:")), (3, b"wonderland\r")),
    ),
    "in time": ("answered within: 5s", ((0, Asking("Login:")), (5, LineAnswered("Login:", "x")))),
    "lock file": ("lock file: {name: LCK..ttyS1}", ((0, PortOpened(1)), (0, LockFileSeen("LCK..ttyS1")), (1, b"AT\r"))),
}

BROKEN: dict[str, tuple[str, tuple[Event, ...], str]] = {
    "cooked at the start": (
        "raw before first octet",
        ((0, PortOpened(1)), (1.5, b"AT\r")),
        "at 1.500 s it sent its first octet, and the port was not raw (canonical, echo)",
    ),
    "only canonical mode off": (
        "raw before first octet",
        ((0, PortOpened(1)), (0, PortSettings(9600, echo=True)), (1, b"AT\r")),
        "at 1.000 s it sent its first octet, and the port was not raw (echo)",
    ),
    "cooked the second time": (
        "raw before first octet",
        ((0, PortOpened(1)), (0, RAW), (1, b"AT\r"), (2, COOKED), (3, PortClosed(0)), (4, PortOpened(1)), (5, b"A")),
        "at 5.000 s it sent its first octet, and the port was not raw (canonical, echo)",
    ),
    "another speed": ("speed: 300", ((0, PortOpened(1)), (1, b"A")), "at 1.000 s it sent octets at 9600 bit/s"),
    "opened three times": (
        "opened: once",
        ((0, PortOpened(1)), (1, PortOpened(1)), (2, PortOpened(1))),
        "it opened the port 3 times, last at 2.000 s",
    ),
    "never opened": ("opened: once", (), "it never opened the port"),
    "writes before CONNECT": (
        "no write before: CONNECT",
        ((0, b"ATDT1\r"), (0, DIALLING), (2, b"hello\r")),
        'at 2.000 s it sent "hello\\r", and CONNECT had not come',
    ),
    "writes before CONNECT when it answers": (
        "no write before: CONNECT",
        ((0, b"ATA\r"), (0, ANSWERING), (2, b"hello\r")),
        'at 2.000 s it sent "hello\\r", and CONNECT had not come',
    ),
    "writes the beginning of a password before CONNECT": (
        "no write before: CONNECT",
        ((0, DIALLING), (2, b"wonder")),
        'at 2.000 s it sent "******", and CONNECT had not come',
    ),
    "no time before the escape": (
        "guard time kept",
        ((0, ONLINE), (2, b"x"), (2.5, b"+++"), (4, b"ATH\r")),
        "at 2.500 s it sent an escape sequence 0.500 s after other octets, and the guard time is 1 s",
    ),
    "no time after the escape": (
        "guard time kept",
        ((0, ONLINE), (2, b"+++"), (2.5, b"ATH\r"), (9, COMMAND)),
        "at 2.000 s it sent an escape sequence 0.500 s before the next octet, and the guard time is 1 s",
    ),
    "no time on either side of the escape": (
        "guard time kept",
        ((0, ONLINE), (1, b"x" * 90), (1.2, b"+++"), (1.5, b"ATH0\r\n"), (9, COMMAND)),
        "at 1.200 s it sent an escape sequence {}, and the guard time is 1 s".format(
            "0.200 s after other octets and 0.300 s before the next octet"
        ),
    ),
    "no time beside an escape near the beginning": (
        "guard time kept",
        ((0, ONLINE), (1, b"x"), (1.2, b"+++"), (1.5, b"ATH0\r"), (1.6, b"y" * 90), (9, COMMAND)),
        "at 1.200 s it sent an escape sequence {}, and the guard time is 1 s".format(
            "0.200 s after other octets and 0.300 s before the next octet"
        ),
    ),
    "by DTR and not by ATH": (
        "hung up by: ath",
        ((0, ONLINE), (9, DTR_OFF), (9, BY_DTR)),
        "at 9.000 s the call ended by DTR",
    ),
    "by closing and not by DTR": (
        "hung up by: dtr",
        ((0, ONLINE), (9, PortClosed(0)), (9, DTR_OFF), (9.05, BY_DTR)),
        "at 9.050 s the call ended by closing the port",
    ),
    "by the ISP": ("hung up by: dtr", ((0, ONLINE), (9, LOST)), "at 9.000 s the call ended otherwise: carrier lost"),
    "no call at all": ("hung up by: dtr", (), "no call ended"),
    "a call that stays": ("hung up by: dtr", ((2, ONLINE),), "the call that is up since 2.000 s did not end"),
    "too soon again": (
        "retry not before: 10s",
        ((0, Dialled("1", "busy")), (1, LOST), (2.5, Dialled("1", "isp"))),
        "at 2.500 s it dialled again only 1.500 s after the call before",
    ),
    "one left out": (
        "commands in order: [ATZ, AT+CPIN?]",
        ((1, CommandRun("ATZ", "OK")), (2, CommandRun("ATD1", None))),
        "AT+CPIN? was not sent after ATZ at 1.000 s; it sent ATD1 at 2.000 s",
    ),
    "the wrong way round": (
        "commands in order: [ATZ, ATE0]",
        ((1, CommandRun("ATE0", "OK")), (2, CommandRun("ATZ", "OK"))),
        "ATE0 was not sent after ATZ at 2.000 s, but before it, at 1.000 s",
    ),
    "none of them": ("commands in order: [ATZ]", (), "ATZ was not sent"),
    "others, and many": (
        "commands in order: [ATZ]",
        tuple((at, CommandRun(f"ATS{at}=wonderland", "OK")) for at in range(6)),
        "ATZ was not sent; it sent "
        + ", ".join(f"ATS{at}=********** at {at}.000 s" for at in range(3))
        + " and 3 more",
    ),
    "sent in two pieces": ("never sent: ATZ", ((0, b"AT"), (1, b"Z\r")), "it was sent at 1.000 s"),
    "a pattern": ("never sent: /AT&F\\d?/", ((0, b"AT&F1\r"),), '"AT&F1" was sent at 0.000 s'),
    "a pattern that finds a password": (
        "never sent: /p=.*/",
        ((0, b"p=won"), (1, b"derland\r")),
        '"p=***" was sent at 0.000 s',
    ),
    "a secret at another prompt": (
        "secret only at: ['Password:']",
        ((0, Asking("Login:")), (1, b"wonder"), (2, b"land\r")),
        "at 2.000 s a password was sent at: Login:",
    ),
    "late": (
        "answered within: 5s",
        ((0, Asking("Login:")), (6, LineAnswered("Login:", "x"))),
        "Login: was answered only after 6.000 s, at 6.000 s",
    ),
    "not answered in the call": (
        "answered within: 5s",
        ((0, Asking("Login:")), (6, CallEnded(1, "client"))),
        "Login:, asked at 0.000 s, was not answered: the call ended at 6.000 s",
    ),
    "never answered": ("answered within: 5s", ((0, Asking("Login:")),), "Login:, asked at 0.000 s, was never answered"),
    "no lock file": (
        "lock file: {name: LCK..ttyS1}",
        ((0, PortOpened(1)), (0, LockFileSeen("LCK..other")), (1, b"AT\r")),
        "at 1.000 s it sent its first octet, and there was no LCK..ttyS1, but LCK..other",
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_conduct_that_is_as_expected_holds(case: str) -> None:
    expectation, events = HELD[case]
    assert judged(expectation, *events).held is True


@pytest.mark.parametrize("case", BROKEN)
def test_other_conduct_is_told_with_its_time(case: str) -> None:
    expectation, events, shortcoming = BROKEN[case]
    result = judged(expectation, *events)
    assert result.held is False
    assert result.shortcoming == shortcoming


def test_a_password_that_may_never_be_sent_is_not_shown() -> None:
    result = judged("never sent: wonderland", (0, b"wonderland\r"))
    assert result.held is False
    assert result.expectation == "never sent **********"


def test_a_lock_file_that_is_left_is_told() -> None:
    events = (*HELD["lock file"][1], (2, PortClosed(0)))
    left = RunFacts(1.0, 0, 1, lock_names=["LCK..ttyS1"])
    assert judged("lock file: {name: LCK..ttyS1}", *events, facts=left).shortcoming == (
        "LCK..ttyS1 is still there, and the port was closed at 2.000 s"
    )
    assert judged("lock file: {name: LCK..ttyS1, removed: no}", *events, facts=left).held


@pytest.mark.parametrize(
    ("expectation", "why"),
    [
        ("raw before first octet", "does not show whether it is raw"),
        ("speed: 300", "does not show the client's speed"),
        ("lock file: {name: LCK..x}", ""),
    ],
)
def test_what_a_port_does_not_show_is_not_judged(expectation: str, why: str) -> None:
    blind = RunFacts(1.0, 0, 1, sees_speed=False, sees_modes=False, sees_locks=False)
    result = judged(expectation, (1, b"AT\r"), facts=blind)
    assert result.held is None
    assert why in result.found


def test_an_interrupted_run_leaves_open_what_could_still_have_come_true() -> None:
    assert judged("commands in order: [ATZ]", so_far=True).held is None
    assert judged("never sent: ATZ", (0, b"ATZ\r"), so_far=True).held is False


def test_a_client_that_sends_no_escape_sequence_is_not_judged_by_its_guard_time() -> None:
    assert judged("guard time kept", (0, ONLINE), (1, b"data")).held is None


SCENARIO = """
title: An ISP that asks for a name
isp:
  accounts: {alice: wonderland}
  dialogue: [{prompt: "Login:", read: username}]
expect:
  - raw before first octet
  - speed: 9600
  - opened: once
  - no write before: CONNECT
  - hung up by: close
  - commands in order: [AT, ATDT1]
"""

CLIENT = """
import os, sys, time, tty
def until(text):
    while text not in until.heard:
        until.heard += os.read(1, 100)
    until.heard = until.heard.partition(text)[2]
until.heard = b""
if "raw" in sys.argv: tty.setraw(1)
os.write(1, b"AT\\r"); until(b"OK")
os.write(1, b"ATDT1\\r")
if "hasty" in sys.argv: time.sleep(0.5); os.write(1, b"x"); until(b"NO CARRIER"); sys.exit(3)
until(b"Login:")
"""


def test_a_client_that_does_all_that_is_expected_of_it_passes(tmp_path: Path) -> None:
    verdict, _ = virtually(SCENARIO, [sys.executable, "-c", CLIENT, "raw"], deadline=60.0)
    assert [result.held for result in verdict.expectations] == [True] * 6


def test_a_client_that_forgets_raw_mode_and_writes_too_early_is_told_so(tmp_path: Path) -> None:
    verdict, _ = virtually(SCENARIO, [sys.executable, "-c", CLIENT, "hasty"], deadline=9.0)
    told = "; ".join(result.shortcoming for result in verdict.expectations if result.held is False)
    assert "it sent its first octet, and the port was not raw (canonical, echo)" in told


LOCKS = """
title: A client that locks its port
isp: {dialogue: [silence]}
expect:
  - lock file: {name: LCK..ttyS1, removed: yes}
"""

LOCKING = """
exec 3<>"$1"
[ $# -lt 3 ] || printf '%10d\\n' $$ >"$2/$3"
printf 'AT\\r' >&3
read answer <&3
[ $# -lt 4 ] || rm "$2/LCK..ttyS1"
"""


@pytest.mark.parametrize(
    ("conduct", "told"),
    [
        ([], "there was no LCK..ttyS1"),
        (["LCK..modem"], "there was no LCK..ttyS1, but LCK..modem"),
        (["LCK..ttyS1"], "LCK..ttyS1 is still there"),
        (["LCK..ttyS1", "and unlocks"], ""),
    ],
)
def test_a_lock_file_has_to_be_made_before_the_first_octet_and_removed(
    lock_directory: Path, tmp_path: Path, conduct: list[str], told: str
) -> None:
    async def run() -> tuple[Verdict, list[str]]:
        with Station(loads(LOCKS), PtyEndpoint(tmp_path / "ttyS1")) as station:
            command = ["sh", "-c", LOCKING, "client", "{port}", str(lock_directory), *conduct]
            options = RunOptions(lock_directories=[lock_directory], allow_unopened=True)
            verdict = await run_client(station, command, options)
            opened_by = [each.fact for each in station.transcript if isinstance(each.fact, PortOpenedBy)]
            return verdict, [fact.program for fact in opened_by]

    verdict, programs = asyncio.run(run())
    [result] = verdict.expectations
    assert result.held is (told == "")
    assert told in result.shortcoming
    assert programs == ["sh"]
