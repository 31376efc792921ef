"""Conditions that are waited for."""

from __future__ import annotations

import asyncio

import pytest

from simisp.runtime.conditions import Conditions


async def test_what_holds_already_is_not_waited_for() -> None:
    conditions = Conditions()
    await conditions.until(lambda: True)
    assert conditions.waiting == []


async def test_each_wait_ends_at_the_look_that_finds_its_condition_to_hold() -> None:
    conditions, seen = Conditions(), [0]
    waits = [
        asyncio.ensure_future(conditions.until(lambda: seen[0] >= 1)),
        asyncio.ensure_future(conditions.until(lambda: seen[0] >= 2)),
    ]
    await asyncio.sleep(0)
    ended = []
    for seen[0] in range(3):
        conditions.look()
        await asyncio.sleep(0)
        ended.append([wait.done() for wait in waits])
    assert ended == [[False, False], [True, False], [True, True]]
    assert conditions.waiting == []


async def test_a_wait_that_is_given_up_is_forgotten() -> None:
    conditions = Conditions()
    wait = asyncio.ensure_future(conditions.until(lambda: False))
    await asyncio.sleep(0)
    wait.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wait
    assert conditions.waiting == []


async def test_all_waits_end_when_nothing_will_happen_any_more() -> None:
    conditions = Conditions()
    wait = asyncio.ensure_future(conditions.until(lambda: False))
    await asyncio.sleep(0)
    conditions.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wait
