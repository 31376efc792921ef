"""The names of a port's lock files, and the directories that they lie in.

Programs that dial agree on ``LCK..NAME`` but not on NAME. For a port given as ``/dev/modem``, a symlink to
``/dev/pts/3``:

==================  ===========================================  ==============
who                 NAME                                         lock file
==================  ===========================================  ==============
pppd, minicom       what follows ``/dev/``, slashes as ``_``;    ``LCK..modem``
                    outside of ``/dev`` the last part of the
                    path as it was given
cu, uucico          the last part of the path as it was given    ``LCK..modem``
C-Kermit            the last part of the path behind symlinks    ``LCK..3``
==================  ===========================================  ==============

Two programs that were given different names of one port, or that differ in this habit, don't see each other's lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from simisp.errors import EndpointError

__all__ = ["DIRECTORIES_VARIABLE", "LOCK_DIRECTORIES", "PREFIX", "lock_directories", "lock_names"]

PREFIX = "LCK.."
LOCK_DIRECTORIES = (Path("/var/lock"), Path("/run/lock"))
"""Where programs keep lock files. Mostly one is a symlink to the other."""
DIRECTORIES_VARIABLE = "SIMISP_LOCK_DIR"
"""The environment variable that names other directories, separated by colons."""


def lock_names(port: str) -> tuple[str, ...]:
    """Return every name that a lock file for this port may have, without doubles and in order.

    Example:
        >>> lock_names("/dev/pts/no-such-pty")
        ('LCK..no-such-pty', 'LCK..pts_no-such-pty')
    """
    paths = (Path(port).absolute(), Path(os.path.realpath(port)))
    return tuple(sorted({PREFIX + name for path in paths for name in (path.name, _below_dev(path))}))


def lock_directories(
    configured: Iterable[str | Path] = (), *, environment: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """Return the lock directories in use: those configured, else those of the environment, else the system's.

    A directory that is reached by two paths counts once. Of the system's own those that don't exist are left out.

    Args:
        configured: Directories that the user named; they have to exist.
        environment: Where :data:`DIRECTORIES_VARIABLE` is looked up.

    Raises:
        EndpointError: A directory that was named does not exist, or none at all does.
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
