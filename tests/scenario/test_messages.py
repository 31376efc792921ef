"""modem.messages: what a scenario says of messages reaches the modem."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.cellular.messaging.service import IncomingMessage, MessagingConfig
from simisp.errors import ScenarioError
from simisp.facts.messages import SmsSent
from simisp.machine import SendData
from simisp.scenario.dump import dumps
from simisp.scenario.explain import explain
from simisp.scenario.load import load, loads
from simisp.scenario.messages_setup import messaging_config
from simisp.scenario.session import session

ALL = Path(__file__).parent / "ok" / "messages.yaml"


def scenario(messages: str) -> str:
    """Return a scenario with these messages."""
    return f"title: x\nmodem: {{messages: {messages}}}\nisp: {{dialogue: [silence]}}"


def test_every_key_reaches_the_modem() -> None:
    section = load(ALL).model.modem.messages
    assert section is not None

    assert messaging_config(section) == MessagingConfig(
        {"ME": 5, "SM": 10},
        0,
        "+31624000001",
        (IncomingMessage("+31611111111", "Was here"), IncomingMessage("INFO", "Жёлтый", 20.0, 0)),
        2.0,
        10.0,
        70,
    )
    assert messaging_config(loads(scenario("{}")).model.modem.messages or section) == MessagingConfig()


def test_a_scenario_with_messages_is_written_as_it_was_read() -> None:
    loaded = load(ALL)

    assert loads(dumps(loaded)).model == loaded.model


def test_a_message_is_sent_and_one_arrives() -> None:
    line = session(loads(scenario("{arriving: [{at: 20s, from: INFO, text: Hello}]}")))
    line.receive_data(b'ATE0+CMGF=1;+CMGS="123"\rHi\x1a', now=1.0)
    line.handle_timer(now=2.0)
    line.handle_timer(now=20.0)
    line.receive_data(b"AT+CMGR=1\r", now=21.0)

    outputs = line.take_outputs()
    assert [fact.text for fact in outputs if isinstance(fact, SmsSent)] == ["Hi"]
    assert b"".join(output.data for output in outputs if isinstance(output, SendData)) == (
        b'ATE0+CMGF=1;+CMGS="123"\r\r\n> '
        b"\r\n+CMGS: 1\r\n\r\nOK\r\n"
        b'\r\n+CMTI: "SM",1\r\n'
        b'\r\n+CMGR: "REC UNREAD","INFO",,"26/01/01,12:00:20+00"\r\nHello\r\n\r\nOK\r\n'
    )


def test_the_character_sets_are_named() -> None:
    line = session(loads(scenario("{}")))
    line.receive_data(b'ATE0\rAT+CSCS=?;+CSCS="UCS2";+CSCS?;+CSCS="X"\r', now=1.0)

    said = b"".join(output.data for output in line.take_outputs() if isinstance(output, SendData))
    assert said.endswith(
        b'\r\n+CSCS: ("GSM","IRA","UCS2","HEX","8859-1","UTF-8")\r\n\r\n+CSCS: "UCS2"\r\n\r\nERROR\r\n'
    )


def test_explain_says_which_messages_there_are() -> None:
    told = explain(load(ALL))

    assert "It takes and sends short messages; there is from the start one from +31611111111" in told
    assert "at 20 s one from INFO." in told
    assert "It takes and sends short messages." in explain(loads(scenario("{}")))


@pytest.mark.parametrize(
    ("messages", "what"),
    [
        ("{memories: {SR: 3}}", "SR"),
        ("{memories: {}}", "memories"),
        ("{memories: {SM: 0}}", "1"),
        ("{arriving: [{text: x}]}", "from"),
        ("{arriving: [{from: a name that is long, text: x}]}", "a name in an address has no more than 11 septets"),
        ("{arriving: [{from: Жук, text: x}]}", "the GSM alphabet has no 'Ж'"),
        ("{service centre: ISP}", "a service centre is a number"),
        ("{arriving: [{from: x, text: x, class: 4}]}", "3"),
        ("{first index: 2}", "1"),
        ("{report status: 256}", "255"),
    ],
)
def test_a_mistake_is_said_with_its_place(messages: str, what: str) -> None:
    with pytest.raises(ScenarioError, match=what) as caught:
        loads(scenario(messages))
    assert ":2:" in str(caught.value)
