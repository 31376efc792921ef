"""What is read of a chat script, and where it says that it is."""

from __future__ import annotations

import pytest

from simisp.chat.meaning import ActInSend, Substitutions, meant_in_expect, meant_in_send
from simisp.chat.program import ChatFailure, compile_chat
from simisp.chat.reader import ChatKeyword, ChatSetting, ExpectSend, read_chat

LOGIN = """\
# dials
ABORT 'NO CARRIER' TIMEOUT 10
'' ATZ
OK "ATDT 1"
\togin:-\\K\\c-ogin: joe
"""


def test_each_statement_knows_its_place() -> None:
    script = read_chat(LOGIN, "login.chat")
    assert [(each.place.line, each.place.column, each.place.length) for each in script.statements] == [
        (2, 1, 5),
        (2, 20, 7),
        (3, 1, 2),
        (4, 1, 2),
        (5, 2, 16),
    ]
    abort, timeout, *_ = script.statements
    assert isinstance(abort, ChatSetting)
    assert abort.value is not None
    assert (abort.keyword, abort.value.text, abort.value.place.column) == (ChatKeyword.ABORT, "NO CARRIER", 7)
    assert isinstance(timeout, ChatSetting)


def test_each_part_between_hyphens_knows_its_place_and_its_offsets() -> None:
    script = read_chat(LOGIN, "login.chat")
    *_, last = script.exchanges
    first, second = last.turns
    assert first.send is not None
    assert [(part.text, part.place.column) for part in (first.expect, first.send, second.expect)] == [
        ("ogin:", 2),
        (r"\K\c", 8),
        ("ogin:", 13),
    ]
    assert all(LOGIN[part.start : part.end] == part.text for part in (first.expect, first.send, second.expect))
    assert last.reply is not None
    assert LOGIN[last.reply.start : last.reply.end] == "joe"


def test_the_place_of_a_quoted_word_has_its_quotes_and_its_offsets_do_not() -> None:
    script = read_chat(LOGIN)
    quoted = next(each for each in script.exchanges if each.word.text == "OK").answer
    assert quoted is not None
    assert (quoted.text, quoted.place.column, quoted.place.length, quoted.quote) == ("ATDT 1", 4, 8, '"')
    assert LOGIN[quoted.start : quoted.end] == '"ATDT 1"'


def test_a_comment_is_known_with_its_line() -> None:
    [comment] = read_chat(LOGIN).file.comments
    assert (comment.text, comment.place.line) == ("# dials", 1)


def test_a_quoted_keyword_is_a_keyword_and_one_in_lower_case_is_none() -> None:
    assert isinstance(read_chat("'ABORT' BUSY").statements[0], ChatSetting)
    assert isinstance(read_chat("abort BUSY").statements[0], ExpectSend)


def test_a_keyword_where_something_is_sent_is_a_text() -> None:
    [first, second] = read_chat("OK ABORT BUSY x").statements
    assert isinstance(first, ExpectSend)
    assert isinstance(second, ExpectSend)


def test_a_setting_without_its_value_does_nothing() -> None:
    script = read_chat("ABORT")
    [setting] = script.statements
    assert isinstance(setting, ChatSetting)
    assert setting.value is None
    assert compile_chat(script).steps == ()


def test_columns_count_characters_and_octets_are_those_of_the_file() -> None:
    for encoding in ("utf-8", "latin-1"):
        script = read_chat("'' zürich OK x".encode(encoding))
        first, second = script.exchanges
        assert second.place.column == 11
        assert first.answer is not None
        assert script.text.octets(first.answer.text) == "zürich".encode(encoding)


def test_a_file_that_is_not_there_is_a_failure_with_its_place() -> None:
    *_, failure = compile_chat(read_chat("''\n @nowhere")).steps
    assert isinstance(failure, ChatFailure)
    assert (failure.status, failure.place.line, failure.reason) == (1, 2, "the file nowhere can't be read")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"\b\r\n\s\t\\", b"\b\r\n \t\\"),
        (rb"\101\1018\0\400x", b"AA8x"),
        (rb"\T\U", rb"\T\U"),
        (rb"\q\c\d\K\p\N\x", b"cdKpNx"),
        (b"^M^J^@^a^", b"\r\n\x01^"),
        (rb"\^M", b"^M"),
        (b"a\\", b"a"),
        (b"$X${Y}$", b"$X${Y}$"),
    ],
)
def test_what_is_expected_means_what_the_table_says(written: bytes, meant: bytes) -> None:
    assert meant_in_expect(written) == meant


def test_variables_are_replaced_by_their_text_as_it_is() -> None:
    env = Substitutions(variables={b"X": rb"a\sb", b"D": rb"\d"})
    assert meant_in_expect(b"$X.$NONE.${X}", env) == rb"a\sb..{X}"
    assert meant_in_send(rb"$X$D\c", env).elements == (*b"asb", ActInSend.DELAY)


def test_a_send_has_its_delays_pauses_and_breaks_in_their_places() -> None:
    text = meant_in_send(rb"\da\p\Kb\c\c")
    assert text.elements == (ActInSend.DELAY, ord("a"), ActInSend.PAUSE, ActInSend.BREAK, ord("b"), ord("c"))
    assert text.data == b"abc"
    assert not text.quiet
    assert meant_in_send(rb"secret\q").quiet
