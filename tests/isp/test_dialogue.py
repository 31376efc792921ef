"""Dialogues played in no time at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.client_deeds import CircuitTurned, PortAct, RateTaken
from simisp.facts.fact import Fact, details_of
from simisp.facts.isp import DialogueOver
from simisp.far_end import HangUpRequested
from simisp.isp.accounts import Accounts
from simisp.isp.dialogue import Dialogue, DialogueState
from simisp.isp.line_input import MOST_TYPED_AHEAD
from simisp.isp.steps import (
    AwaitDeed,
    Begin,
    CheckAccount,
    DialogueProgram,
    HangUp,
    Instruction,
    JumpTo,
    Mark,
    Pause,
    ReadLine,
    RepeatFrom,
    Send,
    Silence,
    literal,
)
from simisp.machine import Output, SendData


def ask(prompt: str, at: int, **options: object) -> tuple[Send, ReadLine]:
    """A prompt and its question, whose index is ``at`` + 1; any answer leads to what stands behind them."""
    return Send(prompt, own_line=True), ReadLine(prompt, again=at, otherwise=at + 2, **options)  # type: ignore[arg-type]


def started(*code: Instruction, accounts: dict[str, str] | None = None) -> Dialogue:
    isp = Dialogue(DialogueProgram(code), Accounts(accounts))
    isp.start(now=0.0)
    return isp


def said(isp: Dialogue | Iterable[Output]) -> bytes:
    outputs = isp.take_outputs() if isinstance(isp, Dialogue) else isp
    return b"".join(output.data for output in outputs if isinstance(output, SendData))


def facts(isp: Dialogue) -> list[tuple[str, dict[str, Any]]]:
    return [(output.kind, details_of(output)) for output in isp.take_outputs() if isinstance(output, Fact)]


LOG_IN = (
    *ask("U:", 0, name="username"),
    *ask("P:", 2, name="password", echo=False, secret=True),
    CheckAccount("username", "password", 2, accepted=9, refused=5, exhausted=7),
    Send("No.\n", own_line=True),
    JumpTo(0),
    Send("No.\n", own_line=True),
    HangUp(),
    Send("Hello {username}\n"),
)


def test_prompts_come_on_a_line_of_their_own_and_typed_lines_are_echoed() -> None:
    isp = started(*ask("A:", 0), *ask("B:", 2))
    assert said(isp) == b"\r\nA:"
    isp.receive_data(b"x\r", now=1.0)
    assert said(isp) == b"x\r\nB:"
    isp.receive_data(b"y\r", now=2.0)
    assert said(isp) == b"y\r\n"
    assert isp.state is DialogueState.UP
    assert isp.next_timer() is None


def test_a_text_of_nothing_sends_nothing() -> None:
    assert started(Send("")).take_outputs() == [DialogueOver()]


def test_a_new_line_is_only_begun_where_the_cursor_is_not_at_one() -> None:
    assert said(started(Send("a\n", own_line=True), Send("b", own_line=True), Send("c", own_line=True))) == (
        b"\r\na\r\nb\r\nc"
    )


def test_an_empty_line_is_asked_again_whatever_the_question() -> None:
    isp = started(*ask("A:", 0, choices=((literal("x"), 2),)))
    for empty in (b"\r", b"  \r", b"\t\n"):
        said(isp)
        isp.receive_data(empty, now=1.0)
        assert said(isp).endswith(b"\r\nA:")


def test_choices_are_tried_in_order_and_what_fits_none_goes_elsewhere() -> None:
    code = (
        Send("Q", own_line=True),
        ReadLine("Q", again=0, otherwise=4, choices=((literal("x"), 2), (literal("X"), 3))),
        Send("first"),
        HangUp(),
        Send("else"),
        HangUp(),
    )
    for typed, answer in ((b" X \r", b"first"), (b"y\r", b"else")):
        isp = started(*code)
        said(isp)
        isp.receive_data(typed, now=1.0)
        assert said(isp).endswith(b"\r\n" + answer)


def test_a_password_is_not_echoed_and_its_line_end_is() -> None:
    isp = started(*LOG_IN, accounts={"alice": " wonderland "})
    said(isp)
    isp.receive_data(b"alice\r", now=1.0)
    assert said(isp) == b"alice\r\nP:"
    assert isp.secrets_in(b"w") == ((0, 1),)
    isp.receive_data(b" wonderland \r", now=2.0)
    assert isp.secrets_in(b"w") == ()
    assert said(isp) == b"\r\nHello alice\r\n"


def test_wrong_log_ins_are_counted_and_the_last_one_ends_the_call() -> None:
    isp = started(*LOG_IN, accounts={"alice": "wonderland"})
    said(isp)
    isp.receive_data(b"alice\rwrong\r", now=1.0)
    assert said(isp).endswith(b"No.\r\nU:")
    isp.receive_data(b"bob\rwrong\r", now=2.0)
    outputs = isp.take_outputs()
    assert said(outputs).endswith(b"No.\r\n")
    assert isinstance(outputs[-1], HangUpRequested)
    assert isp.state is DialogueState.ENDED
    isp.receive_data(b"more\r", now=3.0)
    assert isp.take_outputs() == []


def test_a_log_in_that_works_forgets_the_failures_before_it() -> None:
    isp = started(*LOG_IN, JumpTo(0), accounts={"alice": "wonderland"})
    for number in range(3):
        isp.receive_data(b"alice\rwrong\r", now=number)
        isp.receive_data(b"alice\rwonderland\r", now=number)
    assert isp.state is DialogueState.ASKING


def test_answers_to_secrets_never_stand_in_facts() -> None:
    isp = started(*LOG_IN, accounts={"alice": "wonderland"})
    isp.receive_data(b"alice\rwonderland\r", now=1.0)
    told = facts(isp)
    assert ("answer", {"prompt": "U:", "text": "alice"}) in told
    assert ("answer", {"prompt": "P:", "text": ""}) in told
    assert ("log-in accepted", {"user": "alice"}) in told
    assert told[-1] == ("dialogue over", {})
    assert "wonderland" not in repr(told)


def test_a_secret_that_is_echoed_after_all_is_marked() -> None:
    isp = started(*ask("P:", 0, secret=True))
    isp.take_outputs()
    isp.receive_data(b"word\r", now=1.0)
    assert isp.take_outputs()[0] == SendData(b"word\r\n", ((0, 4),))


def test_what_is_typed_in_a_pause_is_kept_and_echoed_when_it_is_read() -> None:
    isp = started(Pause(5.0), *ask("A:", 1), *ask("B:", 3))
    assert isp.next_timer() == 5.0
    isp.receive_data(b"one\rtw", now=1.0)
    assert said(isp) == b""
    isp.handle_timer(now=4.999)
    assert said(isp) == b""
    isp.handle_timer(now=5.0)
    assert said(isp) == b"\r\nA:one\r\nB:tw"
    assert isp.next_timer() is None


def test_what_is_typed_into_silence_is_lost() -> None:
    isp = started(*ask("A:", 0), Silence(5.0), *ask("B:", 3))
    isp.receive_data(b"x\rahead\r", now=1.0)
    isp.receive_data(b"lost\r", now=2.0)
    assert isp.next_timer() == 6.0
    isp.handle_timer(now=6.0)
    assert said(isp) == b"\r\nA:x\r\nB:"
    isp.receive_data(b"y\r", now=7.0)
    assert said(isp) == b"y\r\n"


def test_silence_forever_has_no_end() -> None:
    isp = started(Silence())
    assert isp.next_timer() is None
    isp.receive_data(b"anybody?\r", now=1e6)
    isp.handle_timer(now=1e9)
    assert said(isp) == b""


@pytest.mark.parametrize("wait", [Pause(0.0), Silence(0.0), Pause(1e-300)])
def test_a_wait_that_is_none_never_stops_time(wait: Instruction) -> None:
    isp = Dialogue(DialogueProgram((wait, Send("on"))))
    isp.start(now=1e6)
    assert said(isp) == b"on"
    assert isp.next_timer() is None


@pytest.mark.parametrize(
    "loop", [(Send("x"), JumpTo(0)), (Pause(0.0), JumpTo(0)), (JumpTo(0),), (Mark("m"), JumpTo(0))]
)
def test_a_loop_that_never_waits_lets_time_pass(loop: tuple[Instruction, ...]) -> None:
    isp = started(*loop)
    first = isp.next_timer()
    assert first is not None
    assert first > 0.0
    assert len(isp.take_outputs()) <= 1000
    assert isp.state is DialogueState.PAUSING
    isp.handle_timer(now=first)
    following = isp.next_timer()
    assert following is not None
    assert following > first


def test_a_counted_repetition_is_done_so_often_and_each_time_anew() -> None:
    isp = started(Begin(), Send("x"), RepeatFrom(1, 3), *ask("?", 3), JumpTo(0))
    assert said(isp) == b"xxx\r\n?"
    isp.receive_data(b"y\r", now=1.0)
    assert said(isp) == b"y\r\nxxx\r\n?"


def test_a_repetition_that_was_left_begins_at_nought_again() -> None:
    isp = started(Begin(), *ask("?", 1, choices=((literal("out"), 0),)), Send("x"), RepeatFrom(1, 3), Send("end"))
    isp.receive_data(b"a\ra\rout\ra\ra\r", now=1.0)
    assert b"end" not in said(isp)
    isp.receive_data(b"a\r", now=2.0)
    assert said(isp).endswith(b"xend")


def test_marks_waits_and_questions_are_told() -> None:
    isp = started(Mark("here"), Pause(1.0), Silence())
    isp.handle_timer(now=1.0)
    assert facts(isp) == [
        ("mark", {"name": "here"}),
        ("pausing", {"until": 1.0}),
        ("silent", {"until": None}),
    ]


def test_what_it_does_is_said_in_words() -> None:
    assert started(*ask("A:", 0)).doing == "waits for the answer to 'A:'"
    assert started(ReadLine("", again=0)).doing == "waits for a line"
    assert started(Pause(2.5)).doing == "pauses until 2.500 s"
    assert started(Silence(3.0)).doing == "is silent until 3.000 s"
    assert started(Silence()).doing == "is silent forever"
    assert started(HangUp()).doing == "has nothing more to say"
    assert started().doing == "has nothing more to say"


def test_before_its_start_it_is_idle_and_keeps_what_is_typed() -> None:
    isp = Dialogue(DialogueProgram(ask("A:", 0)))
    isp.receive_data(b"early\r", now=0.0)
    isp.handle_timer(now=1.0)
    assert isp.state is DialogueState.IDLE
    isp.start(now=2.0)
    assert said(isp) == b"\r\nA:early\r\n"


def test_circuits_mean_nothing_to_it() -> None:
    isp = started(*ask("A:", 0))
    isp.take_outputs()
    isp.set_circuit(Circuit.DTR, False, now=1.0)
    assert isp.take_outputs() == []


def test_a_megabyte_without_a_line_end_is_one_line_and_no_more() -> None:
    isp = started(*ask("A:", 0))
    said(isp)
    isp.receive_data(b"x" * 1_000_000 + b"\r", now=1.0)
    assert len(said(isp)) == 255 + 2
    assert isp.state is DialogueState.UP


def test_type_ahead_is_bounded() -> None:
    isp = started(Pause(1.0), *ask("A:", 1))
    for _ in range(100):
        isp.receive_data(b"x" * 1000, now=0.5)
    isp.receive_data(b"\r", now=0.5)  # lost with the rest
    isp.handle_timer(now=1.0)
    assert isp.state is DialogueState.ASKING
    assert len(said(isp)) < MOST_TYPED_AHEAD


PROGRAMS = [
    DialogueProgram(LOG_IN),
    DialogueProgram((*ask("A:", 0, choices=((literal("a"), 2),)), Silence(2.0), *ask("B:", 3), JumpTo(0))),
    DialogueProgram((Pause(1.0), *ask("A:", 1), Send("{x}" * 3), JumpTo(1))),
    DialogueProgram((Begin(), *ask("?", 1), RepeatFrom(1, 2), HangUp())),
    DialogueProgram((ReadLine("", again=0, otherwise=0, choices=((literal("go"), 1),)), Send("x" * 50), JumpTo(0))),
]
TYPED = st.lists(st.sampled_from([b"a", b"go", b"\r", b"\n", b"\r\n", b"\x08", b"alice\r", b"wonderland\r", b"\0\xff"]))


def played(program: DialogueProgram, pieces: Iterable[bytes]) -> tuple[bytes, list[Output]]:
    isp = Dialogue(program, Accounts({"alice": "wonderland"}))
    isp.start(now=0.0)
    outputs: list[Output] = []
    for moment in (0.0, 1.0, 3.0):
        isp.handle_timer(now=moment)
        for piece in pieces:
            isp.receive_data(piece, now=moment)
        outputs += isp.take_outputs()
    return said(outputs), [output for output in outputs if not isinstance(output, SendData)]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PROGRAMS), TYPED)
def test_cutting_what_is_typed_elsewhere_changes_nothing(program: DialogueProgram, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    octets = [whole[index : index + 1] for index in range(len(whole))]
    assert played(program, pieces) == played(program, [whole]) == played(program, octets)


def test_many_empty_lines_at_once_are_the_same_as_one_by_one() -> None:
    program = DialogueProgram((*ask("A:", 0),))
    assert played(program, [b"\r" * 3000]) == played(program, [b"\r"] * 3000)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROGRAMS), st.lists(st.binary(max_size=300), max_size=5))
def test_nothing_that_is_typed_raises(program: DialogueProgram, pieces: list[bytes]) -> None:
    played(program, pieces)


def test_a_loop_of_texts_takes_a_breath_before_it_has_sent_much_and_loses_nothing() -> None:
    text = "".join(f"{number:07}\n" for number in range(4000))
    isp = started(Begin(), Send(text), RepeatFrom(1, 50), Send("the end"), Silence())
    came, breaths = said(isp), 0
    while (due := isp.next_timer()) is not None:
        isp.handle_timer(now=due)
        more = said(isp)
        assert 0 < len(more) < 64 * 1024 + 2 * len(text)
        came, breaths = came + more, breaths + 1
    assert came == text.replace("\n", "\r\n").encode() * 50 + b"the end"
    assert breaths > 15
    assert isp.state is DialogueState.SILENT


def test_a_question_comes_with_its_text_however_long_that_is() -> None:
    isp = started(*ask("x" * 200_000, 0), HangUp())
    assert isp.state is DialogueState.ASKING
    assert len(said(isp)) == 200_002


LIMITED = (
    Send("Name:", own_line=True),
    ReadLine("Name:", again=0, otherwise=3, within=60.0, late=2),
    HangUp(),
    Send("Hello"),
    Silence(),
)


@pytest.mark.parametrize("typed", [b"", b"al", b"alice"])
def test_a_prompt_that_is_not_answered_in_time_leads_where_it_says(typed: bytes) -> None:
    isp = started(*LIMITED)
    isp.receive_data(typed, now=59.0)
    assert isp.next_timer() == 60.0
    isp.handle_timer(now=60.0)
    told = facts(isp)
    assert ("answer late", {"prompt": "Name:", "within": 60.0}) in told
    assert isp.state is DialogueState.ENDED


def test_an_answer_in_time_ends_the_limit_and_an_empty_line_begins_it_anew() -> None:
    isp = started(*LIMITED)
    isp.receive_data(b"\r", now=50.0)
    assert isp.next_timer() == 110.0
    isp.receive_data(b"alice\r", now=109.0)
    assert isp.next_timer() is None
    assert said(isp).endswith(b"Hello")


def test_octets_behind_the_end_of_the_time_are_no_answer_even_if_no_timer_was_handled() -> None:
    isp = started(*LIMITED)
    isp.receive_data(b"alice\r", now=60.5)
    assert isp.state is DialogueState.ENDED


def test_it_waits_for_what_the_caller_does_and_for_nothing_else() -> None:
    isp = started(AwaitDeed(PortAct.BREAK, 1), Send("at last\n"))
    assert (isp.state, isp.waits_for_caller, isp.doing) == (DialogueState.AWAITING, True, "waits for break")
    for deed in (PortAct.CLOSED, RateTaken(2400), CircuitTurned(Circuit.DTR, False)):
        isp.see_deed(deed, now=1.0)
    assert (said(isp), isp.next_timer()) == (b"", None)
    isp.see_deed(PortAct.BREAK, now=2.0)
    assert said(isp) == b"at last\r\n"


def test_what_the_caller_did_before_does_not_count() -> None:
    isp = started(Pause(5.0), AwaitDeed(PortAct.BREAK, 2), Send("at last\n"))
    isp.see_deed(PortAct.BREAK, now=1.0)
    isp.handle_timer(now=5.0)
    assert isp.state is DialogueState.AWAITING
    isp.see_deed(PortAct.BREAK, now=6.0)
    isp.see_deed(PortAct.BREAK, now=6.0)
    assert said(isp) == b"at last\r\n"


def test_what_is_typed_while_it_waits_for_something_else_is_kept() -> None:
    isp = started(AwaitDeed(PortAct.BREAK, 1), *ask("U:", 1), Send("done"))
    isp.receive_data(b"alice\r", now=1.0)
    assert said(isp) == b""
    isp.see_deed(PortAct.BREAK, now=2.0)
    assert said(isp) == b"\r\nU:alice\r\ndone"


@pytest.mark.parametrize(("done_at", "heard"), [(4.0, b"in time"), (5.0, b"in time"), (5.5, b"late")])
def test_the_time_for_what_the_caller_does_may_be_limited(done_at: float, heard: bytes) -> None:
    code = (AwaitDeed(PortAct.BREAK, 3, within=5.0, late=1), Send("late"), JumpTo(4), Send("in time"))
    isp = started(*code)
    assert isp.next_timer() == 5.0
    isp.see_deed(PortAct.BREAK, now=done_at)
    assert said(isp) == heard
    isp = started(*code)
    isp.handle_timer(now=5.0)
    assert ("awaited in vain", {"deed": "break", "within": 5.0}) in facts(isp)
