"""The codec of short messages: against a library, there and back, and with junk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import pytest
from gsmmodem import pdu as library
from hypothesis import assume, given
from hypothesis import strategies as st

from simisp.cellular.sms.address import ALPHANUMERIC, Address
from simisp.cellular.sms.alphabet import (
    EXTENSION,
    GSM_ALPHABET,
    decode_septets,
    encode_septets,
    is_gsm_text,
    pack,
    unpack,
)
from simisp.cellular.sms.coding import Alphabet, DataCoding
from simisp.cellular.sms.octets import octets_of_hex
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, SmsSubmit, Tpdu, decode_pdu, decode_tpdu, encode_pdu
from simisp.cellular.sms.times import EnhancedValidity, RelativeValidity, Timestamp
from simisp.cellular.sms.user_data import Concatenation, Element, UserData, join_parts, split_text
from simisp.errors import PduError

Result = TypeVar("Result")
GSM_CHARACTERS = GSM_ALPHABET.replace("\x1b", "") + "".join(EXTENSION.values())
LIBRARY_LACKS = "§`\fÿ\x1b"
"""The library has a grave accent where the standard has a section sign, another letter for the form feed, and an escape
to the table of extensions (3GPP TS 23.038, 6.2.1.1) as a character of its own."""
COMPARABLE = "".join(character for character in GSM_CHARACTERS if character not in LIBRARY_LACKS)
GSM_TEXTS = st.text(GSM_CHARACTERS, max_size=400)
TEXTS = GSM_TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
NUMBERS = st.text("0123456789", min_size=1, max_size=20)
HEADERS = st.lists(st.builds(Element, st.integers(0, 255), st.binary(max_size=9)), min_size=1, max_size=4).map(tuple)
TWO_DIGITS = st.integers(0, 99)
TIMES = st.builds(
    Timestamp, TWO_DIGITS, TWO_DIGITS, TWO_DIGITS, TWO_DIGITS, TWO_DIGITS, TWO_DIGITS, st.integers(-79, 79)
)
ADDRESSES = st.builds(
    Address, st.text("0123456789*#abc", max_size=20), st.sampled_from([129, 145, 161, 177, 255])
) | st.builds(Address, st.text(GSM_ALPHABET.replace("\x1b", ""), max_size=11), st.just(ALPHANUMERIC))
OCTET = st.integers(0, 255)
VALIDITIES = st.none() | TIMES | OCTET.map(RelativeValidity) | st.binary(min_size=7, max_size=7).map(EnhancedValidity)


def content_for(coding: int) -> st.SearchStrategy[bytes]:
    """Return contents that have room in a message with the longest of the headers above."""
    top = 127 if DataCoding.of(coding).alphabet is Alphabet.GSM else 255
    return st.lists(st.integers(0, top), max_size=90).map(bytes)


@st.composite
def units(draw: st.DrawFn) -> Tpdu:
    """Return a unit of any kind."""
    coding = draw(OCTET)
    data = UserData(draw(content_for(coding)), draw(st.just(()) | HEADERS))
    flags = st.booleans()
    match draw(st.sampled_from(["deliver", "submit", "report"])):
        case "deliver":
            return SmsDeliver(
                draw(ADDRESSES),
                draw(TIMES),
                data,
                coding,
                draw(OCTET),
                draw(flags),
                draw(flags),
                draw(flags),
                draw(flags),
            )
        case "submit":
            return SmsSubmit(
                draw(ADDRESSES),
                data,
                coding,
                draw(OCTET),
                draw(OCTET),
                draw(VALIDITIES),
                *draw(st.tuples(flags, flags, flags)),
            )
    report = SmsStatusReport(
        draw(OCTET), draw(ADDRESSES), draw(TIMES), draw(TIMES), draw(OCTET), *draw(st.tuples(flags, flags, flags))
    )
    if draw(flags):
        return report
    return SmsStatusReport(
        report.reference,
        report.recipient,
        report.timestamp,
        report.discharged,
        report.status,
        protocol=draw(OCTET),
        coding=coding,
        data=data,
    )


# There and back -------------------------------------------------------------------------------------------------------


@given(GSM_TEXTS)
def test_a_text_in_septets_comes_back(text: str) -> None:
    assert decode_septets(encode_septets(text)) == text


@given(st.lists(st.integers(0, 127)).map(bytes), st.integers(0, 6))
def test_septets_that_were_packed_come_back(septets: bytes, fill: int) -> None:
    assert unpack(pack(septets, fill), len(septets), fill) == septets


@given(units(), st.none() | st.builds(Address, st.text("0123456789", max_size=20), st.just(145)))
def test_a_unit_comes_back_with_its_service_centre(unit: Tpdu, centre: Address | None) -> None:
    pdu = encode_pdu(unit, centre)

    assert decode_pdu(pdu.hex()) == (centre, unit, len(unit.encode()))
    assert decode_tpdu(unit.encode()) == unit


@given(TIMES)
def test_a_time_in_words_comes_back(time: Timestamp) -> None:
    assert Timestamp.of(str(time)) == time


@given(TEXTS, st.integers(0, 0xFFFF), st.booleans())
def test_a_text_of_any_length_comes_back_from_its_parts(text: str, reference: int, is_wide: bool) -> None:
    coding, parts = split_text(text, reference if is_wide else reference & 0xFF, is_wide=is_wide)
    units = [decode_tpdu(SmsSubmit(Address("1"), part, coding).encode()) for part in reversed(parts)]

    assert join_parts((coding, unit.data) for unit in units if isinstance(unit, SmsSubmit)) == text


# Against a library ----------------------------------------------------------------------------------------------------


def library_pdus(number: str, text: str, **options: object) -> list[str]:
    """Return what the library makes of a message."""
    return [str(pdu) for pdu in library.encodeSmsSubmitPdu(number, text, requestStatusReport=False, **options)]


@given(
    NUMBERS,
    st.text(COMPARABLE, max_size=70)
    | st.text(st.characters(max_codepoint=0xD7FF, exclude_characters=LIBRARY_LACKS), max_size=70),
)
def test_the_library_makes_the_same_unit(number: str, text: str) -> None:
    coding, (data,) = split_text(text)
    ours = encode_pdu(SmsSubmit(Address(number, 145), data, coding, reference=9))

    assert library_pdus(f"+{number}", text, reference=9) == [ours.hex().upper()]


@given(st.text("abcdefgh ij\näöüß", min_size=161, max_size=700), OCTET)
def test_the_library_makes_the_same_parts_of_a_long_text(text: str, reference: int) -> None:
    coding, parts = split_text(text, reference)
    ours = [encode_pdu(SmsSubmit(Address("31624", 145), part, coding, reference=reference)) for part in parts]

    # The library keeps words whole; what can be compared is what it reads in ours.
    read = [library.decodeSmsPdu(pdu.hex()) for pdu in ours]
    assert "".join(part["text"] for part in read) == text
    assert [(part["udh"][0].reference, part["udh"][0].parts, part["udh"][0].number) for part in read] == [
        (reference, len(parts), number) for number in range(1, len(parts) + 1)
    ]


@given(st.text("abcd efgh€", min_size=161, max_size=700), OCTET)
def test_what_the_library_makes_of_a_long_text_is_read(text: str, reference: int) -> None:
    units = [decode_pdu(pdu)[1] for pdu in library_pdus("+31624", text, reference=reference)]

    assert join_parts((unit.coding, unit.data) for unit in units if isinstance(unit, SmsSubmit)) == text


def test_the_library_gives_each_relative_validity_the_same_time() -> None:
    for octet in range(256):
        submit = SmsSubmit(Address("1"), validity=RelativeValidity(octet))

        read = library.decodeSmsPdu(encode_pdu(submit).hex())

        assert read["validity"] == timedelta(seconds=RelativeValidity(octet).seconds)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31)),  # noqa: DTZ001 - the zone is drawn below
    st.integers(-48, 56),
    st.text(COMPARABLE, max_size=80),
)
def test_the_library_reads_the_same_message(moment: datetime, zone: int, text: str) -> None:
    septets = UserData.of_text(text).content
    # The library takes an eighth septet of 0, which is an @, for filling.
    assume(len(septets) % 8 or not septets.endswith(b"\0"))
    numbers = (moment.month, moment.day, moment.hour, moment.minute, moment.second)
    deliver = SmsDeliver(
        Address.of("+31624000001"), Timestamp(moment.year % 100, *numbers, zone), UserData.of_text(text)
    )

    read = library.decodeSmsPdu(encode_pdu(deliver, Address.of("+31624000000")).hex())

    expected = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * zone)))
    assert (read["time"], read["text"], read["number"], read["smsc"]) == (
        expected,
        text,
        "+31624000001",
        "+31624000000",
    )


def test_the_library_reads_the_same_status_report() -> None:
    report = SmsStatusReport(
        7, Address.of("+31624000001"), Timestamp(26, 11, 28, 22, 0, 0), Timestamp(26, 11, 28, 22, 0, 9), status=0x46
    )

    read = library.decodeSmsPdu(encode_pdu(report).hex())

    assert (read["type"], read["reference"], read["number"], read["status"]) == (
        "SMS-STATUS-REPORT",
        7,
        "+31624000001",
        0x46,
    )
    assert (read["discharge"] - read["time"]).seconds == 9


def test_the_library_reads_a_name() -> None:
    deliver = SmsDeliver(Address.of("Provider"), Timestamp(26, 1, 1, 0, 0, 0), UserData.of_text("x"))

    assert library.decodeSmsPdu(encode_pdu(deliver).hex())["number"] == "Provider"


# What each part says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "alphabet", "message_class"),
    [
        (0x00, Alphabet.GSM, None),
        (0x04, Alphabet.OCTETS, None),
        (0x08, Alphabet.UCS2, None),
        (0x0C, Alphabet.GSM, None),
        (0x11, Alphabet.GSM, 1),
        (0x18, Alphabet.UCS2, 0),
        (0x20, Alphabet.OCTETS, None),
        (0x40, Alphabet.GSM, None),
        (0x9F, Alphabet.GSM, None),
        (0xC8, Alphabet.GSM, None),
        (0xD8, Alphabet.GSM, None),
        (0xE0, Alphabet.UCS2, None),
        (0xF2, Alphabet.GSM, 2),
        (0xF6, Alphabet.OCTETS, 2),
    ],
)
def test_a_coding_says_alphabet_and_class(coding: int, alphabet: Alphabet, message_class: int | None) -> None:
    said = DataCoding.of(coding)

    assert (said.alphabet, said.message_class) == (alphabet, message_class)


@pytest.mark.parametrize(
    ("length", "is_wide", "sizes"),
    [(160, False, [160]), (161, False, [153, 8]), (161, True, [152, 9]), (307, False, [153, 153, 1])],
)
def test_a_long_text_is_cut_where_the_standard_has_room(length: int, is_wide: bool, sizes: list[int]) -> None:
    assert [len(part.content) for part in split_text("a" * length, is_wide=is_wide)[1]] == sizes


def test_no_part_ends_within_a_character() -> None:
    gsm = split_text("a" * 152 + "€" * 10)[1]
    ucs2 = split_text("ж" * 66 + "😀" * 10)[1]

    assert len(gsm[0].content) == 152
    assert len(ucs2[0].content) == 132


def test_a_text_that_lacks_a_part_is_not_joined() -> None:
    coding, parts = split_text("a" * 400)

    assert join_parts((coding, part) for part in parts[:-1]) is None
    assert join_parts([]) is None


def test_parts_of_two_texts_are_not_joined() -> None:
    (_, one), (_, other) = split_text("a" * 200, 1), split_text("a" * 200, 2)

    assert join_parts([(0, one[0]), (0, other[1])]) is None


def test_a_concatenation_without_sense_is_none() -> None:
    assert Concatenation.of(Element(0, bytes([1, 2, 3]))) is None
    assert Concatenation.of(Element(0, bytes([1, 0, 0]))) is None
    assert Concatenation.of(Element(5, bytes([1, 2, 1]))) is None


def test_an_escape_without_a_character_is_a_space() -> None:
    assert decode_septets(b"\x1b\x1b\x1bA\x1b") == " A "


def test_a_status_report_with_a_second_indicator_is_read() -> None:
    plain = SmsStatusReport(1, Address("1"), Timestamp(26, 1, 1, 0, 0, 0), Timestamp(26, 1, 1, 0, 0, 0)).encode()

    report = decode_tpdu(plain + bytes([0x81, 0x00, 0x42]))

    assert isinstance(report, SmsStatusReport)
    assert (report.protocol, report.coding, report.text) == (0x42, None, "")


# Junk -----------------------------------------------------------------------------------------------------------------


def result_of(reading: Callable[[], Result], length: int) -> Result | int:
    """Return what was read, or the position of the codec's error, which lies within the input of this length."""
    try:
        return reading()
    except PduError as error:
        position = error.position
    assert 0 <= position <= length
    return position


