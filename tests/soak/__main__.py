"""Ten thousand calls on each kind of port: nothing that is open, runs or is held may grow.

It takes some minutes; the tests have a short form of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does

from support.soaking import ENDPOINTS, soaked

_MOST_GROWTH = 4 * 1024 * 1024
"""Octets of resident memory between the fourth line and the last: what an allocator may keep."""


def main() -> int:
    """Soak each kind; return 1 if anything grew."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, default=10_000)
    arguments.add_argument("endpoints", nargs="*", default=ENDPOINTS)
    call = arguments.parse_args()
    grown = False
    for endpoint in call.endpoints:
        began = time.monotonic()
        held = list(soaked(endpoint, call.calls))
        first, last = held[min(3, len(held) - 1)], held[-1]
        more = last.memory - first.memory
        leaks = last.descriptors > first.descriptors or last.tasks > first.tasks or more > _MOST_GROWTH
        grown = grown or leaks
        print(
            f"{endpoint:<8} {call.calls} calls in {time.monotonic() - began:.0f} s: descriptors {first.descriptors} to "
            f"{last.descriptors}, tasks {first.tasks} to {last.tasks}, memory {more / 1024:+.0f} KiB  "
            f"{'LEAKS' if leaks else 'flat'}",
            flush=True,
        )
    return int(grown)


sys.exit(main())
