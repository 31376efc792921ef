"""Processes and pseudo-terminals for the tests of the dialling side."""

from __future__ import annotations

from started import processes, pty

__all__ = ["processes", "pty"]
