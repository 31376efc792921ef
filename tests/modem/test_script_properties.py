"""A modem for which a scenario writes answers and unsolicited results keeps the machine contract."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.machine import SendData
from simisp.modem import Modem
from simisp.modem.unit import MOST_UNSOLICITED
from simisp.scenario.load import loads
from simisp.scenario.session import session_config
from support.modem_events import EVENTS, Script, few

CONFIG = session_config(
    loads(
        r"""
title: Everything that may be written
modem:
  profile: quectel-ec2x
  conduct: {after z: dropped, deaf after: {reset: 500ms}}
  commands:
    "+SLOW": {after: 3s, answer: "slow\nOK"}
    "+SLOWER": [{after: 1s, send: "+SLOWER: 1"}, {after: 1s, answer: OK}, {after: 2s, send: "+SLOWER: 2"}, {send: now}]
    "+ASK": {in turn: [ERROR, silence, [OK, {send: "+ASK: 3"}]]}
    "/\\+ASK=(?P<n>.*)/": "+ASK: {n}"
    "+SAY": "{n}"
    "/E.*/": "+CME ERROR: 10"
    H: [OK, {after: 125ms, send: HUNG UP}]
  unsolicited:
    - {send: "^RSSI: 14", every: 700ms}
    - {send: RESET, on: reset, after: 1s, every: 1s, times: 2}
    - {send: CONNECTED, on: connect}
    - {send: ENDED, on: call ended}
    - {send: RUNG, on: ring}
    - {send: OPENED, on: port opened}
    - {send: BEFORE, before answer to: "/.*\\?/"}
    - {send: INSIDE, inside answer to: "+IFC"}
    - {send: INSIDE, inside answer to: "+SLOW"}
    - {send: AFTER, after command: "+SLOW", delay: 1s}
    - {send: AFTER, after command: Z}
"""
    )
).modem


class WrittenScript(Script):
    """Events played to the modem of the scenario."""

    def __init__(self, piece: int | None) -> None:
        super().__init__(piece)
        self.modem = Modem(CONFIG)


@few
@given(events=EVENTS, piece=st.integers(1, 7))
def test_cutting_the_octets_elsewhere_changes_nothing_where_answers_are_written(
    events: list[tuple[str, object]], piece: int
) -> None:
    assert WrittenScript(None).play(events) == WrittenScript(piece).play(events)


@few
@given(events=EVENTS)
def test_the_same_events_give_the_same_outputs_where_answers_are_written(events: list[tuple[str, object]]) -> None:
    assert WrittenScript(3).play(events) == WrittenScript(3).play(events)


@settings(max_examples=20, deadline=None)
@given(
    line=st.sampled_from([b"AT+SLOW\r", b"AT+SLOWER\r", b"ATH\r", b"AT+ASK\r", b"AT+ASK=abc\r", b"AT+IFC?\r", b"AT"])
)
def test_what_waits_is_bounded_however_often_a_command_comes(line: bytes) -> None:
    modem = Modem(CONFIG)
    for _ in range(500):
        modem.receive_data(line, now=1.0)
    unit = modem._unit
    assert len(unit.agenda) <= MOST_UNSOLICITED
    assert len(unit.unsolicited) <= MOST_UNSOLICITED
    outputs = modem.take_outputs()
    assert sum(len(output.data) for output in outputs if isinstance(output, SendData)) < 500 * 400
