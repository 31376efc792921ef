"""Where secret words were sent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.facts.isp import Asking
from simisp.runner.credentials import SentWords

WORDS = ("abb", "c", "baab")
STEPS = st.lists(st.text("abcd", min_size=1, max_size=6) | st.sampled_from([Asking("one"), Asking("two")]), max_size=12)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.sets(st.sampled_from(["one", "two", "before any prompt"])), st.booleans())
def test_a_word_is_seen_where_its_last_octet_is_sent_however_it_was_split(
    steps: list[str | Asking], allowed: set[str], asks_each_time: bool
) -> None:
    watch, sent, where, seen = SentWords(WORDS, allowed), "", "before any prompt", list[str]()
    for step in steps:
        if isinstance(step, Asking):
            watch.take_fact(step)
            where = step.prompt
            continue
        watch.take_octets(step.encode())
        for octet in step:
            sent += octet
            if sent.endswith(WORDS) and where not in allowed and where not in seen:
                seen.append(where)
        if asks_each_time:
            assert watch.seen_at == seen
    assert watch.seen_at == seen


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), st.text("abcd", min_size=1, max_size=4)), max_size=30))
def test_places_are_in_the_order_in_which_words_were_sent_whichever_line_it_was(steps: list[tuple[str, str]]) -> None:
    watch, sent, seen = SentWords(WORDS), dict.fromkeys("123", ""), list[str]()
    for number, (line, text) in enumerate(steps):
        watch.take_fact(Asking(where := f"prompt {number // 3}"))
        watch.take_octets(text.encode(), line)
        for octet in text:
            sent[line] += octet
            if sent[line].endswith(WORDS) and where not in seen:
                seen.append(where)
    assert watch.seen_at == seen


def test_what_is_sent_on_one_line_does_not_complete_a_word_on_another() -> None:
    watch = SentWords(["secret"])
    watch.take_octets(b"sec", "1")
    watch.take_octets(b"ret", "2")
    assert watch.seen_at == []
    watch.take_octets(b"ret", "1")
    assert watch.seen_at == ["before any prompt"]


def test_a_word_is_seen_among_many_pieces_and_long_ones() -> None:
    watch = SentWords(["secret"])
    for piece in [b"x"] * 5000 + [b"sec"] + [b"ret" + b"y" * 5000]:
        watch.take_octets(piece)
    assert watch.seen_at == ["before any prompt"]


@pytest.mark.parametrize(("lines", "size", "most"), [(1, 1, 64), (100, 1, 4096), (1, 250, 66), (100, 250, 66)])
def test_little_is_kept_of_what_was_not_searched(lines: int, size: int, most: int) -> None:
    watch, kept = SentWords(["secret"]), 0
    for number in range(10_000):
        watch.take_octets(b"x" * size, str(number % lines))
        kept = max(kept, len(watch._pieces))
    assert kept <= most


def test_without_words_nothing_is_seen() -> None:
    watch = SentWords([""])
    watch.take_octets(b"anything")
    assert watch.seen_at == []
