"""Spans of octets: which parts of some data are a secret, however the data is cut and joined on its way."""

from __future__ import annotations

__all__ = ["MASK", "Spans", "joined", "masked", "whole", "within"]

MASK = ord("*")
"""What is shown for an octet that is secret."""
Spans = tuple[tuple[int, int], ...]
"""Spans, each from its first octet to the one after its last; in order, none empty, and no two overlap."""


def whole(data: bytes) -> Spans:
    """Return the span of all of ``data``.

    Example:
        >>> whole(b"abc"), whole(b"")
        (((0, 3),), ())
    """
    return ((0, len(data)),) if data else ()


def within(spans: Spans, start: int, end: int) -> Spans:
    """Return what lies of ``spans`` in the octets from ``start`` to ``end``, counted from ``start``.

    Example:
        >>> within(((1, 4), (6, 9)), 2, 8)
        ((0, 2), (4, 6))
    """
    return tuple(
        (max(first, start) - start, min(last, end) - start) for first, last in spans if first < end and last > start
    )


def masked(data: bytes, spans: Spans, *, but: bytes = b"") -> bytes:
    r"""Return ``data`` with an asterisk for each octet that lies in ``spans``.

    Args:
        data: The octets.
        spans: The spans; what lies of them outside the octets is left out.
        but: Octets that stay as they are, such as line ends.

    Example:
        >>> masked(b"joe secret\r", ((4, 11),)), masked(b"secret\r", ((0, 7),), but=b"\r")
        (b'joe *******', b'******\r')
    """
    shown = bytearray(data)
    for first, last in spans:
        for index in range(max(first, 0), min(last, len(shown))):
            if shown[index] not in but:
                shown[index] = MASK
    return bytes(shown)


def joined(spans: Spans, length: int, following: Spans) -> Spans:
    """Return the spans of two pieces of data in one, the first of which has ``length`` octets.

    Example:
        >>> joined(((1, 3),), 3, ((0, 2), (4, 5)))
        ((1, 5), (7, 8))
    """
    if not following:
        return spans
    moved = tuple((first + length, last + length) for first, last in following)
    if spans and spans[-1][1] == moved[0][0]:
        return (*spans[:-1], (spans[-1][0], moved[0][1]), *moved[1:])
    return spans + moved
