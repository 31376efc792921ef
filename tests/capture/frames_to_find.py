"""Frames of PPP as they stand on a line, for the tests of captures."""

from __future__ import annotations

from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber, encode_options, frame_of
from simisp.ppp.hdlc import Framer

__all__ = ["CONFIGURE", "ECHO", "PASSWORD", "on_line", "pap_request"]

CONFIGURE = frame_of(
    ProtocolNumber.LCP,
    ControlPacket(1, 1, encode_options([ConfigOption(2, bytes(4)), ConfigOption(5, b"\x12\x34\x56\x7e")])).encode(),
)
"""LCP's Configure-Request, with a flag in its magic number."""
ECHO = frame_of(ProtocolNumber.LCP, ControlPacket(9, 2, bytes(4)).encode())
PASSWORD = b"wonder}land"


def pap_request(password: bytes = PASSWORD) -> bytes:
    """Return PAP's Authenticate-Request of alice."""
    data = b"\x05alice" + bytes((len(password),)) + password
    return frame_of(ProtocolNumber.PAP, ControlPacket(1, 3, data).encode())


def on_line(frame: bytes) -> bytes:
    """Return a frame's octets on the line."""
    return Framer().encode(frame)
