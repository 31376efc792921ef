"""How long a client may be without progress in virtual time. Nothing is imported here, so that options may name it."""

from __future__ import annotations

__all__ = ["COMPUTE_LIMIT"]

COMPUTE_LIMIT = 60.0
"""Real seconds without any passing of time after which a computing client is given up, unless configured otherwise."""
