"""Pure runs: how many whole log-ins a second, from a new line to the verdict, in a second of processor time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from bench._figures import pythons, show
from simisp.runner.pure import PureRunner
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear, PureClient, ScriptClient
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import load
from simisp.scp.compiler import compile_script

_RUNS = 50
_ROUNDS = 100
_GOAL = 5000
_DIALLING = """
  transmit "ATDT5551234^M"
  waitfor "CONNECT" until 60
"""
_SCRIPT = """
proc main
{dialling}
  waitfor "ervice?" until 30
  transmit "p^M"
  waitfor "sername:" until 30
  transmit "alice^M"
  waitfor "assword:" until 30
  transmit $PASSWORD
  transmit "^M"
  waitfor "PPP mode" until 30
endproc
"""


def main() -> None:
    """Log in again and again with each Python, and show how often that goes in a second."""
    for name, python in pythons().items():
        measure = "import sys; from bench.pure import measure; measure(sys.argv[1])"
        subprocess.run([*python, "-c", measure, name], check=True)


def measure(python: str) -> None:
    """Show the figures of the Python that this runs in.

    Args:
        python: What it is called.
    """
    runner = PureRunner(load("login"))
    dials, dialled = (compile_script(_SCRIPT.format(dialling=dialling)) for dialling in (_DIALLING, ""))

    def script() -> PureClient:
        return ScriptClient(dials, number=None, password="wonderland")

    def dialler() -> PureClient:
        return ScriptClient(dialled, number="T5551234", password="wonderland")

    for what, make in (("a generator", _generator), ("a script", script)):
        rate = _rate(runner, make)
        show(f"pure log-ins with {what}, {python}", f"{rate:.0f} a second", "5000 a second", met=rate >= _GOAL)
    show("  ATZ, as our dialler begins, then the script", f"{_rate(runner, dialler):.0f} a second")


def _generator() -> PureClient:
    return GeneratorClient(_log_in)


def _log_in() -> Conversation:
    yield b"ATDT5551234\r"
    for prompt, answer in (("CONNECT", b""), ("ervice?", b"p\r"), ("sername:", b"alice\r"), ("word:", b"wonderland\r")):
        if (yield Hear(prompt, within=60)) is None:
            return 1
        yield answer
    return 0 if (yield Hear("PPP mode", within=60)) else 1


def _rate(runner: PureRunner, make: Callable[[], PureClient]) -> float:
    """Return the runs in a second of processor time: the best of many rounds, for other load only adds to them."""
    verdict = runner.play(make())
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_RUNS):
            runner.play(make())
        best = min(best, time.process_time() - began)
    return _RUNS / best


if __name__ == "__main__":
    main()
