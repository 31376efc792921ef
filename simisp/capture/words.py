"""Frames in words, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simisp.cmux.basic_option import BasicReader
from simisp.cmux.control_message import ControlReader, MessageKind
from simisp.cmux.frame import CONTROL_DLCI, FrameKind, MuxFrame
from simisp.cmux.signals import V24Signals
from simisp.ppp.describe import code_name, describe, describe_ip, printed
from simisp.ppp.frame import CODE_NAMES, ControlPacket, ProtocolNumber, protocol_name, split_frame
from simisp.ppp.passwords import PasswordSpans
from simisp.spans import masked

__all__ = ["MuxWords", "ppp_words"]

_LARGEST_MUX_FRAME = 32_767


# PPP ------------------------------------------------------------------------------------------------------------------


def ppp_words(frame: bytes) -> str:
    r"""Return a frame of PPP in words.

    Args:
        frame: From its address or protocol field to before its check sequence.

    Example:
        >>> ppp_words(b"\xff\x03\xc0\x21\x01\x05\x00\x0a\x05\x06\x12\x34\x56\x78")
        'LCP Configure-Request 5: magic number 0x12345678'
        >>> ppp_words(b"\xff\x03")
        'PPP, 2 octets without a protocol: ff03'
    """
    split = split_frame(frame)
    if split is None:
        return f"PPP, {_count(frame)} without a protocol: {frame.hex()}"
    protocol, information = split
    name = protocol_name(protocol)
    if protocol == ProtocolNumber.IP and (said := describe_ip(information)):
        return f"IP {said}"
    if protocol not in CODE_NAMES:
        return f"{name}, {_count(information)}"
    packet = ControlPacket.decode(information)
    if packet is None:
        shown = f": {information.hex()}" if protocol != ProtocolNumber.PAP else f", {_count(information)}"
        return f"{name}, no whole packet{shown}"
    said = describe(protocol, packet)
    return f"{name} {code_name(protocol, packet.code)} {packet.identifier}" + (f": {said}" if said else "")


def _count(data: bytes) -> str:
    return "1 octet" if len(data) == 1 else f"{len(data)} octets"


# The multiplexer ------------------------------------------------------------------------------------------------------


class MuxWords:
    r"""Says what the frames of the multiplexer say. They carry PPP in pieces, whose passwords are masked.

    Example:
        >>> words = MuxWords()
        >>> words(bytes.fromhex("f9 03 3f 01 1c f9")), words(bytes.fromhex("f9 03"))
        ('CMUX DLCI 0 SABM P', 'CMUX, no whole frame: f903')
    """

    def __init__(self) -> None:
        self._passwords: dict[tuple[str, bool, int], PasswordSpans] = {}

    def __call__(self, octets: bytes, *, by_client: bool = True, line: str = "") -> str:
        """Return the next frame of a line in words.

        Args:
            octets: The frame in the basic option, with both flags.
            by_client: Which side has sent it.
            line: The line, where there are several.
        """
        found = _mux_frame(octets)
        if found is not None and found.data and found.dlci != CONTROL_DLCI:
            passwords = self._passwords.setdefault((line, by_client, found.dlci), PasswordSpans())
            found = replace(found, data=masked(found.data, passwords.find(found.data)))
        return _mux_words(octets, found)


def _mux_frame(octets: bytes) -> MuxFrame | None:
    """Return the frame that octets are; None if they are no whole one."""
    reader = BasicReader(_LARGEST_MUX_FRAME)
    reader.feed(octets)
    found = reader.find()
    return found if isinstance(found, MuxFrame) else None


def _mux_words(octets: bytes, found: MuxFrame | None) -> str:
    if found is None:
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
