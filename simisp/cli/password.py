"""Passwords for commands: from a file, from standard input, or from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.cli.standard_streams import standard_input
from simisp.errors import FileError

__all__ = ["VARIABLE", "password_from"]

VARIABLE = "SIMISP_PASSWORD"
"""The environment variable that a password may come from."""


def password_from(file: str | Path | None, *, stdin: bool = False) -> str:
    """Return a password: the first line of standard input or of a file, else the environment's.

    Raises:
        FileError: It can't be read, or is not UTF-8.
    """
    if file is None and not stdin:
        # Removed from the environment, so that no child process inherits it.
        return os.environ.pop(VARIABLE, "")
    try:
        if stdin:
            return standard_input().readline().rstrip("\r\n")
        with Path(str(file)).open(encoding="utf-8") as lines:
            return lines.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        where = "standard input" if stdin else str(file)
        raise FileError(f"the password can't be read ({reason})", path=where) from error
