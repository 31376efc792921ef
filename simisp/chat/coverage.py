"""What of a chat script can happen: its waits met or in vain, its ABORT texts. Coverage counts these points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from simisp.chat.machine import ChatRun
from simisp.chat.program import ChatProgram, ChatStep, ExpectOctets, SendOctets, SetOption
from simisp.chat.reader import ChatKeyword
from simisp.diagnostics import Place
from simisp.visible import visible

__all__ = ["ChatPoint", "PointKind", "exercised", "point_text", "points_of"]


class PointKind(Enum):
    """What can happen at a step."""

    MET = "expect"
    """What is expected comes."""
    IN_VAIN = "time-out"
    """It does not come in time."""
    ABORT = "abort"
    """An ABORT text comes."""


@dataclass(frozen=True, slots=True)
class ChatPoint:
    """Something that a script can come to.

    Attributes:
        kind: What.
        step: The index of its step.
        place: Where it is in the script.
        text: It in words.
    """

    kind: PointKind
    step: int
    place: Place
    text: str


def points_of(program: ChatProgram) -> tuple[ChatPoint, ...]:
    r"""Return all points of a script, in its order.

    Example:
        >>> from simisp.chat.program import compile_chat
        >>> from simisp.chat.reader import read_chat
        >>> [point.text for point in points_of(compile_chat(read_chat("ABORT BUSY '' ATZ OK ATDT1")))]
        ["abort 'BUSY'", "expect 'OK'", "time-out of 'OK'"]
    """
    return tuple(_points(program))


def _points(program: ChatProgram) -> Iterator[ChatPoint]:
    for number, step in enumerate(program.steps):
        text = point_text(program, step)
        if isinstance(step, ExpectOctets) and step.octets:
            yield ChatPoint(PointKind.MET, number, step.place, text)
            yield ChatPoint(PointKind.IN_VAIN, number, step.place, f"time-out of {visible(step.part.text)!r}")
        elif isinstance(step, SetOption) and step.statement.keyword is ChatKeyword.ABORT:
            yield ChatPoint(PointKind.ABORT, number, step.place, text)


def point_text(program: ChatProgram, step: ChatStep) -> str:
    """Return a step in words, without what it sends: that may be a secret."""
    if isinstance(step, ExpectOctets):
        return f"expect {visible(step.part.text)!r}"
    if isinstance(step, SendOctets):
        expected = program.steps[step.answers]
        after = visible(expected.part.text) if isinstance(expected, ExpectOctets) else ""
        return f"send {'in vain of' if step.in_vain else 'after'} {after!r}"
    if isinstance(step, SetOption):
        value = step.statement.value
        shown = "" if value is None else f" {visible(value.text)!r}"
        return step.statement.keyword.value.lower() + shown
    return step.reason


def exercised(points: tuple[ChatPoint, ...], run: ChatRun) -> tuple[int, ...]:
    """Return the numbers of the points that a run came to."""
    came_to = {PointKind.MET: run.met, PointKind.ABORT: run.met, PointKind.IN_VAIN: run.timed_out}
    return tuple(number for number, point in enumerate(points) if point.step in came_to[point.kind])
