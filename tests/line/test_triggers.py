"""What follows what a client does to the port: DTR, RTS, a break, another speed, an opening, a closing."""

from __future__ import annotations

import termios
from pathlib import Path

import pytest
import serial

from simisp.circuits import Circuit
from simisp.facts.faults import TriggerFired
from simisp.facts.line import CallEnded
from simisp.facts.port import BreakSeen, PortClosed, PortOpened
from simisp.line.port_machine import PortMachine
from simisp.machine import Output, SendData, SetCircuit
from simisp.runner.pure import run_pure
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear
from simisp.scenario.explain import explain
from simisp.scenario.load import load, loads
from simisp.scenario.session import session
from simisp.scenario.triggers import with_triggers
from simisp.testing import Line


class Client:
    """A client of a line with triggers, and all that the line has put out."""

    def __init__(self, *triggers: str) -> None:
        text = f"title: x\nisp: {{dialogue: [send: hello, silence]}}\nline: {{triggers: [{', '.join(triggers)}]}}"
        scenario = loads(text)
        self.line: PortMachine = with_triggers(scenario.model.line, session(scenario))
        self.now = 0.0
        self.outputs: list[Output] = []
        self.turn(Circuit.DTR, True)
        self.say("ATE0")

    def say(self, text: str) -> str:
        """Send a line, and return what is heard at once."""
        self.line.receive_data(f"{text}\r".encode(), now=self.now)
        return self.hear()

    def turn(self, circuit: Circuit, on: bool) -> str:
        self.line.set_circuit(circuit, on, now=self.now)
        return self.hear()

    def wait(self, seconds: float) -> str:
        """Let time pass, and return what is heard meanwhile."""
        until, heard = self.now + seconds, ""
        while (due := self.line.next_timer()) is not None and due <= until:
            self.now = due
            self.line.handle_timer(now=due)
            heard += self.hear()
        self.now = until
        return heard

    def hear(self) -> str:
        outputs = self.line.take_outputs()
        self.outputs += outputs
        return b"".join(each.data for each in outputs if isinstance(each, SendData)).decode()

    def connect(self) -> None:
        self.say("ATDT1")
        assert self.wait(1.0).endswith("hello")

    @property
    def has_carrier(self) -> bool:
        changes = [each.on for each in self.outputs if isinstance(each, SetCircuit) and each.circuit is Circuit.DCD]
        return changes[-1:] == [True]


def test_a_scenario_without_triggers_has_its_session_alone_behind_the_port() -> None:
    scenario = loads("title: x\nisp: {dialogue: [silence]}")
    alone = session(scenario)
    assert with_triggers(scenario.model.line, alone) is alone


def test_a_result_code_follows_the_drop_of_dtr() -> None:
    client = Client("{on: {dtr: off}, result: BUSY}")
    assert client.turn(Circuit.DTR, False) == "\r\nBUSY\r\n"
    assert client.turn(Circuit.DTR, True) == ""
    assert [each for each in client.outputs if isinstance(each, TriggerFired)] == [
        TriggerFired("dtr off", "result BUSY")
    ]


def test_a_result_code_is_a_number_where_the_modem_reports_numbers() -> None:
    client = Client("{on: {rts: off}, result: BUSY}")
    client.say("ATV0")
    assert client.turn(Circuit.RTS, False) == "7\r"


def test_the_carrier_drops_at_a_break() -> None:
    client = Client("{on: {break: sent}, do: drop carrier}")
    client.connect()
    client.line.notice(BreakSeen(), now=client.now)
    assert client.hear() == "\r\nNO CARRIER\r\n"
    assert not client.has_carrier
    assert client.say("AT") == "\r\nOK\r\n"


def test_the_isp_hangs_up_some_time_after_another_speed() -> None:
    client = Client("{on: {speed: 2400}, after: 3s, do: hang up}")
    client.connect()
    client.line.see_rate(1200, now=client.now)
    assert client.wait(10.0) == ""
    client.line.see_rate(2400, now=client.now)
    assert client.wait(2.9) == ""
    assert client.has_carrier
    assert client.wait(0.1) == "\r\nNO CARRIER\r\n"
    assert [each.by for each in client.outputs if isinstance(each, CallEnded)] == ["isp"]


