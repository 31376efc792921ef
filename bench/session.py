"""What one line costs: the memory of a Session, new and in the middle of a call, and the time to build one.

A bank of lines has a Session for each, all made of one scenario. What the scenario is made into once, its dialogues'
code and its accounts, is shared and not counted.
"""

from __future__ import annotations

import gc
import time
import timeit
import tracemalloc
from collections.abc import Callable

from bench._figures import show
from simisp.circuits import Circuit
from simisp.facts.isp import MarkReached
from simisp.line.session import Session
from simisp.scenario.load import load, loads
from simisp.scenario.session import session_config, session_maker

_CELLULAR = """
title: A cellular modem
modem: {profile: gsm, cellular: {apn: internet, signal: 17}}
isp: {dialogue: [silence]}
"""
_SESSIONS = 1000
_ROUNDS = 50
_CALLS = 40
_TYPED = (b"AT&F&C1&D2S7=60\r", b"ATDT5551234\r", b"p\r", b"alice\r", b"wonderland\r")
"""What a dialler sends to the scenario "login"; each second one piece."""


def main() -> None:
    """Measure many Sessions and show what one of them takes."""
    config = session_config(load("login"))

    def build() -> Session:
        return Session(config)

    def logged_in() -> Session:
        session = Session(config)
        _log_in(session)
        return session

    logged_in()  # patterns and tables that all lines share are made by the first
    for what, make in (("a new Session", build), ("a Session that has logged in", logged_in)):
        kept = _memory(make) / 1024
        show(f"memory of {what}", f"{kept:.1f} KiB", "under 12 KiB", met=kept < 12)
    built, played = _seconds(build) * 1e6, _seconds(logged_in) * 1e6
    show("time to build a Session", f"{built:.0f} us of processor time", "under 150 us", met=built < 150)
    show("  and to play a whole log-in with it", f"{played:.0f} us of processor time")
    _compare_with_cellular(build)


def _compare_with_cellular(build: Callable[[], Session]) -> None:
    """Show what a SIM, a radio network and a multiplexer add to a line: they are made when first asked for."""
    scenario = loads(_CELLULAR)
    make = session_maker(scenario, session_config(scenario))

    def build_cellular() -> Session:
        return make(None)

    build_cellular()
    kept = _memory(build_cellular) / _memory(build)
    show("memory of a Session with a cellular modem", f"{kept:.2f} times that", "at most 1.3 times", met=kept <= 1.3)
    built = _seconds(build_cellular) / _seconds(build)
    show("  and time to build one", f"{built:.2f} times that", "at most 1.3 times", met=built <= 1.3)


def _log_in(session: Session) -> None:
    """Dial and log in, without a clock."""
    session.set_circuit(Circuit.DTR, True, now=0.0)
    now = 0.0
    for typed in _TYPED:
        now += 1.0
        session.receive_data(typed, now=now)
        while (due := session.next_timer()) is not None:
            now = due
            session.handle_timer(now=now)
    assert any(isinstance(output, MarkReached) for output in session.take_outputs()), "the log-in failed"


def _memory(make: Callable[[], Session]) -> float:
    """Return how many octets each of many Sessions keeps."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    sessions = [make() for _ in range(_SESSIONS)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(sessions)


def _seconds(make: Callable[[], Session]) -> float:
    """Return the seconds of processor time of one ``make()``, the best of many rounds: other load only adds to them."""
    return min(timeit.repeat(make, timer=time.process_time, number=_CALLS, repeat=_ROUNDS)) / _CALLS


if __name__ == "__main__":
    main()
