"""The cases of a sweep: a pure function of scenario, plan and seed, and scenarios that a person could have written."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.scenario.dump import dumps
from simisp.scenario.load import load, loads
from simisp.sweep.case import Case
from simisp.sweep.overlay import overlaid
from simisp.sweep.sweep import Sweep, run_sweep
from sweep.scripts import CAREFUL, bundled_script, script, shown, swept

CLIENT = bundled_script("naive.scp")
UNDISTURBED = CLIENT.player(load("login")).undisturbed()


def cases(plan: str, seed: int = 0, runs: int = 60) -> tuple[Case, ...]:
    return Sweep(load("login"), CLIENT, plan, seed, runs).cases(UNDISTURBED)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(), runs=st.integers(1, 40))
def test_random_cases_depend_on_the_seed_and_on_their_number_alone(seed: int, runs: int) -> None:
    again = CLIENT.player(load("login")).undisturbed()
    assert Sweep(load("login"), CLIENT, "random", seed, runs).cases(again) == cases("random", seed, runs)
    assert cases("random", seed, 40)[: len(cases("random", seed, runs))] == cases("random", seed, runs)


@pytest.mark.parametrize("plan", ["stalls", "standard", "random"])
def test_equal_calls_give_equal_cases_and_a_case_can_be_sent_elsewhere(plan: str) -> None:
    assert cases(plan) == cases(plan)
    assert pickle.loads(pickle.dumps(cases(plan))) == cases(plan)


@pytest.mark.parametrize(("plan", "step"), [("stalls", 10), ("standard", 40), ("random", 1)])
def test_each_case_is_a_scenario_that_can_be_written_and_read(plan: str, step: int) -> None:
    for case in cases(plan)[::step]:
        laid_over = overlaid(load("login"), case.overlay).model
        assert loads(dumps(laid_over)).model == laid_over, case


def test_findings_are_the_same_in_however_many_processes_they_are_looked_for() -> None:
    sweep = Sweep(load("login"), CLIENT, "random", 5, 60)
    alone, together = run_sweep(sweep), run_sweep(sweep, jobs=2)
    assert together.results == alone.results
    assert together.groups == alone.groups


def test_a_careful_script_survives_what_comes_at_random() -> None:
    assert shown(run_sweep(Sweep(load("login"), script(CAREFUL), "random", 7, 60))) == []


def test_the_statements_that_a_sweep_came_to_are_counted_and_those_that_no_fault_reached_are_known() -> None:
    uses = {use.stand.text: use for use in swept(script(CAREFUL), "stalls").coverage}
    assert uses["halt"].cases > 0
    assert not uses["halt"].undisturbed
    dead = script('proc main\n  waitfor "ervice?"\n  if FALSE then\n    halt\n  endif\nendproc\n')
    assert [use.stand.text for use in swept(dead, "stalls").coverage if not use.cases] == ["halt"]
