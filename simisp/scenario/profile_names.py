"""The names of the modem profiles. They stand apart, so that a scenario with the usual modem reads no profile."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["BASE", "LEASED_LINE", "PLAIN", "is_file", "shipped_folder", "shipped_names"]

LEASED_LINE = "none"
"""The profile of a line without a modem."""
BASE = "v250"
PLAIN = ("hayes", BASE, LEASED_LINE)
"""The profiles that add nothing to the modem's own commands: no file is read for them.

The files of ``hayes`` and ``v250`` say the same; a test holds them to it.
"""


def shipped_folder() -> Path:
    """Return the folder of the shipped profiles."""
    return Path(__file__).resolve().parent.parent / "modem" / "profiles"


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped profiles."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def is_file(name: str) -> bool:
    """Return whether a profile is named by its file rather than by its name."""
    return "/" in name or name.lower().endswith((".yaml", ".yml"))
