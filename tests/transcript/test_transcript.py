"""Records, in order, bounded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, MarkReached
from simisp.facts.line import CircuitSet, Octets
from simisp.facts.port import BreakSeen, PortClosed, PortOpened, PortSettings
from simisp.facts.run import CleanedUp, ClientStarted, VerdictKind, VerdictReached
from simisp.machine import OnLine, Output, Received, SendData, SetCircuit
from simisp.transcript import Record, Source, Transcript
from simisp.transcript.record import Batch, measured, octets_record, records_of


class Private(Output):
    """An output that no transcript tells of."""


OUTPUTS: list[Output] = [
    Received(b"ATZ\r"),
    Private(),
    SendData(b"OK", ((0, 2),)),
    SetCircuit(Circuit.DCD, True),
    Asking("Username:"),
]
RECORDS = [
    Record(2.0, Source.CLIENT, Octets(b"ATZ\r")),
    Record(2.0, Source.MODEM, Octets(b"OK", ((0, 2),))),
    Record(2.0, Source.MODEM, CircuitSet(Circuit.DCD, True)),
    Record(2.0, Source.ISP, Asking("Username:")),
]


def test_outputs_become_records_in_their_order() -> None:
    assert records_of(OUTPUTS, at=2.0) == RECORDS
    transcript = Transcript()
    transcript.add_outputs(OUTPUTS, at=2.0)
    assert list(transcript) == RECORDS
    assert len(transcript) == 4


@pytest.mark.parametrize("has_listener", [False, True])
def test_times_never_decrease(has_listener: bool) -> None:
    transcript = Transcript()
    if has_listener:
        transcript.listen(lambda _: None)
    transcript.note(1.0, PortOpened(openings=1))
    transcript.add_outputs(OUTPUTS[:1], at=0.5)
    transcript.add_outputs(OUTPUTS[:1], at=3.0)
    transcript.note(2.0, PortClosed(openings=1))
    assert [record.at for record in transcript] == [1.0, 1.0, 3.0, 3.0]


def test_outputs_are_measured_as_the_records_that_they_make() -> None:
    assert [measured([output]) for output in OUTPUTS] == [(1, 4), (0, 0), (1, 2), (1, 0), (1, 0)]
    assert measured(OUTPUTS) == (len(RECORDS), 6)
    assert measured([OnLine("1", OnLine("modem", output)) for output in OUTPUTS]) == (len(RECORDS), 6)


def test_records_have_the_line_of_their_outputs() -> None:
    transcript = Transcript()
    transcript.add_outputs([Received(b"A"), OnLine("modem", Received(b"T")), BreakSeen()], at=1.0, line="2")
    transcript.add_outputs([OnLine("modem", SendData(b"A"))], at=1.0)
    assert [record.line for record in transcript] == ["2", "2 modem", "2", "modem"]


def test_facts_stand_between_the_octets_around_them() -> None:
    transcript = Transcript()
    transcript.add_outputs(OUTPUTS[:1], at=1.0)
    transcript.note(1.5, PortOpened(1))
    transcript.add_outputs(OUTPUTS[2:3], at=2.0)
    assert [record.fact.kind for record in transcript] == ["octets", "opened", "octets"]


def test_octets_are_joined_by_side() -> None:
    transcript = Transcript()
    transcript.add_outputs([Received(b"A"), SendData(b"x"), Received(b"T\xff")], at=0.0)
    assert transcript.octets(Source.CLIENT) == b"AT\xff"
    assert transcript.text(Source.CLIENT) == "ATÿ"
    assert transcript.text() == "x"


def test_listeners_hear_every_record_from_when_they_came() -> None:
    transcript = Transcript(most_records=2)
    heard: list[Record] = []
    transcript.add_outputs(OUTPUTS[:1], at=2.0)
    transcript.listen(heard.append)
    transcript.add_outputs(OUTPUTS[1:], at=2.0)
    assert heard == RECORDS[1:]
    assert list(transcript) == RECORDS[2:]
    assert transcript.dropped == 2


def test_the_oldest_records_go_when_there_are_too_many_octets() -> None:
    transcript = Transcript(most_octets=10)
    for number in range(20):
        transcript.add_outputs([Received(bytes([number]) * 4)], at=number)
    assert [record.at for record in transcript] == [18.0, 19.0]
    assert transcript.dropped == 18
    transcript.add(octets_record(20.0, Source.CLIENT, b"x" * 11))
    assert list(transcript) == []


PIECES = st.lists(st.lists(st.sampled_from([*OUTPUTS, Received(b"x" * 7)]), max_size=6), max_size=12)


@settings(max_examples=60, deadline=None)
@given(PIECES, st.integers(1, 30), st.integers(1, 8))
def test_what_is_kept_is_the_newest_and_within_its_bounds(
    batches: list[list[Output]], most_octets: int, most_records: int
) -> None:
    transcript = Transcript(most_octets=most_octets, most_records=most_records)
    told = Transcript(most_octets=most_octets, most_records=most_records)
    heard: list[Record] = []
    told.listen(heard.append)
    for at, batch in enumerate(batches):
        transcript.add_outputs(batch, at=at)
        told.add_outputs(batch, at=at)
    kept = list(transcript)
    assert kept == heard[len(heard) - len(kept) :]
    assert sum(len(record.data) for record in kept) <= most_octets
    assert len(kept) <= most_records
    assert list(told) == heard[len(heard) - len(told) :]
    assert told.dropped + len(told) == len(heard)


def digest_of(*records: Record) -> str:
    transcript = Transcript()
    for record in records:
        transcript.add(record)
    return transcript.digest()


def test_runs_that_went_the_same_way_have_the_same_digest() -> None:
    first = Record(1.0000001, Source.CLIENT, ClientStarted(4711, "chat"))
    same = Record(1.0, Source.CLIENT, ClientStarted(815, "/usr/sbin/chat"))
    assert digest_of(first) == digest_of(same)


def test_another_octet_time_side_or_fact_gives_another_digest() -> None:
    base = octets_record(1.0, Source.CLIENT, b"x")
    others = [
        octets_record(1.1, Source.CLIENT, b"x"),
        octets_record(1.0, Source.MODEM, b"x"),
        octets_record(1.0, Source.CLIENT, b"y"),
        Record(1.0, Source.ISP, MarkReached("x")),
        Record(1.0, Source.ISP, MarkReached("y")),
    ]
    assert len({digest_of(record) for record in (base, *others)} | {digest_of()} | {digest_of(base, base)}) == 8


def test_how_the_octets_of_one_instant_were_cut_and_interleaved_makes_no_other_digest() -> None:
    def typed(*pieces: bytes, at: float = 1.0) -> list[Record]:
        """Typed octets, each with its echo."""
        return [octets_record(at, side, piece) for piece in pieces for side in (Source.CLIENT, Source.MODEM)]

    told = Record(1.0, Source.ISP, Asking("Service?"))
    assert digest_of(*typed(b"PP", b"P\r"), told) == digest_of(told, *typed(b"PPP\r"))
    assert digest_of(*typed(b"PP", b"P\r")) != digest_of(*typed(b"PP"), *typed(b"P\r", at=1.1))
    assert digest_of(*typed(b"AB", b"C")) != digest_of(*typed(b"AC", b"B"))


def test_the_facts_of_one_side_have_an_order_at_one_instant_too() -> None:
    opened, closed = (Record(1.0, Source.PORT, fact) for fact in (PortOpened(1), PortClosed(0)))
    assert digest_of(opened, closed) != digest_of(closed, opened)


RAW, COOKED = PortSettings(9600), PortSettings(9600, canonical=True)


def at_the_port(*facts: Fact, line: str = "", at: float = 2.0) -> list[Record]:
    """The port is opened once, and later something happens at one instant."""
    return [Record(1.0, Source.PORT, PortOpened(1), line), *(Record(at, Source.PORT, fact, line) for fact in facts)]


@pytest.mark.parametrize(
    "facts",
    [
        [PortOpened(2), PortOpened(3), PortClosed(2), RAW, PortClosed(1), COOKED],
        [PortOpened(2), PortClosed(1), PortOpened(2), PortClosed(1), RAW, COOKED],
        [RAW, PortOpened(2), PortClosed(1, hangs_up=False), COOKED, PortOpened(2), PortClosed(1)],
    ],
)
def test_what_several_processes_do_at_the_port_at_one_instant_has_no_order(facts: list[Fact]) -> None:
    ordered = [PortOpened(2), PortOpened(3), PortClosed(2), PortClosed(1), RAW, COOKED]
    assert digest_of(*at_the_port(*facts)) == digest_of(*at_the_port(*ordered))


@pytest.mark.parametrize(
    "facts",
    [
        [PortOpened(2), PortClosed(1), COOKED, RAW],
        [PortOpened(2), PortClosed(1), RAW],
        [PortOpened(2), RAW, COOKED],
        [PortOpened(2), PortClosed(1), PortClosed(0), RAW, COOKED],
        [PortOpened(2), PortClosed(1), RAW, COOKED, BreakSeen()],
    ],
)
def test_what_several_processes_did_at_the_port_and_which_settings_hold_are_in_the_digest(facts: list[Fact]) -> None:
    assert digest_of(*at_the_port(*facts)) != digest_of(*at_the_port(PortOpened(2), PortClosed(1), RAW, COOKED))


def test_processes_that_opened_the_port_at_an_earlier_instant_have_no_order_either() -> None:
    def both(*facts: Fact) -> list[Record]:
        return [*at_the_port(PortOpened(2)), *(Record(3.0, Source.PORT, fact) for fact in facts)]

    assert digest_of(*both(RAW, PortClosed(1))) == digest_of(*both(PortClosed(1), RAW))
    assert digest_of(*both(PortClosed(1), PortClosed(0))) != digest_of(*both(PortClosed(1), PortClosed(0, False)))


def test_one_process_alone_has_an_order_also_when_another_line_is_shared() -> None:
    def beside(*facts: Fact) -> str:
        return digest_of(*at_the_port(PortOpened(2), line="left"), *at_the_port(*facts, line="right"))

    assert beside(RAW, PortClosed(0)) != beside(PortClosed(0), RAW)
    assert digest_of(*at_the_port(RAW, PortClosed(0))) != digest_of(*at_the_port(PortClosed(0), RAW))


def test_two_lines_have_no_order_at_one_instant() -> None:
    left, right = (
        [
            Record(1.0, Source.PORT, PortOpened(1), line),
            Record(1.0, Source.CLIENT, Octets(data), line),
            Record(1.0, Source.MODEM, CircuitSet(Circuit.DCD, on=True), line),
        ]
        for line, data in (("left", b"ATZ\r"), ("right", b"ATI\r"))
    )
    assert digest_of(*left, *right) == digest_of(*right, *left)
    crossed = [Record(one.at, one.source, one.fact, {"left": "right"}.get(one.line, "left")) for one in (*left, *right)]
    assert digest_of(*left, *right) != digest_of(*crossed)


def test_a_digest_may_end_with_a_fact() -> None:
    transcript = Transcript()
    transcript.note(1.0, VerdictReached(VerdictKind.RELEASED, ""))
    whole, until = transcript.digest(), transcript.digest(until=VerdictReached)
    transcript.note(1.0, CleanedUp((7,)))
    assert transcript.digest(until=VerdictReached) == until == whole != transcript.digest()


class Following:
    """A follower that keeps what it is given, as records."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.outputs = 0

    def take(self, record: Record) -> None:
        self.records.append(record)

    def take_batches(self, batches: Sequence[Batch]) -> None:
        for at, line, outputs in batches:
            self.outputs += len(outputs)
            self.records += records_of(outputs, at=at, line=line)


