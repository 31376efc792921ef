"""Mappings that store only what differs from factory values."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

__all__ = ["Differences"]

_Name = TypeVar("_Name", bound=Hashable)
_Value = TypeVar("_Value")


class _Overlaid(Mapping[_Name, _Value]):
    """Values of which some differ from those of a table."""

    __slots__ = ("_changed", "_factory")

    def __init__(self, changed: Mapping[_Name, _Value], factory: Mapping[_Name, _Value]) -> None:
        self._changed, self._factory = changed, factory

    def __getitem__(self, name: _Name) -> _Value:
        return self._changed[name] if name in self._changed else self._factory[name]

    def __iter__(self) -> Iterator[_Name]:
        return iter(self._factory)

    def __len__(self) -> int:
        return len(self._factory)


class Differences(Mapping[_Name, _Value]):
    """A mapping over factory values: it stores what differs from them and looks up the rest.

    A modem has 256 S-registers and about seventy other settings, most of which never change. A bank of lines shares
    one table of factory values, and each line stores only what its client has set.

    Args:
        factory: Every name with its factory value. It is shared and must not change.

    Example:
        >>> settings = Differences({"E": 1, "V": 1})
        >>> settings["E"] = 0
        >>> dict(settings), settings.changed
        ({'E': 0, 'V': 1}, {'E': 0})
        >>> settings["E"] = 1
        >>> settings.changed
        {}
    """

    __slots__ = ("_changed", "_factory", "difference", "in_force")

    def __init__(self, factory: Mapping[_Name, _Value]) -> None:
        self._factory = factory
        self._changed: dict[_Name, _Value] = {}
        self.in_force = factory
        """All values until the next change. Most modems have changed none: then this is the table itself, which is
        quicker to look up in.
        """
        self.difference: tuple[tuple[_Name, _Value], ...] = ()
        """The values that differ from the factory's: a key for what follows from all values."""

    def __getitem__(self, name: _Name) -> _Value:
        return self.in_force[name]

    def __setitem__(self, name: _Name, value: _Value) -> None:
        """Set a value.

        Raises:
            KeyError: The factory values have no such name.
        """
        if self._factory[name] != value:
            self._changed[name] = value
        elif name in self._changed:
            del self._changed[name]
        else:
            return
        self._put_in_force()

    def __iter__(self) -> Iterator[_Name]:
        return iter(self._factory)

    def __len__(self) -> int:
        return len(self._factory)

    @property
    def factory(self) -> Mapping[_Name, _Value]:
        """The factory values that it was made with."""
        return self._factory

    @property
    def changed(self) -> Mapping[_Name, _Value]:
        """The values that differ from the factory's."""
        return dict(self._changed)

    def load(self, other: Differences[_Name, _Value]) -> None:
        """Copy all values of ``other``, which must have the same factory values."""
        if self._changed or other._changed:
            self._changed = dict(other._changed)
            self._put_in_force()

    def _put_in_force(self) -> None:
        self.in_force = _Overlaid(self._changed, self._factory) if self._changed else self._factory
        self.difference = tuple(self._changed.items())
