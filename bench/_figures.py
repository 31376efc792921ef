"""How figures are taken and shown."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["as_installed", "median_wall", "percentile", "pythons", "resident_memory", "show", "wall_times"]


@contextmanager
def as_installed() -> Iterator[dict[str, str]]:
    """Yield an environment in which a start finds its modules compiled, as an installation has them.

    An environment may forbid Python to write what it compiles. Our modules would then be compiled at each start, but
    not those that were installed: a fifth of the time of a short command, and a tenth of its memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}


def pythons() -> dict[str, list[str]]:
    """Return the beginning of the command of each Python that has our packages, by its name.

    How a Python was built decides up to a quarter of what it takes. So beside the one that we run with there is the
    system's, if there is one of the same minor version, which can use the same packages.
    """
    found = {"this Python": [sys.executable]}
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    systems = shutil.which(minor, path=os.defpath)
    if systems is not None and Path(systems).resolve() != Path(sys.executable).resolve():
        packages = os.pathsep.join([str(Path.cwd()), *(path for path in sys.path if path.endswith("site-packages"))])
        found["the system's Python"] = ["env", f"PYTHONPATH={packages}", systems]
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which ``percent`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def wall_times(
    commands: Sequence[Sequence[str]], rounds: int, environment: Mapping[str, str] | None = None
) -> list[list[float]]:
    """Run commands in turn, so that a machine that slows down slows them all; return each one's seconds by round."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for index, command in enumerate(commands):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            times[index].append(time.perf_counter() - began)
    return times


def median_wall(times: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(times)


def show(what: str, figure: str, goal: str = "", *, met: bool | None = None) -> None:
    """Print one line: what, figure, goal, and whether it is met."""
    verdict = {True: "met", False: "NOT MET", None: ""}[met]
    print(f"{what:<58} {figure:>22}   {goal:<32} {verdict}".rstrip(), flush=True)


def resident_memory(pid: int) -> int:
    """Return a process's resident memory in octets."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()
