"""The same dials in real time, all at once: they wait nearly all the while, and so do not disturb each other."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import tempfile
import time
import tty
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they lie in tests
    from support.dialling_programs import Dial
    from support.virtual_line import FarEnd

__all__ = ["durations"]


class _Line:
    """One program on a PTY whose far end is scripted, in real time."""

    def __init__(self, dial: Dial, far_end: FarEnd, folder: Path) -> None:
        self.far_end = far_end
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.fchmod(slave, 0o666)  # some programs become another user
        port = os.ttyname(slave)
        command, on_line = dial(port, folder)
        self.began = time.monotonic()
        self.lasted: float | None = None
        self.child = subprocess.Popen(
            command,
            stdin=slave if on_line else subprocess.DEVNULL,
            stdout=slave if on_line else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._kept = slave

    def move(self) -> None:
        """Take what came, and say what is due."""
        now = time.monotonic() - self.began
        while select.select([self.master], [], [], 0)[0]:
            self.far_end.receive_data(os.read(self.master, 4096), now=now)
        due = self.far_end.take_due(now=now)
        if due:
            os.write(self.master, due)
        if self.child.poll() is not None and self.lasted is None:
            self.lasted = now

    def close(self) -> None:
        """End the program if it is still there, and give the PTY back."""
        self.child.kill()
        self.child.wait()
        os.close(self.master)
        os.close(self._kept)


def durations(dials: Mapping[str, Dial], far_end: Callable[[], FarEnd], *, most: float = 120.0) -> dict[str, float]:
    """Return how long each program took in real time, in seconds; one that is not done after ``most`` is left out."""
    with tempfile.TemporaryDirectory(prefix="simisp-bench-") as name:
        lines = {}
        for number, (program, dial) in enumerate(dials.items()):
            folder = Path(name) / str(number)
            folder.mkdir()
            lines[program] = _Line(dial, far_end(), folder)
        end = time.monotonic() + most
        try:
            while any(line.lasted is None for line in lines.values()) and time.monotonic() < end:
                select.select([line.master for line in lines.values() if line.lasted is None], [], [], 0.01)
                for line in lines.values():
                    line.move()
        finally:
            for line in lines.values():
                line.close()
    return {program: line.lasted for program, line in lines.items() if line.lasted is not None}
