"""Text that is waited for, in what one side has said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simisp.transcript import Record, Source, Transcript
from simisp.transcript.record import octets_record
from simisp.transcript.search import TextSearch


def said(transcript: Transcript, data: bytes, source: Source = Source.MODEM) -> None:
    transcript.add(octets_record(0.0, source, data))


def test_a_text_is_found_however_it_was_cut_and_only_once() -> None:
    transcript = Transcript()
    search = TextSearch(transcript)
    said(transcript, b"Ser")
    assert not search.find("Service?")
    said(transcript, b"vice")
    assert not search.find("Service?")
    said(transcript, b"Service?", Source.CLIENT)
    assert not search.find("Service?")
    said(transcript, b"? Service?")
    assert search.find("Service?")
    assert search.find("Service?")
    assert not search.find("Service?")


def test_records_that_are_no_longer_kept_move_nothing() -> None:
    transcript = Transcript(most_records=10)
    search = TextSearch(transcript)
    for number in range(100):
        said(transcript, b"line %d\n" % number)
        assert search.find(f"line {number}\n")
    assert transcript.dropped == 90
    assert not search.find("line 99")


def test_what_was_dropped_before_anybody_looked_is_not_found_and_what_is_kept_is() -> None:
    transcript = Transcript(most_records=10)
    search = TextSearch(transcript)
    for number in range(100):
        said(transcript, b"line %d\n" % number)
    assert not search.find("line 89\n")
    assert search.find("line 90\n")


def test_each_record_is_read_once_however_often_is_asked() -> None:
    read: list[int] = []

    class Counting(Transcript):
        def since(self, number: int) -> tuple[list[Record], int]:
            records, following = super().since(number)
            read.append(len(records))
            return records, following

    transcript = Counting()
    search = TextSearch(transcript)
    for _ in range(1000):
        said(transcript, b"x")
        assert not search.find("THE END")
    assert read == [1] * 1000


def test_a_text_that_no_octets_stand_for_never_comes() -> None:
    transcript = Transcript()
    said(transcript, b"10 EUR")
    assert not TextSearch(transcript).find("10 \N{EURO SIGN}")


@given(st.lists(st.text("ab", max_size=4), max_size=20), st.lists(st.text("ab", min_size=1, max_size=3), max_size=8))
def test_it_finds_what_a_search_through_the_whole_text_finds(pieces: list[str], sought: list[str]) -> None:
    transcript = Transcript()
    search = TextSearch(transcript)
    said_so_far, seen = "", 0
    for index in range(max(len(pieces), len(sought))):
        if index < len(pieces):
            said(transcript, pieces[index].encode())
            said_so_far += pieces[index]
        if index < len(sought):
            at = said_so_far.find(sought[index], seen)
            assert search.find(sought[index]) == (at >= 0)
            seen = at + len(sought[index]) if at >= 0 else seen
