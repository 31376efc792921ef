"""What the tests of the commands share."""

from __future__ import annotations

from support.started_processes import processes

__all__ = ["processes"]
