"""An asyncio event loop in virtual time: hours pass at once, and a client that waits forever is detected.

It is for a client in the same process as the simulator. For a client in another process see
:mod:`simisp.virtual_loop.clock`.
"""

from __future__ import annotations

import asyncio
import functools
import heapq
import itertools
import math
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import Context
from typing import Any, ParamSpec, TypeVar

from simisp.errors import ProvenHangError, SpinningError, UnsharedTimeError
from simisp.virtual_loop.task_places import waiting_tasks

__all__ = [
    "VirtualLoop",
    "in_virtual_time",
    "proven_hang",
    "run_in_virtual_time",
    "virtual_loop_factories",
    "virtual_loop_policy",
]

_Result = TypeVar("_Result")
_Parameters = ParamSpec("_Parameters")
_MOST_TURNS = 500_000
_SWEEP_AT = 64  # cancelled timers, before they are removed


class _Timer(asyncio.TimerHandle):
    """A timer in the loop's queue."""

    def cancel(self) -> None:
        if not self.cancelled():
            super().cancel()
            loop: Any = getattr(self, "_loop")  # noqa: B009 - asyncio's own name for it
            loop.timer_cancelled()


class _NoSelector:
    """The loop's selector: its only event is the passing of time.

    Args:
        on_idle: Called when nothing is ready.
        on_turn: Called at each turn with something ready.
    """

    def __init__(self, on_idle: Callable[[], None], on_turn: Callable[[], None]) -> None:
        self._on_idle = on_idle
        self._on_turn = on_turn

    def select(self, timeout: float | None) -> tuple[()]:
        (self._on_idle if timeout is None else self._on_turn)()
        return ()


def _refused(what: str, instead: str = "") -> Any:
    """Return a method that raises an error that says why it is not available."""

    def refuse(*_: Any, **__: Any) -> Any:
        hint = f"; {instead}" if instead else ""
        raise UnsharedTimeError(f"{what} goes by real time, and this event loop's time is virtual{hint}")

    return refuse


