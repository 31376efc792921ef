"""One far end hands a call over to the next one, with what it has not read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.facts.line import CallAnswered, CallEnded, CallHandedOver
from simisp.far_end import FarEnd, HandedOver, HangUpRequested
from simisp.framing import Framing
from simisp.isp.dialogue import Dialogue, DialogueState
from simisp.isp.steps import DialogueProgram, HandOver, HangUp, Instruction, Pause, ReadLine, Send
from simisp.line.session import Session
from simisp.line.session_config import Isp, SessionConfig
from simisp.machine import Output, SendData
from simisp.spans import Spans
from support.session_dte import Dte

ASK = (Send("Name:", own_line=True), ReadLine("Name:", again=0, name="name", otherwise=2))


class Upper:
    """A program that sends back what it gets in capitals, octet by octet; EOT makes it hand over or hang up."""

    name = "upper"
    doing = "runs a program"
    waits_for_caller = True
    is_through = False
    reads_lines = False
    has_eight_bits = False
    unread = 0

    def __init__(self, then: Callable[[], FarEnd] | None = None) -> None:
        self._then = then
        self._outputs: list[Output] = []

    def secrets_in(self, data: bytes) -> Spans:
        return ()

    def start(self, *, now: float) -> None:
        self._outputs.append(SendData(b"<"))

    def receive_data(self, data: bytes, *, now: float) -> None:
        said, end, rest = data.partition(b"\x04")
        self._outputs.append(SendData(said.upper()))
        if end:
            self._outputs.append(HangUpRequested() if self._then is None else HandedOver(self._then(), rest))

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None: ...

    def see_deed(self, deed: ClientDeed, *, now: float) -> None: ...

    def handle_timer(self, *, now: float) -> None: ...

    def next_timer(self) -> float | None:
        return None

    def take_outputs(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs


def dialogue(name: str, *code: Instruction, after_line: bool = False) -> Dialogue:
    return Dialogue(DialogueProgram(code, name), after_line=after_line)


def connected(*code: Instruction, framing: str = "8N1") -> Dte:
    isp = Isp([DialogueProgram(code, "log-in")], framing=Framing.parse(framing))
    dte = Dte(Session(SessionConfig(isp=isp)))
    dte.type("ATDT1\r")
    assert dte.wait_for("CONNECT 33600\r\n")
    return dte


def test_a_dialogue_gives_its_successor_what_it_has_not_read() -> None:
    second = dialogue("second", *ASK)
    first = dialogue("first", *ASK, Pause(1.0), HandOver("second", lambda: second))
    first.start(now=0.0)
    first.receive_data(b"alice\rtyped ahead\r", now=0.0)
    first.handle_timer(now=1.0)
    first.receive_data(b"more\r", now=1.0)
    assert first.state is DialogueState.HANDED_OVER
    assert first.take_outputs()[-1] == HandedOver(second, b"typed ahead\rmore\r")
    assert first.take_outputs() == []


def test_a_call_goes_from_a_log_in_to_a_program_to_another_dialogue_and_ends() -> None:
    last = lambda: dialogue("bye", Send("Bye\n"), HangUp())  # noqa: E731
    dte = connected(*ASK, HandOver("upper", lambda: Upper(last)))
    dte.type("alice\r")
    assert dte.wait_for("alice\r\n<")
    assert dte.session.waiting_for == "the ISP runs a program"
    dte.type("one\rtwo")
    assert dte.text.endswith("<ONE\rTWO")
    dte.type("\x04")
    assert dte.text.endswith("Bye\r\n\r\nNO CARRIER\r\n")
    told = [output for output in dte.outputs if isinstance(output, (CallAnswered, CallHandedOver, CallEnded))]
    assert told == [
        CallAnswered(1, "log-in"),
        CallHandedOver(1, "upper"),
        CallHandedOver(1, "bye"),
        CallEnded(1, "isp"),
    ]


def test_what_stands_behind_the_last_answer_is_the_first_thing_that_the_next_far_end_gets() -> None:
    dte = connected(*ASK, HandOver("upper", Upper))
    dte.type("alice\r~binary\x00\r\n~")
    assert dte.text.endswith("alice\r\n<~BINARY\x00\r\n~")


def test_the_next_far_end_gets_eight_bits_where_the_framing_has_them() -> None:
    dte = connected(*ASK, HandOver("upper", Upper))
    dte.type(b"alice\r\x7e\xff\x7d\x23")
    assert dte.text.endswith("<\x7e\xff\x7d\x23")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["x\r", "x\r\n", "\n", "~", "\x04", "y\r"]), max_size=6).map("".join), st.data())
def test_cutting_the_input_elsewhere_changes_nothing_at_a_hand_over(typed: str, data: st.DataObject) -> None:
    def played(cuts: list[int]) -> tuple[str, list[str]]:
        again = lambda: dialogue("again", *ASK, HangUp(), after_line=True)  # noqa: E731
        dte = connected(*ASK, Pause(0.5), HandOver("upper", lambda: Upper(again)))
        dte.type(typed, cut=cuts)
        dte.pass_time(dte.now + 5.0)
        return dte.text, dte.facts

    cuts = sorted(data.draw(st.lists(st.integers(0, len(typed)), max_size=4)))
    assert played([]) == played(cuts) == played(list(range(1, len(typed))))


def test_the_lf_behind_the_last_answer_is_no_empty_line_for_the_next_dialogue() -> None:
    dte = connected(*ASK, HandOver("next", lambda: dialogue("next", *ASK, HangUp(), after_line=True)))
    dte.type("alice\r\nbob\r\n")
    assert dte.text.count("Name:") == 2
    assert "NO CARRIER" in dte.text


def test_the_client_hangs_up_during_any_far_end() -> None:
    dte = connected(*ASK, HandOver("upper", Upper))
    dte.type("alice\r")
    dte.circuit(Circuit.DTR, False)
    assert dte.session.far_end is None
    assert CallEnded(1, "client") in dte.outputs


def test_far_ends_that_hand_over_to_each_other_without_end_lose_the_call() -> None:
    def again() -> Dialogue:
        return dialogue("again", HandOver("again", again))

    dte = connected(HandOver("again", again))
    assert dte.wait_for("NO CARRIER", within=0.0)
    assert dte.session.calls == 1


@pytest.mark.parametrize("step", [HandOver("x", Upper), HangUp()])
def test_a_dialogue_that_has_left_its_call_waits_for_nobody(step: Instruction) -> None:
    gone = dialogue("gone", step)
    gone.start(now=0.0)
    gone.receive_data(b"x\r", now=0.0)
    assert not gone.waits_for_caller
    assert not gone.is_through
    assert gone.next_timer() is None
