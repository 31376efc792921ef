"""Cases played in this process, or in several."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import CasePlayer, SweepClient
from simisp.sweep.outcome import CaseOutcome

__all__ = ["played"]

_CHUNK = 25
"""So many cases go to a process at a time: enough that their way costs little, few enough for a prompt end."""

_player: list[CasePlayer] = []
"""The player of a process of the pool."""


def played(
    scenario: LoadedScenario, client: SweepClient, cases: Sequence[Case], *, jobs: int = 1
) -> Iterator[tuple[int, CaseOutcome]]:
    """Yield the number of each case with what came of it, in the order in which they are done.

    Args:
        scenario: The scenario.
        client: The client.
        cases: The cases.
        jobs: In how many processes they are played; 1 for this one.
    """
    if jobs == 1 or len(cases) <= _CHUNK:
        player = client.player(scenario)
        for number, case in enumerate(cases):
            yield number, player.play(case)
        return
    # A fork needs no new start, and is safe only in a process without threads.
    method = "fork" if threading.active_count() == 1 else "spawn"
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(method), _begin, (scenario, client))
    try:
        starts: dict[Future[list[CaseOutcome]], int] = {}
        for start in range(0, len(cases), _CHUNK):
            starts[pool.submit(_play, cases[start : start + _CHUNK])] = start
        while starts:
            for done in wait(starts, return_when=FIRST_COMPLETED).done:
                yield from enumerate(done.result(), starts.pop(done))
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(scenario: LoadedScenario, client: SweepClient) -> None:
    """Prepare a process of the pool. A Ctrl-C is for the process that has the results."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _player[:] = [client.player(scenario)]


def _play(cases: Sequence[Case]) -> list[CaseOutcome]:
    return [_player[0].play(case) for case in cases]
