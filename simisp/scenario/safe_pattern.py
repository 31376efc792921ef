"""Which regular expressions are taken: those that can't backtrack for ever on a typed line."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["why_unsafe"]

# The parser's module is private in name only since 3.11; it is the one reader of the syntax that agrees with `re`.
from re import _constants as _codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

_LONGEST = 500
_MANY = 16
_MOST_REPEATS = 3
_REPEATS = (_codes.MAX_REPEAT, _codes.MIN_REPEAT, _codes.POSSESSIVE_REPEAT)
_REFUSED = {
    _codes.GROUPREF: "refers back to a group",
    _codes.GROUPREF_EXISTS: "depends on a group",
    _codes.ASSERT: "looks ahead or behind",
    _codes.ASSERT_NOT: "looks ahead or behind",
}


def why_unsafe(expression: str) -> str:
    """Return why an expression is refused, as the end of a sentence; empty when it is taken.

    A repetition may not hold another repetition or an alternation, and a pattern holds at most three repetitions
    of many: a line of 255 octets is then matched in some ten thousand steps at the very most.

    Example:
        >>> why_unsafe("(a+)+b")
        'repeats a repetition, which could take for ever'
        >>> why_unsafe(r"p(pp)?")
        ''
    """
    if len(expression) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    try:
        tree = _parser.parse(expression)
    except (re.error, OverflowError) as error:
        return f"is not a regular expression: {error}"
    except RecursionError:
        return "is nested too deeply"
    repeats: list[str] = []
    reason = _walk(tree, within_repeat=False, repeats=repeats)
    if not reason and len(repeats) > _MOST_REPEATS:
        reason = f"has {len(repeats)} repetitions, {_MOST_REPEATS} are allowed"
    return reason


def _walk(tree: Any, *, within_repeat: bool, repeats: list[str]) -> str:
    """Return the first reason to refuse found in a parsed expression."""
    for code, argument in tree:
        if code in _REFUSED:
            return _REFUSED[code]
        if code in _REPEATS:
            most = argument[1]
            many = most == _codes.MAXREPEAT or most > _MANY
            if within_repeat:
                return "repeats a repetition, which could take for ever"
            if many:
                repeats.append("many")
            reason = _walk(argument[2], within_repeat=most != 1, repeats=repeats)
        elif code is _codes.BRANCH:
            if within_repeat:
                return "repeats an alternation, which could take for ever"
            reason = next(
                filter(None, (_walk(branch, within_repeat=False, repeats=repeats) for branch in argument[1])), ""
            )
        elif code is _codes.SUBPATTERN:
            reason = _walk(argument[3], within_repeat=within_repeat, repeats=repeats)
        elif code is _codes.ATOMIC_GROUP:
            reason = _walk(argument, within_repeat=within_repeat, repeats=repeats)
        else:
            reason = ""
        if reason:
            return reason
    return ""
