"""Work with a client, in this process, in several of this machine, or by an executor of the caller's, on many machines.

Work goes out in chunks. A chunk that comes to nothing, because its process or its machine has died, is done in this
process: no case is lost.
"""

from __future__ import annotations

import ctypes
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from simisp.errors import SimispError
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import CasePlayer, SweepClient
from simisp.sweep.command_client import CommandClient
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.packed import packed, unpacked

__all__ = ["done", "played"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Task = Callable[[LoadedScenario, CasePlayer, _Item], _Result]
"""What is done with an item, by the player of a scenario. It can be pickled."""

_CHUNK = 25
"""So many cases go to a process at a time: enough that their way costs little, few enough for a prompt end."""
_PR_SET_PDEATHSIG = 1

_players: dict[bytes, tuple[LoadedScenario, CasePlayer]] = {}
"""What a process that plays for others has, by a digest of what it plays. There is one at a time."""


@dataclass(slots=True)
class _Work:
    """What a process of the pool is at.

    Attributes:
        is_under_way: Whether it does a task, which may have started processes.
    """

    is_under_way: bool = False


_work = _Work()


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
    # A case of a command takes long, each another time, and is not to be lost at a Ctrl-C.
    chunk = 1 if isinstance(client, CommandClient) else _CHUNK
    yield from done(_play_case, scenario, client, cases, jobs=jobs, executor=executor, chunk=chunk)


def done(
    task: _Task[_Item, _Result],
    scenario: LoadedScenario,
    client: SweepClient,
    items: Sequence[_Item],
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    chunk: int = 1,
) -> Iterator[tuple[int, _Result]]:
    """Yield the number of each item with what a task has made of it, in the order in which they are done.

    Args:
        task: What is to be done.
        scenario: The scenario.
        client: The client.
        items: The items.
        jobs: In how many processes it is done; 1 for this one.
        executor: What does it, in place of processes of our own.
        chunk: How many items go to a process at a time.
    """
    if executor is not None:
        yield from _by(executor, task, scenario, client, items, chunk=chunk)
        return
    if jobs == 1 or len(items) <= chunk:
        player = client.player(scenario)
        for number, item in enumerate(items):
            yield number, task(scenario, player, item)
        return
    # A fork needs no new start, and is safe only in a process without threads.
    method = "fork" if threading.active_count() == 1 else "spawn"
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(method), _begin)
    try:
        yield from _by(pool, task, scenario, client, items, chunk=chunk)
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()  # what plays a command ends it first
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _play_case(_scenario: LoadedScenario, player: CasePlayer, case: Case) -> CaseOutcome:
    return player.play(case)


def _by(
    executor: Executor,
    task: _Task[_Item, _Result],
    scenario: LoadedScenario,
    client: SweepClient,
    items: Sequence[_Item],
    *,
    chunk: int,
) -> Iterator[tuple[int, _Result]]:
    """Have an executor do it."""
    work = packed(scenario, client)
    starts: dict[Future[list[_Result]], int] = {}
    left_over: list[int] = []
    for start in range(0, len(items), chunk):
        try:
            starts[executor.submit(_do, work, task, items[start : start + chunk])] = start
        except BrokenExecutor:
            left_over.append(start)
    while starts:
        for finished in wait(starts, return_when=FIRST_COMPLETED).done:
            start = starts.pop(finished)
            try:
                results = finished.result()
            except SimispError:
                raise
            except (BrokenExecutor, CancelledError, Exception):  # noqa: BLE001 - whatever an executor has for a dead machine
                left_over.append(start)
            else:
                yield from enumerate(results, start)
    player = client.player(scenario) if left_over else None
    for start in sorted(left_over):
        for number in range(start, min(start + chunk, len(items))):
            assert player is not None
            yield number, task(scenario, player, items[number])


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
    if not _work.is_under_way:
        os._exit(128 + number)  # nothing has been started, and the pool would take an exception for an outcome
    raise SystemExit(128 + number)


def _do(work: bytes, task: _Task[_Item, _Result], items: Sequence[_Item]) -> list[_Result]:
    """Do a task with items in a process that works for another one.

    Args:
        work: The scenario and the client, pickled.
        task: The task.
        items: The items.
    """
    try:
        try:
            _work.is_under_way = True
            known = _player_of(work)
            results = [task(*known, item) for item in items]
        finally:
            _work.is_under_way = False
    except SystemExit as end:
        # The pool would take it for an outcome and go on to the next cases. What the case had started has ended.
        os._exit(int(end.code or 0))
    return results


def _player_of(work: bytes) -> tuple[LoadedScenario, CasePlayer]:
    digest = hashlib.sha256(work).digest()
    known = _players.get(digest)
    if known is None:
        scenario, client = unpacked(work)
        known = scenario, client.player(scenario)
        _players.clear()
        _players[digest] = known
    return known
