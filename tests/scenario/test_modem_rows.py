"""A scenario's own answers and unsolicited results, as a client sees them."""

from __future__ import annotations

import pytest

from simisp.circuits import Circuit
from simisp.errors import ScenarioError
from simisp.machine import SendData
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.scenario.session import session

REST = "title: A modem with rows\nisp: {dialogue: [silence]}\nmodem:\n"


class Client:
    """A client that sends without an echo, and a clock."""

    def __init__(self, modem: str, *, quiet: bool = True) -> None:
        self.session = session(loads(REST + modem))
        self.now = 0.0
        self.session.set_circuit(Circuit.DTR, True, now=0.0)
        if quiet:
            self.says("ATE0")

    def reads(self) -> str:
        outputs = self.session.take_outputs()
        return b"".join(output.data for output in outputs if isinstance(output, SendData)).decode("latin-1")

    def says(self, line: str, end: str = "\r") -> str:
        self.session.receive_data(f"{line}{end}".encode(), now=self.now)
        return self.reads()

    def waits(self, seconds: float) -> str:
        end = self.now + seconds
        while (due := self.session.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.session.handle_timer(now=self.now)
        self.now = end
        return self.reads()


OK, ERROR = "\r\nOK\r\n", "\r\nERROR\r\n"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+CSQ", "\r\n+CSQ: 17,99\r\n" + OK),
        ("at+csq", "\r\n+CSQ: 17,99\r\n" + OK),
        ("AT+CSQ=?", ERROR),
        ("AT+CREG?", "\r\n+CME ERROR: 10\r\n"),
        ("AT+CGMI", "\r\nMaker\r\nModel\r\n" + OK),
        ('AT+CGDCONT=1,"IP","apn"', OK),
        ("AT+CPIN?;+CSQ", "\r\nCOMMAND NOT SUPPORT\r\n"),
        ("AT+CSQ;+CSQ", ("\r\n+CSQ: 17,99\r\n") * 2 + OK),
        ("ATI", "\r\nA modem\r\n" + OK),
        ("ATI0", "\r\nA modem\r\n" + OK),
        ("AT+NOTHING", ""),
        ("ATS11=60", "\r\nNO CARRIER\r\n"),
        ("ATI3", "\r\nsimisp simisp hayes 1\r\n" + OK),
    ],
)
def test_a_written_answer_precedes_the_profiles(line: str, answer: str) -> None:
    client = Client(
        r"""
  commands:
    "+CSQ": "+CSQ: 17,99"
    "/\\+CSQ.*/": ERROR
    "+CREG?": "+CME ERROR: 10"
    "+CGMI": "Maker\nModel\n\nOK\n"
    "/\\+CGDCONT=.*/": OK
    "+CPIN?": {result: COMMAND NOT SUPPORT}
    I: A modem
    "+NOTHING": silence
    S11=60: NO CARRIER
"""
    )
    assert client.says(line) == answer


def test_what_a_pattern_finds_stands_in_this_answer_and_in_later_ones() -> None:
    client = Client(
        r"""
  commands:
    "/\\+CGDCONT=(?P<cid>\\d+),(?P<rest>.*)/": "{cid} is set {{cid}}"
    "+CGDCONT?": "+CGDCONT: {cid},{rest}"
"""
    )
    assert client.says("AT+CGDCONT?") == "\r\n+CGDCONT: ,\r\n" + OK
    assert client.says('AT+CGDCONT=3,"IP","Apn"') == "\r\n3 is set {cid}\r\n" + OK
    assert client.says("AT+CGDCONT?") == '\r\n+CGDCONT: 3,"IP","Apn"\r\n' + OK


def test_a_written_ok_to_a_command_that_keeps_a_value_lets_it_keep_the_value() -> None:
    client = Client("""
  profile: gsm
  commands: {"/\\\\+CGDCONT=.*/": OK}
""")
    assert client.says("ATD*99***1#") == ERROR
    assert client.says('AT+CGDCONT=1,"IP","apn"') == OK
    assert client.says("ATD*99***1#") + client.waits(5.0) == "\r\nCONNECT 33600\r\n"
    client = Client('  profile: gsm\n  commands: {"+CMEE=2": OK, "+CMEE=1": "+CME ERROR: 4"}\n')
    assert client.says("AT+CMEE=1;+CMEE?") == "\r\n+CME ERROR: 4\r\n"
    assert client.says("AT+CMEE?") == "\r\n+CMEE: 0\r\n" + OK
    assert client.says("AT+CMEE=2;+CMEE?") == "\r\n+CMEE: 2\r\n" + OK


