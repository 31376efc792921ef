"""The plan `at`, the differential oracle: planted parser bugs are found, and their clean twin has none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simisp.facts.sources import Source
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import loads
from simisp.sweep.case import Case
from simisp.sweep.command_client import CommandClient
from simisp.sweep.findings import FindingClass, judge
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.plans import PLANS
from simisp.sweep.undisturbed import Undisturbed
from support.at_driver import BUGS

MODEM = loads("title: A modem\nmodem: {profile: gsm}\nisp: {dialogue: []}\nexpect: [calls: 0]\n")
DRIVER = Path(__file__).parents[1] / "support" / "at_driver.py"
ROWS = {"pieces", "slow line", "LF only", "echo", "unsolicited", "blank line", "cut after"}


def driver(*bugs: str) -> CommandClient:
    options = RunOptions(allow_unopened=True)
    return CommandClient((sys.executable, str(DRIVER), "{port}", *bugs), options=options)


@pytest.fixture(scope="module")
def undisturbed() -> Undisturbed:
    return driver().player(MODEM).undisturbed()


def cases_of(undisturbed: Undisturbed) -> list[Case]:
    return list(PLANS["at"](MODEM, undisturbed, 0))


def test_there_is_a_case_for_each_kind_of_change_and_each_octet(undisturbed: Undisturbed) -> None:
    cases = cases_of(undisturbed)
    assert {case.row for case in cases} == ROWS
    assert len({case.key for case in cases}) == len({case.name for case in cases}) == len(cases)
    sent = sum(len(piece.data) - 1 for piece in undisturbed.pieces_of(Source.MODEM))
    assert sum(case.row == "cut after" for case in cases) == sent


def test_each_planted_bug_is_found_where_it_is(undisturbed: Undisturbed) -> None:
    cases = [
        next(case for case in cases_of(undisturbed) if case.row == row) for row in ("unsolicited", "echo", "pieces")
    ]
    player = driver(*BUGS).player(MODEM)
    usual = player.undisturbed().outcome
    assert usual.exit_status == 0
    found = [judge(usual, player.play(case)) for case in cases]
    assert [(finding.kind, finding.detail) for findings in found for finding in findings] == [
        (FindingClass.OTHER_BEHAVIOUR, "it sent nothing more, in place of 'AT+CMGF=1'"),
        (FindingClass.OTHER_BEHAVIOUR, "it sent nothing more, in place of 'ATZ'"),
        (FindingClass.OTHER_BEHAVIOUR, "it sent the same and ended with exit status 3, in place of exit status 0"),
    ]


def test_the_clean_twin_does_the_same_whatever_must_not_matter(undisturbed: Undisturbed) -> None:
    one_of_each = {case.row: case for case in cases_of(undisturbed)}
    player = driver().player(MODEM)
    outcomes: dict[str, CaseOutcome] = {row: player.play(case) for row, case in one_of_each.items()}
    assert {row: judge(undisturbed.outcome, outcome) for row, outcome in outcomes.items()} == dict.fromkeys(ROWS, ())
