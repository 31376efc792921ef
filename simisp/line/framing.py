"""Characters of seven bits and parity, seen as eight, as on a line that is set to eight bits and no parity.

A PTY always carries eight bits, so this is what a tester meets when an ISP speaks 7E1.
"""

from __future__ import annotations

__all__ = ["FRAMINGS", "frame", "unframe"]

_SEVEN_BITS = bytes(octet & 0x7F for octet in range(256))
_ODD_ONES = [bool(octet.bit_count() & 1) for octet in range(128)]


def _table(parity_bit: list[bool]) -> bytes:
    return bytes((octet & 0x7F) | (0x80 if parity_bit[octet & 0x7F] else 0) for octet in range(256))


_TABLES: dict[str, bytes | None] = {
    "8N1": None,
    "7N1": _SEVEN_BITS,
    "7E1": _table(_ODD_ONES),
    "7O1": _table([not odd for odd in _ODD_ONES]),
    "7M1": _table([True] * 128),
    "7S1": _SEVEN_BITS,
}

FRAMINGS = tuple(_TABLES)
"""The framings known: data bits, parity (N, E, O, M, S), stop bits."""


def frame(data: bytes, framing: str) -> bytes:
    r"""Return characters as they look in eight bits after ``framing`` was put on them.

    Example:
        >>> frame(b"Ca", "7E1")
        b'\xc3\xe1'
    """
    table = _TABLES[framing]
    return data if table is None else data.translate(table)


def unframe(data: bytes, framing: str) -> bytes:
    r"""Return the characters in octets that carry ``framing``; parity is not checked, as terminal servers do.

    Example:
        >>> unframe(b"\xc3\xe1", "7E1")
        b'Ca'
    """
    return data if _TABLES[framing] is None else data.translate(_SEVEN_BITS)
