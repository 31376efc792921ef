"""modem.cmux: what a scenario says of the multiplexer reaches the machine."""

from __future__ import annotations

import pytest

from simisp.cmux.basic_option import encode_basic
from simisp.cmux.conduct import CommandBit, DiscAnswer, MuxConduct, SignalsSent
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.errors import ScenarioError
from simisp.line.multiplexed import MultiplexedSession, MuxSetup
from simisp.line.session import Session
from simisp.machine import SendData, SendUnrecorded
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.scenario.mux_setup import mux_setup
from simisp.scenario.session import session

SABM = encode_basic(MuxFrame(0, FrameKind.SABM, command=True, final=True))
ANSWERED = encode_basic(MuxFrame(0, FrameKind.UA, command=True, final=True))


def scenario(modem: str) -> str:
    return f"title: x\nmodem: {modem}\nisp: {{dialogue: [silence]}}"


def reply(line: Session, data: bytes) -> bytes:
    line.receive_data(data, now=1.0)
    outputs = line.take_outputs()
    return b"".join(each.data for each in outputs if isinstance(each, SendData | SendUnrecorded))


@pytest.mark.parametrize(
    ("modem", "has_one"),
    [("{profile: gsm}", True), ("{cmux: {}}", True), ("{profile: hayes}", False), ("{profile: v250}", False)],
)
def test_a_gsm_modem_and_one_with_the_key_have_a_multiplexer(modem: str, has_one: bool) -> None:
    line = session(loads(scenario(modem)))
    assert reply(line, b"AT+CMUX=0\r" + SABM).endswith(ANSWERED) is has_one
    assert (type(line) is MultiplexedSession) is has_one


def test_every_key_reaches_the_conduct() -> None:
    loaded = loads(
        scenario(
            "{cmux: {channels: 2, sabm unanswered: [1], disc answered with: nothing, final bit: no,"
            " command bit: strict, msc: never, greeting: hi, length lost in: 3, octet a frame: yes,"
            " fc never released: yes, flags ignored: yes, restarts after: 5s, banner: RDY}}"
        )
    )
    conduct = MuxConduct(
        frozenset({1}), DiscAnswer.NOTHING, False, CommandBit.STRICT, SignalsSent.NEVER, b"hi", 3, True, True, False
    )
    assert mux_setup(loaded.model.modem.cmux) == MuxSetup(conduct, frozenset({1, 2}), 5.0, b"RDY")


def test_a_manner_shows_in_what_the_modem_sends() -> None:
    line = session(loads(scenario("{cmux: {final bit: no}}")))
    without = encode_basic(MuxFrame(0, FrameKind.UA, command=True, final=False))
    assert reply(line, b"AT+CMUX=0\r" + SABM).endswith(without)


def test_explain_names_what_differs_from_a_well_behaved_multiplexer() -> None:
    assert "AT+CMUX begins a multiplexer (final bit: no, restarts after: 5 s)." in explain(
        loads(scenario("{cmux: {final bit: no, restarts after: 5s}}"))
    )


def test_a_word_with_an_apostrophe_is_shown_whole_in_what_was_expected() -> None:
    with pytest.raises(ScenarioError, match="expected at once, after the client's or never, not 'after the client'"):
        loads(scenario("{cmux: {msc: after the client}}"))