def test_a_follower_hears_everything_once_and_in_order_but_only_when_the_records_are_read() -> None:
    transcript = Transcript()
    transcript.add_outputs(OUTPUTS[:1], at=1.0)
    follower = Following()
    transcript.follow(follower)
    for _ in range(40):
        transcript.add_outputs(list(OUTPUTS), at=2.0)
    assert follower.records == []
    transcript.catch_up()
    assert follower.records == RECORDS * 40
    transcript.note(3.0, PortOpened(1))
    assert follower.records == list(transcript)[1:]


def test_a_follower_hears_also_what_is_no_longer_kept() -> None:
    transcript = Transcript(most_records=3)
    follower = Following()
    transcript.follow(follower)
    for _ in range(40):
        transcript.add_outputs(list(OUTPUTS), at=2.0, line="1")
    transcript.catch_up()
    assert follower.records == [Record(each.at, each.source, each.fact, "1") for each in RECORDS] * 40
    assert len(transcript) <= 3


def test_what_nobody_reads_before_it_is_dropped_never_becomes_records(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Sequence[Output]] = []

    def make(outputs: Sequence[Output], *, at: float, line: str) -> list[Record]:
        made.append(outputs)
        return records_of(outputs, at=at, line=line)

    monkeypatch.setattr("simisp.transcript.transcript.records_of", make)
    transcript = Transcript(most_records=40)
    for at in range(1600):
        transcript.add_outputs(OUTPUTS, at=at)
    assert len(made) <= 1600 / 16
    assert [record.at for record in transcript][-4:] == [1599.0] * 4
    assert transcript.dropped + len(transcript) == 1600 * len(RECORDS)


def test_what_makes_no_outputs_leaves_nothing_for_followers() -> None:
    transcript, follower = Transcript(), Following()
    transcript.follow(follower)
    transcript.add_outputs([], at=1.0)
    transcript.add_outputs(OUTPUTS[:1], at=1.0, size=(1, 4))
    transcript.catch_up()
    assert (follower.outputs, len(follower.records), transcript.dropped) == (1, 1, 0)
