"""How fast a sweep plays the real chat in virtual time, and how much real time each case replaced."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from pathlib import Path

from bench._figures import show
from simisp.testing import sweep

_NAIVE = r'TIMEOUT 3600 "" ATZ OK ATDT5551234 CONNECT \d\c ervice? p sername: alice assword: wonderland'
_JOBS = 2
_GOAL = 25.0


def main() -> None:
    """Sweep a script that waits for an hour, with the plan stalls."""
    if not shutil.which("chat"):
        show("stalls with the real chat", "chat is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "naive.chat"
        script.write_text(_NAIVE)
        before = _processor()
        result = sweep("login", command=["chat", "-f", str(script)], plan="stalls", jobs=_JOBS)
        used = _processor() - before
    cases = len(result.results)
    rate = cases / result.seconds
    goal = f"at least {_GOAL:g} on 2 cores"
    show(f"stalls with the real chat: {cases} cases", f"{rate:.1f} a second", goal, met=rate >= _GOAL)
    show("  processor time of a case", f"{used / cases * 1000:.0f} ms", f"cores: {len(os.sched_getaffinity(0))}")
    show("  real time that a case replaced", f"{result.replaced / cases:.0f} s")
    show("  real time that the sweep replaced", f"{result.replaced / 3600:.1f} h")


def _processor() -> float:
    """Return the processor time of this process and of all that it has waited for, in seconds."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