def test_an_answer_may_change_the_state_of_a_cellular_modem_at_once_or_later() -> None:
    client = Client("""
  profile: gsm
  commands:
    "+CSQ=1": {answer: OK, state: {signal: 7}}
    "+LOSE": [OK, {after: 2s, state: {registration: lost}}, {after: 1s, send: LOST, state: {registration: home}}]
""")
    client.says("AT+CREG=1")
    assert client.says("AT+CSQ=1") == OK
    assert "+CSQ: 7" in client.says("AT+CSQ")
    assert client.says("AT+LOSE") == OK
    assert client.waits(1.9) == ""
    assert client.waits(0.1) == "\r\n+CREG: 0\r\n"
    assert client.waits(1.0) == "\r\nLOST\r\n\r\n+CREG: 1\r\n"


@pytest.mark.parametrize(
    "reply", ["{answer: OK, state: {signal: 7}}", "{in turn: [OK, [OK, {after: 1s, state: {signal: 7}}]]}"]
)
def test_only_a_cellular_modem_has_a_state_to_change(reply: str) -> None:
    with pytest.raises(ScenarioError, match="only a cellular modem has a state"):
        Client(f"  commands: {{'+X': {reply}}}\n")


def test_answers_in_turn_are_given_one_after_the_other_and_the_last_one_repeats() -> None:
    client = Client('  commands: {"+CPIN?": {in turn: [ERROR, "+CPIN: SIM PIN", "+CPIN: READY"]}}\n')
    answers = [client.says("AT+CPIN?") for _ in range(4)]
    assert [answer.split("\r\n")[1] for answer in answers] == [
        "ERROR",
        "+CPIN: SIM PIN",
        "+CPIN: READY",
        "+CPIN: READY",
    ]


def test_an_answer_may_take_time_and_the_rest_of_its_line_waits() -> None:
    client = Client('  commands: {"+CGATT=1": {after: 4s, answer: OK}}\n')
    assert client.says("AT+CGATT=1;+GMM") == ""
    assert client.waits(3.9) == ""
    assert client.waits(0.1) == "\r\nsimisp hayes\r\n" + OK


def test_pieces_come_at_their_times_and_what_follows_the_end_is_unsolicited() -> None:
    client = Client(
        '  commands: {"+CUSD=1": [{send: "+CUSD: 1"}, {after: 1s, answer: OK}, {after: 2s, send: "+CUSD: 2"}]}\n'
    )
    assert client.says("AT+CUSD=1") == "\r\n+CUSD: 1\r\n"
    assert client.waits(1.0) == OK
    assert client.says("AT+GMR") == "\r\n1\r\n" + OK
    assert client.waits(1.9) == ""
    assert client.waits(0.1) == "\r\n+CUSD: 2\r\n"


def test_an_unsolicited_result_comes_so_often_at_its_times() -> None:
    client = Client("  unsolicited: [{send: RING, every: 6s, times: 3, after: 10s}, {send: RDY, after: 1s}]\n")
    assert client.waits(9.9) == "\r\nRDY\r\n"
    assert client.waits(0.1) == "\r\nRING\r\n"
    assert client.waits(12.0) == "\r\nRING\r\n" * 2
    assert client.waits(100.0) == ""


def test_one_with_a_period_alone_comes_first_after_that_period() -> None:
    client = Client('  unsolicited: [{send: "^RSSI: 14", every: 5s}]\n')
    assert client.waits(4.9) == ""
    assert client.waits(10.0) == "\r\n^RSSI: 14\r\n" * 2


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ('before answer to: "+GMM"', "\r\n^URC\r\n\r\nsimisp hayes\r\n" + OK),
        ('inside answer to: "+GMM"', "\r\nsimisp hayes\r\n\r\n^URC\r\n" + OK),
        ("before answer to: '/\\+GM[MX]/'", "\r\n^URC\r\n\r\nsimisp hayes\r\n" + OK),
        ('after command: "+GMM"', "\r\nsimisp hayes\r\n" + OK + "\r\n^URC\r\n"),
        ('after command: "+GMR"', "\r\nsimisp hayes\r\n" + OK),
        ('after command: "+GMM", delay: 500ms', "\r\nsimisp hayes\r\n" + OK),
    ],
)
def test_an_unsolicited_result_may_be_tied_to_a_command(key: str, answer: str) -> None:
    client = Client(f'  unsolicited: [{{send: "^URC", {key}}}]\n')
    assert client.says("AT+GMM") + client.waits(0.4) == answer


