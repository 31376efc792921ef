"""Processes and pseudo-terminals for the tests of the dialling side."""

from __future__ import annotations

from support.started_processes import processes, pty

__all__ = ["processes", "pty"]
