"""Decides which regular expressions are accepted: those that cannot backtrack forever on a typed line."""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

from simisp.isp.line_input import LONGEST_LINE

__all__ = ["MOST_STEPS_OF_A_QUESTION", "steps", "why_unsafe"]

# Since 3.11 the parser's module is private, but it is the only parser of the syntax that agrees with `re`.
from re import _constants as _codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

_LONGEST = 500
_MOST_STEPS = 12_000_000  # a tenth of a second
MOST_STEPS_OF_A_QUESTION = 4 * _MOST_STEPS
"""How many steps all patterns of one question may take together, since a line is compared with each in turn."""

_MOST_WAYS = 3_000_000
_MOST_TIMES = 30  # repetitions of something that matches in two ways: 2 to the power of 30 is too many
_REFUSED = {
    _codes.GROUPREF: "refers back to a group",
    _codes.GROUPREF_EXISTS: "depends on a group",
    _codes.ASSERT: "looks ahead or behind",
    _codes.ASSERT_NOT: "looks ahead or behind",
}


_REPEATS = frozenset({_codes.MAX_REPEAT, _codes.MIN_REPEAT, _codes.POSSESSIVE_REPEAT})


class _RefusedError(Exception):
    """The expression has a part for which no bound is known."""


def why_unsafe(expression: str) -> str:
    """Return why an expression is refused, as the end of a sentence; empty if it is accepted.

    A backtracking matcher tries, in the worst case, every way in which the repetitions and alternatives can divide the
    line among them, and in each way it takes a step for each character that a fixed repetition has. An expression is
    accepted if these steps are few for the longest line that can be typed: three unbounded repetitions are few, and so
    is a repetition inside another if each character decides what it belongs to.

    Example:
        >>> why_unsafe("(a+)+b")
        'could take forever: its repetitions and alternatives multiply'
        >>> why_unsafe(r"p(pp)?"), why_unsafe("(ab?)*")
        ('', '')
    """
    try:
        is_slow = steps(expression) > _MOST_STEPS
    except (re.error, OverflowError, Warning) as error:
        return f"is not a regular expression: {str(error).lower()}"
    except RecursionError:
        return "is nested too deeply"
    except _RefusedError as refused:
        return str(refused)
    return "could take forever: its repetitions and alternatives multiply" if is_slow else ""


def steps(expression: str) -> int:
    """Return how many steps an expression may take on the longest line that can be typed; inexact if very many.

    Raises:
        re.error: It is not an expression.
        _RefusedError: It has a part for which no bound is known.
    """
    if len(expression) > _LONGEST:
        raise _RefusedError(f"is longer than {_LONGEST} characters")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = _parser.parse(expression)
    ends: list[int] = []
    ways = _ways(tree, ends) * math.comb(LONGEST_LINE + len(ends), len(ends))
    return (_MOST_STEPS + 1 if ways > _MOST_WAYS else ways) * max(_length(tree), 1)


def _length(tree: Any) -> int:
    """Return how many characters a parsed expression examines in each way, without those that a repetition adds."""
    total = 0
    for code, argument in tree:
        if code in _REPEATS:
            total += argument[0] * _length(argument[2])
        elif code is _codes.BRANCH:
            total += max(map(_length, argument[1]))
        elif code is _codes.SUBPATTERN:
            total += _length(argument[3])
        elif code is _codes.ATOMIC_GROUP:
            total += _length(argument)
        else:
            total += 1
    return total


def _ways(tree: Any, unbounded: list[int]) -> int:
    """Return in how many ways a parsed expression can be tried, not counting its unbounded repetitions.

    Args:
        tree: The expression.
        unbounded: Gets an item for each repetition that is bounded only by the line: the ways in which they divide a
            line of n octets are counted together, since they can't all be long.
    """
    ways = 1
    for code, argument in tree:
        if code in _REFUSED:
            raise _RefusedError(_REFUSED[code])
        ways = min(ways * _ways_of_one(code, argument, unbounded), _MOST_WAYS + 1)
    return ways


def _ways_of_one(code: Any, argument: Any, unbounded: list[int]) -> int:
    if code in _REPEATS:
        least, most, body = argument
        return _ways_of_repeat(least, most, body, unbounded)
    if code is _codes.BRANCH:
        return sum(_ways(branch, unbounded) for branch in argument[1])
    if code is _codes.SUBPATTERN:
        return _ways(argument[3], unbounded)
    if code is _codes.ATOMIC_GROUP:
        return _ways(argument, unbounded)
    return 1


def _ways_of_repeat(least: int, most: int, body: Any, unbounded: list[int]) -> int:
    within: list[int] = []
    once = _ways(body, within)
    if once == 1 and not within:
        if most > LONGEST_LINE:
            unbounded.append(1)
            return 1
        return most - least + 1
    if most <= 1:  # an optional part: its contents count as they do outside
        unbounded += within
        return once + 1 - least
    if within or most > _MOST_TIMES:
        from simisp.scenario.unambiguous import is_unambiguous  # few patterns have a repetition in another

        if not is_unambiguous(body):
            return _MOST_WAYS + 1
        unbounded.append(1)  # one way to reach each place on the line, as with a single character
        return 1
    return sum(once**times for times in range(least, most + 1))
