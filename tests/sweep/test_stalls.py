"""The plan `stalls` on the two scripts of the article, in pure time."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from simisp.errors import FileError
from simisp.facts.sources import Source
from simisp.scenario.load import load
from simisp.sweep.findings import FindingClass
from simisp.sweep.result import SweepResult
from simisp.sweep.sweep import Sweep
from sweep.scripts import bundled_script, swept


def stalls_of(name: str) -> SweepResult:
    return swept(bundled_script(name), "stalls")


def test_the_naive_script_hangs_at_each_of_its_waits() -> None:
    result = stalls_of("naive.scp")
    assert [(group.kind, group.stand and group.stand.text) for group in result.groups] == [
        (FindingClass.HANG_PROVEN, 'waitfor "ervice?"'),
        (FindingClass.HANG_PROVEN, 'waitfor "sername:"'),
        (FindingClass.HANG_PROVEN, 'waitfor "assword:"'),
    ]


def test_the_repaired_script_never_hangs_but_starts_ppp_after_each_wait_that_fails() -> None:
    groups = stalls_of("repaired.scp").groups
    assert {group.kind for group in groups} == {FindingClass.WRONG_SUCCESS}
    assert [group.stand and group.stand.line for group in groups] == [10, 14, 19]


def test_each_octet_that_modem_or_isp_sends_has_a_case_of_its_own() -> None:
    client = bundled_script("naive.scp")
    undisturbed = client.player(load("login")).undisturbed()
    sent = sum(len(piece.data) for piece in undisturbed.pieces_of(Source.MODEM, Source.ISP))
    cases = Sweep(load("login"), client, "stalls").cases(undisturbed)
    # Besides, the modem may be silent from the start, and the ISP from the start of its call.
    assert len({case.name for case in cases}) == len(cases) == sent + 2


def test_the_waits_of_the_undisturbed_run_are_those_of_the_script() -> None:
    undisturbed = bundled_script("repaired.scp").player(load("login")).undisturbed()
    assert {wait.limit for wait in undisturbed.waits} == {5.0, 90.0, 60.0}


def test_a_client_and_its_scenario_can_be_sent_to_another_process() -> None:
    client, scenario = pickle.loads(pickle.dumps((bundled_script("naive.scp"), load("login"))))
    assert (
        client.player(scenario).undisturbed().outcome
        == bundled_script("naive.scp").player(load("login")).undisturbed().outcome
    )


def test_a_result_comes_back_from_its_json() -> None:
    result = stalls_of("repaired.scp")
    assert SweepResult.from_json(result.to_json(), name="sweep.json") == result


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is not JSON"),
        ("[]", "not a result of a sweep: sweep.json"),
        ('{"simisp sweep": 2}', "in version 2"),
        ('{"simisp sweep": 1, "scenario": "login"}', "not a whole result of a sweep: path: field required"),
    ],
)
def test_what_is_no_result_of_a_sweep_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(FileError, match=complaint):
        SweepResult.from_json(text, name="sweep.json")


def test_no_password_is_in_a_result(tmp_path: Path) -> None:
    assert "wonderland" not in stalls_of("naive.scp").to_json()
