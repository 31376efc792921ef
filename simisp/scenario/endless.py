"""Finds loops that never wait: a dialogue in such a loop would send forever and never read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from simisp.isp.steps import (
    AwaitDeed,
    Begin,
    CheckAccount,
    HandOver,
    HangUp,
    Instruction,
    JumpTo,
    Mark,
    Pause,
    ReadLine,
    RepeatFrom,
    Send,
    Silence,
)

__all__ = ["endless_loops"]

_SHORTEST_WAIT = 0.001  # seconds


def endless_loops(code: Sequence[Instruction]) -> Iterator[int]:
    r"""Yield, for each loop that never waits, the index of its last instruction.

    Between two waits a dialogue has only one possible path, so following each path once is enough. A counted repetition
    ends by itself, and the check of an account always follows a prompt.

    Example:
        >>> from simisp.isp.steps import Send
        >>> list(endless_loops([Send("On and on\n"), JumpTo(0)]))
        [1]
        >>> list(endless_loops([Send("On and on\n"), Pause(1.0), JumpTo(0)]))
        []
    """
    seen: dict[int, int] = {}
    for start in range(len(code)):
        index: int | None = start
        while index is not None and index < len(code) and index not in seen:
            seen[index] = start
            index = _next(code[index], index)
        if index is not None and seen.get(index) == start:
            yield _last_of_loop(code, index)


def _next(instruction: Instruction, index: int) -> int | None:
    """Return the instruction that immediately follows an instruction, or None if the dialogue waits there."""
    match instruction:
        case ReadLine() | AwaitDeed() | CheckAccount() | HangUp() | HandOver() | Silence(None):
            return None
        case Pause(seconds) | Silence(seconds) if seconds is not None and seconds >= _SHORTEST_WAIT:
            return None
        case JumpTo(target):
            return target
        case Send() | Mark() | Begin() | RepeatFrom() | Pause() | Silence():
            return index + 1
        case _:
            assert_never(instruction)


def _last_of_loop(code: Sequence[Instruction], start: int) -> int:
    last, index = start, _next(code[start], start)
    while index is not None and index != start:
        last, index = max(last, index), _next(code[index], index)
    return last
