"""Dialogues compiled to flat code."""

from __future__ import annotations

import pytest

from simisp.errors import ScenarioError
from simisp.isp.steps import (
    Begin,
    CheckAccount,
    DialogueProgram,
    HangUp,
    JumpTo,
    Mark,
    Pause,
    ReadLine,
    RepeatFrom,
    Send,
    Silence,
)
from simisp.scenario.endless import endless_loops
from simisp.scenario.load import loads


def code_of(steps: str, *, accounts: str = "{alice: wonderland}") -> DialogueProgram:
    indented = "".join(f"    {line}\n" for line in steps.strip("\n").splitlines())
    return loads(f"title: x\nisp:\n  accounts: {accounts}\n  dialogue:\n{indented}").programs["dialogue"]


def mistakes_of(steps: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        code_of(steps)
    return [diagnostic.message for diagnostic in caught.value.diagnostics]


def test_texts_and_waits_are_one_instruction_each() -> None:
    program = code_of('- banner: "Hi\\n"\n- send: x\n- pause: 2s\n- silence: 3s\n- mark: m\n- hang up')
    assert program.code == (
        Send("Hi\n", own_line=True), Send("x"), Pause(2.0), Silence(3.0), Mark("m"), HangUp(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "echo", "secret", "name"),
    [
        ("Username:", True, False, "username"),
        ("login: ", True, False, "username"),
        ("Log in as", True, False, "username"),
        ("Service?", True, False, None),
        ("Password:", False, True, None),
        ("User password:", False, True, None),
        ("Pass word?", False, True, None),
        ("Enter passcode", False, True, None),
        ("PIN:", False, True, None),
        ("Spinning? Shopping?", True, False, None),
    ],
)
def test_a_prompts_words_say_whether_it_echoes_and_what_it_reads(
    prompt: str, echo: bool, secret: bool, name: str | None
) -> None:
    ask = code_of(f'- prompt: "{prompt}"').code[1]
    assert isinstance(ask, ReadLine)
    assert (ask.echo, ask.secret, ask.name) == (echo, secret, name)


def test_echo_and_read_win_over_the_prompts_words() -> None:
    shown = code_of('- prompt: "Password:"\n  echo: yes\n  read: word').code[1]
    assert shown == ReadLine("Password:", again=0, name="word", echo=True, secret=True, otherwise=2)
    hidden = code_of('- prompt: "Favourite colour?"\n  echo: no').code[1]
    assert hidden == ReadLine("Favourite colour?", again=0, echo=False, secret=True, otherwise=2)


def test_choices_lead_on_again_to_labels_and_into_steps_of_their_own() -> None:
    program = code_of(
        """
- label: top
- prompt: Q
  choices:
    a: next
    b: again
    c: top
    d: [send: D, again]
    e: [send: E]
  otherwise: [hang up]
- send: after
"""
    )
    ask = program.code[2]
    assert isinstance(ask, ReadLine)
    targets = {answer.shown: target for answer, target in ask.choices}
    after = program.code.index(Send("after"))
    assert targets == {"a": after, "b": 1, "c": 0, "d": 3, "e": 6}
    assert program.code[3:9] == (Send("D"), JumpTo(1), JumpTo(after), Send("E"), JumpTo(after), HangUp())
    assert ask.otherwise == 8


def test_a_wrong_answer_to_expect_is_asked_again_and_without_a_prompt_waited_out() -> None:
    first, second = (instruction for instruction in code_of("- prompt: Q\n  expect: a\n- expect: b").code[1:])
    assert isinstance(first, ReadLine)
    assert isinstance(second, ReadLine)
    assert (first.again, first.otherwise) == (0, 0)
    assert (second.again, second.otherwise, second.prompt) == (2, 2, "")


def test_an_answer_is_a_text_in_either_case_or_a_pattern_for_the_whole_line() -> None:
    ask = code_of('- prompt: Q\n  choices: {"p.": next, "/p.+/": next, "/": next}').code[1]
    assert isinstance(ask, ReadLine)
    [text, pattern, slash] = [answer for answer, _ in ask.choices]
    assert text.matches("P.")
    assert not text.matches("px")
    assert pattern.matches("ppp")
    assert not pattern.matches("PPP")
    assert not pattern.matches("xppp")
    assert slash.matches("/")


def test_authenticate_asks_checks_refuses_and_hangs_up() -> None:
    program = code_of('- authenticate: {user: "U:", password: "P:", attempts: 2, refusal: "No\\n"}\n- send: in')
    assert program.code == (
        Send("U:", own_line=True),
        ReadLine("U:", again=0, name="username", otherwise=2),
        Send("P:", own_line=True),
        ReadLine("P:", again=2, name="password", echo=False, secret=True, otherwise=4),
        CheckAccount("username", "password", 2, accepted=9, refused=5, exhausted=7),
        Send("No\n", own_line=True),
        JumpTo(0),
        Send("No\n", own_line=True),
        HangUp(),
        Send("in"),
    )


def test_a_counted_repetition_begins_anew_each_time_it_is_come_to() -> None:
    assert code_of("- repeat: {times: 3, steps: [pause: 1s]}").code == (Begin(), Pause(1.0), RepeatFrom(1, 3))
    assert code_of("- repeat: {steps: [pause: 1s]}").code == (Pause(1.0), JumpTo(0))


def test_labels_are_noted_where_they_are_passed() -> None:
    program = code_of("- label: here\n- pause: 1s\n- go to: here")
    assert program.code == (Mark("here"), Pause(1.0), JumpTo(0))
    assert program.labels == {"here": 0}


def test_a_name_that_is_read_later_may_stand_earlier() -> None:
    assert code_of('- label: top\n- prompt: "Hello {who}"\n  read: who\n- go to: top').code[1] == Send(
        "Hello {who}", own_line=True
    )


def test_braces_are_doubled_to_be_sent() -> None:
    assert code_of('- send: "{{who}} {a b} {"').code == (Send("{{who}} {a b} {"),)


def test_secrets_are_never_sent_back() -> None:
    assert mistakes_of('- prompt: "Password:"\n  read: word\n- send: "{word} {password}"') == [
        "{word} is a secret, and a secret is never sent back",
        "{password} is a secret, and a secret is never sent back",
    ]


def test_again_belongs_to_the_innermost_question() -> None:
    program = code_of("- prompt: A\n  choices: {x: [prompt: B, again]}")
    assert program.code[4] == JumpTo(0)
    assert "no question here" in mistakes_of("- again")[0]


# Loops that never wait -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        "- label: a\n- go to: a",
        "- repeat: {steps: [send: x]}",
        "- repeat: {steps: [pause: 0]}",
        "- repeat: {steps: [silence: 0.0001]}",
        "- repeat: {steps: [repeat: {times: 5, steps: [send: x]}]}",
        "- hang up\n- repeat: {steps: [send: x]}",
        "- label: a\n- send: x\n- label: b\n- go to: a",
        "- prompt: Q\n  choices: {x: [repeat: {steps: [mark: m]}]}",
    ],
)
def test_a_loop_that_never_waits_is_a_mistake(steps: str) -> None:
    assert mistakes_of(steps) == ["from here the dialogue goes in a circle without ever waiting"]


