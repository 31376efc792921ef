r"""What a frame carries: a protocol, and for a control protocol a packet with its options.

::

    frame     [0xFF 0x03] protocol information      the address and control fields may be left out once LCP agrees
    protocol  two octets, or one                    a number below 0x100 may be one octet once LCP agrees
    packet    code identifier length(2) data        octets behind the length are padding
    option    type length data                      the length counts all three

See Also:
    RFC 1662, 3.1 (fields); RFC 1661, 2 (protocol), 5 (packets), 6 (options), 6.5 and 6.6 (what may be left out).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = [
    "CODE_NAMES",
    "PROTOCOL_NAMES",
    "ConfigOption",
    "ControlPacket",
    "ProtocolNumber",
    "decode_options",
    "encode_options",
    "frame_of",
    "is_protocol",
    "protocol_name",
    "split_frame",
]

_ADDRESS_AND_CONTROL = b"\xff\x03"


class ProtocolNumber:
    """The numbers of the protocols that are known here.

    See Also:
        RFC 1661, 2; RFC 1332, 1334, 1962, 1994, 5072.
    """

    IP = 0x0021
    VJ_COMPRESSED = 0x002D
    VJ_UNCOMPRESSED = 0x002F
    IPV6 = 0x0057
    COMPRESSED = 0x00FD
    IPCP = 0x8021
    IPV6CP = 0x8057
    CCP = 0x80FD
    LCP = 0xC021
    PAP = 0xC023
    LQR = 0xC025
    CHAP = 0xC223
    EAP = 0xC227


PROTOCOL_NAMES: Mapping[int, str] = {
    ProtocolNumber.IP: "IP",
    ProtocolNumber.VJ_COMPRESSED: "VJ compressed",
    ProtocolNumber.VJ_UNCOMPRESSED: "VJ uncompressed",
    ProtocolNumber.IPV6: "IPv6",
    ProtocolNumber.COMPRESSED: "compressed",
    ProtocolNumber.IPCP: "IPCP",
    ProtocolNumber.IPV6CP: "IPV6CP",
    ProtocolNumber.CCP: "CCP",
    ProtocolNumber.LCP: "LCP",
    ProtocolNumber.PAP: "PAP",
    ProtocolNumber.LQR: "LQR",
    ProtocolNumber.CHAP: "CHAP",
    ProtocolNumber.EAP: "EAP",
}
"""What each protocol is called."""

_NEGOTIATION = {
    1: "Configure-Request",
    2: "Configure-Ack",
    3: "Configure-Nak",
    4: "Configure-Reject",
    5: "Terminate-Request",
    6: "Terminate-Ack",
    7: "Code-Reject",
}
CODE_NAMES: Mapping[int, Mapping[int, str]] = {
    ProtocolNumber.LCP: _NEGOTIATION
    | {
        8: "Protocol-Reject",
        9: "Echo-Request",
        10: "Echo-Reply",
        11: "Discard-Request",
        12: "Identification",
        13: "Time-Remaining",
    },
    ProtocolNumber.IPCP: _NEGOTIATION,
    ProtocolNumber.IPV6CP: _NEGOTIATION,
    ProtocolNumber.CCP: _NEGOTIATION | {14: "Reset-Request", 15: "Reset-Ack"},
    ProtocolNumber.PAP: {1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"},
    ProtocolNumber.CHAP: {1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"},
}
"""What the codes of each control protocol are called."""


def is_protocol(number: int) -> bool:
    """Return whether a number can be a protocol's: the lower octet is odd, the upper one even.

    See Also:
        RFC 1661, 2.
    """
    return number & 0x0101 == 0x0001


def protocol_name(number: int) -> str:
    """Return what a protocol is called, or its number.

    Example:
        >>> protocol_name(0xC021), protocol_name(0x8281)
        ('LCP', 'protocol 0x8281')
    """
    return PROTOCOL_NAMES.get(number) or f"protocol 0x{number:04x}"


def frame_of(protocol: int, information: bytes, *, acfc: bool = False, pfc: bool = False) -> bytes:
    r"""Return a frame without its check sequence.

    Args:
        protocol: The protocol's number.
        information: What it carries.
        acfc: Whether address and control are left out. In a frame of LCP they never are.
        pfc: Whether a number below 0x100 is one octet.

    Example:
        >>> frame_of(0x21, b"x", acfc=True, pfc=True), frame_of(0xC021, b"x", acfc=True, pfc=True)
        (b'!x', b'\xff\x03\xc0!x')
    """
    short = pfc and protocol < 0x100
    number = protocol.to_bytes(1 if short else 2, "big")
    if acfc and protocol != ProtocolNumber.LCP:
        return number + information
    return _ADDRESS_AND_CONTROL + number + information


def split_frame(frame: bytes) -> tuple[int, bytes] | None:
    r"""Return the protocol and the information of a frame, in long and in short form; None if it has no protocol.

    Example:
        >>> split_frame(b"\xff\x03\xc0\x21x"), split_frame(b"\x21x"), split_frame(b"\xff\x03\x00")
        ((49185, b'x'), (33, b'x'), None)
    """
    start = 2 if frame.startswith(_ADDRESS_AND_CONTROL) else 0
    if len(frame) <= start:
        return None
    first = frame[start]
    if first & 1:
        return first, frame[start + 1 :]
    if len(frame) < start + 2:
        return None
    return first << 8 | frame[start + 1], frame[start + 2 :]


@dataclass(frozen=True, slots=True)
class ControlPacket:
    r"""A packet of a control protocol.

    Attributes:
        code: What it is, 0 to 255.
        identifier: Which request an answer belongs to, 0 to 255.
        data: What follows the header.

    Example:
        >>> ControlPacket(1, 7, b"ab").encode()
        b'\x01\x07\x00\x06ab'
        >>> ControlPacket.decode(b"\x01\x07\x00\x06ab, padded")
        ControlPacket(code=1, identifier=7, data=b'ab')
    """

    code: int
    identifier: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Return its octets."""
        return bytes((self.code, self.identifier)) + (len(self.data) + 4).to_bytes(2, "big") + self.data

    @classmethod
    def decode(cls, octets: bytes) -> ControlPacket | None:
        """Return the packet; None if the octets are fewer than its length says, or too few to be one."""
        if len(octets) < 4:
            return None
        length = int.from_bytes(octets[2:4], "big")
        return cls(octets[0], octets[1], octets[4:length]) if 4 <= length <= len(octets) else None


