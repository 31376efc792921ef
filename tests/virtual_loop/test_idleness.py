"""When an event loop is idle: when its selector would block, and at no other time."""

from __future__ import annotations

import asyncio
import os
import threading
from types import SimpleNamespace

import pytest

from simisp.virtual_loop.idleness import Idleness, reports_idleness


async def idle() -> None:
    await Idleness.of(asyncio.get_running_loop()).wait()


@pytest.mark.parametrize("hops", [0, 1, 7, 100])
async def test_whatever_an_event_sets_off_has_run_before_the_loop_is_idle(hops: int) -> None:
    done = []

    async def chain(left: int) -> None:
        for _ in range(left):
            await asyncio.sleep(0)
        done.append(left)

    task = asyncio.ensure_future(chain(hops))
    await idle()
    assert done == [hops]
    await task


async def test_a_loop_whose_descriptor_is_ready_is_not_idle() -> None:
    reading, writing = os.pipe()
    seen = []

    def read() -> None:
        seen.append(os.read(reading, 1))
        if len(seen) < 3:
            os.write(writing, b"more")

    asyncio.get_running_loop().add_reader(reading, read)
    os.write(writing, b"o")
    try:
        await idle()
        assert b"".join(seen) == b"omoremore"
    finally:
        asyncio.get_running_loop().remove_reader(reading)
        os.close(reading)
        os.close(writing)


async def test_what_a_thread_has_reported_is_taken_before_the_loop_is_idle() -> None:
    loop = asyncio.get_running_loop()
    heard: list[str] = []
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(heard.append, "done"))
    thread.start()
    thread.join()
    await idle()
    assert heard == ["done"]


async def test_a_loop_that_only_waits_for_a_timer_or_for_a_thread_is_idle() -> None:
    loop, let_go = asyncio.get_running_loop(), threading.Event()
    timer = loop.call_later(3600.0, lambda: None)
    working = loop.run_in_executor(None, let_go.wait)
    try:
        await idle()
        assert not working.done()
    finally:
        timer.cancel()
        let_go.set()
        await working


async def test_a_task_that_yields_forever_does_not_keep_a_loop_from_being_idle() -> None:
    turns = 0

    async def spin() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    spinning = asyncio.ensure_future(spin())
    await idle()
    assert turns > 500
    spinning.cancel()


async def test_each_of_two_that_wait_finds_the_loop_idle() -> None:
    order = []

    async def act(name: str) -> None:
        await idle()
        order.append(name)
        for _ in range(3):
            await asyncio.sleep(0)
        order.append(f"{name} is done")

    await asyncio.gather(act("first"), act("second"))
    assert order == ["first", "first is done", "second", "second is done"]


async def test_who_waits_no_more_is_forgotten() -> None:
    gone = asyncio.ensure_future(idle())
    await asyncio.sleep(0)
    gone.cancel()
    await idle()
    assert gone.cancelled()


async def test_a_loop_sleeps_as_before_while_nobody_waits_for_it_to_be_idle() -> None:
    await idle()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(0.01)
    assert loop.time() >= began + 0.01


async def test_there_is_one_for_each_loop() -> None:
    loop = asyncio.get_running_loop()
    assert Idleness.of(loop) is Idleness.of(loop)


def test_a_loop_without_a_selector_can_t_be_asked() -> None:
    other: asyncio.AbstractEventLoop = SimpleNamespace()  # type: ignore[assignment]  # as uvloop's, it has none
    assert not reports_idleness(other)
    with pytest.raises(TypeError, match="has no selector"):
        Idleness.of(other)
