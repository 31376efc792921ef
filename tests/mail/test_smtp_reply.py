"""Replies of an SMTP server."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.mail.smtp_reply import LONGEST_LINE, MOST_LINES, Reply, ReplyReader


def test_lines_with_a_hyphen_belong_to_one_reply() -> None:
    (reply,) = ReplyReader().read(b"250-isp\r\n250-SIZE 1000\r\n250 8BITMIME\r\n")
    assert reply == Reply(250, ("isp", "SIZE 1000", "8BITMIME"))


def test_a_bare_code_is_a_reply() -> None:
    assert list(ReplyReader().read(b"354\r\n")) == [Reply(354, ("",))]


def test_a_line_feed_alone_ends_a_line_too() -> None:
    assert list(ReplyReader().read(b"220 isp\n")) == [Reply(220, ("isp",))]


@pytest.mark.parametrize("line", [b"hello", b"99 x", b"600 x", b"2500", b"", b"\xff\xfe"])
def test_anything_else_is_no_reply(line: bytes) -> None:
    (reply,) = ReplyReader().read(line + b"\r\n")
    assert (reply.code, reply.is_positive, reply.is_permanent) == (0, False, False)
    assert "no reply" in str(reply)


@pytest.mark.parametrize(
    ("code", "positive", "permanent"), [(250, True, False), (354, True, False), (451, False, False), (550, False, True)]
)
def test_the_first_digit_tells_what_became_of_a_command(code: int, positive: bool, permanent: bool) -> None:
    reply = Reply(code, ("x",))
    assert (reply.is_positive, reply.is_permanent) == (positive, permanent)


def test_a_line_without_end_is_bounded() -> None:
    reader = ReplyReader()
    assert list(reader.read(b"250 " + b"x" * 1_000_000)) == []
    (reply,) = reader.read(b"\r\n")
    assert len(reply.lines[0]) <= LONGEST_LINE


def test_a_reply_without_end_is_bounded() -> None:
    reader = ReplyReader()
    assert list(reader.read(b"250-x\r\n" * 100_000)) == []
    (reply,) = reader.read(b"250 x\r\n")
    assert len(reply.lines) == MOST_LINES


@given(
    st.lists(st.sampled_from([b"250", b"-", b" ", b"x", b"\r\n", b"\n", b"\r", b"4"]), max_size=20), st.integers(0, 40)
)
def test_cutting_the_octets_changes_nothing(pieces: Sequence[bytes], cut: int) -> None:
    data = b"".join(pieces)
    whole, pieces_reader = ReplyReader(), ReplyReader()
    assert [*pieces_reader.read(data[:cut]), *pieces_reader.read(data[cut:])] == list(whole.read(data))