_NO_DESCRIPTOR = "the port in memory needs no descriptor (simisp.testing.memory_line)"
_NO_PROCESS = "programs share virtual time through `simisp run --clock virtual`"


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop in virtual time. It starts at 0.0 and moves only when nothing is ready, to the earliest timer.

    Timers of one instant run one by one, in the order in which they were set, and the effects of each come to rest
    before the next runs. The time of a timer is met exactly: nothing is subtracted.

    If nothing is ready and there is no timer, nothing will ever happen again: :class:`ProvenHangError` is raised from
    ``run_until_complete``, unless a task waits for that with :func:`proven_hang`.

    It has no descriptors at all. Everything that depends on real time is refused with :class:`UnsharedTimeError`:
    descriptors, sockets, threads, processes. ``time.sleep`` is unchanged.

    Example:
        >>> with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ...     runner.run(asyncio.sleep(90.0))
        ...     runner.get_loop().time()
        90.0
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._turns = 0
        self._cancelled = 0
        self._numbers = itertools.count()
        self._timers: list[tuple[float, int, _Timer]] = []
        self._awaiting_proof: list[tuple[asyncio.Future[ProvenHangError], asyncio.Task[Any] | None]] = []
        self._selector = _NoSelector(self._pass_time, self._take_turn)
        self.left_waiting: list[asyncio.Task[Any]] = []
        """Internal: clients that were proven to hang. asyncio keeps no task alive that nothing else refers to."""
        self.witnesses: list[Callable[[], str]] = []
        """Called for a line each when a hang is proven, for its message."""

    def time(self) -> float:
        """Return the time in seconds since the loop was made."""
        return self._now

    def call_at(  # type: ignore[override]  # a TimerHandle, in a queue of our own
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call ``callback`` at the time ``when``; never if that is infinite.

        Raises:
            ValueError: The time is not a number.
        """
        if math.isnan(when):
            raise ValueError("a timer's time must be a number")
        self._check_closed()  # type: ignore[attr-defined]
        timer = _Timer(when, callback, args, self, context)
        if when < math.inf:
            heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def timer_cancelled(self) -> None:
        """Internal: note that a timer was cancelled, so that cancelled timers do not accumulate."""
        self._cancelled += 1
        if self._cancelled > max(_SWEEP_AT, len(self._timers) // 2):
            self._timers = [entry for entry in self._timers if not entry[2].cancelled()]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def await_proof(self) -> asyncio.Future[ProvenHangError]:
        """Internal: return a future for the current task to wait for. It is done when all others wait forever."""
        future: asyncio.Future[ProvenHangError] = self.create_future()
        self._awaiting_proof.append((future, asyncio.current_task(self)))
        return future

    add_reader = remove_reader = _refused("a watched descriptor", _NO_DESCRIPTOR)
    add_writer = remove_writer = _refused("a watched descriptor", _NO_DESCRIPTOR)
    sock_recv = sock_recv_into = sock_recvfrom = sock_recvfrom_into = _refused("a socket", _NO_DESCRIPTOR)
    sock_sendall = sock_sendto = sock_connect = sock_accept = sock_sendfile = _refused("a socket", _NO_DESCRIPTOR)
    create_connection = create_server = create_datagram_endpoint = _refused("a socket", _NO_DESCRIPTOR)
    create_unix_connection = create_unix_server = connect_accepted_socket = _refused("a socket", _NO_DESCRIPTOR)
    getaddrinfo = getnameinfo = _refused("a name server")
    connect_read_pipe = connect_write_pipe = _refused("a pipe", _NO_DESCRIPTOR)
    subprocess_exec = subprocess_shell = _refused("another process", _NO_PROCESS)
    run_in_executor = _refused("a thread", "call the function itself, or await a coroutine")
    add_signal_handler = remove_signal_handler = _refused("a signal")

    def _process_events(self, events: object) -> None:
        """Do nothing: there are no descriptors."""

    def _write_to_self(self) -> None:
        """Do nothing: the loop never sleeps, so it need not be woken."""

    def _take_turn(self) -> None:
        self._turns += 1
        if self._turns > _MOST_TURNS:
            self._turns = 0
            tasks = "\n".join(f"  {task.describe()}" for task in waiting_tasks(self))
            raise SpinningError(f"time can't pass at {self._now:.3f} s: some task never waits\n{tasks}")

    def _pass_time(self) -> None:
        """Move to the earliest timer, and run it: nothing is ready."""
        while self._timers:
            when, _, timer = heapq.heappop(self._timers)
            if timer.cancelled():
                self._cancelled = max(0, self._cancelled - 1)
                continue
            if when > self._now:
                self._now, self._turns = when, 0
            self._ready.append(timer)  # type: ignore[attr-defined]
            return
        self._prove_hang()

    def _prove_hang(self) -> None:
        self._awaiting_proof = [(future, task) for future, task in self._awaiting_proof if not future.done()]
        spared = {task for _, task in self._awaiting_proof if task is not None}
        hang = ProvenHangError(
            self._now, waiting_tasks(self, without=spared), tuple(witness() for witness in self.witnesses)
        )
        if not self._awaiting_proof:
            raise hang
        self._awaiting_proof[-1][0].set_result(hang)


async def proven_hang(client: Awaitable[object]) -> ProvenHangError:
    """Run a client in virtual time until it is proven that it hangs, and return the proof.

    The client is left waiting, so that the caller can inspect the state: which circuits are on, which process has the
    port open. Like every task it is cancelled when the loop is closed.

    Args:
        client: A coroutine, task or future that runs in this loop.

    Raises:
        AssertionError: It ended. An exception of its own is raised unchanged.
        TypeError: The running event loop is not a :class:`VirtualLoop`.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise TypeError("a hang can be proven only in virtual time, by a VirtualLoop")
    task = asyncio.ensure_future(client)
    proof = loop.await_proof()
    waits_for: list[asyncio.Future[Any]] = [task, proof]
    try:
        await asyncio.wait(waits_for, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        if not proof.done():
            proof.cancel()
    if task.done():
        task.result()
        raise AssertionError(f"no hang: the client came to its end at {loop.time():.3f} s")
    loop.left_waiting.append(task)
    task.add_done_callback(lambda ended: None if ended.cancelled() else ended.exception())
    return proof.result()


def run_in_virtual_time(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine to its end in virtual time, as ``asyncio.run`` does in real time.

    Args:
        main: The coroutine, whose result is returned.

    Raises:
        ProvenHangError: It waits forever.
        SpinningError: It runs forever.
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def in_virtual_time(
    test: Callable[_Parameters, Coroutine[Any, Any, _Result]],
) -> Callable[_Parameters, _Result]:
    """Make a plain test from an ``async def`` one: it runs in virtual time, and a proven hang fails it.

    It needs no plugin. Where pytest-asyncio runs the tests, or fixtures are coroutines, give it
    :func:`virtual_loop_factories` or :func:`virtual_loop_policy` instead.

    Args:
        test: The coroutine function. It may take parameters, such as fixtures.
    """

    @functools.wraps(test)
    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        return run_in_virtual_time(test(*args, **kwargs))

    return run


def virtual_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Return the value for pytest-asyncio's hook ``pytest_asyncio_loop_factories`` (1.4 and later)."""
    return {"virtual time": VirtualLoop}


def virtual_loop_policy() -> Any:
    """Return an event loop policy whose loops are virtual, for pytest-asyncio's fixture ``event_loop_policy``."""

    class VirtualLoopPolicy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            return VirtualLoop()

    return VirtualLoopPolicy()
