"""The queue on disk."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.dialling.mail.envelope import parse_message, render_message
from simisp.dialling.mail.maildir import Maildir, MaildirQueue
from simisp.errors import FileError, LockError, UnreadableMessageError
from simisp.mail.message import Message
from support.narrowed import known

BOB, CAROL = "bob@example.org", "carol@example.org"
MESSAGE = Message("", "alice@example.net", (BOB, CAROL), b"Message-ID: <1@x>\nSubject: x\n\nhello\n")


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[MaildirQueue]:
    opened = MaildirQueue(tmp_path / "queue", host="alice.example")
    yield opened
    opened.close()


def reopened(queue: MaildirQueue) -> MaildirQueue:
    queue.close()
    return MaildirQueue(queue.folder)


def test_messages_wait_in_the_order_in_which_they_were_queued(queue: MaildirQueue) -> None:
    names = [queue.queue(MESSAGE) for _ in range(20)]
    assert queue.waiting() == names


def test_a_message_comes_back_as_it_was_queued(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    found = known(queue.get(name))
    assert (found.sender, found.recipients, found.content) == (
        MESSAGE.sender,
        MESSAGE.recipients,
        MESSAGE.content,
    )


def test_a_message_is_gone_when_its_last_recipient_is_served(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    assert not queue.served(name, [BOB])
    assert known(queue.get(name)).recipients == (CAROL,)
    assert queue.waiting() == [name]
    assert queue.served(name, [CAROL])
    assert queue.get(name) is None
    assert queue.waiting() == []


def test_serving_what_is_gone_is_no_mistake(queue: MaildirQueue) -> None:
    assert queue.served("gone", [BOB])


def test_what_can_not_be_delivered_is_kept_with_its_reason(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    queue.served(name, [BOB], failed="550 no such\nuser")
    ((message, reason),) = queue.failed()
    assert (message.sender, message.recipients, reason) == (MESSAGE.sender, (BOB,), "550 no such user")
    assert known(queue.get(name)).recipients == (CAROL,)


def test_the_same_failure_twice_is_one_failure(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    queue._keep_failed(known(queue.get(name)), "550")
    queue.served(name, [BOB, CAROL], failed="550")
    assert len(queue.failed()) == 1


def test_doubt_outlives_the_process(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    queue.doubt(name, [BOB])
    later = reopened(queue)
    assert later.in_doubt() == {name: (BOB,)}
    assert later.waiting() == [name]
    later.deferred(name)
    assert later.in_doubt() == {}
    later.close()


def test_a_doubt_ends_with_the_reply(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    queue.doubt(name, [BOB, CAROL])
    queue.served(name, [BOB, CAROL])
    assert queue.in_doubt() == {}


def test_a_doubt_about_what_was_served_since_counts_for_nothing(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    queue.doubt(name, [BOB])
    note = (queue.folder / ".doubt" / name).read_bytes()
    queue.served(name, [BOB])
    (queue.folder / ".doubt" / name).write_bytes(note)  # killed before it was removed
    assert queue.in_doubt() == {}
    assert list((queue.folder / ".doubt").iterdir()) == []


def test_a_doubt_with_junk_in_it_is_about_everybody(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    (queue.folder / ".doubt" / name).write_bytes(b"\xff{")
    assert queue.in_doubt() == {name: (BOB, CAROL)}


def test_a_queue_has_one_service_at_a_time(queue: MaildirQueue) -> None:
    with pytest.raises(LockError, match=f"in use by pid {os.getpid()}") as caught:
        MaildirQueue(queue.folder)
    assert caught.value.pid == os.getpid()


def test_the_lock_goes_with_the_queue(queue: MaildirQueue) -> None:
    reopened(queue).close()
    queue.close()


def test_what_a_kill_interrupted_is_swept_away_and_others_work_is_left(queue: MaildirQueue, tmp_path: Path) -> None:
    temporary = queue.folder / "tmp"
    ours = temporary / f"{time.time_ns():020}.{2**22 - 1}_0.host"
    living = temporary / f"{time.time_ns():020}.{os.getpid()}_0.host"
    theirs, abandoned = temporary / "1234.other.host", temporary / "1233.other.host"
    for file in (ours, living, theirs, abandoned):
        file.write_bytes(b"x")
    os.utime(abandoned, (0, 0))
    later = reopened(queue)
    assert sorted(file.name for file in temporary.iterdir()) == sorted([living.name, theirs.name])
    later.close()


def test_a_message_that_another_program_drops_in_is_taken(queue: MaildirQueue) -> None:
    path = queue.folder / "new" / "1234.5.host"
    path.write_bytes(b"From: Alice <alice@example.net>\nTo: bob@example.org\nBcc: carol@example.org\n\nhello\n")
    message = known(queue.get("1234.5.host"))
    assert (message.sender, message.recipients) == ("alice@example.net", (BOB, CAROL))
    assert b"Bcc" not in message.content
    assert message.content.startswith(b"Message-ID: <1234.5.host@alice.example>\n")


def test_hidden_files_are_no_messages(queue: MaildirQueue) -> None:
    (queue.folder / "new" / ".x").write_bytes(b"")
    assert queue.waiting() == []


def test_a_message_waits_since_it_was_put(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    assert abs(known(queue.since(name)) - time.time()) < 60
    assert queue.since("gone") is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_without_room_is_told_and_leaves_nothing_half_written(
    queue: MaildirQueue, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    name = queue.queue(MESSAGE)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="can't be written") as caught:
        queue.queue(MESSAGE)
    assert caught.value.remedy
    with pytest.raises(FileError):
        queue.doubt(name, [BOB])
    assert queue.waiting() == [name]
    assert list((queue.folder / "tmp").iterdir()) == []


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="the mail folder can't be made"):
        Maildir(tmp_path / "file" / "queue")


def test_a_name_may_be_given_and_replaces(tmp_path: Path) -> None:
    inbox = Maildir(tmp_path)
    inbox.put(b"one", name="x")
    inbox.put(b"two", name="x")
    assert inbox.names() == ["x"]
    assert inbox.path("x").read_bytes() == b"two"


addresses = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True)


@given(addresses | st.just(""), st.lists(addresses, min_size=1, max_size=4, unique=True), st.binary(max_size=80))
def test_an_envelope_comes_back_whatever_the_message(sender: Any, recipients: Any, body: Any) -> None:
    message = Message("1", sender, tuple(recipients), b"Message-ID: <1@x>\n\n" + body)
    assert parse_message("1", render_message(message)) == message


@given(st.binary(max_size=200))
def test_no_file_in_the_queue_raises(octets: bytes) -> None:
    message = parse_message("1", octets)
    assert message.id == "1"


@pytest.mark.parametrize(
    ("header", "sender", "recipients"),
    [
        (b"From: a@b\nTo: c@d, E <e@f>\nCc: c@d\n", "a@b", ("c@d", "e@f")),
        (b"Return-Path: <x@y>\nFrom: a@b\nX-Envelope-To: g@h\nTo: c@d\n", "x@y", ("g@h",)),
        (b"Return-Path: <>\nX-Envelope-To: g@h\n", "", ("g@h",)),
        (b"To: c@d,\n e@f\n", "", ("c@d", "e@f")),
        (b"Subject: nobody\n", "", ()),
        (b"", "", ()),
    ],
)
def test_the_envelope_is_that_of_the_file_or_else_of_the_header(header: Any, sender: Any, recipients: Any) -> None:
    message = parse_message("1", header + b"\nbody\nTo: not@this\n")
    assert (message.sender, message.recipients) == (sender, recipients)
    assert message.content.endswith(b"\nbody\nTo: not@this\n")


def test_envelope_lines_are_not_sent_folded_ones_neither() -> None:
    octets = b"X-Envelope-To: a@b,\n c@d\nBCC: e@f,\n\tg@h\nMessage-ID: <1@x>\nSubject: Bcc\n\nBcc: kept\n"
    assert parse_message("1", octets).content == b"Message-ID: <1@x>\nSubject: Bcc\n\nBcc: kept\n"


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"To: " + b"(" * 2000 + b"\n\nhi\n", "nested too deeply"),
        (b"From alice@example.net Mon Oct 10 08:00:00 1997\nTo: bob@example.org\n\nhi\n", "mbox"),
        (b"To: bob@example.org\n\n" + b"x" * (32 * 1024 * 1024), "larger than"),
    ],
)
def test_what_can_never_be_sent_is_said_and_set_aside(queue: MaildirQueue, octets: bytes, reason: str) -> None:
    name = queue.put(octets)
    with pytest.raises(UnreadableMessageError, match=reason):
        queue.read(name)
    queue.set_aside(name)
    assert queue.waiting() == []
    assert (queue.folder / ".failed/new" / name).read_bytes() == octets
    assert queue.failed() == []


def test_only_regular_files_are_messages(queue: MaildirQueue, tmp_path: Path) -> None:
    new = queue.folder / "new"
    (tmp_path / "secret").write_bytes(b"To: bob@example.org\n\nhi\n")
    os.mkfifo(new / "fifo")
    (new / "folder").mkdir()
    (new / "link").symlink_to(tmp_path / "secret")
    for name in queue.waiting():
        with pytest.raises(UnreadableMessageError, match="not a regular file"):
            queue.read(name)
        queue.set_aside(name)
    assert queue.waiting() == []
    assert (tmp_path / "secret").exists()


def test_a_utf8_address_in_a_header_stays_what_it_was(queue: MaildirQueue) -> None:
    name = queue.put("To: jörg@example.net\n\nhi\n".encode())
    assert known(queue.get(name)).recipients == ("jörg@example.net",)
    queue.served(name, ["jörg@example.net"], failed="550 no")
    assert queue.failed()[0][0].recipients == ("jörg@example.net",)


@pytest.mark.parametrize("note", [b"7", b"{}", b"[[1]]", b"[" * 100_000, b"null", b"\xff"])
def test_a_note_of_doubt_that_nobody_understands_puts_all_recipients_in_doubt(queue: MaildirQueue, note: Any) -> None:
    name = queue.queue(MESSAGE)
    (queue.folder / ".doubt" / name).write_bytes(note)
    (queue.folder / ".doubt" / "folder").mkdir()
    assert queue.in_doubt() == {name: (BOB, CAROL)}


def test_mail_is_readable_for_its_owner_only(queue: MaildirQueue) -> None:
    name = queue.queue(MESSAGE)
    folders = [
        queue.folder,
        queue.folder / "new",
        queue.folder / "tmp",
        queue.folder / ".failed",
        queue.folder / ".doubt",
    ]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700] * 5
    assert queue.path(name).stat().st_mode & 0o777 == 0o600
