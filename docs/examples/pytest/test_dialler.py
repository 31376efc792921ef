"""A dialler that is a program of its own, in virtual time: thirty seconds of silence take none."""

import sys
from pathlib import Path

import pytest

from simisp.results import VerdictKind

DIALLER = [sys.executable, str(Path(__file__).with_name("dialler.py")), "{port}"]


@pytest.mark.simisp("hang.yaml", clock="virtual")
def test_it_gives_up_and_lets_go_of_the_port(simisp_line):
    verdict = simisp_line.run(DIALLER)
    assert verdict.client.exit_status == 1
    assert verdict.at == pytest.approx(31, abs=2)


@pytest.mark.simisp("login.yaml", clock="virtual", faults=[{"fault": "silence", "after": {"text": "Password:"}}])
def test_it_survives_a_line_that_goes_dead_at_the_password(simisp_line):
    assert simisp_line.run(DIALLER).client.exit_status == 1


def test_a_scenario_can_stand_in_the_test(simisp):
    scenario = {"title": "No dial tone", "exchange": {"default": "no dial tone"}}
    with simisp(scenario, clock="virtual", judged=False) as line:
        verdict = line.run(DIALLER)
    assert verdict.kind is VerdictKind.RELEASED
