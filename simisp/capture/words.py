"""Frames in words, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from simisp.cmux.basic_option import BasicReader
from simisp.cmux.control_message import ControlReader, MessageKind
from simisp.cmux.frame import CONTROL_DLCI, FrameKind, MuxFrame
from simisp.cmux.signals import V24Signals
from simisp.ppp.describe import code_name
from simisp.ppp.frame import (
    CODE_NAMES,
    ConfigOption,
    ControlPacket,
    ProtocolNumber,
    decode_options,
    protocol_name,
    split_frame,
)

__all__ = ["mux_words", "ppp_words", "printed"]

_MOST_SHOWN = 60
"""How many octets of a text are shown."""
_LARGEST_MUX_FRAME = 32_767
_CONFIGURATION = range(1, 5)


def printed(data: bytes) -> str:
    r"""Return octets as a text in which nothing acts on a terminal.

    Example:
        >>> printed(b"ATZ\r\xff")
        'ATZ\\r\\xff'
    """
    text = data.decode("latin-1").encode("unicode_escape").decode("ascii")
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


# PPP ------------------------------------------------------------------------------------------------------------------


def ppp_words(frame: bytes) -> str:
    r"""Return a frame of PPP in words.

    Args:
        frame: From its address or protocol field to before its check sequence.

    Example:
        >>> ppp_words(b"\xff\x03\xc0\x21\x01\x05\x00\x0a\x05\x06\x12\x34\x56\x78")
        'LCP Configure-Request 5: magic 12345678'
        >>> ppp_words(b"\xff\x03")
        'PPP, 2 octets without a protocol: ff03'
    """
    split = split_frame(frame)
    if split is None:
        return f"PPP, {_count(frame)} without a protocol: {frame.hex()}"
    protocol, information = split
    if protocol == ProtocolNumber.IP:
        return _ip(information)
    name = protocol_name(protocol)
    if protocol not in CODE_NAMES:
        return f"{name}, {_count(information)}"
    packet = ControlPacket.decode(information)
    if packet is None:
        return f"{name}, no whole packet: {information.hex()}"
    said = _said(protocol, packet)
    return f"{name} {code_name(protocol, packet.code)} {packet.identifier}" + (f": {said}" if said else "")


def _said(protocol: int, packet: ControlPacket) -> str:
    if protocol == ProtocolNumber.PAP:
        return _pap(packet)
    if protocol == ProtocolNumber.CHAP:
        return _chap(packet)
    if packet.code in _CONFIGURATION:
        options = decode_options(packet.data)
        return f"damaged options {packet.data.hex()}" if options is None else _options(protocol, options)
    if protocol == ProtocolNumber.LCP and packet.code in (9, 10, 11):
        rest = f", {_count(packet.data[4:])}" if len(packet.data) > 4 else ""
        return f"magic {packet.data[:4].hex()}{rest}"
    if protocol == ProtocolNumber.LCP and packet.code == 8 and len(packet.data) >= 2:
        return protocol_name(int.from_bytes(packet.data[:2], "big"))
    return printed(packet.data)


def _pap(packet: ControlPacket) -> str:
    if packet.code != 1:
        return printed(packet.data[1:])
    # The password is left out, masked or not.
    length = packet.data[0] if packet.data else 0
    return f"{printed(packet.data[1 : 1 + length])}, with a password"


def _chap(packet: ControlPacket) -> str:
    if packet.code not in (1, 2) or not packet.data:
        return printed(packet.data)
    size = packet.data[0]
    name = printed(packet.data[1 + size :])
    return f"{packet.data[1 : 1 + size].hex()}, name {name}" if name else packet.data[1 : 1 + size].hex()


def _number(data: bytes) -> str:
    return str(int.from_bytes(data, "big"))


def _address(data: bytes) -> str:
    return ".".join(map(str, data)) if len(data) == 4 else data.hex()


def _authentication(data: bytes) -> str:
    protocol = int.from_bytes(data[:2], "big")
    algorithms = {5: "MD5", 0x80: "MS-CHAP", 0x81: "MS-CHAP v2"}
    if protocol != ProtocolNumber.CHAP or len(data) != 3:
        return protocol_name(protocol)
    return f"CHAP {algorithms.get(data[2], data[2])}"


def _compression(data: bytes) -> str:
    is_vj = int.from_bytes(data[:2], "big") == ProtocolNumber.VJ_COMPRESSED
    return f"VJ {data[2:].hex(' ')}".rstrip() if is_vj else data.hex()


_OPTIONS: Mapping[int, Mapping[int, tuple[str, Callable[[bytes], str]]]] = {
    ProtocolNumber.LCP: {
        1: ("MRU", _number),
        2: ("ACCM", bytes.hex),
        3: ("authentication", _authentication),
        4: ("quality", bytes.hex),
        5: ("magic", bytes.hex),
        7: ("PFC", bytes.hex),
        8: ("ACFC", bytes.hex),
        13: ("callback", bytes.hex),
    },
    ProtocolNumber.IPCP: {
        1: ("addresses", bytes.hex),
        2: ("compression", _compression),
        3: ("address", _address),
        129: ("first DNS", _address),
        130: ("first NBNS", _address),
        131: ("second DNS", _address),
        132: ("second NBNS", _address),
    },
    ProtocolNumber.IPV6CP: {1: ("interface", bytes.hex)},
    ProtocolNumber.CCP: {
        17: ("Stac", bytes.hex),
        18: ("MPPE", bytes.hex),
        21: ("BSD", bytes.hex),
        26: ("Deflate", bytes.hex),
    },
}


def _options(protocol: int, options: tuple[ConfigOption, ...]) -> str:
    return ", ".join(_option(protocol, option) for option in options)


def _option(protocol: int, option: ConfigOption) -> str:
    name, write = _OPTIONS[protocol].get(option.type, (f"option {option.type}", bytes.hex))
    return f"{name} {write(option.data)}".rstrip()


_ICMP = {(8, 0): "echo request", (0, 0): "echo reply"}
_TRANSPORTS = {6: "TCP", 17: "UDP"}


def _ip(packet: bytes) -> str:
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return f"IP, {_count(packet)}"
    size = (packet[0] & 0x0F) * 4
    source, target, carried = _address(packet[12:16]), _address(packet[16:20]), packet[size:]
    way = f"IP {source} > {target}"
    if packet[9] == 1 and len(carried) >= 8:
        what = _ICMP.get((carried[0], carried[1]), f"{carried[0]}/{carried[1]}")
        return f"{way} ICMP {what} {int.from_bytes(carried[6:8], 'big')}"
    if packet[9] in _TRANSPORTS and len(carried) >= 4:
        ports = f"{int.from_bytes(carried[:2], 'big')} > {int.from_bytes(carried[2:4], 'big')}"
        return f"{way} {_TRANSPORTS[packet[9]]} {ports}"
    return f"{way} protocol {packet[9]}, {_count(carried)}"


def _count(data: bytes) -> str:
    return "1 octet" if len(data) == 1 else f"{len(data)} octets"


# The multiplexer ------------------------------------------------------------------------------------------------------


def mux_words(octets: bytes) -> str:
    r"""Return a frame of the multiplexer in words.

    Args:
        octets: The frame in the basic option, with both flags.

    Example:
        >>> mux_words(bytes.fromhex("f9 03 3f 01 1c f9")), mux_words(bytes.fromhex("f9 03"))
        ('CMUX DLCI 0 SABM P', 'CMUX, no whole frame: f903')
    """
    reader = BasicReader(_LARGEST_MUX_FRAME)
    reader.feed(octets)
    found = reader.find()
    if not isinstance(found, MuxFrame):
        return f"CMUX, no whole frame: {octets.hex()}"
    final = (" F" if found.kind in (FrameKind.UA, FrameKind.DM) else " P") if found.final else ""
    head = f"CMUX DLCI {found.dlci} {found.kind.name}{final}"
    if found.dlci == CONTROL_DLCI and found.data:
        return f"{head}: {', '.join(_messages(found.data)) or found.data.hex()}"
    return f"{head}: {printed(found.data)}" if found.data else head


def _messages(data: bytes) -> Iterator[str]:
    for message in ControlReader().take(data):
        if message.kind is MessageKind.MSC and len(message.value) >= 2:
            yield f"{message.words}, DLCI {message.dlci}, {_signals(V24Signals.of(message.value[1]))}"
        else:
            yield f"{message.words} {message.value.hex()}".rstrip()


def _signals(signals: V24Signals) -> str:
    names = {
        "FC": signals.stopped,
        "RTC": signals.ready,
        "RTR": signals.clear,
        "IC": signals.ring,
        "DV": signals.carrier,
    }
    return " ".join(name for name, on in names.items() if on) or "all off"
