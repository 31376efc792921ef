"""Where asyncio tasks wait: the coroutine, and the line of the program outside asyncio itself."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Collection
from pathlib import Path
from typing import Any

from simisp.errors import WaitingTask

__all__ = ["waiting_tasks"]

_OWN = Path(asyncio.__file__).parent


def waiting_tasks(
    loop: asyncio.AbstractEventLoop, *, without: Collection[asyncio.Task[Any]] = ()
) -> tuple[WaitingTask, ...]:
    """Return the unfinished tasks of a loop, in the order of their names, but for some."""
    waiting = [_waiting(task) for task in asyncio.all_tasks(loop) if task not in without]
    return tuple(sorted(waiting, key=lambda task: (len(task.name), task.name)))


def _waiting(task: asyncio.Task[Any]) -> WaitingTask:
    calls: list[str] = []
    file, line = "", 0
    awaited: Any = task.get_coro()
    while awaited is not None and (frame := _frame(awaited)) is not None:
        calls.append(awaited.__qualname__)
        if _OWN not in Path(frame.f_code.co_filename).parents:
            file, line = frame.f_code.co_filename, frame.f_lineno
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return WaitingTask(task.get_name(), tuple(calls), file, line)


def _frame(awaited: Any) -> Any:
    """Return the frame of a coroutine or generator; None for a future, or for one that has ended."""
    if inspect.iscoroutine(awaited):
        return awaited.cr_frame
    return awaited.gi_frame if inspect.isgenerator(awaited) else None
