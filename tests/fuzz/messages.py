"""Short messages: their units, and a modem with messages and bad manners."""

from __future__ import annotations

from functools import partial
from random import Random

from fuzz.inputs import cuts_of, flooded, octets, pause
from fuzz.playing import Acts, Event, check_cutting
from fuzz.target import Case, Target
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, SmsSubmit, Tpdu, decode_pdu, decode_tpdu, encode_pdu
from simisp.cellular.sms.times import RelativeValidity, Timestamp
from simisp.cellular.sms.user_data import UserData, split_text
from simisp.errors import PduError
from simisp.line.session import Session
from simisp.scenario.load import loads
from simisp.scenario.manners import MannersSection
from simisp.scenario.session import session

__all__ = ["TARGETS"]

_TIME = Timestamp(26, 11, 28, 22, 15, 32, 4)
_UNITS: list[Tpdu] = [
    SmsDeliver(Address.of("+31624000001"), _TIME, UserData.of_text("Hello")),
    SmsDeliver(Address.of("INFO"), _TIME, split_text("Ж" * 80)[1][0], coding=8),
    SmsSubmit(Address.of("123"), split_text("long " * 40)[1][1], validity=RelativeValidity(167), status_report=True),
    SmsStatusReport(7, Address.of("123"), _TIME, _TIME, 0x46, protocol=0, coding=4, data=UserData(b"\0\xff")),
]


def _made_pdu(random: Random) -> Case:
    pdu = bytearray(encode_pdu(random.choice(_UNITS), random.choice((None, Address.of("+31624000000")))))
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        pdu[random.randrange(len(pdu))] = random.randrange(256)
    if random.random() < 0.2:
        del pdu[random.randrange(len(pdu)) :]
    return (bytes(pdu) if random.random() < 0.8 else random.randbytes(random.randint(0, 60)),)


def _check_pdu(pdu: bytes) -> None:
    try:
        _, unit, length = decode_pdu(pdu.hex())
    except PduError as error:
        if not 0 <= error.position <= len(pdu):
            raise
        return
    assert 0 < length < len(pdu)
    assert isinstance(unit.text, str)
    assert decode_tpdu(unit.encode()) == unit


# A modem with bad manners ---------------------------------------------------------------------------------------------

_MANNERS = [field.alias or name for name, field in MannersSection.model_fields.items()]
_SAID = [
    *(b"AT\r", b"AT+CSQ\r", b"ATI3\r", b"ATE0\r", b"ATE1\r", b"ATZ\r", b"AT&F\r", b"AT&D2\r", b"ATDT1\r", b"A/", b"AT"),
    *(b"AT+CMGF=1\r", b"AT+CMGF=0\r", b'AT+CMGS="123"\r', b"AT+CMGS=16\r", b"0011000B911326040000F00000A702E834"),
    *(b"AT+CMGL\r", b"AT+CMGR=1\r", b"AT+CMGD=1,4\r", b"AT+CNMI=2,2,0,1,0\r", b"AT+CSMS=1\r", b"AT+CNMA\r", b"+++"),
    *(b"\x1a", b"\x1b", b"\x08", b"hello", b"\r\n", b"AT+CFUN=1,1\r", b"AT+CMEE=2\r", b"ATH\r", b"ATO\r"),
]


_LONG, _READ = 10_000, 4096


def _made_line(random: Random) -> Case:
    manners = random.sample(_MANNERS, random.randint(1, 5))
    events: list[Event] = [("circuit", "DTR", True)]
    for _ in range(random.randint(1, 14)):
        match random.randint(0, 9):
            case 0 | 1 | 2:
                events.append(("wait", pause(random)))
            case 3 if random.random() < 0.3:
                events.append(("circuit", "DTR", random.random() < 0.5))
            case _:
                data = flooded(random, octets(random, _SAID))
                events.append(("octets", data, cuts_of(random, len(data))))
    return random.choice(("hayes", "gsm")), tuple(manners), tuple(events)


def _flood(line: Session, data: bytes, *, now: float) -> None:
    """Hand over what one read after another brings, until the line takes no more; the rest is lost here."""
    for start in range(0, len(data), _READ):
        piece = data[start : start + _READ]
        if line.receive_some(piece, 0, now=now) < len(piece):
            return


def _check_line(profile: str, manners: tuple[str, ...], events: tuple[Event, ...]) -> None:
    messages = "{memories: {SM: 2}, arriving: [{from: INFO, text: Hello}, {at: 3s, from: '123', text: Bye}]}"
    switches = ", ".join(f"{manner}: yes" for manner in manners)
    loaded = loads(
        f"title: x\nmodem: {{profile: {profile}, messages: {messages}, manners: {{{switches}}}}}\n"
        "isp: {dialogue: [prompt: 'login:', send: hello]}"
    )

    def made() -> tuple[Session, Acts]:
        line = session(loaded)
        return line, {"flood": partial(_flood, line)}

    # A manner may hold back forty octets for each one that comes. So its owner hands over no more when much is held.
    floods = [("flood", event[1]) if event[0] == "octets" and len(event[1]) > _LONG else event for event in events]
    check_cutting(made, floods, 800_000)


TARGETS = [Target("pdu", _made_pdu, _check_pdu, smoke=400), Target("bad manners", _made_line, _check_line, smoke=60)]
