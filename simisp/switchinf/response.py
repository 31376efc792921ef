"""Decides whether a response fits a line, however the stream of octets is split.

A line without ``<ignore>`` or ``<diagnostics>`` takes the response as soon as its last octet has arrived. A line with
one of them also takes the rest, so it takes the response only when the response has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simisp.switchinf.syntax import AnyOctet, Credential, Find, LiteralOctets, ResponsePiece, Rest

__all__ = ["MAX_DIAGNOSTICS", "LineMatcher"]

MAX_DIAGNOSTICS = 1024
"""How many octets of a response ``<diagnostics>`` keeps."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Octets that must arrive one after the other.

    Attributes:
        octets: The octets; None matches any octet.
        floats: Whether other octets may come before.
    """

    floats: bool
    octets: list[int | None] = field(default_factory=list)


class LineMatcher:
    r"""Matches one response against one line.

    Args:
        pieces: The pattern of the response.
        fill: Returns the octets for ``<username>`` and ``<password>``.

    Attributes:
        takes_rest: Whether the line is empty or ends with a macro that takes the rest of the response.
        diagnostics: What ``<diagnostics>`` has taken so far, up to :data:`MAX_DIAGNOSTICS` octets.

    Example:
        >>> matcher = LineMatcher([Find((LiteralOctets(b"ogin:"),))], lambda credential: b"")
        >>> matcher.feed(b"Welcome. lo"), matcher.feed(b"gin: ")
        (None, 4)
    """

    def __init__(self, pieces: Sequence[ResponsePiece], fill: Callable[[Credential], bytes]) -> None:
        self.diagnostics = b""
        self._runs = _runs(pieces, fill)
        self._rest = pieces[-1] if pieces and isinstance(pieces[-1], Rest) else None
        self.takes_rest = self._rest is not None or not self._runs
        self._window: list[int] = []
        self._failed = False

    def feed(self, data: bytes) -> int | None:
        """Match the next octets of the response.

        Returns:
            The number of octets of ``data`` up to the last one that the line needed, 0 if it had all it needed before;
            None while the line does not fit.
        """
        end = 0
        while self._runs and not self._failed and end < len(data):
            self._take(data[end])
            end += 1
        if self._runs:
            return None
        if self._rest is Rest.DIAGNOSTICS:
            self.diagnostics += data[end : end + MAX_DIAGNOSTICS - len(self.diagnostics)]
        return end

    @property
    def fits(self) -> bool:
        """Whether the line fits the response, should the response end here."""
        return not self._runs

    def _take(self, octet: int) -> None:
        """Match one octet against the next run."""
        run = self._runs[0]
        self._window.append(octet)
        if len(self._window) > len(run.octets):
            del self._window[0]
        complete = len(self._window) == len(run.octets)
        fits = all(wanted in (None, came) for wanted, came in zip(run.octets, self._window, strict=False))
        if complete and fits:
            del self._runs[0]
            self._window.clear()
        elif not fits and not run.floats:
            self._failed = True


def _runs(pieces: Sequence[ResponsePiece], fill: Callable[[Credential], bytes]) -> list[_Run]:
    """Return the runs of octets that a line consists of; text after a ``<match>`` must follow immediately."""
    runs = [_Run(floats=False)]
    for piece in pieces:
        match piece:
            case Find(inner):
                runs.append(_Run(floats=True))
                for each in inner:
                    runs[-1].octets.extend(_octets(each, fill))
            case Rest():
                break
            case _:
                runs[-1].octets.extend(_octets(piece, fill))
    return [run for run in runs if run.octets]


def _octets(piece: LiteralOctets | AnyOctet | Credential, fill: Callable[[Credential], bytes]) -> Sequence[int | None]:
    match piece:
        case LiteralOctets(octets):
            return octets
        case AnyOctet():
            return [None]
        case _:
            return fill(piece)
