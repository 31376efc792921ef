"""What the tests here share."""

from support.started_processes import processes, pty

__all__ = ["processes", "pty"]
