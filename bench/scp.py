"""How fast dial-up scripts are read and played, with no event loop: one loop over the interpreter's own timer."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from pathlib import Path

from bench._figures import show
from simisp.scp import Interpreter, Program, compile_script, format_script, parse

_SCRIPTS = Path(__file__).parents[1] / "scenarios" / "scripts"
_ROUNDS = 5
_JUNK = {
    "900 KB of parentheses": "(" * 900_000,
    "900 KB of quotes": '"' * 900_000,
    "900 KB of assignments": "proc main\n" + "x=1 " * 225_000 + "endproc",
    "900 KB of nested ifs": "if TRUE then " * 69_000,
    "50 MB of zeros": b"\x00" * 50_000_000,
}


def main() -> None:
    """Measure runs, then reading."""
    repaired = compile_script((_SCRIPTS / "repaired.scp").read_bytes(), "repaired.scp")
    _show_runs("a silent ISP, 90 virtual seconds", lambda: _silent(repaired), 1.0)
    _show_runs("a whole log-in", lambda: _log_in(repaired), 2.0)
    text = (_SCRIPTS / "menu.scp").read_text()
    show("compile menu.scp", f"{_seconds(lambda: compile_script(text)) * 1000:.2f} ms")
    show("format menu.scp", f"{_seconds(lambda: format_script(text)) * 1000:.2f} ms")
    labels = "\n".join(f"L{number}: goto L{9999 - number}" for number in range(10_000))
    once = timeit.timeit(lambda: compile_script(f"proc main\n{labels}\nendproc"), number=1)
    show("compile 10 000 labels", f"{once:.2f} s", "under 5 s", met=once < 5)
    for what, junk in _JUNK.items():
        once = timeit.timeit(lambda junk=junk: parse(junk), number=1)  # type: ignore[misc]
        show(f"parse {what}", f"{once:.2f} s", "under 10 s", met=once < 10)


def _show_runs(what: str, run: Callable[[], None], goal: float) -> None:
    seconds = _seconds(run)
    show(what, f"{seconds * 1000:.3f} ms", f"under {goal:g} ms", met=seconds * 1000 < goal)
    show("  runs a second on one core", f"{1 / seconds:.0f}", "at least 5000", met=seconds < 1 / 5000)


def _seconds(run: Callable[[], object], number: int = 500) -> float:
    """Return how long one run takes, the best of some rounds, after one to warm up."""
    run()
    return min(timeit.repeat(run, number=number, repeat=_ROUNDS)) / number


def _silent(program: Program) -> None:
    """Play against an ISP that never says a word."""
    script = Interpreter(program, user_id="alice", password="wonderland")
    script.start(now=0.0)
    while (due := script.next_timer()) is not None:
        script.handle_timer(now=due)
        script.take_outputs()


def _log_in(program: Program) -> None:
    """Play against an ISP that asks, echoes, and lets in."""
    script = Interpreter(program, user_id="alice", password="wonderland")
    script.start(now=0.0)
    said = (b"Welcome to the ISP\r\n\r\nService? ", b"p\r\nUsername: ", b"alice\r\nPassword: ", b"\r\nPPP\r\n")
    for second, words in enumerate(said):
        script.receive_data(words, now=float(second))
        script.take_outputs()


if __name__ == "__main__":
    main()
