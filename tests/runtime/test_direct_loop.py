"""The loop that calls back at once when descriptors are readable does all that asyncio's own loop does."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial

import pytest

from simisp.runtime.direct_loop import DirectLoop
from simisp.virtual_loop.idleness import Idleness


@pytest.fixture
def loop() -> Iterator[DirectLoop]:
    loop = DirectLoop()
    yield loop
    loop.close()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for descriptor in ends:
        os.close(descriptor)


def _turns(loop: DirectLoop) -> list[int]:
    """Return a list that grows by one with each turn of the loop."""
    turns: list[int] = []
    run_once = loop._run_once  # type: ignore[attr-defined]

    def counted() -> None:
        turns.append(1)
        run_once()

    loop._run_once = counted  # type: ignore[attr-defined]
    return turns


def _read_a_hundred(loop: DirectLoop, pipe: tuple[int, int]) -> list[bytes]:
    """Have a hundred octets read, one in each callback, and return them."""
    seen: list[bytes] = []

    def readable() -> None:
        seen.append(os.read(pipe[0], 1))
        if len(seen) == 100:
            loop.stop()

    os.write(pipe[1], b"x" * 100)
    loop.add_reader(pipe[0], readable)
    loop.run_forever()
    return seen


def test_a_callback_that_leaves_nothing_to_do_costs_no_turn(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    turns = _turns(loop)
    seen = _read_a_hundred(loop, pipe)
    assert len(seen) == 100
    assert len(turns) < 5


def test_in_debug_mode_each_callback_takes_a_turn_so_that_slow_ones_are_reported(
    loop: DirectLoop, pipe: tuple[int, int]
) -> None:
    loop.set_debug(True)
    turns = _turns(loop)
    _read_a_hundred(loop, pipe)
    assert len(turns) >= 100


def test_a_timer_runs_out_although_a_descriptor_stays_readable(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], lambda: None)
    loop.call_later(0.01, loop.stop)
    loop.run_forever()


def test_a_timer_that_a_callback_sets_runs_out(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    def readable() -> None:
        os.read(pipe[0], 1)
        loop.call_later(0.01, loop.stop)

    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], readable)
    loop.run_forever()


def test_a_task_that_a_callback_wakes_goes_on(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    async def wait() -> bytes:
        came: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(pipe[0], lambda: came.set_result(os.read(pipe[0], 1)))
        loop.call_soon(os.write, pipe[1], b"x")
        return await came

    assert loop.run_until_complete(wait()) == b"x"


def test_another_thread_is_heard_while_the_loop_sleeps(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    asleep = threading.Event()

    def readable() -> None:
        os.read(pipe[0], 1)
        asleep.set()

    def stop() -> None:
        asleep.wait()
        loop.call_soon_threadsafe(loop.stop)

    thread = threading.Thread(target=stop)
    thread.start()
    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], readable)
    loop.run_forever()
    thread.join()


def test_an_error_in_a_callback_is_reported_and_the_loop_goes_on(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    errors: list[BaseException] = []
    loop.set_exception_handler(lambda _, context: errors.append(context["exception"]))

    def readable() -> None:
        if os.read(pipe[0], 1) == b"x":
            raise ValueError("x")
        loop.stop()

    os.write(pipe[1], b"xy")
    loop.add_reader(pipe[0], readable)
    loop.run_forever()
    assert [str(error) for error in errors] == ["x"]


def test_a_callback_ends_the_loop_by_an_exit(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    def readable() -> None:
        raise SystemExit(3)

    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], readable)
    with pytest.raises(SystemExit):
        loop.run_forever()


def test_a_removed_reader_is_not_called_back(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    calls = []

    def readable() -> None:
        calls.append(1)
        loop.remove_reader(pipe[0])

    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], readable)
    loop.call_later(0.01, loop.stop)
    loop.run_forever()
    assert calls == [1]


def test_a_replaced_callback_is_not_called(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    calls: list[str] = []

    def readable(name: str = "first") -> None:
        calls.append(name)
        loop.stop()

    os.write(pipe[1], b"x")
    loop.add_reader(pipe[0], readable)
    loop.add_reader(pipe[0], readable, "second")
    loop.run_forever()
    assert calls == ["second"]


def _looks(loop: DirectLoop, *pipes: tuple[int, int]) -> list[bool]:
    """Pass an octet on from pipe to pipe, six times; return of each look whether it might sleep, up to the first that
    would sleep forever.
    """
    sleeps: list[bool] = []
    poll, ways, left = loop._direct._poll, itertools.cycle(pipes), 6

    def look(timeout: float | None, most: int) -> list[tuple[int, int]]:
        sleeps.append(timeout is None)
        if timeout is None and not left:
            loop.stop()
            return []
        return poll(timeout, most)

    def pass_on(readable: int) -> None:
        nonlocal left
        os.read(readable, 1)
        left -= 1
        if left:
            os.write(next(ways)[1], b"x")

    loop._direct._poll = look
    for readable, _ in pipes:
        loop.add_reader(readable, partial(pass_on, readable))
    os.write(next(ways)[1], b"x")
    loop.run_forever()
    return sleeps


@pytest.mark.parametrize("processors", [1, 2])
@pytest.mark.parametrize("looks_again", [False, True])
def test_only_with_a_second_processor_one_descriptor_is_looked_at_again_before_a_sleep(
    processors: int, looks_again: bool, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(processors)))
    with closing(DirectLoop(looks_again=looks_again)) as loop:
        sleeps = _looks(loop, pipe)
    if looks_again and processors > 1:
        assert sleeps == [True, True, *[False] * 4, *[False] * 100, True]
    else:
        assert sleeps == [True] * 7


def _looks_behind_each(loop: DirectLoop, pipe: tuple[int, int], soon: Sequence[bool]) -> list[int]:
    """Have octets come, one by one, as soon as the loop looks again or only when it sleeps; return how often it has
    looked again behind each.
    """
    looks: list[int] = []
    poll, coming = loop._direct._poll, iter(soon)
    is_soon = False

    def look(timeout: float | None, most: int) -> list[tuple[int, int]]:
        if timeout == 0:
            looks[-1] += 1
        if timeout is None or is_soon:
            os.write(pipe[1], b"x")
        return poll(timeout, most)

    def readable() -> None:
        nonlocal is_soon
        os.read(pipe[0], 1)
        looks.append(0)
        following = next(coming, None)
        if following is None:
            loop.stop()
        is_soon = following is True

    loop._direct._poll = look
    loop.add_reader(pipe[0], readable)
    loop.run_forever()
    return looks


def test_the_more_often_nothing_comes_soon_the_rarer_the_loop_looks_again(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    with closing(DirectLoop(looks_again=True)) as loop:
        looks = _looks_behind_each(loop, pipe, [False] * 300)
    rounds = [number for number, count in enumerate(looks, start=1) if count]
    assert rounds == [2, 4, 8, 16, 32, 64, 128, 192, 256]
    assert sum(looks) == 100 * len(rounds)


def test_when_something_comes_soon_the_loop_looks_again_each_time(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    with closing(DirectLoop(looks_again=True)) as loop:
        looks = _looks_behind_each(loop, pipe, [False] * 7 + [True] * 5 + [False] * 4)
    assert looks == [0, 100, 0, 100, 0, 0, 0, *[1] * 5, 100, 0, 100, 0, 0]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass, for the loop; otherwise it stands still."""
    now = time.monotonic()

    def passes(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(time, "monotonic", lambda: now)
    return passes


def test_a_timer_that_becomes_due_while_the_loop_looks_again_is_not_late(
    pipe: tuple[int, int], pass_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    with closing(DirectLoop(looks_again=True)) as loop:
        poll, timeouts = loop._direct._poll, []

        def look(timeout: float | None, most: int) -> list[tuple[int, int]]:
            timeouts.append(timeout)
            if timeout == 0:
                pass_time(0.02)
            return poll(timeout, most)

        loop._direct._poll = look
        loop.add_reader(pipe[0], lambda: os.read(pipe[0], 1))
        os.write(pipe[1], b"xx")
        loop.call_later(1.0, loop.stop)
        loop.run_forever()
    assert timeouts == [pytest.approx(1.0), pytest.approx(1.0), *[0] * 100]


@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, DirectLoop])
def test_what_is_readable_when_a_timer_becomes_due_is_called_back_first(
    kind: type[asyncio.SelectorEventLoop], pass_time: Callable[[float], None]
) -> None:
    pipes = [os.pipe() for _ in range(2)]
    order: list[str] = []
    with closing(kind()) as plain_or_direct:

        def first() -> None:
            order.append("first")
            os.read(pipes[0][0], 1)
            os.write(pipes[1][1], b"x")
            pass_time(2.0)

        def second() -> None:
            order.append("second")
            os.read(pipes[1][0], 1)
            plain_or_direct.call_soon(plain_or_direct.stop)

        plain_or_direct.add_reader(pipes[0][0], first)
        plain_or_direct.add_reader(pipes[1][0], second)
        plain_or_direct.call_later(1.0, order.append, "timer")
        os.write(pipes[0][1], b"x")
        plain_or_direct.run_forever()
    for descriptor in itertools.chain(*pipes):
        os.close(descriptor)
    assert order == ["first", "second", "timer"]


