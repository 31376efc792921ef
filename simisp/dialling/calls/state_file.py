"""What a dialler is at, written down for those who ask: one small file for each port."""

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
    """What a dialler is at.

    Attributes:
        pid: The dialler's process.
        started: When that began, in clock ticks since the system's start; with ``pid`` its identity.
        entry: What it dials.
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

    Nothing depends on it: a file that can't be written is done without, and one whose process is gone counts as none.

    Args:
        port: The port's path.
    """

    def __init__(self, port: str) -> None:
        self._name = os.path.realpath(port).strip("/").replace("/", "_") + ".state"

    def write(self, entry: str, state: str, since: float) -> None:
        """Write down what this process is at."""
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
        """Return what the port's dialler is at, or None when there is no such dialler of this user."""
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