@dataclass(frozen=True, slots=True)
class ConfigOption:
    """A configuration option.

    Attributes:
        type: Its number, 0 to 255; what that stands for is the protocol's business.
        data: Its value, at most 253 octets.
    """

    type: int
    data: bytes = b""


def encode_options(options: Iterable[ConfigOption]) -> bytes:
    r"""Return options as octets.

    Example:
        >>> encode_options([ConfigOption(1, b"\x05\xdc"), ConfigOption(7)])
        b'\x01\x04\x05\xdc\x07\x02'
    """
    return b"".join(bytes((option.type, len(option.data) + 2)) + option.data for option in options)


def decode_options(octets: bytes) -> tuple[ConfigOption, ...] | None:
    r"""Return the options that octets are; None if a length is wrong.

    Example:
        >>> decode_options(b"\x01\x04\x05\xdc\x07\x02")
        (ConfigOption(type=1, data=b'\x05\xdc'), ConfigOption(type=7, data=b''))
        >>> decode_options(b"\x01\x09\x05") is None
        True
    """
    options: list[ConfigOption] = []
    position = 0
    while position < len(octets):
        if position + 2 > len(octets):
            return None
        length = octets[position + 1]
        if length < 2 or position + length > len(octets):
            return None
        options.append(ConfigOption(octets[position], octets[position + 2 : position + length]))
        position += length
    return tuple(options)
