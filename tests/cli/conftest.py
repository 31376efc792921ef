"""What the tests of the commands share."""

from __future__ import annotations

from started import processes

__all__ = ["processes"]
