"""What the tests here share."""

from started import processes, pty

__all__ = ["processes", "pty"]
