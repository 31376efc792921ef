"""Frames and commands as text."""

from __future__ import annotations

import pytest

from capture.frames_to_find import CONFIGURE, ECHO, on_line, pap_request
from simisp.capture.decoded import captured_in, decoded
from simisp.capture.words import MuxWords, ppp_words
from simisp.cmux.basic_option import encode_basic
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.facts.sources import Source
from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber, encode_options, frame_of
from simisp.ppp.hdlc import Framer
from simisp.transcript.record import Record, octets_record


def shown(*records: Record) -> list[str]:
    return list(decoded(captured_in(records)))


def test_commands_frames_and_their_times_stand_one_under_the_other() -> None:
    assert shown(
        octets_record(0.5, Source.CLIENT, b"ATDT1"),
        octets_record(0.6, Source.CLIENT, b"\r"),
        octets_record(1.5, Source.MODEM, b"\r\nCONNECT 33600\r\n"),
        octets_record(1.6, Source.CLIENT, on_line(CONFIGURE)),
        octets_record(1.7, Source.ISP, on_line(ECHO)),
    ) == [
        "    0.600  -->  ATDT1\\r",
        "    1.500  <--  \\r\\n",
        "    1.500  <--  CONNECT 33600\\r\\n",
        "    1.600  -->  LCP Configure-Request 1: ACCM 0x00000000, magic number 0x1234567e",
        "    1.700  <--  LCP Echo-Request 2: magic number 0x00000000",
    ]


def test_a_password_is_left_out_even_where_it_is_not_masked() -> None:
    assert ppp_words(pap_request()) == "PAP Authenticate-Request 3: name alice"


def test_a_password_is_left_out_of_a_packet_that_was_cut_off() -> None:
    assert ppp_words(pap_request()[:-1]) == "PAP, no whole packet, 21 octets"


def test_a_password_is_masked_in_the_frames_of_the_multiplexer_that_carry_ppp() -> None:
    octets, words = Framer().encode(pap_request(b"swordfish"), accm=0), MuxWords()
    pieces = [octets[start : start + 18] for start in range(0, len(octets), 18)]
    shown = [words(encode_basic(MuxFrame(1, FrameKind.UIH, command=True, data=piece))) for piece in pieces]
    assert [each.removeprefix("CMUX DLCI 1 UIH: ") for each in shown] == [
        r"~\xff\x03\xc0#\x01\x03\x00\x14\x05alice\t**",
        r"*******\xc5\xc2~",
    ]


CHALLENGE = b"\x02\xab\xcdvm"
PING = bytes.fromhex("45000020000000004001000a0a0000020a000001 0800f7ff00000005".replace(" ", "")) + b"abcd"


@pytest.mark.parametrize(
    ("protocol", "information", "words"),
    [
        (ProtocolNumber.CHAP, ControlPacket(1, 7, CHALLENGE).encode(), "CHAP Challenge 7: name vm, value 0xabcd"),
        (ProtocolNumber.CHAP, ControlPacket(4, 7, b"no\r\n").encode(), "CHAP Failure 7: no\\r\\n"),
        (
            ProtocolNumber.LCP,
            ControlPacket(3, 1, encode_options([ConfigOption(3, b"\xc2\x23\x05")])).encode(),
            "LCP Configure-Nak 1: authentication chap",
        ),
        (ProtocolNumber.LCP, ControlPacket(8, 1, b"\x80\xfd\x01").encode(), "LCP Protocol-Reject 1: CCP"),
        (
            ProtocolNumber.IPCP,
            ControlPacket(2, 1, encode_options([ConfigOption(3, bytes((10, 0, 0, 2)))])).encode(),
            "IPCP Configure-Ack 1: address 10.0.0.2",
        ),
        (
            ProtocolNumber.IPCP,
            b"\x01\x01\x00\x08\x03\x09\x0a\x00",
            "IPCP Configure-Request 1: malformed options 0x03090a00",
        ),
        (ProtocolNumber.LCP, b"\x01\x01", "LCP, no whole packet: 0101"),
        (ProtocolNumber.IP, PING, "IP ICMP echo request 5 from 10.0.0.2 to 10.0.0.1, 32 octets"),
        (ProtocolNumber.COMPRESSED, b"abc", "compressed, 3 octets"),
    ],
)
def test_a_packet_is_told_in_a_line(protocol: int, information: bytes, words: str) -> None:
    assert ppp_words(frame_of(protocol, information)) == words


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        ("f9 03 ef 09 e3 05 07 8d fb f9", "CMUX DLCI 0 UIH: MSC command, DLCI 1, RTC RTR DV"),
        ("f9 07 ef 09 41 54 49 0d 00 f9", "CMUX, no whole frame: f907ef094154490d00f9"),
    ],
)
def test_a_frame_of_the_multiplexer_is_told_in_a_line(octets: str, words: str) -> None:
    assert MuxWords()(bytes.fromhex(octets)) == words


@pytest.mark.parametrize("size", range(24))
def test_a_packet_cut_anywhere_is_told_all_the_same(size: int) -> None:
    for frame in (CONFIGURE, ECHO, pap_request(), frame_of(ProtocolNumber.IP, PING)):
        assert ppp_words(frame[:size])
