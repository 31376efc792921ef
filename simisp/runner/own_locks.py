"""A lock folder that a run has to itself: ``{locks}`` in its command."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence

from simisp.runtime.placeholders import LOCKS_PLACEHOLDER, has, written

__all__ = ["own_locks"]


@contextlib.contextmanager
def own_locks(command: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    """Make a lock folder where a command asks for one, and remove it with all that the command put there.

    Args:
        command: The program and its arguments.

    Yields:
        The command with the folder's path written into it, and that path; empty if the command asks for none.
    """
    if not any(has(word, LOCKS_PLACEHOLDER) for word in command):
        yield command, ""
        return
    with tempfile.TemporaryDirectory(prefix="simisp-locks-", ignore_cleanup_errors=True) as folder:
        yield [written(word, LOCKS_PLACEHOLDER, folder) for word in command], folder
