"""The accounts that may log in."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Accounts"]


class Accounts:
    """User names and their passwords. Both are compared exactly, as terminal servers do.

    Example:
        >>> Accounts({"alice": "wonderland"}).accepts("alice", "Wonderland")
        False
    """

    def __init__(self, passwords: Mapping[str, str] | None = None) -> None:
        self._passwords = dict(passwords or {})

    def __len__(self) -> int:
        return len(self._passwords)

    @property
    def passwords(self) -> tuple[str, ...]:
        """Every password, for masking."""
        return tuple(self._passwords.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Every user name."""
        return tuple(self._passwords)

    def accepts(self, user: str, password: str) -> bool:
        """Return whether ``password`` is the password of ``user``."""
        return self._passwords.get(user) == password
