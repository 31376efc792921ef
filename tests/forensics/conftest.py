"""Processes and pseudo-terminals for the tests of this folder."""

from __future__ import annotations

from support.started_processes import processes, pty

__all__ = ["processes", "pty"]
