"""What a line costs in memory: a bank of lines has a Session for each."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from simisp.line.session import Session
from simisp.scenario.load import load
from simisp.scenario.session import session_config
from support.session_dte import Dte, dial

_MOST = 12 * 1024
_SESSIONS = 50


def _logged_in(session: Session) -> Session:
    dte = Dte(session)
    dte.type("AT&F&C1&D2S7=60S0=0\r")
    assert dial(dte) == ""
    return session


@pytest.mark.parametrize("prepare", [lambda session: session, _logged_in], ids=["new", "logged in"])
def test_a_session_takes_less_than_12_kib(prepare: Callable[[Session], Session]) -> None:
    config = session_config(load("login"))
    prepare(Session(config))  # what all lines share is made by the first
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        sessions = [prepare(Session(config)) for _ in range(_SESSIONS)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / len(sessions) < _MOST
