"""The commands of 3GPP TS 27.007 on one model of SIM, network and contexts, in pure time."""

from __future__ import annotations

import pytest

from simisp.cellular.rows import CELLULAR_ROWS
from simisp.modem.command_row import CommandRow
from support.session_dte import Dte


def modem(cellular: str = "{}", messages: str = "[]") -> Dte:
    section = f"{{profile: gsm, cellular: {cellular}, messages: {{arriving: {messages}}}}}"
    dte = Dte.on(f"title: A cellular modem\nmodem: {section}\nisp: {{dialogue: [silence]}}\n")
    dte.type("ATE0\r")
    return dte


def ask(dte: Dte, command: str, within: float = 0.0) -> str:
    """Return what comes for a command, without the line ends around each line."""
    before = len(dte.text)
    dte.type(f"AT{command}\r")
    dte.pass_time(dte.now + within)
    return dte.text[before:].replace("\r\n\r\n", "|").replace("\r\n", "")


ANSWERS = [
    ("+CGMI", "simisp|OK"),
    ("+CGMM", "simisp gsm|OK"),
    ("+CGSN", "490154203237518|OK"),
    ("+GSN", "490154203237518|OK"),
    ("+CGSN=1", '+CGSN: "490154203237518"|OK'),
    ("+CIMI", "001010123456789|OK"),
    ("+GCAP", "+GCAP: +CGSM,+DS,+ES|OK"),
    ("+CSCS?", '+CSCS: "IRA"|OK'),
    ("+CSCS=?", '+CSCS: ("GSM","IRA","UCS2","HEX","8859-1")|OK'),
    ('+CSCS="UCS2";+CSCS?', '+CSCS: "UCS2"|OK'),
    ("+CPIN?", "+CPIN: READY|OK"),
    ("+CSQ", "+CSQ: 20,99|OK"),
    ("+CREG?", "+CREG: 0,1|OK"),
    ("+CREG=2;+CREG?", '+CREG: 2,1,"00C3","000000B1",7|OK'),
    ("+CGREG?;+CEREG?", "+CGREG: 0,1|+CEREG: 0,1|OK"),
    ("+CREG=?", "+CREG: (0-2)|OK"),
    ("+COPS?", '+COPS: 0,0,"Simisp Mobile",7|OK'),
    ("+COPS=3,2;+COPS?", '+COPS: 0,2,"00101",7|OK'),
    ('+COPS=1,2,"00101";+COPS?', '+COPS: 1,2,"00101",7|OK'),
    ("+COPS=2;+COPS?", "+COPS: 2|OK"),
    ('+CMEE=1;+COPS=1,2,"00102"', "+CME ERROR: 32"),
    ('+CMEE=1;+COPS=1,2,"99999"', "+CME ERROR: 30"),
    ("+CMEE=2;+CPIN=1234", "+CME ERROR: operation not allowed"),
    ("+CPIN=1234", "ERROR"),
    ("+CGATT?", "+CGATT: 1|OK"),
    ("+CGDCONT?", "OK"),
    ('+CGDCONT=1,"IP","internet";+CGDCONT?', '+CGDCONT: 1,"IP","internet","0.0.0.0",0,0|OK'),
    ('+CGDCONT=1,"IP","a",,0,0;+CGDCONT?', '+CGDCONT: 1,"IP","a","0.0.0.0",0,0|OK'),
    ('+CGDCONT=1,"IP","a";+CGDCONT=1;+CGDCONT?', "OK"),
    ('+CGDCONT=17,"IP","a"', "ERROR"),
    ('+CGDCONT=1,"X25","a"', "ERROR"),
    ('+CGDCONT=1,"IP","a";+CGACT=1,1;+CGACT?;+CGPADDR=1', '+CGACT: 1,1|+CGPADDR: 1,"192.0.2.1"|OK'),
    ("+CGACT=1,5", "ERROR"),
    ("+CGEQREQ=1,2,128,384,,,0,,,,,,", "OK"),
    ("+CFUN?", "+CFUN: 1|OK"),
    ('+CLCK="SC",2', "+CLCK: 0|OK"),
    ('+CLCK="XX",2', "ERROR"),
    ("+CRSM=176,12258,0,0,10", '+CRSM: 144,0,"98000121436587092143"|OK'),
    ("+CRSM=192,12258", '+CRSM: 144,0,"0000000A2FE204000FFF4401020000"|OK'),
    ("+CRSM=176,28590", "+CRSM: 106,130|OK"),
    ('+CSIM=10,"0020000100"', '+CSIM: 4,"63C3"|OK'),
    ('+CSIM=12,"0020000100"', "ERROR"),
    ("+CPINR", "+CPINR: SIM PIN,3,3|+CPINR: SIM PUK,10,10|OK"),
    ("+CPAS", "+CPAS: 0|OK"),
    ("+CIND?", "+CIND: 5,4,1,0,0|OK"),
    ("+CCLK?", '+CCLK: "26/01/01,00:00:00+00"|OK'),
    ('+CCLK="27/02/03,04:05:06+08";+CCLK?', '+CCLK: "27/02/03,04:05:06+08"|OK'),
    ('+CCLK="27/02/30,04:05:06+08"', "ERROR"),
    ('+CPBS="ME";+CPBS?', '+CPBS: "ME",0,250|OK'),
    ('+CPBW=,"+4912345",,"Joe";+CPBR=1', '+CPBR: 1,"+4912345",145,"Joe"|OK'),
    ('+CPBW=3,"123",129,"Joe";+CPBW=3;+CMEE=1;+CPBR=3', "+CME ERROR: 22"),
    ("+CPBR=1,250", "OK"),
    ("+CPBR=?", "+CPBR: (1-250),40,14|OK"),
    ("+CESQ", "+CESQ: 99,99,255,255,20,47|OK"),
    ("+WS46?", "+WS46: 25|OK"),
    ("+CEMODE?", "+CEMODE: 2|OK"),
]