def test_descriptors_that_are_used_in_turn_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    pipes = [os.pipe() for _ in range(2)]
    with closing(DirectLoop(looks_again=True)) as loop:
        sleeps = _looks(loop, *pipes)
    for descriptor in itertools.chain(*pipes):
        os.close(descriptor)
    assert sleeps == [True] * 7


def test_two_readable_descriptors_are_called_back_in_the_loops_own_order(loop: DirectLoop) -> None:
    pipes = [os.pipe() for _ in range(2)]
    order: list[int] = []

    def take(descriptor: int) -> None:
        order.append(descriptor)
        os.read(descriptor, 1)
        if len(order) == 4:
            loop.stop()

    def reader(descriptor: int) -> None:
        loop.add_reader(descriptor, lambda: take(descriptor))

    for reading, writing in pipes:
        os.write(writing, b"xx")
        reader(reading)
    loop.run_forever()
    assert order[:2] == order[2:] == [reading for reading, _ in pipes]  # neither starves
    for descriptor in (*pipes[0], *pipes[1]):
        os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[list[tuple[int, int]]]:
    """Three pipes with an octet in each."""
    pipes = [os.pipe() for _ in range(3)]
    for _, writing in pipes:
        os.write(writing, b"x")
    yield pipes
    for descriptor in itertools.chain.from_iterable(pipes):
        os.close(descriptor)


