"""The options of a run with a client."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Literal

from simisp.runner.verdict import Verdict
from simisp.virtual_loop.limits import COMPUTE_LIMIT

__all__ = ["GRACE", "RunOptions"]

GRACE = 2.0
"""How many seconds the port may stay open after a run is over."""
_DEFAULT_DEADLINE = 600.0
"""Seconds until the latest time of the verdict, counted from the dialler's giving up if that is later."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of a run with a client. All times are in seconds of the run.

    Attributes:
        give_up: When the dialler loses patience; None for never.
        give_up_kills: What it then ends with SIGTERM: ``"parent"``, only the command itself, as the mail service did;
            or ``"group"``, its whole process group.
        deadline: The latest time for the verdict; None for 600 s, or 600 s after the dialler gives up if that is later.
        grace: How long after the command has ended the port may stay open before that counts as a hang.
        compute_limit: In virtual time, for how many real seconds a client may compute without ever waiting.
        allow_unopened: Whether a command may pass that never opened the port, or never reached the ISP.
        lock_directories: Where to look for lock files; the system's if empty.
        environment: Environment variables for the command, besides this process's.
        quiet: Whether what the command prints is dropped.
        while_held: Called and awaited after a hang verdict and before clean-up; for instance to try a second dialler.
        on_interrupted: Called if the run is cancelled, after the clean-up, with the verdict so far.

    Raises:
        TypeError: A time is not a number of seconds, the lock directories are no list of texts or paths, or the
            environment maps something other than texts to texts.
        ValueError: A time is negative or never comes, ``give_up_kills`` is neither, or ``give_up`` is not before
            ``deadline``.
    """

    give_up: float | None = None
    give_up_kills: Literal["parent", "group"] = "parent"
    deadline: float | None = None
    grace: float = GRACE
    compute_limit: float = COMPUTE_LIMIT
    allow_unopened: bool = False
    lock_directories: Sequence[str | Path] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    while_held: Callable[[], Awaitable[None]] | None = None
    on_interrupted: Callable[[Verdict], None] | None = None

    def __post_init__(self) -> None:
        """Refuse invalid options at once.

        Raises:
            TypeError: A time is not a number of seconds, the lock directories are no list of texts or paths, or the
                environment maps something other than texts to texts.
            ValueError: A time is negative or never comes, ``give_up_kills`` is invalid, or the dialler would give up
                only after the deadline.
        """
        for name in ("give_up", "deadline", "grace", "compute_limit"):
            _check_seconds(name, getattr(self, name))
        _check_folders(self.lock_directories)
        _check_variables(self.environment)
        if self.give_up_kills not in ("parent", "group"):
            raise ValueError(f"give_up_kills must be 'parent' or 'group', not {self.give_up_kills!r}")
        if self.give_up is not None and self.deadline is not None and self.give_up >= self.deadline:
            raise ValueError(f"the dialler gives up after {self.give_up:g} s, the deadline is {self.deadline:g} s")

    @property
    def latest(self) -> float:
        """The latest time for the verdict, in seconds of the run."""
        if self.deadline is not None:
            return self.deadline
        if self.give_up is None or self.give_up < _DEFAULT_DEADLINE:
            return _DEFAULT_DEADLINE
        return self.give_up + _DEFAULT_DEADLINE


def _check_seconds(name: str, value: object) -> None:
    if value is None and name in ("give_up", "deadline"):
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if value == math.inf and name != "grace":
        raise ValueError(f"{name} must be a number of seconds that comes, not {value!r}")
    if not value >= 0:
        raise ValueError(f"{name} must be 0 s or more, not {value!r}")


def _check_folders(folders: object) -> None:
    if isinstance(folders, str | bytes):
        raise TypeError(f"lock_directories is a list of folders, not a text: {folders!r}")
    if not isinstance(folders, Collection):
        raise TypeError(f"lock_directories is a list of folders, not {folders!r}")
    for folder in folders:
        if not isinstance(folder, str | PathLike):
            raise TypeError(f"a lock directory is a text or a path, not {folder!r}")


def _check_variables(environment: object) -> None:
    """Refuse what the system can't take for environment variables. A text is never shown: it may be a secret."""
    if not isinstance(environment, Mapping):
        raise TypeError(f"environment is a mapping of names to texts, not of type {type(environment).__name__}")
    for name, value in environment.items():
        if not isinstance(name, str | bytes | PathLike):
            raise TypeError(f"the name of an environment variable is a text, not {name!r}")
        if not isinstance(value, str | bytes | PathLike):
            raise TypeError(f"the environment variable {name!r} is a text, not {value!r}")