@given(st.binary(max_size=200))
def test_junk_gives_a_unit_or_the_codecs_error(junk: bytes) -> None:
    unit = result_of(lambda: decode_tpdu(junk), len(junk))

    assert isinstance(unit, int) or decode_tpdu(unit.encode()) == unit


@given(units(), st.data())
def test_a_unit_with_an_octet_changed_gives_a_unit_or_the_codecs_error(unit: Tpdu, data: st.DataObject) -> None:
    octets = bytearray(unit.encode())
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(OCTET)

    changed = result_of(lambda: decode_tpdu(bytes(octets)), len(octets))

    assert isinstance(changed, int) or isinstance(changed.text, str)


@given(st.text(max_size=60) | st.text("0123456789ABCDEFabcdef", max_size=60))
def test_a_text_gives_a_pdu_or_the_codecs_error(text: str) -> None:
    result_of(lambda: decode_pdu(text), len(text))


@given(units(), st.data())
def test_a_unit_cut_short_is_an_error_at_its_end_or_before(unit: Tpdu, data: st.DataObject) -> None:
    octets = unit.encode()
    if isinstance(unit, SmsStatusReport) and unit.data is not None:
        return  # a report without its optional end is one
    cut = data.draw(st.integers(0, len(octets) - 1))
    with pytest.raises(PduError) as caught:
        decode_tpdu(octets[:cut])
    assert caught.value.position <= cut


