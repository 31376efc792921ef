"""The heat strip: the undisturbed dialogue from left to right, a row for each kind of fault, a cell where it was tried.

What a case came to has one of six grades; a cell shows the worst of its cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from simisp.sweep.findings import FindingClass
from simisp.sweep.result import CaseResult, DialoguePiece, SweepResult

__all__ = ["Grade", "HeatStrip", "StripCell", "StripPiece", "StripRow", "grade_of", "strip_of"]

_MOST_COLUMNS = 240
_LONGEST_PIECE = 200


class Grade(IntEnum):
    """What a case came to, the worst last."""

    SUCCEEDED = 0
    """The client went on to success."""
    GAVE_UP = 1
    """The client ended by itself, with an exit status that says so."""
    OTHER = 2
    """It behaved in another way, though what changed must not matter."""
    LEFT = 3
    """It crashed, spun, tried without end, or left something behind."""
    WRONG = 4
    """It took a failure for success, or sent a secret astray."""
    HANG = 5
    """The port is held."""


_GRADES = {
    FindingClass.HANG_PROVEN: Grade.HANG,
    FindingClass.HANG_UNTIL: Grade.HANG,
    FindingClass.PORT_HELD: Grade.HANG,
    FindingClass.WRONG_SUCCESS: Grade.WRONG,
    FindingClass.SECRET_ASTRAY: Grade.WRONG,
    FindingClass.OTHER_BEHAVIOUR: Grade.OTHER,
}


@dataclass(frozen=True, slots=True)
class StripPiece:
    """What one side said in one go.

    Attributes:
        sender: ``"client"``, ``"modem"`` or ``"isp"``.
        text: The beginning of the octets, as text.
        column: Where it begins.
        columns: How many columns it takes, at least one.
    """

    sender: str
    text: str
    column: int
    columns: int


@dataclass(frozen=True, slots=True)
class StripCell:
    """The cases of a row at one place.

    Attributes:
        column: The place.
        grade: The worst that came of them.
        cases: Their numbers in the result.
    """

    column: int
    grade: Grade
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StripRow:
    """The cases of one kind of fault.

    Attributes:
        name: What goes wrong.
        cells: Its cells, from left to right.
    """

    name: str
    cells: tuple[StripCell, ...]


@dataclass(frozen=True, slots=True)
class HeatStrip:
    """The strip.

    Attributes:
        columns: How many columns there are; the dialogue's octets are spread over them evenly.
        pieces: The dialogue.
        rows: The kinds of faults, in the order of the sweep.
    """

    columns: int
    pieces: tuple[StripPiece, ...]
    rows: tuple[StripRow, ...]


def grade_of(result: CaseResult) -> Grade:
    """Return what a case came to."""
    found = [_GRADES.get(finding.kind, Grade.LEFT) for finding in result.findings]
    return max(found, default=Grade.SUCCEEDED if result.outcome.exit_status == 0 else Grade.GAVE_UP)


def strip_of(result: SweepResult) -> HeatStrip:
    """Return the strip of a sweep's result."""
    pieces = list(_joined(result.dialogue))
    length = max(
        [
            *(piece.position + len(piece.text) for piece in pieces),
            *(each.case.position + 1 for each in result.results),
            1,
        ]
    )
    columns = min(_MOST_COLUMNS, length)

    def column_of(position: int) -> int:
        return min(columns - 1, max(0, position) * columns // length)

    cells: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, each in enumerate(result.results):
        cells[each.case.row][column_of(each.case.position)].append(number)
    grades = [grade_of(each) for each in result.results]
    rows = tuple(
        StripRow(name, tuple(_cell(column, numbers, grades) for column, numbers in sorted(by_column.items())))
        for name, by_column in cells.items()
    )
    return HeatStrip(columns, tuple(_placed(piece, column_of) for piece in pieces), rows)


def _cell(column: int, numbers: Sequence[int], grades: Sequence[Grade]) -> StripCell:
    return StripCell(column, max(grades[number] for number in numbers), tuple(numbers))


def _placed(piece: DialoguePiece, column_of: Callable[[int], int]) -> StripPiece:
    first = column_of(piece.position)
    last = column_of(piece.position + max(0, len(piece.text) - 1))
    return StripPiece(piece.sender, piece.text[:_LONGEST_PIECE], first, last - first + 1)


def _joined(pieces: Sequence[DialoguePiece]) -> Iterator[DialoguePiece]:
    """Yield the pieces, those that one sender said one after the other as one: a client may type octet by octet."""
    text: list[str] = []
    begun: DialoguePiece | None = None
    for piece in pieces:
        if begun is not None and piece.sender != begun.sender:
            yield DialoguePiece(begun.at, begun.sender, "".join(text), begun.position)
            begun = None
        if begun is None:
            begun, text = piece, []
        text.append(piece.text)
    if begun is not None:
        yield DialoguePiece(begun.at, begun.sender, "".join(text), begun.position)