def test_one_in_an_answer_stands_behind_its_first_line_or_before_its_result_code() -> None:
    modem = '  commands: {"+COPS=?": "+COPS: one\\n+COPS: two", "+CREG=2": OK}\n'
    modem += '  unsolicited: [{send: "^URC", inside answer to: "+COPS"}, {send: "^URC", inside answer to: "+CREG=2"}]\n'
    client = Client(modem)
    assert client.says("AT+COPS=?") == "\r\n+COPS: one\r\n\r\n^URC\r\n\r\n+COPS: two\r\n" + OK
    assert client.says("AT+CREG=2") == "\r\n^URC\r\n" + OK


def test_results_after_a_command_come_while_it_still_runs() -> None:
    client = Client(
        """
  commands: {"+CGATT=1": {after: 4s, answer: OK}}
  unsolicited:
    - {send: "+CGREG: 2", after command: "+CGATT=1", delay: 500ms}
    - {send: "+CGREG: 1", after command: "+CGATT=1", delay: 3500ms}
"""
    )
    assert client.says("AT+CGATT=1") == ""
    assert client.waits(0.5) == "\r\n+CGREG: 2\r\n"
    assert client.waits(3.0) == "\r\n+CGREG: 1\r\n"
    assert client.waits(0.5) == OK


@pytest.mark.parametrize(("typing", "at_once"), [("no", ""), ("yes", "\r\nRDY\r\n")])
def test_a_result_waits_while_the_client_types_unless_the_modem_has_no_manners(typing: str, at_once: str) -> None:
    client = Client(f"  unsolicited: [{{send: RDY, after: 1s}}]\n  conduct: {{unsolicited while typing: {typing}}}\n")
    assert client.says("AT", end="") == ""
    assert client.waits(2.0) == at_once
    assert client.says("") == OK + ("" if at_once else "\r\nRDY\r\n")


def test_events_bring_results_and_a_result_waits_for_the_end_of_a_call() -> None:
    client = Client(
        """
  unsolicited:
    - {send: opened, on: port opened}
    - {send: reset, on: reset, after: 2s}
    - {send: connected, on: connect}
    - {send: ended, on: call ended, every: 1s, times: 2}
""",
        quiet=False,
    )
    assert client.waits(0.0) == "\r\nopened\r\n"
    client.says("ATZE0")
    assert client.waits(1.9) == ""
    assert client.waits(0.1) == "\r\nreset\r\n"
    assert client.says("ATDT1") + client.waits(5.0) == "\r\nCONNECT 33600\r\n"
    client.session.set_circuit(Circuit.DTR, False, now=client.now)
    assert client.waits(10.0) == "\r\nNO CARRIER\r\n\r\nconnected\r\n\r\nended\r\n\r\nended\r\n"


def test_a_modem_may_be_deaf_after_an_event() -> None:
    client = Client("  conduct: {deaf after: {reset: 2s, call ended: 1s}}\n", quiet=False)
    assert client.says("ATZ") == "ATZ\r" + OK
    assert client.says("AT") == ""
    client.waits(2.0)
    assert client.says("AT") == "AT\r" + OK


@pytest.mark.parametrize(
    ("conduct", "answer"), [("after z: dropped", "ATI2\r" + OK), ("after z: done", OK), ("echo: never", OK)]
)
def test_the_rest_of_a_line_behind_z_and_the_echo_are_as_the_conduct_says(conduct: str, answer: str) -> None:
    client = Client(f"  conduct: {{{conduct}}}\n", quiet=False)
    client.says("ATZE0")
    assert client.says("ATI2") == answer


def test_a_modem_that_never_echoes_says_ok_to_e1() -> None:
    client = Client("  conduct: {echo: never}\n", quiet=False)
    assert client.says("ATE1") == OK
    assert client.says("AT") == OK


