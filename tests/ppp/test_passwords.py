"""Where PAP's passwords are in octets, whatever has sent them and however they were cut."""

from __future__ import annotations

import pytest

from simisp.joined_program import ProgramCommand
from simisp.machine import SendData
from simisp.ppp.chap import ChapExchange
from simisp.ppp.config import PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.frame import ControlPacket, ProtocolNumber, frame_of
from simisp.ppp.hdlc import EVERY_CONTROL, Framer
from simisp.ppp.pap import PapCode
from simisp.ppp.passwords import PasswordSpans
from simisp.scenario.program_setup import ProgramMaker

PASSWORD = b"pw~\x11}x"
REQUEST = ControlPacket(PapCode.REQUEST, 9, b"\x05alice" + bytes((len(PASSWORD),)) + PASSWORD).encode()
REJECTED = ControlPacket(8, 0x21, ProtocolNumber.PAP.to_bytes(2, "big") + REQUEST).encode()
PACKETS = {
    "a request": (ProtocolNumber.PAP, REQUEST),
    "a Protocol-Reject, which repeats the request": (ProtocolNumber.LCP, REJECTED),
}


def secrets_in(octets: bytes, size: int) -> bytes:
    spans = PasswordSpans()
    found = b""
    for piece in (octets[start : start + size] for start in range(0, len(octets), size)):
        found += b"".join(piece[start:end] for start, end in spans.find(piece))
    return found


@pytest.mark.parametrize("accm", [0, EVERY_CONTROL])
@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("name", PACKETS)
@pytest.mark.parametrize("acfc", [False, True])
def test_a_password_is_found_in_a_frame_however_it_is_written(name: str, size: int, accm: int, acfc: bool) -> None:
    protocol, packet = PACKETS[name]
    octets = Framer().encode(frame_of(protocol, packet, acfc=acfc), accm=accm)
    written = b"pw}^}1}]x" if accm else b"pw}^\x11}]x"
    assert secrets_in(b"OK\r\n" + octets * 2 + b"pw", size) == written * 2


def test_a_password_is_masked_in_the_octets_in_which_the_map_changes() -> None:
    """pppd acknowledges the map 0 and logs in at once, so both frames may be read together."""
    far_end = PppFarEnd(PppConfig())
    far_end.start(now=0.0)
    octets = Framer().encode(frame_of(ProtocolNumber.LCP, ControlPacket(2, 1, b"\x02\x06\0\0\0\0").encode()))
    octets += Framer().encode(frame_of(ProtocolNumber.PAP, REQUEST), accm=0)
    ((start, end),) = far_end.secrets_in(octets)
    assert octets[start:end] == b"pw}^\x11}]x"


def test_octets_that_the_line_has_inserted_hide_no_password() -> None:
    octets = Framer().encode(frame_of(ProtocolNumber.PAP, REQUEST))
    dirty = b"".join(b"\x11" + octets[index : index + 1] for index in range(len(octets)))
    assert secrets_in(dirty, 1000) == b"pw}^}1}]x"


@pytest.mark.parametrize(
    ("protocol", "packet"),
    [
        (ProtocolNumber.PAP, ControlPacket(PapCode.ACK, 9, b"\x08Login ok")),
        (ProtocolNumber.LCP, ControlPacket(8, 1, b"\xc0\x23" + ControlPacket(PapCode.NAK, 9, b"\x02no").encode())),
        (ProtocolNumber.LCP, ControlPacket(8, 1, b"\x80\xfd\x01\x01\x00\x04")),
        (ProtocolNumber.LCP, ControlPacket(9, 1, b"\xc0\x23\x01\x01\x00\x10\x05alice\x03abc")),
    ],
)
def test_nothing_is_found_in_any_other_frame(protocol: int, packet: ControlPacket) -> None:
    assert secrets_in(Framer().encode(frame_of(protocol, packet.encode())), 1000) == b""


def test_a_password_for_a_program_that_speaks_ppp_is_masked_and_so_is_one_that_it_sends() -> None:
    octets = Framer().encode(frame_of(ProtocolNumber.PAP, REQUEST), accm=0)
    end = ProgramMaker(ProgramCommand(("pppd", "notty")))()
    ((start, stop),) = end.secrets_in(octets)
    assert octets[start:stop] == b"pw}^\x11}]x"
    end.program.take(octets, now=1.0)
    end.handle_timer(now=1.0)
    assert end.take_outputs() == [SendData(octets, ((start, stop),))]


def test_no_password_is_in_what_an_exception_shows_of_a_setting() -> None:
    shown = repr(
        (PppConfig(password="swordfish", accounts={"joe": "swordfish"}), ChapExchange(1, b"", b"", "swordfish"))
    )
    assert "swordfish" not in shown
