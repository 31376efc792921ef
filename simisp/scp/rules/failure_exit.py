"""The label before ``endproc`` to which a script jumps after a failure.

The language has no way to report failure. What a script can do is jump to its end, past everything that would be sent
to a remote that is not listening, but not past the statements there that restore the port settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, takewhile

from simisp.scp.edits import Edit
from simisp.scp.rules.rule import Subject
from simisp.scp.syntax import Label, SetPortCommand, SetScreenCommand, Statement

__all__ = ["closing_statements", "failure_exit"]

_NAME = "Failed"


def closing_statements(body: Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements at the end of a body that only clean up: settings, and labels among them."""
    closing = list(takewhile(lambda each: isinstance(each, Label | SetPortCommand | SetScreenCommand), reversed(body)))
    return closing[::-1]


def failure_exit(subject: Subject) -> tuple[str, tuple[Edit, ...]]:
    """Return the label to jump to after a failure, and the edit that adds it if the script lacks it."""
    main, scope = subject.main, subject.checked.main
    if main is None or main.end is None or scope is None:
        return _NAME, ()
    closing = closing_statements(main.body)
    own = {each.name.key for each in closing if isinstance(each, Label)}
    taken = (set(scope.labels) | set(scope.variables)) - own
    name = next(each for each in (f"{_NAME}{number or ''}" for number in count()) if each.lower() not in taken)
    if name.lower() in own:
        return name, ()
    place = closing[0].place if closing else main.end
    return name, (subject.layout.before(place, [f"{name}:"], like=main.end, shared=True),)