@pytest.mark.parametrize(("command", "answer"), ANSWERS, ids=[command for command, _ in ANSWERS])
def test_a_modem_that_is_well_answers_as_the_standard_says(command: str, answer: str) -> None:
    assert ask(modem(), command) == answer


LATER = "[{from: '+491711234567', text: Hello, at: 5s}]"
FORMS = ("", "?", "=?", "=", "=99999999999,,", '="\x01', "=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", '=1,"","",')


@pytest.mark.parametrize("row", CELLULAR_ROWS, ids=lambda row: row.name)
def test_each_command_ends_in_each_form_with_and_without_a_sim(row: CommandRow) -> None:
    for cellular in ("{}", "{sim: {present: no}}", "{registration: lost, sim: {pin: '1234'}}"):
        dte = modem(cellular)
        for form in FORMS:
            dte.type(f"AT+CMEE=1;{row.name}{form}\r")
            dte.pass_time(dte.now + 60.0)
            dte.type("\x1b\rAT\r")
            assert dte.text.endswith("OK\r\n"), form


def test_after_three_wrong_pins_the_puk_is_asked_for_and_it_sets_a_new_pin() -> None:
    dte = modem("{sim: {pin: '4321', puk: '87654321'}}")
    assert ask(dte, "+CMEE=1;+CPIN?") == "+CPIN: SIM PIN|OK"
    assert ask(dte, "+CIMI") == "+CME ERROR: 11"
    assert [ask(dte, "+CPIN=1234") for _ in range(3)] == ["+CME ERROR: 16"] * 3
    assert ask(dte, "+CPIN?") == "+CPIN: SIM PUK|OK"
    assert ask(dte, "+CPIN=4321") == "+CME ERROR: 12"
    assert ask(dte, '+CPIN="87654321","1111"') == "OK"
    assert ask(dte, "+CPIN?;+CREG?") == "+CPIN: READY|+CREG: 0,1|OK"


def test_a_pin_lock_counts_from_the_next_start_of_the_radio_part() -> None:
    dte = modem()
    assert ask(dte, '+CMEE=1;+CLCK="SC",1,"1234"') == "+CME ERROR: 16"
    assert ask(dte, '+CLCK="SC",1,"0000";+CLCK="SC",2') == "+CLCK: 1|OK"
    assert ask(dte, '+CPWD="SC","0000","2222"') == "OK"
    assert ask(dte, "+CFUN=0", 1.0) == "OK"
    assert ask(dte, "+CFUN=1", 1.0) == "OK"
    assert ask(dte, "+CPIN?") == "+CPIN: SIM PIN|OK"
    assert ask(dte, "+CPIN=2222") == "OK"


def test_a_busy_sim_becomes_ready_and_then_the_search_begins() -> None:
    dte = modem("{sim: {busy for: 3s}, registers after: 2s}")
    assert ask(dte, "+CMEE=1;+CPIN?") == "+CME ERROR: 14"
    ask(dte, "+CREG=1")
    before = len(dte.text)
    dte.pass_time(3.0)
    assert dte.text[before:] == "\r\n+CREG: 2\r\n"
    dte.pass_time(5.0)
    assert dte.text[before:].endswith("\r\n+CREG: 1\r\n")