@pytest.mark.parametrize(
    ("text", "what", "position"),
    [
        ("0g", "'g' is no hexadecimal digit", 1),
        ("000", "the number of hexadecimal digits is odd", 3),
        ("", "the length of the service centre needs 1 octets, and 0 are there", 0),
        ("0D91", "a service centre has no more than 11 octets, not 13", 0),
        ("0311F1", "17 is no type of address", 1),
        ("00", "the first octet of a unit needs 1 octets, and 0 are there", 1),
        ("0003", "3 is no kind of unit", 1),
        ("00010015", "an address has no more than 20 semi-octets, not 21", 3),
        ("000100049121F3", "a fill within the digits of a number", 6),
        ("0001000291210000A1", "user data of 161 septets is too long", 8),
        ("00010002912100048D", "user data of 141 octets is too long", 8),
        ("0001000291210004020000FF", "1 octets more than the PDU has", 11),
        ("00410002912100000300", "user data needs 3 octets, and 1 are there", 9),
        ("004100029121000402050000", "the header is longer than the user data", 9),
        ("0041000291210004020100", "an element needs 1 octets", 11),
        ("00000291210000621182225123AF00", "af is not two decimal digits", 13),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, what: str, position: int) -> None:
    with pytest.raises(PduError, match=what) as caught:
        decode_pdu(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        (SmsSubmit(Address("1" * 21)), "a number has no more than 20 digits"),
        (SmsSubmit(Address("1" * 256)), "a number has no more than 20 digits"),
        (SmsSubmit(Address("12x")), "'x' is no digit"),
        (SmsSubmit(Address("a" * 12, ALPHANUMERIC)), "no more than 11 septets"),
        (SmsSubmit(Address("ж", ALPHANUMERIC)), "the GSM alphabet has no 'ж'"),
        (SmsSubmit(Address("1"), UserData(bytes(161))), "user data of 161 is longer than 160"),
        (SmsSubmit(Address("1"), UserData(bytes(141)), coding=4), "user data of 141 is longer than 140"),
        (SmsSubmit(Address("1"), UserData(b"", (Element(1, bytes(300)),))), "is longer than 140"),
        (SmsSubmit(Address("1"), validity=EnhancedValidity(b"")), "seven octets"),
        (SmsSubmit(Address("1"), validity=Timestamp(126, 1, 1, 1, 1, 1)), "126 has not two digits"),
        (SmsSubmit(Address("1"), validity=Timestamp(26, 1, 1, 1, 1, 1, 80)), "80 is no time zone"),
    ],
)
def test_what_can_not_be_said_is_an_error(unit: SmsSubmit, what: str) -> None:
    with pytest.raises(PduError, match=what):
        unit.encode()


def test_a_name_is_no_service_centre() -> None:
    with pytest.raises(PduError, match="a service centre is a number"):
        Address.of("INFO").encode_service_centre()


def test_a_character_that_an_alphabet_lacks_is_named_with_its_place() -> None:
    with pytest.raises(PduError, match="the GSM alphabet has no 'ж'") as caught:
        UserData.of_text("abж", 0)
    assert caught.value.position == 2
    with pytest.raises(PduError, match="'ж' is no octet"):
        UserData.of_text("ж", 4)
    assert not is_gsm_text("abж")


def test_octets_are_read_in_either_case() -> None:
    assert octets_of_hex("aAfF") == b"\xaa\xff"