def test_several_readable_descriptors_cost_no_turn(loop: DirectLoop, pipes: list[tuple[int, int]]) -> None:
    calls: list[int] = []

    def readable(descriptor: int) -> None:
        calls.append(descriptor)  # it stays readable
        if len(calls) == 300:
            loop.stop()

    for reading, _ in pipes:
        loop.add_reader(reading, partial(readable, reading))
    turns = _turns(loop)
    loop.run_forever()
    assert len(turns) < 5
    assert calls == [reading for reading, _ in pipes] * 100


def test_a_reader_that_another_callback_removes_is_not_called_back(
    loop: DirectLoop, pipes: list[tuple[int, int]]
) -> None:
    (first, _), (second, _), (third, _) = pipes
    calls: list[str] = []

    def remove() -> None:
        calls.append("first")
        loop.remove_reader(second)
        loop.stop()

    loop.add_reader(first, remove)
    loop.add_reader(second, lambda: calls.append("second"))
    loop.add_reader(third, lambda: calls.append("third"))
    loop.run_forever()
    assert calls == ["first", "third"]


def test_what_a_callback_leaves_to_do_comes_after_all_that_is_readable(
    loop: DirectLoop, pipes: list[tuple[int, int]]
) -> None:
    (first, _), (second, _), (third, _) = pipes
    calls: list[str] = []

    def leave() -> None:
        calls.append("first")
        loop.call_soon(calls.append, "left")
        loop.call_soon(loop.stop)

    loop.add_reader(first, leave)
    loop.add_reader(second, calls.append, "second")  # with arguments: not called back directly
    loop.add_reader(third, lambda: calls.append("third"))
    loop.run_forever()
    assert calls[:4] == ["first", "second", "third", "left"]


def test_an_error_in_one_of_several_callbacks_keeps_no_other_from_running(
    loop: DirectLoop, pipes: list[tuple[int, int]]
) -> None:
    (first, _), (second, _), (third, _) = pipes
    calls: list[str] = []
    loop.set_exception_handler(lambda _, context: calls.append(str(context["exception"])))

    def fail() -> None:
        raise ValueError("first")

    loop.add_reader(first, fail)
    loop.add_reader(second, lambda: calls.append("second"))
    loop.add_reader(third, loop.stop)
    loop.run_forever()
    assert calls == ["first", "second"]


def test_a_callback_runs_in_the_context_in_which_it_was_registered(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    name = contextvars.ContextVar("name", default="outside")
    seen: list[str] = []

    def readable() -> None:
        seen.append(name.get())
        loop.stop()

    async def register() -> None:
        name.set("inside")
        loop.add_reader(pipe[0], readable)

    loop.run_until_complete(register())
    os.write(pipe[1], b"x")
    loop.run_forever()
    assert seen == ["inside"]


def test_a_reader_that_is_also_a_writer_gets_both(loop: DirectLoop) -> None:
    ours, theirs = socket.socketpair()
    seen: list[str] = []

    def readable() -> None:
        seen.append("read")
        ours.recv(1)
        loop.add_writer(ours.fileno(), writable)

    def writable() -> None:
        seen.append("write")
        loop.stop()

    theirs.send(b"x")
    loop.add_reader(ours.fileno(), readable)
    loop.run_forever()
    loop.remove_reader(ours.fileno())
    loop.remove_writer(ours.fileno())
    ours.close()
    theirs.close()
    assert seen == ["read", "write"]


def test_the_loop_reports_when_it_is_idle(loop: DirectLoop, pipe: tuple[int, int]) -> None:
    seen: list[bytes] = []

    async def wait() -> list[bytes]:
        loop.add_reader(pipe[0], lambda: seen.append(os.read(pipe[0], 1)))
        os.write(pipe[1], b"xy")
        await Idleness.of(loop).wait()
        return list(seen)

    assert loop.run_until_complete(wait()) == [b"x", b"y"]


def test_a_runner_closes_the_loop() -> None:
    async def count() -> int:
        await asyncio.sleep(0)
        return 1

    with asyncio.Runner(loop_factory=DirectLoop) as runner:
        assert runner.run(count()) == 1