def test_the_network_is_lost_and_found_again_and_a_call_ends_with_it() -> None:
    dte = modem("{changes: [{at: 20s, registration: lost}, {at: 30s, registration: roaming, signal: 9}]}")
    ask(dte, '+CGDCONT=1,"IP","internet";+CREG=1')
    dte.type("ATD*99***1#\r")
    assert dte.wait_for("CONNECT")
    dte.pass_time(20.0)
    assert dte.text.endswith("\r\nNO CARRIER\r\n\r\n+CREG: 0\r\n")
    assert ask(dte, "D*99#") == "NO CARRIER"
    dte.pass_time(30.0)
    assert ask(dte, "+CREG?;+CSQ") == "+CREG: 1,5|+CSQ: 9,99|OK"


@pytest.mark.parametrize("string", ["*99#", "T*99***1#", "P*99**PPP*1#", "*98*1#", "#777"])
def test_each_form_of_a_packet_data_call_connects(string: str) -> None:
    dte = modem("{apn: internet}")
    dte.type(f"ATD{string}\r")
    assert dte.wait_for("CONNECT", 5.0)


def test_a_context_that_is_not_defined_is_refused() -> None:
    assert ask(modem(), "+CMEE=1;D*99***3#") == "+CME ERROR: 3"


def test_without_a_network_a_call_may_connect_all_the_same_if_the_scenario_says_so() -> None:
    dte = modem("{registration: searching, dials unregistered: yes}")
    dte.type("ATD*99#\r")
    assert dte.wait_for("CONNECT", 5.0)


def test_the_search_for_operators_takes_its_time_and_can_be_ended() -> None:
    dte = modem("{scan takes: 20s}")
    dte.type("AT+COPS=?\r")
    dte.pass_time(19.0)
    assert "+COPS:" not in dte.text
    dte.pass_time(20.0)
    assert '+COPS: (2,"Simisp Mobile","simisp","00101",7),(3,"Other Mobile","other","00102",7),,(0-4),(0-2)' in dte.text
    dte.type("AT+COPS=?\r")
    dte.pass_time(25.0)
    dte.type("x")
    assert dte.text.endswith("\r\nOK\r\n")


def test_a_restart_is_silent_for_a_while_and_announces_itself_with_echo_on() -> None:
    dte = modem("{starts in: 4s}")
    assert ask(dte, "+CFUN=1,1") == "OK"
    dte.pass_time(dte.now + 1.0)
    assert ask(dte, "") == ""
    dte.pass_time(dte.now + 4.0)
    assert dte.text.endswith("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n")
    assert ask(dte, "") == "AT\rOK"


def test_flight_mode_leaves_the_network_and_comes_back() -> None:
    dte = modem()
    ask(dte, "+CREG=1")
    assert ask(dte, "+CFUN=4", 1.0) == "OK|+CREG: 0"
    assert ask(dte, "+CSQ;+COPS?;+CREG?") == "+CSQ: 99,99|+COPS: 0|+CREG: 1,0|OK"
    assert ask(dte, "+CFUN=1", 1.0) == "OK|+CREG: 1"


def test_the_network_answers_a_ussd_code_unsolicited() -> None:
    dte = modem("{ussd: {'*100#': You have 5 EUR}}")
    assert ask(dte, '+CUSD=1,"*100#",15', 2.0) == 'OK|+CUSD: 0,"You have 5 EUR",15'
    assert ask(dte, '+CUSD=1,"*101#",15', 2.0) == "OK|+CUSD: 4"


def test_a_message_arrives_while_the_modem_has_service_and_is_shown_by_its_place() -> None:
    dte = modem("{registration: searching, changes: [{at: 9s, registration: home}]}", LATER)
    assert ask(dte, "+CNMI=2,1", 8.0) == "OK"
    dte.pass_time(9.0)
    assert dte.text.endswith('\r\n+CMTI: "SM",1\r\n')


def test_cutting_what_is_typed_changes_nothing() -> None:
    typed = 'ATE0;+CMEE=1\rAT+CGDCONT=1,"IP","internet";+CGACT=1,1;+CREG=2;+CREG?\rAT+CPIN=1\rATD*99***1#\r'
    whole, cut = modem(), modem()
    whole.type(typed)
    cut.type(typed, cut=range(1, len(typed)))
    for dte in (whole, cut):
        dte.pass_time(10.0)
    assert whole.text == cut.text
