"""Reads a mail queue without changing it: creates no folder, takes no lock, removes nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from simisp.dialling.mail.envelope import parse_message
from simisp.mail.message import Message

__all__ = ["read_queue"]

_MOST_OCTETS = 64 << 20


def read_queue(folder: Path, *, host: str = "localhost") -> list[Message]:
    """Return the messages waiting in a Maildir, the oldest first; empty if there is no such folder.

    Files that are not regular or can't be read are left out.

    Args:
        folder: The Maildir.
        host: The service's name, for Message-IDs.
    """
    found = []
    with suppress(OSError), os.scandir(folder / "new") as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    found.append(parse_message(entry.name, _octets(entry.path), host=host))
    return found


def _octets(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_MOST_OCTETS)
