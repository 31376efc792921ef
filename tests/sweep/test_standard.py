"""The plan `standard`: what it finds in the scripts of the article, and that it finds nothing in a careful one."""

from __future__ import annotations

from typing import get_args

import pytest

from simisp.scenario.fault_item import FaultWord
from simisp.scenario.load import load
from simisp.sweep.case import faults_of
from simisp.sweep.sweep import Sweep
from sweep.scripts import CAREFUL, UNTESTED, bundled_script, script, shown, swept


def test_the_repaired_script_never_hangs_and_its_failure_path_that_starts_ppp_is_found() -> None:
    assert set(shown(swept(bundled_script("repaired.scp"), "standard"))) == {
        ("wrong success", 'waitfor "ervice?" until 90'),
        ("wrong success", 'waitfor "sername:" until 60'),
        ("wrong success", 'waitfor "assword:" until 60'),
    }


def test_a_script_without_tests_of_success_sends_credentials_after_a_wait_that_failed() -> None:
    found = shown(swept(script(UNTESTED), "stalls"))
    assert ("secret astray", "transmit $PASSWORD, raw") in found
    assert not [kind for kind, _ in found if kind.startswith("hang")]


@pytest.mark.parametrize("plan", ["stalls", "standard"])
def test_a_careful_script_yields_no_finding(plan: str) -> None:
    result = swept(script(CAREFUL), plan)
    assert result.undisturbed.exit_status == 0
    assert shown(result) == []


def test_every_kind_of_fault_is_tried() -> None:
    undisturbed = bundled_script("repaired.scp").player(load("login")).undisturbed()
    cases = Sweep(load("login"), bundled_script("repaired.scp"), "standard").cases(undisturbed)
    tried = {fault["fault"] for case in cases for fault in faults_of(case.overlay)}
    about_processes = {"stop client", "kill client", "second client"}  # of the plan for commands
    assert tried == set(get_args(FaultWord)) - about_processes
    assert len({case.name for case in cases}) == len(cases) > 1000
