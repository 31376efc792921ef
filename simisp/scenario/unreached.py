"""Finds steps that never run because the call was handed over before them: to PPP, to SLIP, or to a program.

A hand-over ends the dialogue for good, and what has the call then ends it. Steps behind ``hang up``, ``silence`` and
``go to`` are not looked for: whoever tries out how a dialogue fails puts such a step into its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
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

__all__ = ["reached"]


def reached(code: Sequence[Instruction]) -> frozenset[int]:
    """Return the indices of the instructions that can run, if only a hand-over keeps what follows it from running.

    Example:
        >>> from simisp.isp.steps import Send
        >>> over = HandOver("PPP", lambda: ...)
        >>> sorted(reached([Send("Hello"), over, Send("Never")]))
        [0, 1]
        >>> sorted(reached([JumpTo(2), over, Send("Here")]))
        [0, 1, 2]
    """
    found: set[int] = set()
    open_ends = [0]
    while open_ends:
        index = open_ends.pop()
        if index < len(code) and index not in found:
            found.add(index)
            open_ends += _next(code[index], index)
    return frozenset(found)


def _next(instruction: Instruction, index: int) -> tuple[int, ...]:
    """Return the instructions that may follow an instruction."""
    match instruction:
        case HandOver():
            return ()
        case ReadLine():
            answers = tuple(target for _, target in instruction.choices)
            late = () if instruction.within is None else (instruction.late,)
            return (instruction.again, *answers, instruction.otherwise, *late, index + 1)
        case AwaitDeed(then=then, within=within, late=late):
            return (then,) if within is None else (then, late)
        case CheckAccount():
            return (instruction.accepted, instruction.refused, instruction.exhausted)
        case JumpTo(target):
            return (target, index + 1)
        case Send() | Mark() | Begin() | RepeatFrom() | Pause() | Silence() | HangUp():
            return (index + 1,)
        case _:
            assert_never(instruction)
