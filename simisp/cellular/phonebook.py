"""The phone books of a modem (3GPP TS 27.007, 8.11 to 8.14)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LONGEST_NAME", "LONGEST_PHONE_NUMBER", "PHONEBOOK_SIZE", "Phonebook", "PhonebookEntry"]

PHONEBOOK_SIZE = 250
LONGEST_PHONE_NUMBER = 40
LONGEST_NAME = 14


@dataclass(frozen=True, slots=True)
class PhonebookEntry:
    """An entry: the number and the name as written by the DTE, and the type of the number."""

    number: str
    kind: int
    name: str


class Phonebook:
    """Entries by storage and place; ``selected`` is the storage in use (+CPBS)."""

    NAMES = ("SM", "ME", "DC", "EN", "FD", "LD", "MC", "ON", "RC")

    def __init__(self) -> None:
        self.selected = "SM"
        self._entries: dict[tuple[str, int], PhonebookEntry] = {}

    def at(self, place: int) -> PhonebookEntry | None:
        """Return the entry at a place of the storage in use, or None."""
        return self._entries.get((self.selected, place))

    @property
    def used(self) -> int:
        """How many places of the storage in use have an entry."""
        return sum(storage == self.selected for storage, _ in self._entries)

    def entries(self) -> list[tuple[int, PhonebookEntry]]:
        """Return the entries of the storage in use with their places, in order."""
        return sorted(
            ((place, entry) for (storage, place), entry in self._entries.items() if storage == self.selected),
            key=lambda found: found[0],
        )

    def write(self, place: int, entry: PhonebookEntry | None) -> None:
        """Put an entry at a place of the storage in use; None deletes it."""
        if entry is None:
            self._entries.pop((self.selected, place), None)
        else:
            self._entries[self.selected, place] = entry

    def free_place(self) -> int | None:
        """Return the first free place of the storage in use, or None."""
        places = range(1, PHONEBOOK_SIZE + 1)
        return next((place for place in places if (self.selected, place) not in self._entries), None)