@pytest.mark.parametrize(
    ("connect", "told"),
    [
        ("44000/ARQ/V90/LAPM", "CONNECT 44000/ARQ/V90/LAPM"),
        ('""', "CONNECT"),
        ("150000000", "CONNECT 150000000"),
        ("33600", "CONNECT 33600"),
        ('"{rate} V42"', "CONNECT 33600 V42"),
        ("FAST", "CONNECT FAST"),
    ],
)
def test_connect_may_have_any_text(connect: str, told: str) -> None:
    client = Client(f"  connect: {connect}\n")
    assert client.says("ATDT1") + client.waits(5.0) == f"\r\n{told}\r\n"


def test_connect_has_the_ports_rate_where_the_factory_value_of_w_says_so() -> None:
    client = Client("  factory: {W: 0}\n")
    client.session.see_rate(57600, now=client.now)
    assert client.says("ATDT1") + client.waits(5.0) == "\r\nCONNECT 57600\r\n"


def test_result_codes_may_have_other_numbers_and_other_words() -> None:
    client = Client("  connect: 14400\n  result codes: {CONNECT 14400: 13, ERROR: 9, OK: FINE}\n")
    assert client.says("AT") == "\r\nFINE\r\n"
    assert client.says("ATV0") == "0\r"
    assert client.says("AT+NOTHING") == "9\r"
    assert client.says("ATDT1") + client.waits(5.0) == "13\r"


def test_after_atz_the_modem_is_at_the_rate_of_its_stored_profile() -> None:
    client = Client("  rate: {stored: 9600, after: ATZ}\n")
    client.session.see_rate(115200, now=client.now)
    assert client.says("AT") == OK
    assert client.says("ATZ").endswith(OK)
    assert OK not in client.says("ATE0")
    client.session.see_rate(9600, now=client.now)
    assert client.says("ATE0+IPR?").endswith("\r\n+IPR: 9600\r\n" + OK)


def test_what_a_scenario_writes_for_its_modem_is_told_in_sentences() -> None:
    modem = r"""
  connect: 44000/ARQ
  commands:
    "+CSQ": "+CSQ: 17,99"
    "/\\+CUSD=.*/": [OK, {after: 2s, send: "+CUSD: 2"}]
    "+CPIN?": {in turn: [ERROR, "+CPIN: READY"]}
    "+X": silence
  unsolicited:
    - {send: RING, every: 6s, times: 3, after: 10s}
    - {send: RDY, on: reset}
    - {send: A, before answer to: "+CSQ"}
    - {send: B, inside answer to: "+CSQ"}
    - {send: C, after command: "+CSQ", delay: 500ms}
  conduct: {after z: dropped, echo: never, unsolicited while typing: yes, prompt: ">", deaf after: {reset: 2s}}
  rate: {fixed: 9600, stored: 19200}
  result codes: {BUSY: 77}
  registers: {S7: 60}
"""
    assert explain(loads(REST + modem)).split("\n")[2:20] == [
        'The modem is a Hayes modem; a call connects with "CONNECT 44000/ARQ".',
        "What stands behind Z on a command line is dropped.",
        "The modem never echoes.",
        "Unsolicited results come also while a command is typed.",
        'It asks for the text of a message by ">".',
        "It hears nothing for 2 s after this event: reset.",
        "The modem is at 9600 bit/s; octets at another rate are garbled.",
        "After ATZ the modem is at 19200 bit/s; octets at another rate are garbled.",
        "Result codes of its own: BUSY is 77.",
        "Factory values of its own: S7=60.",
        'AT+CSQ is answered: "+CSQ: 17,99".',
        r'A command like "/\\+CUSD=.*/" is answered: "OK", then after 2 s "+CUSD: 2".',
        'AT+CPIN? is answered: in turn "ERROR", "+CPIN: READY", and so on.',
        "AT+X is answered: not at all.",
        'The modem sends "RING" after 10 s every 6 s, 3 times.',
        'The modem sends "RDY" 0 ms after this event: reset.',
        'The modem sends "A" before the answer to +CSQ.',
        'The modem sends "B" inside the answer to +CSQ.',
    ]


def test_registers_and_settings_have_other_factory_values() -> None:
    client = Client("  registers: {S7: 60}\n  factory: {E: 0, '+IFC': '0,0'}\n", quiet=False)
    assert client.says("AT&FS7?+IFC?") == "\r\n060\r\n\r\n+IFC: 0,0\r\n" + OK
