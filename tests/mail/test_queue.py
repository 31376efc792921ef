"""The queue in memory, and messages."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from simisp.mail.message import Message, crlf
from simisp.mail.queue import MemoryQueue
from support.narrowed import known

MESSAGE = Message("1", "alice@example.net", ("bob@example.org", "carol@example.org"), b"Subject: x")


def test_messages_wait_in_the_order_in_which_they_came() -> None:
    queue = MemoryQueue()
    for name in ("b", "a", "c"):
        queue.put(Message(name, "", ("x@y.example",), b""))
    assert queue.waiting() == ["b", "a", "c"]


def test_a_message_that_is_queued_already_stays_as_it_is() -> None:
    queue = MemoryQueue()
    queue.put(MESSAGE)
    queue.put(Message("1", "", ("x@y.example",), b""))
    assert queue.get("1") is MESSAGE


def test_a_message_is_gone_when_its_last_recipient_is_served() -> None:
    queue = MemoryQueue()
    queue.put(MESSAGE)
    assert not queue.served("1", ["bob@example.org"])
    assert known(queue.get("1")).recipients == ("carol@example.org",)
    assert queue.served("1", ["carol@example.org"])
    assert queue.get("1") is None
    assert queue.served("1", ["carol@example.org"])


def test_what_can_not_be_delivered_is_kept_with_its_reason() -> None:
    queue = MemoryQueue()
    queue.put(MESSAGE)
    queue.served("1", ["bob@example.org"], failed="550 no such user")
    ((message, reason),) = queue.failed
    assert (message.recipients, reason) == (("bob@example.org",), "550 no such user")
    assert queue.waiting() == ["1"]


def test_doubt_and_deferral_leave_a_message_where_it_is() -> None:
    queue = MemoryQueue()
    queue.put(MESSAGE)
    queue.doubt("1", MESSAGE.recipients)
    queue.deferred("1")
    assert queue.get("1") == MESSAGE


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"."]), max_size=12))
def test_every_line_of_a_message_ends_with_crlf_and_no_line_is_lost(pieces: Sequence[bytes]) -> None:
    content = b"".join(pieces)
    sent = crlf(content)
    assert sent.replace(b"\r\n", b"").count(b"\r") == sent.replace(b"\r\n", b"").count(b"\n") == 0
    assert sent.splitlines() == content.splitlines()
