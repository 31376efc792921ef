"""Closed standard streams, as with ``<&-`` in a shell."""

from __future__ import annotations

import errno
import os
import sys
from typing import TextIO

__all__ = ["have_output_on_error", "reserve_standard_descriptors", "standard_input", "streams_for_the_line"]

_OUTPUT, _ERROR = 1, 2


def reserve_standard_descriptors() -> None:
    """Keep descriptors 0, 1 and 2 from being given to the next file that is opened, here or by a command.

    That file may be the port, and warnings would then be written to it. A closed stream is opened on ``/dev/null``, in
    the wrong direction, so that reading or writing fails as on a closed one.
    """
    for number, direction in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, direction)
            os.dup2(nowhere, number)
            os.set_inheritable(number, True)  # if they are the same, dup2() has done nothing
            if nowhere != number:
                os.close(nowhere)


def standard_input() -> TextIO:
    """Return standard input.

    Raises:
        OSError: It is closed.
    """
    if sys.stdin is None:  # Python's value for a closed standard stream
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin


def streams_for_the_line() -> tuple[int, int]:
    """Return descriptors for standard input and output, which are then the line's alone.

    What this process reads from standard input is nothing from then on, and what it writes to standard output goes to
    standard error.
    """
    streams = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    have_output_on_error()
    return streams


def have_output_on_error() -> None:
    """Have what this process and its children write to standard output go to standard error from now on.

    If standard error is closed it goes nowhere: that is not a fault of the run.
    """
    if sys.stderr is None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _ERROR)
        os.close(nowhere)
    if sys.stdout is not None:
        sys.stdout.flush()
    os.dup2(_ERROR, _OUTPUT)
