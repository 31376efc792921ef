r"""What packets say, in words. Passwords are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from simisp.ppp.chap import ChapCode, read_chap_value
from simisp.ppp.config import AuthMethod
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import CODE_NAMES, ConfigOption, ControlPacket, ProtocolNumber, decode_options, protocol_name
from simisp.ppp.ipcp import IpcpOption
from simisp.ppp.lcp import LcpOption
from simisp.ppp.pap import PapCode

__all__ = ["code_name", "describe", "describe_ip", "describe_option"]

_METHODS = {
    **{method.option: method.value for method in AuthMethod},
    b"\xc2\x23\x80": "mschap",
    b"\xc2\x27": "eap",
}
_WITH_OPTIONS = range(PacketCode.CONFIGURE_REQUEST, PacketCode.CONFIGURE_REJECT + 1)
_Word = Callable[[bytes], str]


def _number(name: str) -> _Word:
    return lambda data: f"{name} {int.from_bytes(data, 'big')}"


def _digits(name: str) -> _Word:
    return lambda data: f"{name} 0x{data.hex()}"


def _alone(name: str) -> _Word:
    return lambda data: name


def _address(name: str) -> _Word:
    return lambda data: f"{name} {IPv4Address(data)}"


def _method(data: bytes) -> str:
    return "authentication " + _METHODS.get(data, f"0x{data.hex()}")


_OPTIONS: Mapping[int, Mapping[int, tuple[int | None, _Word]]] = {
    ProtocolNumber.LCP: {
        LcpOption.MRU: (2, _number("MRU")),
        LcpOption.ACCM: (4, _digits("ACCM")),
        LcpOption.AUTHENTICATION: (None, _method),
        LcpOption.QUALITY: (None, _digits("quality")),
        LcpOption.MAGIC: (4, _digits("magic number")),
        LcpOption.PFC: (0, _alone("PFC")),
        LcpOption.ACFC: (0, _alone("ACFC")),
        13: (None, _digits("callback")),
    },
    ProtocolNumber.IPCP: {
        IpcpOption.ADDRESSES: (None, _digits("addresses")),
        IpcpOption.COMPRESSION: (None, _digits("compression")),
        IpcpOption.ADDRESS: (4, _address("address")),
        IpcpOption.FIRST_DNS: (4, _address("first DNS")),
        IpcpOption.SECOND_DNS: (4, _address("second DNS")),
        IpcpOption.FIRST_NBNS: (4, _address("first NBNS")),
        IpcpOption.SECOND_NBNS: (4, _address("second NBNS")),
    },
    ProtocolNumber.IPV6CP: {1: (8, _digits("interface identifier"))},
}
"""What each option is called: the length that its value has to have, and its words."""


def describe_option(protocol: int, option: ConfigOption) -> str:
    r"""Return what an option says.

    Example:
        >>> describe_option(ProtocolNumber.IPCP, ConfigOption(3, b"\x0a\x40\x00\x02"))
        'address 10.64.0.2'
    """
    length, word = _OPTIONS.get(protocol, {}).get(option.type, (None, None))
    if word is None or (length is not None and length != len(option.data)):
        return f"option {option.type}" + (f" 0x{option.data.hex()}" if option.data else "")
    return word(option.data)


def code_name(protocol: int, code: int) -> str:
    """Return what a code of a control protocol is called, or its number."""
    return CODE_NAMES.get(protocol, {}).get(code) or f"code {code}"


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def describe(protocol: int, packet: ControlPacket) -> str:
    r"""Return what a control packet says, without its code.

    Example:
        >>> describe(ProtocolNumber.LCP, ControlPacket(1, 1, b"\x02\x06\0\0\0\0\x07\x02"))
        'ACCM 0x00000000, PFC'
        >>> describe(ProtocolNumber.PAP, ControlPacket(1, 1, b"\x03joe\x06secret"))
        'name joe'
    """
    if protocol == ProtocolNumber.PAP:
        return _describe_pap(packet)
    if protocol == ProtocolNumber.CHAP:
        return _describe_chap(packet)
    if packet.code in _WITH_OPTIONS:
        options = decode_options(packet.data)
        words = (
            "malformed options" if options is None else ", ".join(describe_option(protocol, each) for each in options)
        )
    elif packet.code in (PacketCode.TERMINATE_REQUEST, PacketCode.TERMINATE_ACK):
        words = _text(packet.data)
    else:
        words = _describe_other(protocol, packet)
    return words


def _describe_other(protocol: int, packet: ControlPacket) -> str:
    match packet.code:
        case PacketCode.CODE_REJECT if packet.data:
            return code_name(protocol, packet.data[0])
        case PacketCode.PROTOCOL_REJECT if len(packet.data) >= 2:
            return protocol_name(int.from_bytes(packet.data[:2], "big"))
        case PacketCode.ECHO_REQUEST | PacketCode.ECHO_REPLY | PacketCode.DISCARD_REQUEST if len(packet.data) >= 4:
            return f"magic number 0x{packet.data[:4].hex()}"
        case PacketCode.IDENTIFICATION:
            return _text(packet.data[4:])
        case _:
            return f"{len(packet.data)} octets" if packet.data else ""


def _describe_pap(packet: ControlPacket) -> str:
    said = _text(packet.data[1 : 1 + packet.data[0]]) if packet.data else ""
    return f"name {said}" if packet.code == PapCode.REQUEST else said


def _describe_chap(packet: ControlPacket) -> str:
    if packet.code not in (ChapCode.CHALLENGE, ChapCode.RESPONSE):
        return _text(packet.data)
    read = read_chap_value(packet.data)
    return "malformed value" if read is None else f"name {_text(read[1])}, {len(read[0])} octets"


_TRANSPORTS = {1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP"}
_ICMP_TYPES = {0: "ICMP echo reply", 8: "ICMP echo request"}


def describe_ip(packet: bytes) -> str:
    r"""Return what an IP packet is and where it goes; empty if it is not one.

    Example:
        >>> describe_ip(b"\x45\0\0\x14\0\0\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02")
        'TCP from 10.0.0.1 to 10.0.0.2, 20 octets'

    See Also:
        RFC 791, 3.1.
    """
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return ""
    header = (packet[0] & 0x0F) * 4
    what = _TRANSPORTS.get(packet[9], f"protocol {packet[9]}")
    if packet[9] == 1 and len(packet) > header:
        what = _ICMP_TYPES.get(packet[header], what)
    source, destination = IPv4Address(packet[12:16]), IPv4Address(packet[16:20])
    return f"{what} from {source} to {destination}, {len(packet)} octets"