def test_a_call_that_is_not_up_is_not_lost() -> None:
    client = Client("{on: {rts: off}, do: drop carrier}", "{on: {rts: off}, do: hang up}")
    assert client.turn(Circuit.RTS, False) == ""
    assert client.say("AT") == "\r\nOK\r\n"


def test_while_the_line_is_silent_nothing_is_heard_on_either_side_and_then_all_is_as_before() -> None:
    client = Client("{on: {rts: off}, silence: 5s}")
    client.turn(Circuit.RTS, False)
    assert client.say("ATDT1") == ""
    assert client.wait(4.9) == ""
    assert not client.has_carrier  # the modem has heard nothing
    assert client.wait(0.1) == ""
    assert client.say("AT") == "\r\nOK\r\n"


def test_a_call_that_is_set_up_in_silence_has_a_carrier_and_is_not_heard() -> None:
    client = Client("{on: {rts: off}, silence: 5s}")
    client.say("ATDT1")
    client.turn(Circuit.RTS, False)
    assert client.wait(4.0) == ""
    assert client.has_carrier


def test_a_silence_may_last_forever() -> None:
    client = Client("{on: {rts: off}, silence: forever}")
    client.turn(Circuit.RTS, False)
    assert client.wait(1e9) == ""
    assert client.say("AT") == ""
    assert client.line.next_timer() is None


def test_a_trigger_acts_as_often_as_it_says() -> None:
    client = Client("{on: {port: opened}, send: HELLO, times: 2}")
    heard = []
    for _ in range(3):
        client.line.notice(PortOpened(1), now=client.now)
        heard.append(client.hear())
        client.line.notice(PortOpened(2), now=client.now)  # another process opens the open port
        client.line.notice(PortClosed(0), now=client.now)
    assert heard == ["\r\nHELLO\r\n", "\r\nHELLO\r\n", ""]


def test_an_event_that_comes_again_lets_the_time_count_anew() -> None:
    client = Client("{on: {rts: off}, after: 2s, send: HELLO}")
    client.turn(Circuit.RTS, False)
    client.wait(1.5)
    client.turn(Circuit.RTS, False)
    assert client.wait(1.9) == ""
    assert client.wait(0.1) == "\r\nHELLO\r\n"


def test_triggers_of_one_event_act_in_their_order() -> None:
    client = Client("{on: {rts: off}, send: ONE}", "{on: {rts: off}, silence: 1s}", "{on: {rts: off}, send: TWO}")
    assert client.turn(Circuit.RTS, False) == "\r\nONE\r\n"


def test_a_text_waits_for_the_end_of_a_call() -> None:
    client = Client("{on: {rts: off}, send: HELLO}")
    client.connect()
    assert client.turn(Circuit.RTS, False) == ""
    assert client.turn(Circuit.DTR, False) == "\r\nNO CARRIER\r\n\r\nHELLO\r\n"


def test_a_client_in_pure_time_sets_triggers_off() -> None:
    scenario = loads(
        "title: x\nisp: {dialogue: [silence]}\nline: {triggers: [{on: {port: opened}, after: 1s, send: HELLO}]}"
    )

    def listener() -> Conversation:
        return 0 if (yield Hear("HELLO", within=2.0)) else 1

    verdict = run_pure(scenario, GeneratorClient(listener))
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.at >= 1.0


@pytest.mark.parametrize("word", ["dtr off", "rts off", "speed 2400", "break", "port closed", "port opened"])
def test_each_trigger_is_explained(word: str) -> None:
    ok = Path(__file__).parent.parent / "scenario" / "ok" / "triggers.yaml"
    assert f"\n- After {word}" in explain(load(ok))


def test_the_speed_and_the_b0_of_a_real_port_set_triggers_off() -> None:
    triggers = "[{on: {speed: 2400}, send: SLOW}, {on: {dtr: off}, send: DROPPED}]"
    text = f"title: x\nisp: {{dialogue: [silence]}}\nline: {{triggers: {triggers}}}"
    with Line(text, judged=False) as line, serial.Serial(line.port, 9600, timeout=60) as port:
        port.baudrate = 2400
        assert port.read_until(b"SLOW\r\n") == b"\r\nSLOW\r\n"
        attributes = termios.tcgetattr(port.fileno())
        attributes[4] = attributes[5] = termios.B0
        termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
        line.wait_for("DROPPED", within=30)
