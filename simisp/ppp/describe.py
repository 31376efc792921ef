r"""What packets say, in words. Passwords are left out, and nothing of a text acts on a terminal."""

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

__all__ = ["code_name", "describe", "describe_ip", "describe_option", "printed"]

_MOST_SHOWN = 60
"""How many characters of a text are shown."""
_LONGEST_VALUE = 16
"""How many octets of a challenge or of its answer are shown; MS-CHAP v2's answer has 49."""

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


def _compression(data: bytes) -> str:
    is_vj = int.from_bytes(data[:2], "big") == ProtocolNumber.VJ_COMPRESSED
    return f"compression VJ {data[2:].hex(' ')}".rstrip() if is_vj else f"compression 0x{data.hex()}"


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
        IpcpOption.COMPRESSION: (None, _compression),
        IpcpOption.ADDRESS: (4, _address("address")),
        IpcpOption.FIRST_DNS: (4, _address("first DNS")),
        IpcpOption.SECOND_DNS: (4, _address("second DNS")),
        IpcpOption.FIRST_NBNS: (4, _address("first NBNS")),
        IpcpOption.SECOND_NBNS: (4, _address("second NBNS")),
    },
    ProtocolNumber.IPV6CP: {1: (8, _digits("interface identifier"))},
    ProtocolNumber.CCP: {
        17: (None, _digits("Stac")),
        18: (None, _digits("MPPE")),
        21: (None, _digits("BSD")),
        26: (None, _digits("Deflate")),
    },
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


def printed(octets: bytes) -> str:
    r"""Return octets as a text in which nothing acts on a terminal, cut where it is very long.

    Example:
        >>> printed(b"ATZ\r\xff")
        'ATZ\\r\\xff'
    """
    text = octets.decode("latin-1").encode("unicode_escape").decode("ascii")
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


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
        if options is None:
            words = f"malformed options 0x{packet.data.hex()}"
        else:
            words = ", ".join(describe_option(protocol, each) for each in options)
    elif packet.code in (PacketCode.TERMINATE_REQUEST, PacketCode.TERMINATE_ACK):
        words = printed(packet.data)
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
            rest = f", {len(packet.data) - 4} octets" if len(packet.data) > 4 else ""
            return f"magic number 0x{packet.data[:4].hex()}{rest}"
        case PacketCode.IDENTIFICATION:
            return printed(packet.data[4:])
        case _:
            return f"{len(packet.data)} octets" if packet.data else ""


def _describe_pap(packet: ControlPacket) -> str:
    said = printed(packet.data[1 : 1 + packet.data[0]]) if packet.data else ""
    return f"name {said}" if packet.code == PapCode.REQUEST else said


def _describe_chap(packet: ControlPacket) -> str:
    if packet.code not in (ChapCode.CHALLENGE, ChapCode.RESPONSE):
        return printed(packet.data)
    read = read_chap_value(packet.data)
    if read is None:
        return "malformed value"
    value, name = read
    shown = f"0x{value.hex()}" if len(value) <= _LONGEST_VALUE else f"of {len(value)} octets"
    return f"name {printed(name)}, value {shown}"


_TRANSPORTS = {1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP"}
_ICMP = 1
_WITH_PORTS = (6, 17)
_ICMP_TYPES = {0: "ICMP echo reply", 8: "ICMP echo request"}


def describe_ip(packet: bytes) -> str:
    r"""Return what an IP packet is and where it goes; empty if it is not one.

    Example:
        >>> describe_ip(b"\x45\0\0\x14\0\0\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02")
        'TCP from 10.0.0.1 to 10.0.0.2, 20 octets'

    See Also:
        RFC 791, 3.1; RFC 792 (echo: sequence number); RFC 793 and RFC 768 (ports).
    """
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return ""
    header = (packet[0] & 0x0F) * 4
    source, destination = str(IPv4Address(packet[12:16])), str(IPv4Address(packet[16:20]))
    what, carried = _TRANSPORTS.get(packet[9], f"protocol {packet[9]}"), packet[header:]
    if packet[9] == _ICMP and len(carried) >= 8:
        number = int.from_bytes(carried[6:8], "big")
        what = f"{_ICMP_TYPES[carried[0]]} {number}" if carried[0] in _ICMP_TYPES else f"ICMP {carried[0]}/{carried[1]}"
    elif packet[9] in _WITH_PORTS and len(carried) >= 4:
        source = f"{source}:{int.from_bytes(carried[:2], 'big')}"
        destination = f"{destination}:{int.from_bytes(carried[2:4], 'big')}"
    return f"{what} from {source} to {destination}, {len(packet)} octets"
