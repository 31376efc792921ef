"""All targets."""

from __future__ import annotations

from fuzz import chats, cmux, lines, messages, ppp, scripts, secrets, settings, smtp

__all__ = ["TARGETS"]

TARGETS = [
    *lines.TARGETS, *settings.TARGETS, *scripts.TARGETS, *secrets.TARGETS, *smtp.TARGETS, *cmux.TARGETS,
    *messages.TARGETS, *ppp.TARGETS, *chats.TARGETS,
]  # fmt: skip
