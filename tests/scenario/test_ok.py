"""What the language's examples mean, and that every right scenario is right."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simisp.isp.steps import CheckAccount, Mark, ReadLine, Send, Silence
from simisp.scenario.dump import dumps
from simisp.scenario.load import bundled, load
from simisp.scenario.steps import STEP_WORDS, AuthenticateStep, PromptStep, SilenceStep
from simisp.scenario.unsolicited_section import UnsolicitedSection

OK = Path(__file__).parent / "ok"


@pytest.mark.parametrize("path", [*OK.glob("*.yaml"), *bundled()], ids=lambda path: path.stem)
def test_a_right_scenario_loads(path: Path) -> None:
    loaded = load(path)
    assert loaded.name == path.stem
    assert loaded.calls == () or set(loaded.calls) <= set(loaded.programs)


def test_the_smallest_scenario_means_what_it_says() -> None:
    loaded = load(OK / "smallest.yaml")
    assert loaded.calls == ("dialogue",)
    model = loaded.model
    assert (model.modem.profile, model.modem.connect) == ("hayes", 33600)
    assert (model.exchange.default, model.exchange.numbers) == ("isp", {})
    send, service, name_prompt, name, silence = loaded.programs["dialogue"].code
    assert send == Send("Service?", own_line=True)
    assert isinstance(service, ReadLine)
    assert (service.again, service.otherwise, service.echo) == (0, 0, True)
    [(answer, target)] = service.choices
    assert answer.matches("p")
    assert not answer.matches("pp")
    assert target == 2
    assert name_prompt == Send("Username:", own_line=True)
    assert name == ReadLine("Username:", again=2, name="username", otherwise=4)
    assert silence == Silence(None)


def test_the_whole_example_means_what_it_says_without_what_is_not_yet_played() -> None:
    loaded = load(OK / "whole.yaml")
    model = loaded.model
    assert model.title == "OzEmail, October 1997"
    assert model.about.startswith("Service menu")
    assert model.seed == 1
    assert model.exchange.numbers == {"5551234": "isp", "5550000": "busy", "5550001": "no answer"}
    assert (model.exchange.default, model.exchange.answer_after) == ("no carrier", 4.0)
    assert loaded.calls == ("silent", "login")
    assert model.isp.accounts == {"alice": "wonderland"}
    assert model.isp.dialogues is not None
    assert isinstance(model.isp.dialogues["silent"][-1], SilenceStep)
    assert model.isp.dialogues["silent"][-1].silence == math.inf
    menu, log_in = model.isp.dialogues["login"][1:3]
    assert isinstance(menu, PromptStep)
    assert list(menu.choices or {}) == ["p", "?"]
    assert isinstance(log_in, AuthenticateStep)
    assert log_in.authenticate.attempts == 3
    assert [type(step).__name__ for step in model.expect] == ["PortReleased", "CredentialsSentOnlyAt"]


def test_the_rows_of_the_whole_example_are_those_of_its_modem() -> None:
    modem = load(OK / "whole.yaml").model.modem
    assert modem.commands == {"+CSQ": "+CSQ: 17,99", r"/\+CGDCONT=(?P<context>.*)/": "OK"}
    assert modem.unsolicited == [UnsolicitedSection(send="RING", every=6.0, times=3, after=10.0)]


def test_texts_are_what_was_written() -> None:
    model = load(OK / "traps.yaml").model
    assert (model.title, model.about) == ("no", "2026-11-23")
    assert model.exchange.numbers == {"5551234": "isp", "012": "busy"}
    assert model.isp.accounts == {"on": "off", "no": "1:30", "0x10": "1e3"}
    assert model.isp.dialogue is not None
    first, second = model.isp.dialogue[:2]
    assert isinstance(first, PromptStep)
    assert isinstance(second, PromptStep)
    assert (first.prompt, first.expect, first.echo) == ("yes", "no", False)
    assert (second.prompt, second.echo, second.otherwise) == ("12:30", True, "off")
    assert list(second.choices or {}) == ["y", "n", "1.50", "true", "~"]


def test_the_scenario_with_every_step_lacks_none() -> None:
    model = load(OK / "every-step.yaml").model
    written = dumps(model)
    assert all(f"- {word}" in written for word in STEP_WORDS)


def test_every_step_is_compiled() -> None:
    program = load(OK / "every-step.yaml").programs["main"]
    assert {type(instruction).__name__ for instruction in program.code} == {
        "Send", "ReadLine", "CheckAccount", "Pause", "Silence", "HandOver", "HangUp", "JumpTo", "Begin", "RepeatFrom",
        "Mark", "AwaitDeed",
    }  # fmt: skip
    assert program.code[program.labels["top"]] == Mark("top")
    checks = [instruction for instruction in program.code if isinstance(instruction, CheckAccount)]
    assert [check.attempts for check in checks] == [3, 1]


def test_an_alias_is_the_part_that_it_names() -> None:
    loaded = load(OK / "aliases.yaml")
    assert loaded.programs["silent"].code[0] == loaded.programs["login"].code[0] == Send("Service?", own_line=True)
