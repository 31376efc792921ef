"""The state of a dialler, saved for other processes: one small file for each port."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from simisp.endpoints.link import private_folder
from simisp.errors import EndpointError
from simisp.procfs.process import process_status

__all__ = ["DialState", "StateFile"]


@dataclass(frozen=True, slots=True)
class DialState:
    """The state of a dialler.

    Attributes:
        pid: The dialler's process id.
        started: When that process started, in clock ticks since boot; together with ``pid`` this identifies it.
        entry: The entry that it dials.
        state: The state of its port, in words.
        since: Since when, in seconds since the Unix epoch.
    """

    pid: int
    started: int
    entry: str
    state: str
    since: float


class StateFile:
    """The state file of one port, in the user's private folder.

    Nothing depends on it: a failure to write it is ignored, and so is a file whose process is gone.

    Args:
        port: The port's path.
    """

    def __init__(self, port: str) -> None:
        self._name = os.path.realpath(port).strip("/").replace("/", "_") + ".state"

    def write(self, entry: str, state: str, since: float) -> None:
        """Save the state of this process."""
        status = process_status(os.getpid())
        if status is None:
            return
        found = DialState(os.getpid(), status.started, entry, state, since)
        with suppress(OSError, EndpointError):
            path = self._path()
            new = path.with_name(f"{path.name}.{os.getpid()}")
            new.write_text(json.dumps(asdict(found)), encoding="utf-8")
            new.replace(path)

    def read(self) -> DialState | None:
        """Return the state of the port's dialler, or None if this user has no such dialler."""
        try:
            found = DialState(**json.loads(self._path().read_text(encoding="utf-8")))
            status = process_status(found.pid)
        except (OSError, EndpointError, ValueError, TypeError):
            return None
        return found if status is not None and not status.ended and status.started == found.started else None

    def remove(self) -> None:
        """Remove the file if this process wrote it."""
        found = self.read()
        if found is not None and found.pid == os.getpid():
            with suppress(OSError, EndpointError):
                self._path().unlink(missing_ok=True)

    def _path(self) -> Path:
        return private_folder() / self._name
