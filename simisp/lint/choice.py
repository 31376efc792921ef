"""Which of a linter's rules are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from simisp.diagnostics import nearest

__all__ = ["chosen_rules"]


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


R = TypeVar("R", bound=_Coded)


def chosen_rules(rules: Sequence[R], select: Collection[str], ignore: Collection[str]) -> list[R]:
    """Return the rules whose code begins with one that is selected, or all, without those that are ignored.

    Args:
        rules: All rules.
        select: The beginnings of codes; empty selects all.
        ignore: Likewise, of what to leave out.

    Raises:
        ValueError: No rule has such a code.
    """
    codes = [rule.code for rule in rules]
    for wanted in (*select, *ignore):
        if not any(code.startswith(wanted) for code in codes):
            near = nearest(wanted, codes)
            raise ValueError(f"no rule has the code {wanted!r}" + (f"; did you mean {near!r}?" if near else ""))
    return [
        rule
        for rule in rules
        if (not select or rule.code.startswith(tuple(select))) and not rule.code.startswith(tuple(ignore))
    ]
