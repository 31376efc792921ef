"""The mail service's settings out of files."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from simisp.dialling.files.mail_file import LoadedMail, load_mail
from simisp.errors import SourceError
from simisp.mail.config import CommandRetrieval, ServiceConfig
from simisp.mail.schedule import AtTimes, Every, Never, Timetable, Weekly
from simisp.mail.smtp_client import Etrn, Turn
from simisp.ras.outputs import OnGiveUp
from support.narrowed import known
from support.sample_files import EVERY_MAIL_KEY, SHORTEST_MAIL

BOOK = "OzEmail: {number: '1', port: /dev/ttyS0}\n"


def load(folder: Path, text: str) -> LoadedMail | None:
    (folder / "book.yaml").write_text(BOOK)
    (folder / "mail.yaml").write_text(text)
    return load_mail(folder / "mail.yaml")


def mistakes(folder: Path, text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(SourceError) as caught:
        load(folder, text)
    return [(d.place.line, d.place.column, d.message) for d in caught.value.diagnostics]


def test_the_shortest_file(tmp_path: Path) -> None:
    mail = known(load(tmp_path, SHORTEST_MAIL))
    assert mail.config == ServiceConfig("OzEmail", Timetable(Every(900)), host="localhost")
    assert mail.on_give_up is OnGiveUp.ORPHAN
    assert (mail.queue, mail.inbox, mail.listen) == (tmp_path / "queue", tmp_path / "inbox", None)
    assert mail.events == tmp_path / "events.jsonl"
    assert len(mail.phonebook.book) == 1


def test_a_file_with_every_key(tmp_path: Path) -> None:
    mail = known(load(tmp_path, EVERY_MAIL_KEY))
    weekly = Weekly(((0, time(8)), (4, time(8)), (4, time(17, 30))))
    assert mail.config == ServiceConfig(
        "ozemail",
        Timetable(weekly, AtTimes((time(12),))),
        queued_for=600.0,
        retrieval=Etrn(("example.net",)),
        time_out=90.0,
        host="mail.isp.example",
        port=2525,
        name="alice.example",
        messages_per_session=8,
    )
    assert mail.on_give_up is OnGiveUp.END
    assert (str(mail.queue), mail.inbox, mail.events) == (
        "/var/spool/out",
        tmp_path / "in",
        tmp_path / "log",
    )
    assert mail.listen == 2526


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{every: 1h}", Every(3600)),
        ('{daily: ["00:00"]}', AtTimes((time(0),))),
    ],
)
def test_each_schedule_is_its_rule(tmp_path: Path, text: Any, rule: Any) -> None:
    assert known(load(tmp_path, SHORTEST_MAIL.replace("{every: 15m}", text))).config.timetable.rule == rule


def test_never_is_a_schedule_when_mail_is_dialled_for(tmp_path: Path) -> None:
    mail = known(load(tmp_path, SHORTEST_MAIL.replace("{every: 15m}", "never") + "queued_for: 5m\n"))
    assert mail.config.timetable.rule == Never()


@pytest.mark.parametrize(
    ("text", "retrieval"), [("turn", Turn()), ("{command: [finger, isp]}", CommandRetrieval(("finger", "isp")))]
)
def test_each_retrieval_is_its_way(tmp_path: Path, text: Any, retrieval: Any) -> None:
    assert known(load(tmp_path, SHORTEST_MAIL + f"retrieval: {text}\n")).config.retrieval == retrieval


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{every: 15m}", "{every: 15m, daily: ['06:00']}", "write one of every, daily and weekly, or the word never"),
        ("{every: 15m}", "{}", "write one of every, daily and weekly, or the word never"),
        ("{every: 15m}", "{every: 0.5s}", "an interval must be at least one second"),
        ("{every: 15m}", "{daily: ['25:00']}", "'25:00' is not a time of day such as 06:30"),
        ("{every: 15m}", "{daily: []}", "expected at least 1 here"),
        ("{every: 15m}", "{evry: 15m}", "unknown key 'evry'"),
        ("{every: 15m}", "never", "with no schedule and without queued_for the service never dials"),
        ("schedule", "time_out: 0s\nschedule", "the time-out must be more than 0"),
        ("schedule", "retrieval: {}\nschedule", "write one of etrn and command, or the word turn"),
        ("schedule", "port: 0\nschedule", "expected 1 or more"),
        ("schedule", "on_give_up: stay\nschedule", "expected orphan or end, not 'stay'"),
        ("entry: OzEmail\n", "", "'entry' is missing"),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, old: Any, new: Any, message: Any) -> None:
    ((_, _, told),) = mistakes(tmp_path, SHORTEST_MAIL.replace(old, new))
    assert told == message


def test_an_entry_that_the_phone_book_lacks_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="did you mean 'OzEmail'") as caught:
        load(tmp_path, SHORTEST_MAIL.replace("OzEmail", "OzMail"))
    assert caught.value.diagnostics[0].place.line == 1


def test_a_phone_book_with_mistakes_is_told_with_its_own_places(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("OzEmail: {number: x, port: y}\n")
    with pytest.raises(SourceError, match=r"bad\.yaml:1:19: error: 'x' is not a number"):
        load(tmp_path, SHORTEST_MAIL.replace("book.yaml", "bad.yaml"))


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('name: "x\\r\\nMAIL FROM:<evil@x>"', 7),
        ('host: "h\\0st"', 7),
        ("host: mail..isp", 7),
        ('retrieval: {etrn: ["a\\r\\nDATA"]}', 19),
        ('retrieval: {etrn: ["b c"]}', 19),
        ('retrieval: {etrn: [""]}', 19),
        ('retrieval: {command: ["a\\0b"]}', 22),
    ],
)
def test_what_would_not_stay_one_word_of_a_command_is_refused_with_its_place(
    tmp_path: Path, line: Any, column: Any
) -> None:
    ((where, at, _),) = mistakes(tmp_path, f"{SHORTEST_MAIL}{line}\n")
    assert (where, at) == (SHORTEST_MAIL.count("\n") + 1, column + ("[" in line))


def test_a_phone_books_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    text = SHORTEST_MAIL.replace("book.yaml", '"bo\\0ok.yaml"')
    assert [message for _, _, message in mistakes(tmp_path, text)] == ["a file name can't contain NUL"]
