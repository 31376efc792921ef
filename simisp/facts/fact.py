"""The base class of all facts, and the facts by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from enum import Enum
from typing import Any, ClassVar

from simisp.facts.sources import Source
from simisp.machine import Output

__all__ = ["Fact", "Plain", "details_of", "fact_kinds", "values_of"]

Plain = str | int | float | bool | None | tuple["Plain", ...]
"""What a field of a fact can hold."""

_KINDS: dict[str, type[Fact]] = {}
_FIELDS: dict[type[Fact], tuple[Field[Any], ...]] = {}


class Fact(Output):
    """Something that happened and that a transcript records.

    Every fact is a frozen dataclass derived from this one, with three class attributes:

    Attributes:
        kind: Its name in the JSON lines, unique among all facts.
        source: The party that it is about. Octets and circuits have no source: either side may send or drive them.
        passing: The fields that may differ between two equivalent runs, such as a process id.
    """

    __slots__ = ()

    kind: ClassVar[str]
    source: ClassVar[Source]
    passing: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # A dataclass with slots is created twice, and the second class is the one in use.
        known = _KINDS.get(cls.kind)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two facts have the kind {cls.kind!r}: {known.__qualname__} and {cls.__qualname__}")
        _KINDS[cls.kind] = cls


def values_of(fact: Fact) -> Iterator[tuple[Field[Any], object]]:
    """Yield each field of a fact and its value, in the order of its class."""
    kind = type(fact)
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = fields(kind)  # type: ignore[arg-type]
    return ((field, getattr(fact, field.name)) for field in known)


def details_of(fact: Fact) -> dict[str, Plain]:
    """Return a fact's fields by name, as plain values."""
    return {field.name: _plain(value) for field, value in values_of(fact)}


def fact_kinds() -> Mapping[str, type[Fact]]:
    """Return every kind of fact that is defined in the modules imported so far, by name."""
    return _KINDS


def _plain(value: object) -> Plain:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    assert value is None or isinstance(value, str | int | float)
    return value