@pytest.mark.parametrize(
    "steps",
    [
        "- repeat: {steps: [pause: 1ms]}",
        "- repeat: {steps: [silence]}",
        "- repeat: {steps: [expect: x]}",
        "- repeat: {steps: [authenticate]}",
        "- repeat: {times: 1000, steps: [send: x]}",
        "- label: a\n- hang up\n- go to: a",
        "- label: a\n- prompt: Q\n  choices: {x: a}\n  otherwise: again",
        "- repeat: {steps: [send: x, repeat: {times: 2, steps: [pause: 1s]}]}",
    ],
)
def test_a_loop_that_waits_or_ends_is_right(steps: str) -> None:
    assert code_of(steps).code


def test_two_loops_that_meet_are_told_once_each() -> None:
    assert list(endless_loops([JumpTo(1), JumpTo(0), JumpTo(0), JumpTo(4), Send("x"), JumpTo(3)])) == [1, 5]


def test_a_jump_behind_the_end_is_no_loop() -> None:
    assert list(endless_loops([JumpTo(2), JumpTo(7)])) == []


def test_a_prompt_with_a_time_limit_hangs_up_or_does_what_it_says() -> None:
    text = 'title: x\nisp: {dialogue: [{prompt: "Name:", within: 60s%s}, silence]}\n'
    (send, ask, hang_up, jump, silence) = loads(text % "").programs["dialogue"].code
    assert isinstance(ask, ReadLine)
    assert (ask.within, ask.late, ask.otherwise) == (60.0, 2, 4)
    assert [type(each).__name__ for each in (send, hang_up, jump, silence)] == ["Send", "HangUp", "JumpTo", "Silence"]
    again = loads(text % ", too late: again").programs["dialogue"].code[1]
    assert isinstance(again, ReadLine)
    assert again.late == 0


@pytest.mark.parametrize(
    ("keys", "message"),
    [("too late: again", "'too late' needs within"), ("within: 0s", "a time limit is 10 ms or more")],
)
def test_a_time_limit_that_makes_no_sense_is_refused(keys: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        loads(f'title: x\nisp: {{dialogue: [{{prompt: "Name:", {keys}}}, silence]}}\n')
