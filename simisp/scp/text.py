r"""The encoding of a script's file and of its strings, and the sequences such as ``^M`` and ``<cr>``.

A file is UTF-8 if it is valid UTF-8 and Windows-1252 otherwise; octets that this code page leaves undefined are kept
unchanged, so that nothing is lost. What a script sends is Windows-1252 again, the code page of its time; characters
that it lacks are sent as UTF-8.
"""

from __future__ import annotations

import re

__all__ = ["decode", "encode", "interpret"]

_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
_FROM_1252 = {octet: bytes([octet]).decode("cp1252") for octet in range(0x80, 0xA0) if octet not in _UNDEFINED}
_TO_1252 = {ord(character): octet for octet, character in _FROM_1252.items()}

_SEQUENCE = re.compile(r'\\(["^<\\])|\^([@-_a-z])|<(cr|lf)>', re.DOTALL)
_SEQUENCE_ANY_CASE = re.compile(r'\\(["^<\\])|\^([@-_a-z])|<([Cc][Rr]|[Ll][Ff])>', re.DOTALL)


def decode(data: bytes) -> str:
    r"""Decode a script's file. Never fails. A byte order mark is dropped, and line ends are kept.

    Example:
        >>> decode(b"\xef\xbb\xbfproc"), decode("é".encode()), decode(b"\x80 \x81")
        ('proc', 'é', '€ \x81')
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_FROM_1252)


def encode(text: str) -> bytes:
    r"""Encode ``text`` for the line. Never fails.

    Example:
        >>> encode("é€\x81"), encode("λ")
        (b'\xe9\x80\x81', b'\xce\xbb')
    """
    if text.isascii():
        return text.encode()
    try:
        return text.translate(_TO_1252).encode("latin-1")
    except UnicodeEncodeError:
        return b"".join(_encode_character(character) for character in text)


def _encode_character(character: str) -> bytes:
    code = _TO_1252.get(ord(character), ord(character))
    return bytes([code]) if code < 0x100 else character.encode("utf-8", "surrogatepass")


def interpret(text: str, *, tags_in_any_case: bool = True) -> str:
    r"""Return ``text`` with its sequences replaced by the characters that they stand for.

    ``^@`` to ``^_`` and ``^a`` to ``^z`` are the control characters, ``<cr>`` and ``<lf>`` the line ends, and a
    backslash escapes ``"``, ``^``, ``<`` and itself. Any other text stands for itself.

    Args:
        text: The characters between a string's quotes, or any value at the time it is sent.
        tags_in_any_case: Whether ``<CR>`` and ``<LF>`` are sequences too.

    Example:
        >>> interpret("p^M"), interpret("<cr><lf>"), interpret(r"\^M 1^2 \x")
        ('p\r', '\r\n', '^M 1^2 \\x')
    """
    pattern = _SEQUENCE_ANY_CASE if tags_in_any_case else _SEQUENCE
    return pattern.sub(_meaning, text) if "^" in text or "<" in text or "\\" in text else text


def _meaning(match: re.Match[str]) -> str:
    escaped, control, tag = match.groups()
    if escaped:
        return escaped
    if control:
        return chr(ord(control.upper()) - 64)
    return "\r" if tag.lower() == "cr" else "\n"
