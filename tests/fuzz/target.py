"""What the runner needs to know of a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

__all__ = ["Case", "Target"]

Case = tuple[Any, ...]
"""An input: plain values only, so that its repr is the input again."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that random input is thrown at.

    Attributes:
        name: What it is called on the command line.
        make: Makes an input.
        check: Tries it; raises when something does not hold.
        smoke: How many inputs the smoke test tries.
    """

    name: str
    make: Callable[[Random], Case]
    check: Callable[..., None]
    smoke: int = 200
