"""The dial strings that mean packet data (3GPP TS 27.007, 10.2.1), and the one of CDMA."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["CellularCall", "parse_cellular_call"]

_GPRS = re.compile(r"[TP]*(?P<string>\*99(?:\*[^*#]*(?:\*[^*#]*(?:\*(?P<cid>\d{1,3}))?)?)?#)")
_IP = re.compile(r"[TP]*(?P<string>\*98(?:\*(?P<cid>\d{1,3}))?#)")
_CDMA = re.compile(r"[TP]*(?P<string>#777)")


@dataclass(frozen=True, slots=True)
class CellularCall:
    """A packet data call.

    Attributes:
        string: The digits that are dialled.
        context: The context that the string names; None if it names none.
    """

    string: str
    context: int | None = None


def parse_cellular_call(string: str) -> CellularCall | None:
    """Return the packet data call that a dial string asks for, or None if it is another number.

    Args:
        string: What follows the D, in capitals.

    Example:
        >>> parse_cellular_call("T*99***3#").context, parse_cellular_call("*99#").context
        (3, None)
        >>> parse_cellular_call("*98*2#").context, parse_cellular_call("T#777") is None, parse_cellular_call("5551234")
        (2, False, None)
    """
    for form in (_GPRS, _IP, _CDMA):
        if (match := form.fullmatch(string)) is not None:
            context = match.groupdict().get("cid")
            return CellularCall(match["string"], None if context is None else int(context))
    return None
