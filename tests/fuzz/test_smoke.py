"""A short run of every target, so that none of them rots."""

from __future__ import annotations

from random import Random

import pytest

from fuzz import runner
from fuzz.target import Target
from fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_some_random_input_upsets_nothing(target: Target) -> None:
    for seed in range(target.smoke):
        target.check(*target.make(Random(seed)))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_an_input_is_plain_values_and_the_same_for_the_same_seed(target: Target) -> None:
    case = target.make(Random(1))
    assert case == target.make(Random(1))
    assert eval(repr(case)) == case


def _fails_on_an_x(text: str) -> None:
    assert "x" not in text


def test_a_failure_is_told_with_its_target_its_seed_and_its_input_made_small(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = Target("failing", lambda random: ("abcx" * random.randint(1, 9),), _fails_on_an_x)
    monkeypatch.setattr(runner, "TARGETS", [failing])
    assert runner.main(["--seconds", "0", "--seed", "5"]) == 1
    told = capsys.readouterr().out
    assert "failing: seed 5 FAILS" in told
    assert "again: python -m tests.fuzz --seconds 0 --seed 5 failing" in told
    assert "input: ('x',)" in told


def test_an_input_that_makes_something_compute_forever_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def compute(text: str) -> None:
        while True:
            pass

    monkeypatch.setattr(runner, "LIMIT", 0.01)
    monkeypatch.setattr(runner, "TARGETS", [Target("endless", lambda random: ("a",), compute)])
    assert runner.main(["--seconds", "0"]) == 1
    assert "seconds of computing" in capsys.readouterr().out


def test_what_holds_is_told_with_the_number_of_inputs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "TARGETS", [Target("sound", lambda random: ("a",), _fails_on_an_x)])
    assert runner.main(["--seconds", "0", "--seed", "7"]) == 0
    assert capsys.readouterr().out == "sound: 1 inputs from seed 7, all held\n"
