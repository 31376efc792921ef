"""`play_pure()` plays a Python generator in pure time."""

from __future__ import annotations

import pytest

from simisp.facts.line import Octets
from simisp.facts.run import RunBegan, VerdictReached
from simisp.results import Record, Source, VerdictKind
from simisp.testing import Conversation, Hear, play_pure


def log_in() -> Conversation:
    yield b"ATDT5551234\r"
    yield Hear("Service?", within=60.0)
    yield b"p\r"
    yield Hear("Username:", within=60.0)
    yield b"alice\r"
    yield Hear("Password:", within=60.0)
    for octet in b"wonderland\r":
        yield bytes((octet,))
    yield Hear("PPP mode", within=60.0)
    return 0


def test_a_caller_sees_each_record_of_a_pure_run_in_order_with_secrets_masked() -> None:
    records: list[Record] = []
    verdict = play_pure("login", log_in, on_record=records.append)
    assert verdict.kind is VerdictKind.RELEASED, verdict.reason
    assert isinstance(records[0].fact, RunBegan)
    assert isinstance(records[-1].fact, VerdictReached)
    assert [record.at for record in records] == sorted(record.at for record in records)
    sent = b"".join(
        record.fact.data for record in records if record.source is Source.CLIENT and isinstance(record.fact, Octets)
    )
    assert sent.startswith(b"ATDT5551234\rp\ralice\r")
    assert not any(b"wonder" in record.data for record in records)


def test_the_verdict_is_the_same_whether_a_caller_sees_records_or_not() -> None:
    assert play_pure("login", log_in, on_record=lambda _: None) == play_pure("login", log_in)


def test_a_conversation_that_fails_leaves_its_caller_all_records_so_far() -> None:
    def fails() -> Conversation:
        yield b"ATDT5551234"
        raise ValueError("my own mistake")

    records: list[Record] = []
    with pytest.raises(ValueError, match="my own mistake"):
        play_pure("login", fails, on_record=records.append)
    assert records
