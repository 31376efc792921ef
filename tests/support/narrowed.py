"""Values of which a test knows more than their type says: the test fails where that is not so."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["known", "narrowed"]

T = TypeVar("T")


def narrowed(value: object, kind: type[T]) -> T:
    """Return a value that is to be of this kind."""
    assert isinstance(value, kind), value
    return value


def known(value: T | None) -> T:
    """Return a value that is to be there."""
    assert value is not None
    return value
