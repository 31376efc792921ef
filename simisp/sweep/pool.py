"""Cases played in this process, in several of this machine, or by an executor of the caller's, on many machines.

Cases go out in chunks. A chunk that comes to nothing, because its process or its machine has died, is played in this
process: no case is lost.
"""

from __future__ import annotations

import ctypes
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from types import FrameType

from simisp.errors import SimispError
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import CasePlayer, SweepClient
from simisp.sweep.command_client import CommandClient
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.packed import packed, unpacked

__all__ = ["played"]

_CHUNK = 25
"""So many cases go to a process at a time: enough that their way costs little, few enough for a prompt end."""
_PR_SET_PDEATHSIG = 1

_players: dict[bytes, CasePlayer] = {}
"""The player of a process that plays for others, by a digest of what it plays. There is one at a time."""


def played(
    scenario: LoadedScenario,
    client: SweepClient,
    cases: Sequence[Case],
    *,
    jobs: int = 1,
    executor: Executor | None = None,
) -> Iterator[tuple[int, CaseOutcome]]:
    """Yield the number of each case with what came of it, in the order in which they are done.

    Args:
        scenario: The scenario.
        client: The client.
        cases: The cases.
        jobs: In how many processes they are played; 1 for this one.
        executor: What they are played by, in place of processes of our own.
    """
    if executor is not None:
        yield from _by(executor, scenario, client, cases, _chunk_size(client))
        return
    is_quick = not isinstance(client, CommandClient)
    if jobs == 1 or (is_quick and len(cases) <= _CHUNK):
        player = client.player(scenario)
        for number, case in enumerate(cases):
            yield number, player.play(case)
        return
    # A fork needs no new start, and is safe only in a process without threads.
    method = "fork" if threading.active_count() == 1 else "spawn"
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(method), _begin)
    try:
        yield from _by(pool, scenario, client, cases, _chunk_size(client))
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()  # what plays a command ends it first
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _by(
    executor: Executor, scenario: LoadedScenario, client: SweepClient, cases: Sequence[Case], chunk: int
) -> Iterator[tuple[int, CaseOutcome]]:
    """Play cases by an executor."""
    work = packed(scenario, client)
    starts: dict[Future[list[CaseOutcome]], int] = {}
    left_over: list[int] = []
    for start in range(0, len(cases), chunk):
        try:
            starts[executor.submit(_play, work, cases[start : start + chunk])] = start
        except BrokenExecutor:
            left_over.append(start)
    while starts:
        for done in wait(starts, return_when=FIRST_COMPLETED).done:
            start = starts.pop(done)
            try:
                outcomes = done.result()
            except SimispError:
                raise
            except (BrokenExecutor, CancelledError, Exception):  # noqa: BLE001 - whatever an executor has for a dead machine
                left_over.append(start)
            else:
                yield from enumerate(outcomes, start)
    player = client.player(scenario) if left_over else None
    for start in sorted(left_over):
        for number in range(start, min(start + chunk, len(cases))):
            assert player is not None
            yield number, player.play(cases[number])


def _chunk_size(client: SweepClient) -> int:
    # A case of a command takes long, each another time, and is not to be lost at a Ctrl-C.
    return 1 if isinstance(client, CommandClient) else _CHUNK


def _begin() -> None:
    """Prepare a process of the pool. A Ctrl-C is for the process that has the results."""
    # A signal that is ignored would be ignored by a command that is started here, too; a handler is not inherited.
    signal.signal(signal.SIGINT, _leave_it)
    signal.signal(signal.SIGTERM, _end)
    # Where the other process is killed, this one ends its command and itself: prctl(2).
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _leave_it(_number: int, _frame: FrameType | None) -> None:
    pass


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _play(work: bytes, cases: Sequence[Case]) -> list[CaseOutcome]:
    """Play cases in a process that plays for another one.

    Args:
        work: The scenario and the client, pickled.
        cases: The cases.
    """
    digest = hashlib.sha256(work).digest()
    player = _players.get(digest)
    if player is None:
        scenario, client = unpacked(work)
        player = client.player(scenario)
        _players.clear()
        _players[digest] = player
    try:
        return [player.play(case) for case in cases]
    except SystemExit as end:
        # The pool would take it for an outcome and go on to the next cases. What the case had started has ended.
        os._exit(int(end.code or 0))
