"""`play()` runs a command as `simisp run` does, and takes typed keywords."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simisp.errors import ClockUnavailableError, EndpointError
from simisp.results import Record, Source, VerdictKind
from simisp.testing import Line, RunOptions, play, sweep
from simisp.testing.swept_case import swept_cases

LOG_IN = """
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
def answer(prompt, text):
    heard = b""
    while prompt not in heard: heard += os.read(port, 100)
    os.write(port, text)
os.write(port, b"ATDT5551234\\r")
answer(b"Service?", b"p\\r")
answer(b"Username:", b"alice\\r")
"""
"""It leaves where hang.yaml begins to hang."""
WAITS = f"{LOG_IN}\nwhile True: os.read(port, 100)"
COMMAND = [sys.executable, "-c", LOG_IN, "{port}"]


def test_a_caller_sees_each_record_as_it_happens_with_secrets_masked() -> None:
    records: list[Record] = []
    verdict = play("hang", COMMAND, on_record=records.append)
    assert verdict.kind is VerdictKind.RELEASED
    sent = b"".join(record.data for record in records if record.source is Source.CLIENT)
    assert sent.endswith(b"p\ralice\r")
    assert [record.at for record in records] == sorted(record.at for record in records)


def test_ready_options_stand_in_place_of_keywords_and_not_beside_them() -> None:
    assert play("hang", COMMAND, options=RunOptions(grace=1.0)).exit_status == 0
    with pytest.raises(TypeError, match="in place of the keywords"):
        play("hang", COMMAND, options=RunOptions(), grace=1.0)


def test_a_text_that_is_not_a_clock_is_refused_before_anything_is_started() -> None:
    with pytest.raises(ValueError, match="clock"):
        play("hang", ["no such program"], clock="lunar")


def test_twenty_minutes_of_patience_end_to_the_second_in_virtual_time() -> None:
    try:
        verdict = play("hang", [sys.executable, "-c", WAITS, "{port}"], clock="virtual", give_up="20m")
    except ClockUnavailableError as reason:
        pytest.skip(str(reason))
    assert verdict.clock.used == "virtual"
    assert verdict.at == 1200.0


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"deadline": float("inf")}, ValueError, "deadline must be a number of seconds that comes"),
        ({"give_up": float("inf")}, ValueError, "give_up must be a number of seconds that comes"),
        ({"lock_directories": "/tmp"}, TypeError, "a list of folders, not a text"),
        ({"lock_directories": 5}, TypeError, "a list of folders, not 5"),
        ({"lock_directories": [5]}, TypeError, "a lock directory is a text or a path, not 5"),
        ({"environment": {"A": 5}}, TypeError, "the environment variable 'A' is a text, not 5"),
        ({"environment": {"A": None}}, TypeError, "the environment variable 'A' is a text, not None"),
        ({"environment": {5: "A"}}, TypeError, "the name of an environment variable is a text, not 5"),
        ({"environment": ["A=secret"]}, TypeError, "a mapping of names to texts, not of type list$"),
        ({"endpoint": 5}, TypeError, "an endpoint is a text such as 'tcp:4001', not 5"),
        ({"endpoint": ["tcp", 5]}, TypeError, "an endpoint is a text such as 'tcp:4001', not 5"),
        ({"clock": 5}, TypeError, "a clock is a text such as 'virtual', not 5"),
        ({"lock_directories": ["/nowhere/at/all"]}, EndpointError, "does not exist: /nowhere/at/all"),
    ],
)
def test_what_can_never_come_or_is_not_there_or_of_the_wrong_type_is_refused(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        play("hang", ["true"], **given)


def test_the_environment_of_shared_options_is_judged_where_they_are_made() -> None:
    with pytest.raises(TypeError, match="the environment variable 'A' is a text, not 5"):
        RunOptions(environment={"A": 5})  # type: ignore[dict-item]


def _played(command: Any) -> None:
    play("hang", command)


def _started(command: Any) -> None:
    with Line("hang", judged=False) as line:
        line.start(command)


def _swept(command: Any) -> None:
    sweep("hang", command=command)


def _swept_by_mark(command: Any) -> None:
    swept_cases("hang", beside=Path(), command=command)


@pytest.mark.parametrize("given_to", [_played, _started, _swept, _swept_by_mark])
@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        ([], ValueError, "at least one word"),
        ("true word", TypeError, r"a list of words, not a text: \['true', 'word'\]"),
        (5, TypeError, "a list of words, not 5"),
        ([b"true"], TypeError, "a word of a command is a text or a path, not b'true'"),
        (["true", 5], TypeError, "a word of a command is a text or a path, not 5"),
    ],
)
def test_what_is_no_command_is_refused_wherever_it_is_given(
    given_to: Callable[[Any], None], command: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        given_to(command)
