r"""What is behind the link: ICMP echo requests are answered, whatever their destination, and nothing else is.

See Also:
    RFC 791, 3.1 (header); RFC 792, echo; RFC 1071 (checksum).
"""

from __future__ import annotations

from ipaddress import IPv4Address
from sys import byteorder

__all__ = ["echo_reply", "echo_request", "internet_checksum", "is_echo_reply"]

_ICMP = 1
_ECHO_REPLY = 0
_ECHO_REQUEST = 8
_SHORTEST_HEADER = 20
_MORE_FRAGMENTS_AND_OFFSET = 0x3FFF


def internet_checksum(octets: bytes) -> int:
    r"""Return the checksum of some octets; 0 where they contain their own, rightly.

    Example:
        >>> hex(internet_checksum(b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7"))
        '0x220d'
    """
    padded = octets + b"\x00" * (len(octets) % 2)
    total = sum(memoryview(padded).cast("H")) if padded else 0  # in either order of octets, RFC 1071, 1
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return int.from_bytes((0xFFFF - total).to_bytes(2, byteorder), "big")


def _icmp_of(packet: bytes) -> tuple[int, bytes] | None:
    """Return the length of the header and the ICMP message of an IP packet; None if it carries no whole one."""
    if len(packet) < _SHORTEST_HEADER or packet[0] >> 4 != 4:
        return None
    header = (packet[0] & 0x0F) * 4
    total = int.from_bytes(packet[2:4], "big")
    if not _SHORTEST_HEADER <= header <= total <= len(packet) or internet_checksum(packet[:header]):
        return None
    if packet[9] != _ICMP or int.from_bytes(packet[6:8], "big") & _MORE_FRAGMENTS_AND_OFFSET:
        return None
    message = packet[header:total]
    return (header, message) if len(message) >= 8 and not internet_checksum(message) else None


def echo_reply(packet: bytes) -> bytes | None:
    """Return the answer to an IP packet; None if it is not an ICMP echo request, or a damaged one."""
    read = _icmp_of(packet)
    if read is None or read[1][:2] != bytes((_ECHO_REQUEST, 0)):
        return None
    return _packet(IPv4Address(packet[16:20]), IPv4Address(packet[12:16]), _ECHO_REPLY, read[1][4:])


def echo_request(
    source: IPv4Address, destination: IPv4Address, *, identifier: int, sequence: int, data: bytes
) -> bytes:
    """Return an ICMP echo request as an IP packet.

    Args:
        source: The sender's address.
        destination: The address that is asked.
        identifier: The sender's number, 0 to 65535.
        sequence: The request's number, 0 to 65535.
        data: What the answer repeats.
    """
    rest = identifier.to_bytes(2, "big") + sequence.to_bytes(2, "big") + data
    return _packet(source, destination, _ECHO_REQUEST, rest)


def is_echo_reply(packet: bytes, request: bytes) -> bool:
    """Return whether an IP packet answers an echo request that :func:`echo_request` has made."""
    read = _icmp_of(packet)
    return (
        read is not None
        and read[1][:2] == bytes((_ECHO_REPLY, 0))
        and read[1][4:] == request[_SHORTEST_HEADER + 4 :]
        and packet[12:20] == request[16:20] + request[12:16]
    )


def _packet(source: IPv4Address, destination: IPv4Address, kind: int, rest: bytes) -> bytes:
    message = bytes((kind, 0, 0, 0)) + rest
    message = message[:2] + internet_checksum(message).to_bytes(2, "big") + rest
    length = (_SHORTEST_HEADER + len(message)).to_bytes(2, "big")
    header = b"\x45\x00" + length + b"\x00\x00\x00\x00\x40" + bytes((_ICMP,))
    addresses = source.packed + destination.packed
    return header + internet_checksum(header + addresses).to_bytes(2, "big") + addresses + message
