"""The octets of a SWITCH.INF as text, and back."""

from __future__ import annotations

__all__ = ["decode", "encode"]


def decode(data: bytes) -> str:
    r"""Return a file's text: UTF-8 if it is valid, else Windows-1252, whose undefined octets stay what they are.

    Example:
        >>> decode(b"caf\xc3\xa9"), encode(decode(b"caf\xe9 \x81"))
        ('café', b'caf\xe9 \x81')
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the octets that a line carries for a text: Windows-1252, or UTF-8 for what that lacks; never fails."""
    try:
        return text.encode("cp1252", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
