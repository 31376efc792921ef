"""How figures are taken and shown."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

__all__ = ["median_wall", "percentile", "resident_memory", "show", "wall_times"]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which ``percent`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def wall_times(commands: Sequence[Sequence[str]], rounds: int) -> list[list[float]]:
    """Run commands in turn, so that a machine that slows down slows them all; return each one's seconds by round."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for index, command in enumerate(commands):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
