"""An event loop in virtual time: exact times, one timer after the other, nothing real, hangs proven."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.errors import ProvenHangError, SpinningError, UnsharedTimeError
from simisp.runtime.clock import LoopClock
from simisp.virtual_loop.loop import (
    VirtualLoop,
    in_virtual_time,
    proven_hang,
    run_in_virtual_time,
    virtual_loop_factories,
    virtual_loop_policy,
)


def now() -> float:
    return asyncio.get_running_loop().time()


@in_virtual_time
async def test_time_starts_at_zero_and_a_sleep_ends_at_its_very_time() -> None:
    assert now() == 0.0
    await asyncio.sleep(0.1)
    assert now() == 0.1
    await asyncio.sleep(0.2)
    assert now() == 0.1 + 0.2


@in_virtual_time
async def test_a_year_passes() -> None:
    await asyncio.sleep(365 * 86400.0)
    assert now() == 365 * 86400.0


def test_a_timer_is_met_where_the_clock_has_no_finer_step_left() -> None:
    async def main() -> float:
        await asyncio.sleep(1e17)
        await asyncio.sleep(1.0)  # lost in the float, and no reason to hang
        return now()

    assert run_in_virtual_time(main()) == 1e17


@in_virtual_time
async def test_time_stands_while_anything_is_ready() -> None:
    async def busy() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
            assert now() == 0.0

    await asyncio.gather(busy(), busy())


@in_virtual_time
async def test_timers_of_one_instant_ring_in_the_order_in_which_they_were_set() -> None:
    rung: list[int] = []
    loop = asyncio.get_running_loop()
    for number in range(50):
        loop.call_at(5.0, rung.append, number)
    await asyncio.sleep(5.0)
    assert rung == list(range(50))


@in_virtual_time
async def test_what_a_timer_sets_in_motion_comes_to_rest_before_the_next_of_that_instant() -> None:
    happened: list[str] = []
    loop = asyncio.get_running_loop()

    def first() -> None:
        happened.append("first")
        loop.call_soon(loop.call_soon, happened.append, "its consequence")

    loop.call_at(1.0, first)
    loop.call_at(1.0, happened.append, "second")
    await asyncio.sleep(2.0)
    assert happened == ["first", "its consequence", "second"]


@in_virtual_time
async def test_a_time_that_has_passed_is_rung_at_once_and_time_does_not_go_back() -> None:
    await asyncio.sleep(10.0)
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_at(3.0, done.set_result, None)
    await done
    assert now() == 10.0


@in_virtual_time
async def test_a_timeout_is_exact() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(90.0):
            await asyncio.get_running_loop().create_future()
    assert now() == 90.0


@in_virtual_time
async def test_many_timers_that_are_cancelled_do_not_pile_up() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    for _ in range(10_000):
        loop.call_later(3600.0, print).cancel()
    assert len(loop._timers) < 1000
    await asyncio.sleep(1.0)
    assert now() == 1.0


def test_an_infinite_sleep_is_no_deadline() -> None:
    with pytest.raises(ProvenHangError):
        run_in_virtual_time(asyncio.sleep(float("inf")))


@in_virtual_time
async def test_a_time_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a number"):
        asyncio.get_running_loop().call_at(float("nan"), print)


async def wait_forever() -> None:
    await asyncio.get_running_loop().create_future()


async def wait_within() -> None:
    await wait_forever()


def test_waiting_forever_is_proven_and_the_tasks_are_named_with_their_places() -> None:
    async def main() -> None:
        await asyncio.sleep(2.5)
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_within(), name="dialler")

    with pytest.raises(ProvenHangError, match=r"proven at 2\.500 s") as hang:
        run_in_virtual_time(main())
    dialler = next(task for task in hang.value.tasks if task.name == "dialler")
    assert dialler.calls == ("wait_within", "wait_forever")
    assert dialler.file == __file__
    assert dialler.line == wait_forever.__code__.co_firstlineno + 1
    assert "task 'dialler' waits in wait_within > wait_forever, test_loop.py:" in str(hang.value)


def test_a_lock_that_nobody_gives_back_is_a_proven_hang() -> None:
    async def main() -> None:
        lock = asyncio.Lock()
        async with lock, lock:
            pass

    with pytest.raises(ProvenHangError, match=r"Lock\.acquire"):
        run_in_virtual_time(main())


def test_tasks_are_cancelled_after_a_hang_so_that_they_clean_up() -> None:
    cleaned: list[float] = []

    async def main() -> None:
        try:
            await wait_forever()
        finally:
            cleaned.append(now())

    with pytest.raises(ProvenHangError):
        run_in_virtual_time(main())
    assert cleaned == [0.0]


@in_virtual_time
async def test_a_hang_can_be_asked_for_and_the_client_is_left_as_it_is() -> None:
    hang = await proven_hang(wait_within())
    assert [task.calls for task in hang.tasks] == [("wait_within", "wait_forever")]
    await asyncio.sleep(5.0)
    assert any("wait_within" in str(task) for task in asyncio.all_tasks())


@in_virtual_time
async def test_witnesses_are_heard() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.witnesses.append(lambda: "the ISP is silent")
    hang = await proven_hang(wait_forever())
    assert hang.situation == ("the ISP is silent",)
    assert str(hang).endswith("the ISP is silent")


@in_virtual_time
async def test_a_client_that_ends_is_no_hang() -> None:
    with pytest.raises(AssertionError, match=r"came to its end at 7\.000 s"):
        await proven_hang(asyncio.sleep(7.0))


@in_virtual_time
async def test_an_error_of_the_client_is_raised_as_it_is() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await proven_hang(fails())


def test_a_hang_can_not_be_proven_in_real_time() -> None:
    async def main() -> None:
        with pytest.raises(TypeError, match="virtual time"):
            await proven_hang(asyncio.get_running_loop().create_future())

    asyncio.run(main())


def test_a_task_that_never_waits_is_found_out() -> None:
    async def spins() -> None:
        while True:  # noqa: ASYNC110 - that is what is tested
            await asyncio.sleep(0)

    with pytest.raises(SpinningError, match=r"some task never waits\n.*spins"):
        run_in_virtual_time(spins())


@in_virtual_time
async def test_descriptors_sockets_threads_and_processes_are_refused_with_what_to_do() -> None:
    loop = asyncio.get_running_loop()
    for ask in (
        lambda: loop.add_reader(0, print),
        lambda: loop.add_writer(1, print),
        lambda: loop.run_in_executor(None, print),
        lambda: loop.sock_recv(None, 1),  # type: ignore[arg-type]
        lambda: loop.connect_read_pipe(asyncio.Protocol, None),
    ):
        with pytest.raises(UnsharedTimeError, match="this event loop's time is virtual"):
            ask()
    with pytest.raises(UnsharedTimeError, match="simisp run --clock virtual"):
        await asyncio.create_subprocess_exec("true")
    with pytest.raises(UnsharedTimeError, match="a socket goes by real time"):
        await asyncio.open_connection("localhost", 25)
    with pytest.raises(UnsharedTimeError, match="a thread goes by real time"):
        await asyncio.to_thread(time.monotonic)


def test_no_descriptor_is_used() -> None:
    with socket.socket() as before:
        lowest = before.fileno()
    loop = VirtualLoop()
    with socket.socket() as during:
        assert during.fileno() == lowest
    loop.close()
    gc.collect()


@in_virtual_time
async def test_a_thread_of_ones_own_may_say_something() -> None:
    heard: list[str] = []
    loop = asyncio.get_running_loop()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(heard.append, "hello"))
    thread.start()
    thread.join()
    await asyncio.sleep(1.0)
    assert heard == ["hello"]


def test_loops_are_to_be_had_by_factory_and_by_policy() -> None:
    for loop in (virtual_loop_factories()["virtual time"](), virtual_loop_policy().new_event_loop()):
        assert isinstance(loop, VirtualLoop)
        assert loop.run_until_complete(asyncio.sleep(60.0, "done")) == "done"
        assert loop.time() == 60.0
        loop.close()


@in_virtual_time
async def test_the_clock_of_a_loop_is_the_loop_s_to_the_last_digit() -> None:
    clock = LoopClock()
    rung: list[float] = []
    clock.call_at(0.3, lambda: rung.append(clock.now()))
    clock.call_at(0.2, lambda: rung.append(-1.0)).cancel()
    await asyncio.sleep(1.0)
    assert rung == [0.3]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(0.0, 1e6, allow_nan=False), min_size=1, max_size=20))
def test_every_timer_rings_at_its_exact_time_and_time_never_goes_back(times: list[float]) -> None:
    rung: list[tuple[float, float]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for when in times:
            loop.call_at(when, lambda when=when: rung.append((when, loop.time())))  # type: ignore[misc]
        await asyncio.sleep(2e6)

    run_in_virtual_time(main())
    assert rung == [(when, when) for when in sorted(times)]
