"""The names of a port's lock files, and the lock directories.

Programs that dial agree on ``LCK..NAME`` but not on NAME. For a port given as ``/dev/modem``, a symlink to
``/dev/pts/3``:

==================  ===========================================  ==============
program             NAME                                         lock file
==================  ===========================================  ==============
pppd, minicom       what follows ``/dev/``, slashes as ``_``;    ``LCK..modem``
                    outside of ``/dev`` the last part of the
                    path as it was given
cu, uucico          the last part of the path as it was given    ``LCK..modem``
C-Kermit            the last part of the path, symlinks resolved ``LCK..3``
==================  ===========================================  ==============

Two programs that are given different names of one port, or that follow different customs, miss each other's lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from simisp.errors import EndpointError

__all__ = ["DIRECTORIES_VARIABLE", "LOCK_DIRECTORIES", "PREFIX", "lock_directories", "lock_names"]

PREFIX = "LCK.."
LOCK_DIRECTORIES = (Path("/var/lock"), Path("/run/lock"))
"""Where programs keep lock files. Usually one is a symlink to the other."""
DIRECTORIES_VARIABLE = "SIMISP_LOCK_DIR"
"""The environment variable for other lock directories, separated by colons."""


def lock_names(port: str) -> tuple[str, ...]:
    """Return every name that a lock file for this port may have, in order and without duplicates.

    Example:
        >>> lock_names("/dev/pts/no-such-pty")
        ('LCK..no-such-pty', 'LCK..pts_no-such-pty')
    """
    paths = (Path(port).absolute(), Path(os.path.realpath(port)))
    return tuple(sorted({PREFIX + name for path in paths for name in (path.name, _below_dev(path))}))


def lock_directories(
    configured: Iterable[str | Path] = (), *, environment: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """Return the lock directories in use: those configured, else those in the environment, else the system's.

    Two paths to one directory count once. Missing system directories are left out.

    Args:
        configured: Directories that the user named; they must exist.
        environment: Where to look up :data:`DIRECTORIES_VARIABLE`.

    Raises:
        EndpointError: A named directory does not exist, or no directory exists at all.
    """
    named = [Path(directory) for directory in configured]
    named = named or [Path(text) for text in environment.get(DIRECTORIES_VARIABLE, "").split(":") if text]
    for directory in named:
        if not directory.is_dir():
            raise EndpointError("this lock directory does not exist", path=str(directory), remedy="create it")
    found: dict[Path, Path] = {}
    for directory in named or LOCK_DIRECTORIES:
        if directory.is_dir():
            found.setdefault(directory.resolve(), directory)
    if not found:
        missing = " and ".join(map(str, LOCK_DIRECTORIES))
        raise EndpointError("no lock directory exists", path=missing, remedy="name one with --lock-dir")
    return tuple(found.values())


def _below_dev(path: Path) -> str:
    return str(path.relative_to("/dev")).replace("/", "_") if path.is_relative_to("/dev") else path.name
