"""Plays a conversation against a scenario in pure time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from simisp.runner.pure import PureRunner
from simisp.runner.pure_clients import Conversation, GeneratorClient
from simisp.runner.run_options import RunOptions
from simisp.runner.verdict import Verdict
from simisp.scenario.load import LoadedScenario
from simisp.testing.scenario_source import loaded
from simisp.transcript import Record, Redactor, Transcript

__all__ = ["play_pure"]


def play_pure(
    scenario: str | Path | LoadedScenario,
    conversation: Callable[[], Conversation],
    *,
    options: RunOptions | None = None,
    on_record: Callable[[Record], None] | None = None,
) -> Verdict:
    r"""Play a scenario with a Python generator as the client and return the verdict.

    There is no port, no event loop, no thread and no clock, so an hour of waiting takes no time at all, and an endless
    wait is a proven hang.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        conversation: The generator function. What it yields is sent (octets), waited for (seconds, 0.0 or more), or
            expected (:class:`Hear`); what it returns is the client's exit status.
        options: ``give_up``, ``deadline`` and ``allow_unopened``; the others do not apply to such a client.
        on_record: Called with each record as it happens, secrets masked.

    Raises:
        ScenarioError: The scenario can't be found or is wrong.
        TypeError: The conversation is no generator function, or yields or returns what a conversation can't.
        ValueError: It waits for less than 0 seconds, or for NaN.

    Example:
        >>> def dialler() -> Conversation:
        ...     yield b"ATDT5551234\r"
        ...     if (yield Hear("CONNECT", "NO CARRIER", within=60.0)) != "CONNECT":
        ...         return 1
        ...     yield Hear("Service?")
        ...     yield b"p\r"
        ...     yield Hear("Password:")  # hang.yaml stops responding before that
        ...     return 0
        >>> from simisp.testing import Conversation, Hear, play_pure
        >>> print(play_pure("hang", dialler).reason)
        the command holds the port; proven: it would stay so forever
    """
    runner, client = PureRunner(loaded(scenario), options), GeneratorClient(conversation)
    if on_record is None:
        return runner.play(client)
    redactor, transcript = Redactor(runner.secrets), Transcript()
    transcript.listen(lambda record: _pass_on(redactor.feed(record), on_record))
    try:
        return runner.play(client, transcript=transcript)
    finally:
        _pass_on(redactor.flush(), on_record)


def _pass_on(records: Iterable[Record], on_record: Callable[[Record], None]) -> None:
    for record in records:
        on_record(record)
