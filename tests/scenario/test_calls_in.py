"""exchange.calls in: what a scenario says of calls reaches the exchange."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.circuits import Circuit
from simisp.errors import ScenarioError
from simisp.line.incoming import IncomingCall
from simisp.machine import SendData
from simisp.modem.caller import Caller
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.scenario.session import session, session_config

CALLER_ID_BEFORE_THE_RING = """
title: The caller's number comes before the first ring
modem:
  commands: {"+VCID=1": OK}
exchange:
  calls in:
    - {at: 5s, rings: 2, caller: {date: "0314", time: "0915", number: "5550177"}, caller sent: before the first ring}
isp: {dialogue: [silence]}
"""
WHOLE = (Path(__file__).parent / "ok" / "calls-in.yaml").read_text()


def test_every_key_of_a_call_reaches_the_exchange() -> None:
    exchange = session_config(loads(WHOLE)).exchange
    assert exchange.busy_after == 5.0
    assert exchange.calls_in == (
        IncomingCall(5.0),
        IncomingCall(60.0, 1, 4.0, Caller("P")),
        IncomingCall(120.0, 3, 6.0, Caller("5550177", "A CALLER", "0314", "0915"), number_first=True),
    )


def test_explain_says_when_calls_come_in() -> None:
    text = explain(loads(WHOLE))
    assert "For 5 s after a call the ISP is busy." in text
    assert "At 5 s a call comes in and rings 10 times, every 6 s." in text
    assert "a call from P, whose number comes after the first ring, comes in and rings once." in text


def test_a_written_ok_to_vcid_lets_the_number_be_reported() -> None:
    line = session(loads(CALLER_ID_BEFORE_THE_RING))
    line.set_circuit(Circuit.DTR, True, now=0.0)
    line.receive_data(b"AT+VCID=1\r", now=1.0)
    said = []
    while (due := line.next_timer()) is not None:
        line.handle_timer(now=due)
        said += [output.data for output in line.take_outputs() if isinstance(output, SendData)]
    told = b"\r\nDATE = 0314\r\nTIME = 0915\r\nNMBR = 5550177\r\n"
    assert said == [b"AT+VCID=1\r\r\nOK\r\n", told, b"\r\nRING\r\n", b"\r\nRING\r\n"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("{rings: 3}", "at"),
        ("{at: 1s, every: 2s}", "rings come 3 s apart or more"),
        ("{at: 1s, rings: 0}", "rings"),
        ("{at: 1s, caller: 5550177}", "caller"),
        ("{at: 1s, caller sent: never}", "before the first ring"),
    ],
)
def test_a_mistake_in_a_call_is_told_with_its_place(call: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=rf":2:\d+.*(.|\n)*{message}"):
        loads(f"title: x\nexchange: {{calls in: [{call}]}}\nisp: {{dialogue: [silence]}}")
