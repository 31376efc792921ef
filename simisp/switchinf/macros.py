"""The texts in a SWITCH.INF, for commands and for responses: octets and macros."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from simisp.diagnostics import nearest
from simisp.switchinf.faults import Fault, Hint
from simisp.switchinf.syntax import AnyOctet, CommandPiece, Credential, Find, LiteralOctets, ResponsePiece, Rest
from simisp.switchinf.text import encode

__all__ = ["Report", "command_pieces", "response_pieces"]

Report: TypeAlias = Callable[[Fault, int, int, str, Hint], None]
"""Takes a fault, its position in the text, its length, the message, and a hint."""

_PART = re.compile(r'<match>[ \t]*("(?P<sought>[^"]*)")?|<(?P<macro>[^<>\s"]{1,20})>|(?P<text>[^<]+|<)', re.IGNORECASE)
_HEX = re.compile(r"h([0-9a-f]{2})", re.IGNORECASE)
_CODES = {"cr": b"\r", "lf": b"\n"}
_NAMED: dict[str, Credential | Rest] = {piece.value: piece for kind in (Credential, Rest) for piece in kind}


class _Part(NamedTuple):
    """A piece of a text, and its position there."""

    piece: ResponsePiece
    start: int
    length: int


def command_pieces(text: str, report: Report) -> tuple[CommandPiece, ...]:
    """Return what a command sends; a macro that is not allowed in a command is reported and left out."""
    pieces: list[ResponsePiece] = []
    for part in _parts(text, report):
        if isinstance(part.piece, LiteralOctets | Credential):
            pieces.append(part.piece)
        else:
            report(Fault.UNKNOWN_MACRO, part.start, part.length, "this macro means nothing in a command", "")
    return tuple(piece for piece in _joined(pieces) if isinstance(piece, LiteralOctets | Credential))


def response_pieces(text: str, report: Report) -> tuple[ResponsePiece, ...]:
    """Return the pattern of a response; text after a macro that takes the rest is reported and left out."""
    pieces: list[ResponsePiece] = []
    for part in _parts(text, report):
        if pieces and isinstance(pieces[-1], Rest):
            message = f"nothing can follow <{pieces[-1].value}>, which takes the rest of the response"
            report(Fault.BAD_MATCH, part.start, len(text) - part.start, message, "")
            break
        pieces.append(part.piece)
    return tuple(_joined(pieces))


def _parts(text: str, report: Report) -> Iterator[_Part]:
    """Yield the pieces of a text."""
    for match in _PART.finditer(text):
        start, length = match.start(), match.end() - match.start()
        piece: ResponsePiece | None
        if match["text"] is not None:
            piece = LiteralOctets(encode(match["text"]))
        elif match["macro"] is not None:
            piece = _macro(match["macro"], start, report)
        else:
            piece = _find(match, report)
        if piece is not None:
            yield _Part(piece, start, length)


def _find(match: re.Match[str], report: Report) -> Find | None:
    """Return the string that a ``<match>`` looks for."""
    if not match["sought"]:
        wrong = "needs a string in quotes right after it" if match["sought"] is None else "looks for nothing"
        hint = 'write: <match>"ogin:"'
        report(Fault.BAD_MATCH, match.start(), match.end() - match.start(), f"<match> {wrong}", hint)
        return None
    offset = match.start("sought")

    def report_inside(fault: Fault, start: int, length: int, message: str, hint: Hint) -> None:
        report(fault, start + offset, length, message, hint)

    pieces: list[ResponsePiece] = []
    for part in _parts(match["sought"], report_inside):
        if isinstance(part.piece, LiteralOctets | AnyOctet | Credential):
            pieces.append(part.piece)
        else:
            report_inside(Fault.BAD_MATCH, part.start, part.length, "this macro can't stand inside <match>", "")
    return Find(tuple(piece for piece in _joined(pieces) if isinstance(piece, LiteralOctets | AnyOctet | Credential)))


def _macro(name: str, start: int, report: Report) -> ResponsePiece | None:
    key = name.lower()
    if key in _CODES:
        return LiteralOctets(_CODES[key])
    if hexadecimal := _HEX.fullmatch(name):
        return LiteralOctets(bytes.fromhex(hexadecimal[1]))
    if key == "?":
        return AnyOctet()
    if key not in _NAMED:
        report(
            Fault.UNKNOWN_MACRO,
            start,
            len(name) + 2,
            f"<{name}> is not a macro of a log-in script",
            lambda: _hint(name),
        )
        return None
    return _NAMED[key]


def _hint(name: str) -> str:
    """Return what to do about an unknown macro."""
    near = nearest(name, [*_CODES, *_NAMED, "match"])
    return f"did you mean <{near}>?" if near else ""


def _joined(pieces: Iterable[ResponsePiece]) -> Iterator[ResponsePiece]:
    """Yield the pieces, with adjacent octets joined."""
    together = b""
    for piece in pieces:
        if isinstance(piece, LiteralOctets):
            together += piece.octets
            continue
        if together:
            yield LiteralOctets(together)
            together = b""
        yield piece
    if together:
        yield LiteralOctets(together)
