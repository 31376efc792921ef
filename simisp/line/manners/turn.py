"""What a modem says at one moment, in pieces, and what a bad manner may do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from simisp.machine import Output, SendData
from simisp.modem.marks import AnswerMark, MarkedData

__all__ = ["ANSWER", "AnswerTurn", "Manner", "MannerOptions", "MannerRow", "Piece", "framed", "marked_pieces"]

ANSWER = frozenset({AnswerMark.INFORMATION, AnswerMark.FINAL})
"""The marks of an answer proper."""

_ANSWER_OPTIONS = frozenset({"to", "first", "times"})


@dataclass(slots=True)
class Piece:
    """A part of what the modem says.

    Attributes:
        output: Octets for the DTE (:class:`~simisp.machine.SendData`), a circuit, or a fact.
        mark: What the octets are; None for a circuit, a fact, or octets of the far end.
        delay: How long after the piece before it, or the moment of the turn, it goes out, in seconds.
    """

    output: Output
    mark: AnswerMark | None = None
    delay: float = 0.0

    @property
    def data(self) -> bytes:
        """The octets; none if it has no mark."""
        return self.output.data if self.mark is not None and isinstance(self.output, SendData) else b""

    def saying(self, data: bytes) -> Piece:
        """Return the same piece with other octets."""
        return Piece(SendData(data), self.mark, self.delay)


@dataclass(slots=True)
class AnswerTurn:
    """What a modem says at one moment.

    Attributes:
        line: The command line that it answers, in capitals but for strings; empty if it answers none.
        pieces: What it says. A manner may add, change and remove pieces.
        restarts: For how many seconds the modem is deaf as it is switched off and on now; None if it is not.
        echo_on: Whether the modem turns its echo on now.
        now: The time.
        announces: What the modem sends by itself once it has restarted.
    """

    line: str
    pieces: list[Piece]
    restarts: float | None = None
    echo_on: bool = False
    now: float = 0.0
    announces: Sequence[str] = ()

    @property
    def is_answer(self) -> bool:
        """Whether the final result of a command line is in it."""
        return bool(self.line) and self.first(AnswerMark.FINAL) is not None

    def first(self, *marks: AnswerMark) -> int | None:
        """Return the index of the first piece with one of these marks, or None."""
        return next((index for index, piece in enumerate(self.pieces) if piece.mark in marks), None)

    def insert(self, index: int, text: str, delay: float = 0.0) -> None:
        """Put an unsolicited result before the piece with this index."""
        self.pieces.insert(index, Piece(SendData(framed(text)), AnswerMark.UNSOLICITED, delay))

    def change(self, change: Callable[[bytes], bytes], *marks: AnswerMark) -> None:
        """Change the octets of all pieces with these marks; a piece that has none left goes."""
        changed = (piece.saying(change(piece.data)) if piece.mark in marks else piece for piece in self.pieces)
        self.pieces = [piece for piece in changed if piece.mark is None or piece.data]

    def drop(self, *marks: AnswerMark) -> None:
        """Remove all pieces with these marks."""
        self.pieces = [piece for piece in self.pieces if piece.mark not in marks]


@dataclass(frozen=True, slots=True)
class MannerOptions:
    """How a manner is played. Each manner has some of these; its row says which.

    Attributes:
        text: What is sent, with LF between lines.
        to: The command lines that it acts on, without the prefix AT; a ``*`` at the end stands for anything. All, if
            empty.
        first: Which of these command lines is the first one that it acts on, counted from 1.
        times: How many it acts on; None for all that follow.
        after: How long it takes, in seconds.
        octets: How many octets there are.
    """

    text: str = ""
    to: Sequence[str] = ()
    first: int = 1
    times: int | None = None
    after: float = 0.0
    octets: int = 0

    def meets(self, line: str) -> bool:
        """Return whether a command line is one that the manner acts on.

        Example:
            >>> MannerOptions(to=["+CSQ", "+COPS*"]).meets("AT+COPS=?"), MannerOptions(to=["+CSQ"]).meets("ATE0")
            (True, False)
        """
        body = line[2:].upper()
        return not self.to or any(_meets(pattern.upper().removeprefix("AT"), body) for pattern in self.to)


class Manner(Protocol):
    """One bad manner, being played on one line."""

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says. It is called only for turns that the manner acts on."""


@dataclass(frozen=True, slots=True)
class MannerRow:
    """A manner in the table.

    Attributes:
        name: Its name in a scenario.
        what: What the modem does, in a sentence.
        reports: The public reports of programs that it broke; empty where none is known.
        make: Makes it.
        defaults: The usual values of its options.
        options: The options that it has, besides ``to``, ``first`` and ``times`` if it acts on answers.
        on_answers: Whether it acts on answers of command lines, which ``to``, ``first`` and ``times`` choose; otherwise
            it acts on all that the modem says.
    """

    name: str
    what: str
    reports: tuple[str, ...]
    make: Callable[[MannerOptions, Random], Manner]
    defaults: MannerOptions = field(default_factory=MannerOptions)
    options: frozenset[str] = frozenset()
    on_answers: bool = True

    @property
    def all_options(self) -> frozenset[str]:
        """The names of all options that it has."""
        return self.options | (_ANSWER_OPTIONS if self.on_answers else frozenset())


def framed(text: str) -> bytes:
    r"""Return an unsolicited result as it is sent.

    Example:
        >>> framed("RING")
        b'\r\nRING\r\n'
    """
    return b"\r\n" + text.encode("latin-1", "replace").replace(b"\n", b"\r\n") + b"\r\n"


def marked_pieces(outputs: Iterable[Output]) -> list[Piece]:
    """Return a modem's outputs as pieces."""
    return [
        Piece(SendData(output.data), output.mark) if isinstance(output, MarkedData) else Piece(output)
        for output in outputs
    ]


def _meets(pattern: str, body: str) -> bool:
    return body.startswith(pattern[:-1]) if pattern.endswith("*") else body == pattern
