"""Passwords as the commands take them: from a file, from standard input, or from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from simisp.errors import EndpointError

__all__ = ["VARIABLE", "password_from"]

VARIABLE = "SIMISP_PASSWORD"
"""The environment variable that a password may come from."""


def password_from(file: str | Path | None, *, stdin: bool = False) -> str:
    """Return a password: the first line of standard input or of a file, else what the environment has.

    Raises:
        EndpointError: The file can't be read.
    """
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if file is None:
        # Taken out of the environment, so that nothing that is started from here inherits it.
        return os.environ.pop(VARIABLE, "")
    try:
        with Path(file).open(encoding="utf-8") as lines:
            return lines.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EndpointError(f"the password can't be read ({error})", path=str(file)) from error
