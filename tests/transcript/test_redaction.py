"""Secrets are masked however they pass."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.facts.isp import LineAnswered
from simisp.facts.port import PortOpened
from simisp.facts.story import CommandSkipped
from simisp.spans import whole
from simisp.transcript import Record, Redactor, Source
from simisp.transcript.record import octets_record
from simisp.transcript.redaction import mask_arguments, mask_text

SECRETS = [b"wonderland", b"landlord", b"abc"]


def octets(data: bytes, source: Source = Source.CLIENT, *, secret: bool = False) -> Record:
    return octets_record(0.0, source, data, whole(data) if secret else ())


def shown(records: Iterable[Record], secrets: Iterable[bytes] = SECRETS) -> list[bytes]:
    redactor = Redactor(secrets)
    out = [record for given_ in records for record in redactor.feed(given_)]
    return [record.data for record in (*out, *redactor.flush())]


def test_a_known_secret_is_masked_within_other_octets() -> None:
    assert shown([octets(b"x wonderland y")]) == [b"x ********** y"]


def test_a_known_secret_is_masked_however_it_is_cut() -> None:
    pieces = [octets(bytes([octet])) for octet in b"wonderland!"]
    assert shown(pieces) == [b"*"] * 10 + [b"!"]


def test_each_side_is_looked_at_by_itself_and_the_order_is_kept() -> None:
    records = [octets(b"wonder"), octets(b"wonder", Source.MODEM), octets(b"land"), octets(b"ful", Source.MODEM)]
    assert shown(records, [b"wonderland"]) == [b"******", b"wonder", b"****", b"ful"]


def test_what_only_began_like_a_secret_is_shown_when_that_is_clear() -> None:
    redactor = Redactor([b"wonderland"])
    assert redactor.feed(octets(b"wonder")) == []
    assert redactor.feed(Record(0.0, Source.PORT, PortOpened(1))) == []
    assert [record.data for record in redactor.feed(octets(b"ful"))] == [b"wonder", b"", b"ful"]


def test_a_secret_that_was_begun_twice_is_masked_from_its_second_beginning() -> None:
    assert shown([octets(b"wonder"), octets(b"wonderland")], [b"wonderland"]) == [b"wonder", b"*" * 10]


def test_secrets_that_overlap_are_both_masked() -> None:
    assert shown([octets(b"wonderlandlord.")]) == [b"*" * 14 + b"."]
    assert shown([octets(b"wonderla"), octets(b"ndlo"), octets(b"rd.")]) == [b"*" * 8, b"*" * 4, b"**."]
    assert mask_text("a wonderlandlord.", SECRETS) == "a " + "*" * 14 + "."


def test_a_short_secret_is_only_masked_where_it_was_asked_for() -> None:
    assert shown([octets(b"abc"), octets(b"abc\r\n", secret=True)]) == [b"abc", b"***\r\n"]


def test_what_was_asked_for_as_a_secret_is_masked_but_for_line_ends() -> None:
    assert shown([octets(b"\rwrong\n", secret=True)], []) == [b"\r*****\n"]


def test_known_secrets_are_masked_in_the_texts_of_facts() -> None:
    record = Record(0.0, Source.ISP, LineAnswered("Word", "my wonderland"))
    [masked] = Redactor(SECRETS).feed(record)
    assert masked.fact == LineAnswered("Word", "my **********")
    unchanged = Record(0.0, Source.ISP, LineAnswered("Word", "my garden"))
    assert Redactor(SECRETS).feed(unchanged) == [unchanged]
    assert Redactor().feed(record) == [record]


def test_known_secrets_are_masked_in_lists_too() -> None:
    [masked] = Redactor(SECRETS).feed(Record(0.0, Source.RUN, CommandSkipped(("echo", "wonderland"))))
    assert masked.fact == CommandSkipped(("echo", "**********"))


def test_what_could_still_become_a_secret_is_masked_at_the_end() -> None:
    assert shown([octets(b"so wonderlan")]) == [b"so *********"]


def test_the_rest_of_a_secret_is_masked_after_its_beginning_had_to_be_shown() -> None:
    redactor = Redactor(SECRETS)
    begun = redactor.feed(octets(b"x wonder")) + redactor.flush()
    rest = redactor.feed(octets(b"land y"))
    assert [record.data for record in begun + rest] == [b"x ******", b"**** y"]


def test_no_more_than_some_hundred_records_are_held_back() -> None:
    redactor = Redactor([b"wonderland"])
    assert redactor.feed(octets(b"wonder")) == []
    flood = [record for _ in range(300) for record in redactor.feed(octets(b"x", Source.MODEM))]
    assert flood[0].data == b"******"
    assert len(flood) == 301
    assert [record.data for record in redactor.feed(octets(b"land"))] == [b"****"]


def test_records_that_hide_nothing_are_the_records_themselves() -> None:
    record = octets(b"ATZ\r")
    assert Redactor(SECRETS).feed(record)[0] is record


@pytest.mark.parametrize("text", ["", "wonderlan", "日本 wonder land"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert mask_text(text, SECRETS) == text


STREAM = st.lists(st.sampled_from([b"wonderland", b"wonder", b"land", b"lord", b"l", b"won", b" ", b"w"]), max_size=12)


@settings(max_examples=100, deadline=None)
@given(STREAM, st.data())
def test_however_a_stream_is_cut_the_same_octets_are_masked(words: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    cut = b"".join(shown([octets(piece) for piece in pieces]))
    assert cut == b"".join(shown([octets(stream)]))
    assert len(cut) == len(stream)
    for secret in SECRETS[:2]:
        assert secret not in cut


@pytest.mark.parametrize(
    "typed",
    [
        b"WONDERland",
        b"wondex\b\berland",
        b"wonder\b\bx\x7ferland",
        b"wondxyz\b\b\berland",
        b"wonde\b \berland",
    ],
)
@pytest.mark.parametrize("cut", [1, 3, 100])
def test_a_password_in_another_case_or_corrected_by_backspace_is_masked_however_it_is_cut(
    typed: bytes, cut: int
) -> None:
    redactor = Redactor([b"wonderland"])
    out = []
    for start in range(0, len(typed), cut):
        out += redactor.feed(octets(typed[start : start + cut]))
    out += redactor.feed(octets(b"\rATH\r")) + redactor.flush()
    shown = b"".join(record.data for record in out)
    assert len(shown) == len(typed) + 5
    assert shown.endswith(b"\rATH\r")
    assert b"land" not in shown.lower()
    assert cut < 100 or set(shown[:-5]) == set(b"*")


def test_an_url_coded_password_is_masked_in_octets_and_in_texts() -> None:
    secret = b"looking glass/2"
    for coded in ("looking%20glass%2F2", "looking+glass%2f2"):
        assert mask_text(f"http://a?p={coded}&x", [secret]) == f"http://a?p={'*' * len(coded)}&x"
        redactor = Redactor([secret])
        (record,) = redactor.feed(octets(f"?p={coded}&".encode()))
        assert record.data == b"?p=" + b"*" * len(coded) + b"&"


def test_a_password_that_is_not_ascii_is_masked_in_texts() -> None:
    assert mask_text("chat pässwort", ["pässwort".encode()]) == "chat ********"


def test_a_prompt_that_begins_like_a_password_is_shown_at_once() -> None:
    (record,) = Redactor([b"passw0rd"]).feed(octets(b"Password: ", Source.MODEM))
    assert record.data == b"Password: "


@pytest.mark.parametrize(
    "arguments",
    [
        ["chat", "-v", "ogin:", "alice", "assword:", "looking-glass"],
        ["chat", "ogin:", "alice", "ssword:--word:", "looking-glass"],
        ["dialler", "--password", "looking-glass", "--user", "alice"],
        ["dialler", "--password=looking-glass", "alice"],
        ["sh", "-c", "chat ogin: alice assword: looking-glass </dev/modem"],
        ["sh", "-c", "chat ogin: alice 'assword:' 'looking-glass'"],
    ],
)
def test_the_answer_to_a_password_prompt_in_arguments_is_masked_though_nobody_knows_it(arguments: list[str]) -> None:
    shown = " ".join(mask_arguments(arguments))
    assert "glass" not in shown
    assert "alice" in shown
    assert len(shown) == len(" ".join(arguments))


def test_arguments_without_a_password_stay_as_they_are() -> None:
    arguments = ["chat", "-f", "wordlist", "CONNECT", "\\d\\c", "ogin:", "alice", "/tmp/passwords.chat"]
    assert mask_arguments(arguments) == arguments
