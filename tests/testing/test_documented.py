"""The examples of docs/testing.md, executed: without a plugin, and under pytest-asyncio."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

import simisp.testing  # noqa: F401  # pytester takes out again what its runs import first: half of it would come twice

pytest_plugins = ["pytester"]

BLOCKS = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs/testing.md").read_text(), re.DOTALL)
ASYNCIO, CONVERSATION, WITH_HOOK, WITH_POLICY = (
    next(block for block in BLOCKS if words in block)
    for words in ("@in_virtual_time", "Conversation", "virtual_loop_factories", "virtual_loop_policy")
)
VERSION = tuple(int(part) for part in version("pytest-asyncio").split(".")[:2])


def test_the_documented_tests_pass_without_a_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ASYNCIO)
    pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=2)


def test_the_documented_conversation_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CONVERSATION)
    pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=1)


def test_the_documented_conftest_gives_pytest_asyncio_virtual_time(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITH_HOOK if VERSION >= (1, 4) else WITH_POLICY)
    pytester.makepyfile(ASYNCIO.replace("@in_virtual_time\n", "") + FIXTURE)
    arguments = ("-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-W", "error")
    scope = ("-o", "asyncio_default_fixture_loop_scope=function") if VERSION >= (0, 24) else ()
    pytester.runpytest_inprocess(*arguments, *scope).assert_outcomes(passed=3)


def test_a_hang_under_pytest_asyncio_fails_the_test_and_not_the_ones_after_it(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITH_HOOK if VERSION >= (1, 4) else WITH_POLICY)
    pytester.makepyfile(HANGS)
    scope = ("-o", "asyncio_default_fixture_loop_scope=function") if VERSION >= (0, 24) else ()
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-o", "asyncio_mode=auto", *scope)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*a hang, proven at 0.000 s*", "*waits in test_hangs > Event.wait*"])


FIXTURE = """

import pytest_asyncio


@pytest_asyncio.fixture
async def line():
    async with memory_line("login", judged=False) as line:
        yield line


async def test_a_fixture_has_the_time_of_its_test(line):
    await asyncio.sleep(3600.0)
    assert line.now == asyncio.get_running_loop().time() == 3600.0
"""

HANGS = """
import asyncio


async def test_hangs() -> None:
    await asyncio.Event().wait()


async def test_after_it() -> None:
    await asyncio.sleep(3600.0)
"""
