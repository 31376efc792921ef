"""The fixer: changes a script so that it ends by itself, and leaves the rest as its author wrote it.

A rule that can fix its findings brings the fix along as edits of the text. The edits are made rule by rule, in the
order of the codes, and the script is linted again after each: a ``waitfor`` first gets its limit, then the test of its
success, and so on, until no finding is left that can be fixed without the author. A fix that does not help is undone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from simisp.diagnostics import Diagnostic
from simisp.scp.checker import check
from simisp.scp.edits import applied
from simisp.scp.linter import LintResult, Reported, lint_checked
from simisp.scp.parser import parse
from simisp.scp.rules import DEFAULT_LIMITS, Settings
from simisp.scp.text import encode

__all__ = ["Fixed", "fix"]

_MAX_ROUNDS = 30

_LONGER_THAN_GIVE_UP = "SCP205"

_ONLY_ALLOWED = {"SCP204"}
"""The rules whose fix is a comment that marks the finding as intended."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A script after fixing.

    Attributes:
        text: The script, unchanged if there was nothing to fix.
        applied: The findings that were fixed, in this order; their places are those at the time of fixing.
        remaining: The linter's result for ``text``.
    """

    text: str
    applied: tuple[Diagnostic, ...]
    remaining: LintResult

    @property
    def mended(self) -> tuple[Diagnostic, ...]:
        """The findings fixed in the script itself; a comment that allows a finding does not count."""
        return tuple(each for each in self.applied if each.code not in _ONLY_ALLOWED)

    @property
    def allowed(self) -> tuple[Diagnostic, ...]:
        """The findings that now have a comment that marks them as intended."""
        return tuple(each for each in self.applied if each.code in _ONLY_ALLOWED)

    def encoded_like(self, original: bytes) -> bytes:
        r"""Return the text in the encoding of the file that it came from.

        Example:
            >>> fix(b"; caf\xe9\r\nPROC main\r\nendproc").encoded_like(b"; caf\xe9\r\nPROC main\r\nendproc")
            b'; caf\xe9\r\nproc main\r\nendproc'
        """
        try:
            original.decode("utf-8")
        except UnicodeDecodeError:
            return encode(self.text)
        return self.text.encode("utf-8-sig" if original.startswith(b"\xef\xbb\xbf") else "utf-8")


def fix(
    text: str | bytes,
    *,
    name: str = "<script>",
    default_until: tuple[int, int] = DEFAULT_LIMITS,
    give_up: float | None = None,
    unattended: bool = True,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Fixed:
    r"""Fix what can be fixed in a script. No text makes this raise.

    Args:
        text: The script, as text or as the octets of its file.
        name: The name that users know it by, usually its path.
        default_until: The limits to give to waits without a limit, in whole seconds from 1: for the first wait of the
            script, and for each further one. They are shortened in proportion if the script would otherwise take
            longer than ``give_up``.
        give_up: See :func:`~simisp.scp.linter.lint`, also for the other arguments.
        unattended: Likewise.
        select: Likewise.
        ignore: Likewise.

    Raises:
        ValueError: No rule has such a code, or a limit is below 1.

    Example:
        >>> print(fix('proc main\n  waitfor "ogin:"\n  transmit "guest^M"\nendproc').text)
        proc main
          waitfor "ogin:" until 90
          if $SUCCESS then
          transmit "guest^M"
          endif
        endproc  ; lint: allow SCP204 - PPP starts here even when a wait has failed
    """
    if min(default_until) < 1:
        raise ValueError("a limit must be at least 1 second")
    fixer = _Fixer(name, Settings(give_up, unattended, default_until), select, ignore)
    script = parse(text, name).source.text
    fixed = fixer.fix(script)
    if not _is_too_long(fixed):
        return fixed
    low, high = 0, 99  # a percentage of the limits that is surely short enough, and one that may be
    while low < high:
        middle = (low + high + 1) // 2
        shorter = fixer.with_limits(middle).fix(script)
        if _is_too_long(shorter):
            high = middle - 1
        else:
            low, fixed = middle, shorter
    return fixed


def _is_too_long(fixed: Fixed) -> bool:
    return any(diagnostic.code == _LONGER_THAN_GIVE_UP for diagnostic in fixed.remaining.diagnostics)


@dataclass(frozen=True)
class _Fixer:
    """Fixes scripts under one set of settings."""

    name: str
    settings: Settings
    select: Collection[str]
    ignore: Collection[str]

    def with_limits(self, percentage: int) -> _Fixer:
        """Return a fixer that uses this percentage of the limits."""
        first, further = (max(1, limit * percentage // 100) for limit in self.settings.limits)
        return replace(self, settings=replace(self.settings, limits=(first, further)))

    def fix(self, text: str) -> Fixed:
        """Fix a script, rule by rule."""
        result = self._lint(text)
        done: list[Diagnostic] = []
        useless: set[str] = set()
        rounds = 0
        while rounds < _MAX_ROUNDS and (turn := min(_fixable_codes(result) - useless, default="")):
            rounds += 1
            faults = _fixable(result, turn)
            changed = applied(text, (edit for fault in faults for edit in fault.edits))
            after = self._lint(changed)
            if len(_fixable(after, turn)) < len(faults) and _mistakes(after) <= _mistakes(result):
                text, result = changed, after
                done += [fault.diagnostic for fault in faults]
            else:
                useless.add(turn)
        return Fixed(text, tuple(done), result)

    def _lint(self, text: str) -> LintResult:
        return lint_checked(check(parse(text, self.name)), self.settings, select=self.select, ignore=self.ignore)


def _fixable_codes(result: LintResult) -> set[str]:
    return {each.diagnostic.code for each in result.reported if each.fixable}


def _fixable(result: LintResult, code: str) -> list[Reported]:
    return [each for each in result.reported if each.fixable and each.diagnostic.code == code]


def _mistakes(result: LintResult) -> int:
    """Return how many mistakes keep the script from running."""
    return sum(diagnostic.code < "SCP100" for diagnostic in result.diagnostics)
