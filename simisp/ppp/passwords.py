"""Where the passwords are in octets on the line: PAP sends them in plain text, and so does a peer that rejects PAP.

The octets of a frame are looked at as they come, so a span is known before the frame has ended:

===========  ==========================================  ==============================================================
state        input                                       next state
===========  ==========================================  ==============================================================
elsewhere    a flag                                      at the head of a frame
head         octets of no Authenticate-Request, and of   elsewhere
             no Protocol-Reject that repeats one
head         up to the password's length                 in the password, for this many octets
password     as many octets as it is long                elsewhere
any          a flag                                      at the head of a frame
===========  ==========================================  ==============================================================

See Also:
    RFC 1334, 2.2.1; RFC 1661, 5.7 (a rejected packet is repeated).
"""

from __future__ import annotations

from simisp.ppp.hdlc import FLAG
from simisp.spans import Spans

__all__ = ["PasswordSpans"]

_ESCAPE = 0x7D
_BEHIND_CODE = (None, None, None)
"""Identifier and length come between the code and the data, and can be anything."""
_REQUEST = (*b"\xc0\x23\x01", *_BEHIND_CODE)
_REJECTED = (*b"\xc0\x21\x08", *_BEHIND_CODE, *_REQUEST)
_STARTS = tuple((*before, *start) for start in (_REQUEST, _REJECTED) for before in (b"\xff\x03", b""))
"""What comes before the name: octets, or None for any."""


class PasswordSpans:
    r"""Finds the passwords in octets of one direction.

    Which control characters the line may insert is agreed on in these octets themselves, so a frame is read in both
    ways: with those below 0x20 that stand unescaped, and without them. What is a password in either is one: where the
    ways differ, some octets behind it may count as well, but none of it is left out.

    Example:
        >>> from simisp.ppp.hdlc import Framer
        >>> sent = Framer().encode(b"\xff\x03\xc0\x23\x01\x01\x00\x0e\x03joe\x05secre", accm=0)
        >>> (start, end), = PasswordSpans().find(sent)
        >>> sent[start:end]
        b'secre'
    """

    __slots__ = ("_bare", "_full")

    def __init__(self) -> None:
        self._full = _Reader(drops_controls=False)
        self._bare = _Reader(drops_controls=True)

    def find(self, data: bytes) -> Spans:
        """Take octets, which continue those before; return where they are a password."""
        full, bare = self._full, self._bare
        found: list[tuple[int, int]] = []
        position = 0
        while position < len(data):
            if full.is_elsewhere and bare.is_elsewhere:
                position = data.find(FLAG, position)
                if position < 0:
                    break
            octet = data[position]
            is_secret = full.takes_secret(octet)
            if bare.takes_secret(octet) or is_secret:
                if found and found[-1][1] == position:
                    found[-1] = (found[-1][0], position + 1)
                else:
                    found.append((position, position + 1))
            position += 1
        return tuple(found)


class _Reader:
    """Reads frames in one of the ways. The module's docstring has its states.

    Args:
        drops_controls: Whether octets below 0x20 that stand unescaped belong to no frame.

    Attributes:
        is_elsewhere: Whether nothing but a flag matters.
    """

    __slots__ = ("_drops_controls", "_escaped", "_head", "_left", "is_elsewhere")

    def __init__(self, *, drops_controls: bool) -> None:
        self.is_elsewhere = True
        self._drops_controls = drops_controls
        self._escaped = False
        self._head = bytearray()
        self._left = 0

    def takes_secret(self, octet: int) -> bool:
        """Take one octet; return whether it belongs to a password."""
        if octet == FLAG[0]:
            self.is_elsewhere = self._escaped = False
            self._head.clear()
            self._left = 0
            return False
        if self.is_elsewhere or (self._drops_controls and octet < 0x20):
            return False
        if octet == _ESCAPE and not self._escaped:
            self._escaped = True
            return self._left > 0
        if self._escaped:
            self._escaped = False
            octet ^= 0x20
        if self._left:
            self._left -= 1
            self.is_elsewhere = not self._left
            return True
        self._head.append(octet)
        self._read_head()
        return False

    def _read_head(self) -> None:
        """See what the octets of a frame so far are the beginning of."""
        head = self._head
        start = next((start for start in _STARTS if _begins(head, start)), None)
        if start is None:
            self.is_elsewhere = True
            return
        name_at = len(start)
        length_at = name_at + 1 + head[name_at] if len(head) > name_at else None
        if length_at is not None and len(head) > length_at:
            self._left = head[length_at]
            self.is_elsewhere = not self._left


def _begins(head: bytearray, start: tuple[int | None, ...]) -> bool:
    """Return whether octets are the beginning of a start, or go on behind it."""
    return all(meant is None or octet == meant for octet, meant in zip(head, start, strict=False))
