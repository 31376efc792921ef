"""What 500 PTY lines in one process hold: descriptors, inotify instances; and how long it takes to open them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

from bench._figures import show
from simisp.runner.station import Station
from simisp.scenario.load import load

_LINES = 500


def main() -> None:
    """Open the lines in one loop and look at what the process has open."""
    asyncio.run(_measure())


async def _measure() -> None:
    scenario = load("login")
    with contextlib.ExitStack() as stack:
        before = _open_files()
        stack.enter_context(Station(scenario))
        first = _open_files()
        began = time.perf_counter()
        for _ in range(_LINES - 1):
            stack.enter_context(Station(scenario))
        lasted = time.perf_counter() - began
        held = _open_files()
        each = (len(held) - len(first)) / (_LINES - 1)
        instances = held.count("anon_inode:inotify")
        show(f"descriptors of each of {_LINES} PTY lines", f"{each:.2f}", "at most 2", met=each <= 2)
        show("  besides them, for all lines of the process", f"{len(first) - len(before) - 2}")
        show(f"inotify instances of {_LINES} PTY lines", f"{instances}", "1", met=instances == 1)
        show("time to open a line", f"{lasted / (_LINES - 1) * 1e3:.2f} ms")


def _open_files() -> list[str]:
    """Return what each descriptor of this process leads to."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the look's own
            found.append(str(path.readlink()))
    return found


if __name__ == "__main__":
    main()
