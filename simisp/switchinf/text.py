"""Conversion between the octets of a SWITCH.INF and text."""

from __future__ import annotations

__all__ = ["decode", "encode"]


def decode(data: bytes) -> str:
    r"""Decode a file: UTF-8 if it is valid, else Windows-1252, whose undefined octets are kept unchanged.

    Example:
        >>> decode(b"caf\xc3\xa9"), encode(decode(b"caf\xe9 \x81"))
        ('café', b'caf\xe9 \x81')
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "surrogateescape")


def encode(text: str) -> bytes:
    """Encode a text for the line: Windows-1252, or UTF-8 for characters that it lacks. Never fails."""
    try:
        return text.encode("cp1252", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
