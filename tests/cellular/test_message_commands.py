"""The message commands of 3GPP TS 27.005: settings, store, sending, and what arrives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellular.message_play import MessagePlay
from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.rows import MESSAGE_ROWS
from simisp.cellular.messaging.service import MOST_WAITING, IncomingMessage, MessagingConfig
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, SmsSubmit, decode_pdu, encode_pdu
from simisp.cellular.sms.times import RelativeValidity
from simisp.cellular.sms.user_data import UserData
from simisp.facts.messages import SmsReceived, SmsSent

OK = b"\r\nOK\r\n"
HELLO = IncomingMessage("+31611111111", "Hello")
LATER = IncomingMessage("+31611111111", "Hello", at=20.0)
SUBMIT = SmsSubmit(Address.of("+31622222222"), UserData.of_text("Hi"))
SUBMIT_PDU = encode_pdu(SUBMIT).hex().upper()
LENGTH = len(SUBMIT.encode())


def error(number: int) -> bytes:
    """Return an error as +CMEE=1 has it."""
    return f"\r\n+CMS ERROR: {number}\r\n".encode()


def said(*lines: str) -> bytes:
    """Return information texts and the final OK."""
    return b"".join(b"\r\n" + line.replace("\n", "\r\n").encode() + b"\r\n" for line in lines) + OK


# Settings -------------------------------------------------------------------------------------------------------------


ANSWERS = [
    ("+CMGF?", said("+CMGF: 0")),
    ("+CMGF=?", said("+CMGF: (0,1)")),
    ("+CMGF=1", OK),
    ("+CMGF=2", error(303)),
    ("+CMGF=", error(305)),
    ("+CSMS?", said("+CSMS: 0,1,1,1")),
    ("+CSMS=?", said("+CSMS: (0,1)")),
    ("+CSMS=1", said("+CSMS: 1,1,1")),
    ("+CSMS=7", error(303)),
    ("+CPMS=?", said('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")')),
    ("+CPMS?", said('+CPMS: "SM",0,20,"SM",0,20,"SM",0,20')),
    ('+CPMS="ME"', said("+CPMS: 0,23,0,20,0,20")),
    ('+CPMS="ME","ME"', said("+CPMS: 0,23,0,23,0,20")),
    ('+CPMS="ME","ME","ME"', said("+CPMS: 0,23,0,23,0,23")),
    ('+CPMS="SR"', error(302)),
    ("+CPMS=ME", error(302)),
    ("+CPMS=", error(303)),
    ("+CSCA?", said('+CSCA: "+31624000000",145')),
    ("+CSCA=?", OK),
    ('+CSCA="+31699999999"', OK),
    ('+CSCA="31699999999",145', OK),
    ('+CSCA="INFO"', error(305)),
    ('+CSCA="123",7', error(305)),
    ("+CSMP?", said("+CSMP: 17,167,0,0")),
    ("+CSMP=49,255", OK),
    ("+CSMP=256", error(305)),
    ("+CSMP=17,167,0,0,0", error(305)),
    ('+CSMP=25,"26/11/28,22:15:32+04"', OK),
    ('+CSMP=25,"yesterday"', error(305)),
    ('+CSMP=9,"01050000000000"', OK),
    ('+CSMP=9,"0105"', error(305)),
    ("+CSDH?", said("+CSDH: 0")),
    ("+CSDH=1", OK),
    ("+CNMI?", said("+CNMI: 2,1,0,0,0")),
    ("+CNMI=?", said("+CNMI: (0,1,2),(0-3),(0,2),(0-2),(0,1)")),
    ("+CNMI=2,1,0,2,0", OK),
    ("+CNMI=2,4", error(303)),
    ("+CNMI=2,1,2,2,0,1", error(305)),
    ("+CSAS", OK),
    ("+CSAS=0", OK),
    ("+CSAS=1", error(303)),
    ("+CRES=?", said("+CRES: (0)")),
    ("+CMGS=?", OK),
    ("+CMGR=?", OK),
    ("+CMSS=?", OK),
    ("+CMGW=?", OK),
    ("+CMGD=?", said("+CMGD: (),(0-4)")),
    ("+CMGL=?", said("+CMGL: (0-4)")),
    ("+CNMA=?", said("+CNMA: (0-2)")),
    ("+CNMA", error(340)),
    ("+CMGC=5,1", error(303)),
    ("+CMGC=?", error(303)),
]


@pytest.mark.parametrize(("line", "answer"), ANSWERS)
def test_a_command_answers(line: str, answer: bytes) -> None:
    assert MessagePlay().runs(line) == answer


def test_every_row_has_a_test() -> None:
    tested = {line.rstrip('?=,"0123456789') for line, _ in ANSWERS} | {line.partition("=")[0] for line, _ in ANSWERS}

    assert {row.name for row in MESSAGE_ROWS} <= tested


def test_values_that_were_set_are_read_back() -> None:
    play = MessagePlay()
    play.runs('+CSCA="+31699999999";+CSMP=49,255,1,8;+CNMI=2,2,0,1,0')

    assert play.runs("+CSCA?;+CSMP?;+CNMI?") == said(
        '+CSCA: "+31699999999",145', "+CSMP: 49,255,1,8", "+CNMI: 2,2,0,1,0"
    )


def test_settings_that_were_stored_come_back() -> None:
    play = MessagePlay()
    play.runs('+CSCA="+31699999999";+CSAS;+CSCA="+31688888888";+CSMP=49')

    play.runs("+CRES")

    assert play.runs("+CSCA?;+CSMP?") == said('+CSCA: "+31699999999",145', "+CSMP: 17,167,0,0")


@pytest.mark.parametrize(
    ("form", "answer"), [("0", b"\r\nERROR\r\n"), ("1", error(321)), ("2", b"\r\n+CMS ERROR: invalid memory index\r\n")]
)
def test_an_error_has_the_form_that_cmee_asks_for(form: str, answer: bytes) -> None:
    play = MessagePlay()
    play.runs(f"+CMEE={form}")

    assert play.runs("+CMGR=1") == answer


@pytest.mark.parametrize("line", ["+CPMS?", "+CSCA?", "+CMGL", "+CMGR=1", "+CMGD=1", "+CMGS=19", "+CMSS=1", "+CMGW=19"])
def test_without_a_sim_a_command_says_so(line: str) -> None:
    play = MessagePlay()
    play.subsystem.refusal = CmsError.NO_SIM

    assert play.runs(line) == error(310)


# The store ------------------------------------------------------------------------------------------------------------


def test_a_message_is_read_in_pdu_mode_and_is_read_then() -> None:
    play = MessagePlay(HELLO)

    answer = play.runs("+CMGR=1").decode()

    match = re.fullmatch(r"\r\n\+CMGR: 0,,(\d+)\r\n([0-9A-F]+)\r\n\r\nOK\r\n", answer)
    assert match
    centre, unit, length = decode_pdu(match[2])
    assert isinstance(unit, SmsDeliver)
    assert (str(centre), str(unit.originator), unit.text, length) == (
        "+31624000000",
        "+31611111111",
        "Hello",
        int(match[1]),
    )
    assert play.runs("+CMGR=1").startswith(b"\r\n+CMGR: 1,,")


def test_a_message_is_read_in_text_mode() -> None:
    play = MessagePlay(HELLO)
    play.runs("+CMGF=1")

    assert play.runs("+CMGR=1") == said('+CMGR: "REC UNREAD","+31611111111",,"26/11/28,22:00:00+04"\nHello')
    assert play.runs("+CMGR=1") == said('+CMGR: "REC READ","+31611111111",,"26/11/28,22:00:00+04"\nHello')


def test_text_mode_has_all_values_if_asked() -> None:
    play = MessagePlay(HELLO)
    play.runs("+CMGF=1;+CSDH=1")

    assert play.runs("+CMGR=1") == said(
        '+CMGR: "REC UNREAD","+31611111111",,"26/11/28,22:00:00+04",145,4,0,0,"+31624000000",145,5\nHello'
    )
    assert play.runs('+CMGL="ALL"') == said('+CMGL: 1,"REC READ","+31611111111",,"26/11/28,22:00:00+04",145,5\nHello')


def test_the_list_shows_the_state_asked_for() -> None:
    play = MessagePlay(HELLO, IncomingMessage("INFO", "Bye"))
    play.runs("+CMGF=1;+CMGR=1")

    assert play.runs('+CMGL="REC UNREAD"') == said('+CMGL: 2,"REC UNREAD","INFO",,"26/11/28,22:00:00+04"\nBye')
    assert play.runs("+CMGL") == OK
    assert play.runs('+CMGL="ALL"').count(b"+CMGL:") == 2
    assert play.runs('+CMGL="NEW"') == error(305)
    assert play.runs("+CMGL=4") == error(305)


def test_the_list_in_pdu_mode_has_numbers() -> None:
    play = MessagePlay(HELLO)

    assert play.runs("+CMGL=4").startswith(b"\r\n+CMGL: 1,0,,")
    assert play.runs("+CMGL=0") == OK
    assert play.runs("+CMGL=1").startswith(b"\r\n+CMGL: 1,1,,")
    assert play.runs("+CMGL=5") == error(304)


def test_an_empty_place_gives_an_error_and_deleting_it_does_not() -> None:
    play = MessagePlay()

    assert (play.runs("+CMGR=1"), play.runs("+CMGR=99"), play.runs("+CMGD=1")) == (error(321), error(321), OK)
    assert (play.runs("+CMGD=0"), play.runs("+CMGD=21"), play.runs("+CMGD")) == (error(321), error(321), error(303))


def test_deleting_lowers_what_is_counted() -> None:
    play = MessagePlay(HELLO, HELLO, HELLO)

    assert play.runs("+CPMS?").startswith(b'\r\n+CPMS: "SM",3,20')
    assert play.runs("+CMGD=2") == OK
    assert play.runs("+CPMS?").startswith(b'\r\n+CPMS: "SM",2,20')
    assert play.runs("+CMGD=?") == said("+CMGD: (1,3),(0-4)")


@pytest.mark.parametrize(("flag", "left"), [(1, "2,3,4"), (2, "2,3"), (3, "2"), (4, "")])
def test_deleting_by_flag_deletes_by_state(flag: int, left: str) -> None:
    play = MessagePlay(HELLO, HELLO)
    play.runs("+CMGR=1")
    play.sends(f"+CMGW={LENGTH}", SUBMIT_PDU)
    play.sends(f"+CMGW={LENGTH},3", SUBMIT_PDU)

    assert play.runs(f"+CMGD=1,{flag}") == OK
    assert play.runs("+CMGD=?") == said(f"+CMGD: ({left}),(0-4)")


def test_what_is_no_gsm_text_is_read_in_hexadecimal() -> None:
    play = MessagePlay(IncomingMessage("1", "Жa"))
    play.runs("+CMGF=1")

    assert play.runs("+CMGR=1").endswith(b"\r\n04160061\r\n" + OK)


# Sending --------------------------------------------------------------------------------------------------------------


def test_a_pdu_is_sent_and_recorded() -> None:
    play = MessagePlay()

    assert play.sends(f"+CMGS={LENGTH}", SUBMIT_PDU) == said("+CMGS: 1")
    assert play.facts("sms sent") == [
        SmsSent("+31622222222", "Hi", 1, 1, 1, "+31624000000", SUBMIT.encode().hex().upper())
    ]
    assert play.sends(f"+CMGS={LENGTH}", SUBMIT_PDU) == said("+CMGS: 2")


def test_a_text_is_sent_with_a_prompt_for_each_line() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")
    assert play.runs('+CMGS="+31622222222"') == b"\r\n> "
    assert play.types("Hi\r") == b"\r\n> "
    assert play.types("there\x1a") == b""
    assert play.waits(0.5) == b""
    assert play.waits(0.5) == said("+CMGS: 1")

    (fact,) = play.facts("sms sent")
    assert isinstance(fact, SmsSent)
    assert (fact.to, fact.text) == ("+31622222222", "Hi\nthere")


def test_escape_sends_nothing() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")
    play.runs('+CMGS="123"')

    assert play.types("Hi\x1b") == OK
    assert not play.facts("sms sent")


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 304), ("zz", 304), (SUBMIT_PDU + "00", 304), (SUBMIT_PDU[:-2], 304), ("00" + SUBMIT_PDU, 304)],
)
def test_what_is_no_pdu_is_refused(text: str, number: int) -> None:
    assert MessagePlay().sends(f"+CMGS={LENGTH}", text) == error(number)


@pytest.mark.parametrize("digits", [21, 255, 256, 1500])
def test_a_number_that_no_address_can_hold_is_refused(digits: int) -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")
    assert play.runs(f'+CMGS="{"1" * digits}"') == error(305)
    assert play.runs("+CMGF?") == said("+CMGF: 1")


@pytest.mark.parametrize("line", ["+CMGS", "+CMGS=", "+CMGS=0", "+CMGS=165", '+CMGS="123"', "+CMGS=19,2"])
def test_a_length_that_is_none_gives_no_prompt(line: str) -> None:
    assert MessagePlay().runs(line) == error(304)


def test_a_received_message_can_not_be_sent() -> None:
    play = MessagePlay(HELLO)
    stored = play.messaging.memory(0).get(1)
    assert stored

    assert play.sends(f"+CMGS={stored.length}", stored.pdu.hex()) == error(304)
    assert play.runs("+CMSS=1") == error(302)


def test_line_ends_within_a_pdu_do_not_count() -> None:
    assert MessagePlay().sends(f"+CMGS={LENGTH}", f"\n{SUBMIT_PDU[:6]}\r\n{SUBMIT_PDU[6:]}\r") == said("+CMGS: 1")


def test_a_line_feed_after_the_command_is_the_first_octet_of_the_text() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")
    assert play.types('AT+CMGS="123"\r\n') == b"\r\n> "
    play.types("Hi\x1a")
    play.waits(2.0)

    (fact,) = play.facts("sms sent")
    assert isinstance(fact, SmsSent)
    assert fact.text == "\nHi"


def test_without_network_sending_fails_after_a_while() -> None:
    play = MessagePlay()
    play.subsystem.has_network = False

    assert play.sends(f"+CMGS={LENGTH}", SUBMIT_PDU) == error(331)
    assert not play.facts("sms sent")


def test_without_a_service_centre_only_a_pdu_that_names_one_is_sent() -> None:
    play = MessagePlay(config=MessagingConfig(service_centre=""))
    named = encode_pdu(SUBMIT, Address.of("+31624000001")).hex()

    assert play.runs("+CSCA?") == said('+CSCA: "",129')
    assert play.sends(f"+CMGS={LENGTH}", SUBMIT_PDU) == error(330)
    assert play.sends(f"+CMGS={LENGTH}", named) == said("+CMGS: 1")


def test_a_text_takes_the_values_of_csmp() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1;+CSMP=49,168,5,0")
    play.sends('+CMGS="123"', "Hi")

    (fact,) = play.facts("sms sent")
    assert isinstance(fact, SmsSent)
    unit = decode_pdu("00" + fact.pdu)[1]
    assert unit == SmsSubmit(
        Address("123"), UserData.of_text("Hi"), protocol=5, validity=RelativeValidity(168), status_report=True
    )


@pytest.mark.parametrize(
    ("charset", "coding", "number", "typed", "text"),
    [
        ("GSM", 0, "123", b"a\x00\x02", "a@$"),
        ("IRA", 0, "123", b"a@$", "a@$"),
        ("UCS2", 0, "003100320033", b"006120AC", "a€"),
        ("HEX", 0, "313233", b"6100", "a@"),
        ("IRA", 8, "123", b"0416", "Ж"),
        ("IRA", 4, "123", b"41FF", "Aÿ"),
    ],
)
def test_a_text_is_taken_in_the_set_of_the_dte(charset: str, coding: int, number: str, typed: bytes, text: str) -> None:
    play = MessagePlay()
    play.runs(f'+CMGF=1;+CSCS="{charset}";+CSMP=17,167,0,{coding}')
    assert play.sends(f'+CMGS="{number}"', typed) == said("+CMGS: 1")

    (fact,) = play.facts("sms sent")
    assert isinstance(fact, SmsSent)
    assert (fact.to, fact.text) == ("123", text)


@pytest.mark.parametrize(
    ("setting", "typed"), [('+CSCS="UCS2"', b"0416"), ("+CSMP=17,167,0,8", b"041"), ("", b"a" * 161)]
)
def test_a_text_that_no_message_can_have_is_refused(setting: str, typed: bytes) -> None:
    play = MessagePlay()
    play.runs(f"+CMGF=1;{setting}")
    number = "0031" if "UCS2" in setting else "1"

    assert play.sends(f'+CMGS="{number}"', typed) == error(305)


def test_a_message_goes_into_the_store_and_out_of_it() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")

    assert play.sends('+CMGW="123"', "Draft") == said("+CMGW: 1")
    assert play.runs("+CMGR=1") == said('+CMGR: "STO UNSENT","123",\nDraft')
    assert play.runs("+CMSS=1") + play.waits(2) == said("+CMSS: 1")
    assert play.runs('+CMGL="STO SENT"') == said('+CMGL: 1,"STO SENT","123",,\nDraft')
    assert play.runs('+CMSS=1,"456"') + play.waits(2) == said("+CMSS: 2")
    assert [fact.to for fact in play.facts("sms sent") if isinstance(fact, SmsSent)] == ["123", "456"]
    assert play.runs("+CMSS=2") == error(321)


def test_a_received_message_can_be_written_in_text_mode() -> None:
    play = MessagePlay()
    play.runs("+CMGF=1")
    play.sends('+CMGW="+123",145,"REC READ"', "Was here")

    assert play.runs("+CMGR=1") == said('+CMGR: "REC READ","+123",,"26/11/28,22:00:00+04"\nWas here')


def test_a_full_store_takes_no_more() -> None:
    play = MessagePlay(config=MessagingConfig({"SM": 1}))
    play.sends(f"+CMGW={LENGTH}", SUBMIT_PDU)

    assert play.sends(f"+CMGW={LENGTH}", SUBMIT_PDU) == error(322)


# What arrives ---------------------------------------------------------------------------------------------------------


def test_a_message_that_arrives_is_announced_with_its_place() -> None:
    play = MessagePlay(LATER)

    assert play.waits(19.9) == b""
    assert play.waits(0.1) == b'\r\n+CMTI: "SM",1\r\n'
    assert play.facts("sms received") == [SmsReceived("+31611111111", "Hello", 1, 1)]


def test_it_goes_into_the_memory_for_what_arrives() -> None:
    play = MessagePlay(LATER)
    play.runs('+CPMS="SM","SM","ME"')

    assert play.waits(20) == b'\r\n+CMTI: "ME",1\r\n'
    assert play.runs("+CMGR=1") == error(321)
    play.runs('+CPMS="ME"')
    assert play.runs("+CMGR=1").startswith(b"\r\n+CMGR: 0")


def test_without_indications_it_goes_into_the_store_in_silence() -> None:
    play = MessagePlay(LATER)
    play.runs("+CNMI=2,0")

    assert play.waits(20) == b""
    assert play.messaging.memory(0).used == 1


def test_the_message_itself_comes_if_asked_for() -> None:
    play = MessagePlay(LATER, LATER)
    play.runs("+CNMI=2,2;+CMGF=1")
    expected = b'\r\n+CMT: "+31611111111",,"26/11/28,22:00:20+04"\r\nHello\r\n'

    assert play.waits(20) == expected * 2
    assert play.messaging.memory(0).used == 0


def test_the_message_itself_comes_as_a_pdu() -> None:
    play = MessagePlay(LATER)
    play.runs("+CNMI=2,2")

    match = re.fullmatch(r"\r\n\+CMT: ,(\d+)\r\n([0-9A-F]+)\r\n", play.waits(20).decode())

    assert match
    _, unit, length = decode_pdu(match[2])
    assert (unit.text, length) == ("Hello", int(match[1]))


@pytest.mark.parametrize(
    ("setting", "message_class", "shown"), [(2, 2, "+CMTI"), (2, 0, "+CMT:"), (3, 3, "+CMT:"), (3, 1, "+CMTI")]
)
def test_the_class_decides_where_a_message_goes(setting: int, message_class: int, shown: str) -> None:
    play = MessagePlay(IncomingMessage("1", "x", at=1.0, message_class=message_class))
    play.runs(f"+CNMI=2,{setting}")

    assert play.waits(1).decode().strip().startswith(shown)


def test_mode_zero_holds_indications_until_another_mode_is_set() -> None:
    play = MessagePlay(LATER)
    play.runs("+CNMI=0,1")

    assert play.waits(20) == b""
    assert play.runs("+CNMI=2,1") == OK + b'\r\n+CMTI: "SM",1\r\n'


def test_what_mode_zero_holds_is_dropped_if_the_command_says_so() -> None:
    play = MessagePlay(LATER)
    play.runs("+CNMI=0,1")
    play.waits(20)

    assert play.runs("+CNMI=2,1,0,0,1") == OK


def test_an_indication_waits_for_the_end_of_text_entry() -> None:
    play = MessagePlay(LATER)
    play.runs("+CMGF=1")
    play.runs('+CMGS="1"')

    assert play.waits(20) == b""
    assert play.types("x\x1b") == OK + b'\r\n+CMTI: "SM",1\r\n'


def test_a_full_store_lets_a_message_wait_until_there_is_room() -> None:
    play = MessagePlay(HELLO, LATER, config=MessagingConfig({"SM": 1}, incoming=(HELLO, LATER)))

    assert play.waits(20) == b""
    assert play.runs("+CMGD=1") == OK + b'\r\n+CMTI: "SM",1\r\n'


def test_without_network_a_message_waits() -> None:
    play = MessagePlay(LATER)
    play.subsystem.has_network = False
    assert play.waits(30) == b""

    play.subsystem.has_network = True
    play.messaging.deliver_waiting(play.now)

    assert play.waits(0) == b'\r\n+CMTI: "SM",1\r\n'


def test_a_long_message_arrives_in_parts_that_belong_together() -> None:
    play = MessagePlay(IncomingMessage("1", "a" * 200, at=1.0))

    assert play.waits(1).count(b"+CMTI") == 2
    parts = [decode_pdu(message.pdu.hex())[1] for _, message in play.messaging.memory(0).messages()]
    assert [part.data.concatenation.number for part in parts if part.data and part.data.concatenation] == [1, 2]
    assert [(fact.part, fact.parts) for fact in play.facts("sms received") if isinstance(fact, SmsReceived)] == [
        (1, 2),
        (2, 2),
    ]


def test_a_message_that_must_be_acknowledged_holds_back_the_next_one() -> None:
    play = MessagePlay(LATER, LATER)
    play.runs("+CSMS=1;+CNMI=2,2;+CMGF=1")

    assert play.waits(20).count(b"+CMT:") == 1
    assert play.runs("+CNMA") == OK + b'\r\n+CMT: "+31611111111",,"26/11/28,22:00:20+04"\r\nHello\r\n'
    assert play.runs("+CNMA") == OK
    assert play.runs("+CNMA") == error(340)


def test_a_message_that_is_not_acknowledged_goes_into_the_store() -> None:
    play = MessagePlay(LATER)
    play.runs("+CSMS=1;+CNMI=2,2,0,1,0;+CMGF=1")
    play.waits(20)

    assert play.waits(15) == b""
    assert play.runs("+CNMI?") == said("+CNMI: 2,0,0,0,0")
    assert play.messaging.memory(0).used == 1


def test_an_acknowledgement_in_pdu_mode_may_carry_a_unit() -> None:
    play = MessagePlay(LATER)
    play.runs("+CSMS=1;+CNMI=2,2")
    play.waits(20)

    assert play.runs("+CNMA=1,2") == b"\r\n> "
    assert play.types("0000\x1a") == OK
    assert play.runs("+CNMA=3") == error(303)
    assert play.runs("+CNMA=1,999") == error(304)


# Delivery reports -----------------------------------------------------------------------------------------------------


def reported(play: MessagePlay) -> bytes:
    """Send a message that asks for a report, and return what follows the answer."""
    play.runs("+CMGF=1;+CSMP=49")
    assert play.sends('+CMGS="123"', "Hi") == said("+CMGS: 1")
    return play.waits(10)


def test_a_delivery_report_comes_itself() -> None:
    play = MessagePlay()
    play.runs("+CNMI=2,1,0,1,0")

    assert reported(play) == (b'\r\n+CDS: 6,1,"123",129,"26/11/28,22:00:01+04","26/11/28,22:00:04+04",0\r\n')


def test_a_delivery_report_comes_as_a_pdu() -> None:
    play = MessagePlay(config=MessagingConfig(report_status=0x46))
    play.runs("+CNMI=2,1,0,1,0")
    submit = SmsSubmit(Address("123"), UserData.of_text("Hi"), status_report=True)
    play.sends(f"+CMGS={len(submit.encode())}", encode_pdu(submit).hex())

    match = re.fullmatch(r"\r\n\+CDS: (\d+)\r\n([0-9A-F]+)\r\n", play.waits(10).decode())

    assert match
    _, report, length = decode_pdu(match[2])
    assert isinstance(report, SmsStatusReport)
    assert (report.reference, report.status, str(report.recipient), length) == (1, 0x46, "123", int(match[1]))


def test_a_delivery_report_goes_into_the_store() -> None:
    play = MessagePlay()
    play.runs("+CNMI=2,1,0,2,0")

    assert reported(play) == b'\r\n+CDSI: "SM",1\r\n'
    assert play.runs("+CMGR=1") == said(
        '+CMGR: "REC UNREAD",6,1,"123",129,"26/11/28,22:00:01+04","26/11/28,22:00:04+04",0'
    )


def test_a_delivery_report_that_nobody_wants_is_dropped() -> None:
    play = MessagePlay()

    assert reported(play) == b""
    assert play.messaging.memory(0).used == 0


def test_reports_for_a_full_store_fill_no_memory() -> None:
    play = MessagePlay(config=MessagingConfig({"SM": 1}, send_takes=0.0))
    play.runs("+CNMI=2,1,0,2,0;+CMGF=1;+CSMP=49")
    for _ in range(2 * MOST_WAITING):
        play.sends('+CMGS="123"', "Hi")
    play.waits(60)

    assert len(play.messaging._waiting) == MOST_WAITING


# Anything -------------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [row.name for row in MESSAGE_ROWS]
    + ["=", "?", "=?", "=1", ",", '"ME"', '"+316"', "0", "4", "\r", "\x1a", "\x1b", "AT", ";", SUBMIT_PDU, "\x08"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=30))
def test_nothing_that_is_typed_raises_and_cutting_changes_nothing(pieces: list[str]) -> None:
    octets = "".join(pieces).encode("latin-1", "replace")
    whole, cut = MessagePlay(HELLO, LATER), MessagePlay(HELLO, LATER)

    answered = whole.types(octets)
    assert answered == b"".join(cut.types(octets[index : index + 1]) for index in range(len(octets)))
    assert whole.waits(60) == cut.waits(60)
