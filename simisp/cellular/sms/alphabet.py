r"""The GSM 7 bit default alphabet, its extension table, and the packing of seven-bit characters (3GPP TS 23.038).

A *septet* is a character's number, 0 to 127. Here septets are octets of their own, and :func:`pack` makes of them what
goes on the air. A character of the extension table is two septets, of which the first is 27.
"""

from __future__ import annotations

from simisp.errors import PduError

__all__ = ["EXTENSION", "GSM_ALPHABET", "decode_septets", "encode_septets", "is_gsm_text", "pack", "unpack"]

GSM_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The 128 characters in the order of their numbers (6.2.1). 27 begins a character of the extension table."""

EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""The characters of the extension table by the septet that follows 27 (6.2.1.1)."""

_ESCAPE = 0x1B
_SEPTETS = {character: bytes([number]) for number, character in enumerate(GSM_ALPHABET) if number != _ESCAPE} | {
    character: bytes([_ESCAPE, number]) for number, character in EXTENSION.items()
}


def is_gsm_text(text: str) -> bool:
    """Return whether the alphabet and its extension have every character of the text."""
    return all(character in _SEPTETS for character in text)


def encode_septets(text: str) -> bytes:
    r"""Return a text in septets.

    Raises:
        PduError: The alphabet does not have a character; the position is the character's.

    Example:
        >>> encode_septets("a€@")
        b'a\x1be\x00'
    """
    try:
        return b"".join([_SEPTETS[character] for character in text])
    except KeyError:
        position = next(index for index, character in enumerate(text) if character not in _SEPTETS)
        raise PduError(f"the GSM alphabet has no {text[position]!r}", position) from None


def decode_septets(septets: bytes) -> str:
    r"""Return the text that septets stand for. The eighth bit is ignored.

    Where the extension table has no character, it is the default alphabet's; an escape with nothing behind it, or with
    another one, is a space (6.2.1.1, notes).

    Example:
        >>> decode_septets(b"a\x1be\x00\x1b")
        'a€@ '
    """
    text, escaped = [], False
    for octet in septets:
        septet = octet & 0x7F
        if escaped:
            text.append(" " if septet == _ESCAPE else EXTENSION.get(septet, GSM_ALPHABET[septet]))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            text.append(GSM_ALPHABET[septet])
    return "".join(text) + (" " if escaped else "")


def pack(septets: bytes, fill: int = 0) -> bytes:
    """Pack septets into octets, the first into the lowest bits (6.1.2.1).

    Args:
        septets: The septets, each 0 to 127.
        fill: How many bits are left free in front, 0 to 6: after a user data header the text begins at a septet's
            boundary (3GPP TS 23.040, 9.2.3.24).

    Example:
        >>> pack(b"hellohello").hex()
        'e8329bfd4697d9ec37'
    """
    bits = 0
    for septet in reversed(septets):
        bits = bits << 7 | septet & 0x7F
    return (bits << fill).to_bytes((7 * len(septets) + fill + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill: int = 0) -> bytes:
    """Return the septets that are packed in octets.

    Args:
        octets: The octets; what is left over after the last septet is ignored.
        count: The number of septets.
        fill: How many bits were left free in front, 0 to 6.

    Raises:
        PduError: There are fewer octets than the septets need; the position is their number.

    Example:
        >>> unpack(bytes.fromhex("e8329bfd4697d9ec37"), 10)
        b'hellohello'
    """
    if 8 * len(octets) < 7 * count + fill:
        raise PduError(f"{count} septets need more octets", len(octets))
    bits = int.from_bytes(octets, "little") >> fill
    septets = bytearray()
    for _ in range(count):
        septets.append(bits & 0x7F)
        bits >>= 7
    return bytes(septets)
