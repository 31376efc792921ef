"""Whole stories out of one file."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simisp.dialling.files.story_file import has_story, load_story
from simisp.errors import SourceError
from simisp.mail.smtp_server import HostBehaviour
from simisp.scenario.load import bundled_folder, load
from simisp.story.config import InstallScript, QueueMail, ReleasePort, RestartService
from simisp.story.play import play
from simisp.story.timeline import line_of
from simisp.transcript import Transcript
from simisp.transcript.json_lines import record_line
from support.rounds import rounds

HEAD = """\
title: a story
isp:
  accounts: {alice: wonderland}
  dialogue:
    - authenticate: {user: "Username:", password: "Password:"}
"""
STORY = """\
dialling:
  entry: OzEmail
  phonebook:
    OzEmail: {number: "5551234", port: COM1, user: alice, script: a.scp}
  schedule: {every: 15m}
  for: 1h
"""
SCRIPT = """\
proc main
  waitfor "sername:" until 30
  transmit $USERID, raw
  transmit "^M"
  waitfor "assword:" until 30
  transmit $PASSWORD, raw
  transmit "^M"
endproc
"""


def write(folder: Path, text: str) -> Path:
    (folder / "a.scp").write_text(SCRIPT)
    (folder / "b.scp").write_text(SCRIPT)
    path = folder / "story.yaml"
    path.write_text(text)
    return path


def mistakes(folder: Path, text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(SourceError) as caught:
        load_story(write(folder, text))
    return [(d.place.line, d.place.column, d.message) for d in caught.value.diagnostics]


def test_the_shortest_story_plays(tmp_path: Path) -> None:
    story = load_story(write(tmp_path, HEAD + STORY))
    assert story.duration == 3600.0
    assert story.config.password == "wonderland"
    played = play(story.config, until=story.duration)
    assert played.dial_up.session.calls == 4


def test_the_scenario_is_played_without_its_story_too(tmp_path: Path) -> None:
    assert load(write(tmp_path, HEAD + STORY)).model.title == "a story"


def test_a_scenario_tells_whether_it_has_a_story(tmp_path: Path) -> None:
    assert has_story(write(tmp_path, HEAD + STORY))
    assert not has_story(write(tmp_path, HEAD))
    assert not has_story("login")


def test_all_that_can_happen(tmp_path: Path) -> None:
    text = (
        HEAD
        + STORY
        + """\
  began: 2026-01-02 03:04
  mail_host:
    sessions: ["421", slow, silent after DATA, well]
    waiting: [{from: c@d, to: [a@b]}]
  happens:
    - {at: 1m, do: restart the service}
    - {at: 2m, do: release the port}
    - {at: 3m, install: {a.scp: b.scp}}
    - {at: 4m, mail: {from: a@b, to: [c@d, e@f], subject: hello}}
"""
    )
    story = load_story(write(tmp_path, text))
    restart, release, install, mail = story.config.actions
    assert restart == RestartService(60.0)
    assert release == ReleasePort(120.0)
    assert isinstance(install, InstallScript)
    assert (install.at, install.path) == (180.0, "a.scp")
    assert isinstance(mail, QueueMail)
    assert mail.message.recipients == ("c@d", "e@f")
    assert b"Subject: hello\n" in mail.message.content
    assert story.config.began == datetime.fromisoformat("2026-01-02 03:04")
    assert story.config.host.sessions == (
        HostBehaviour.BUSY,
        HostBehaviour.SLOW,
        HostBehaviour.SILENT,
        HostBehaviour.WELL,
    )
    assert len(story.config.host.waiting) == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  for: 1h\n", "", (7, 3, "'for' is missing")),
        ("for: 1h", "for: 0s", (11, 8, "a story must take some time")),
        ("entry: OzEmail", "entry: OzMail", (7, 10, "the phone book has no entry 'OzMail'")),
        ("a.scp", "none.scp", (9, 67, "the script 'none.scp' can't be read (no such file or directory)")),
        ("script: a.scp", "script: {command: [chat]}", (9, 67, "only a .scp can be played in pure time")),
        ("  for: 1h", "  for: 1h\n  began: noon", (12, 10, "'noon' is not a date and time such as 1997-10-10 08:00")),
        ("  for: 1h", "  for: 1h\n  happens: [{at: 1m}]", (12, 13, "write one of do, install and mail")),
        ("  for: 1h", "  for: 1h\n  happens: [{at: 1m, do: reboot}]", (12, 26, None)),
        ("  for: 1h", "  for: 1h\n  happens: [{at: 1m, install: {x.scp: b.scp}}]", (12, 39, None)),
        ("  for: 1h", "  for: 1h\n  mail_host: {sessions: [bad]}", (12, 26, None)),
        ("schedule: {every: 15m}", "schedule: never", (10, 13, None)),
        ("  for: 1h", "  for: 1h\n  calls: [dialogue, login]", (12, 21, "the scenario has no dialogue 'login'")),
        ("dialling:", "dialing:", (6, 1, "unknown key 'dialing'")),
    ],
)
def test_each_mistake_has_its_place_in_the_file(
    tmp_path: Path, old: str, new: str, told: tuple[int, int, str | None]
) -> None:
    (found,) = mistakes(tmp_path, HEAD + STORY.replace(old, new))
    assert found[:2] == told[:2]
    assert told[2] is None or found[2] == told[2]


def test_a_script_with_mistakes_is_told_with_its_own_places(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + STORY)
    (tmp_path / "a.scp").write_text("proc main\n nonsense\nendproc\n")
    with pytest.raises(SourceError, match=r"a\.scp:2:"):
        load_story(path)


def test_a_scenario_without_a_story_is_told(tmp_path: Path) -> None:
    ((_, _, message),) = mistakes(tmp_path, HEAD)
    assert message == "there is no section 'dialling' in it"


def bundled_story() -> Any:
    transcript = Transcript()
    story = load_story("kb175410")
    played = play(story.config, until=story.duration, transcript=transcript)
    return played, [line for record in transcript if (line := line_of(record))]


def test_the_article_s_story_comes_with_simisp() -> None:
    played, _ = bundled_story()
    errors = [event.details["error"] for _, event in played.events if event.id == 4106]
    assert errors == [638, *[633] * 8, 721]
    subjects = [mail.content.split(b"Subject: ")[1].split(b"\r\n")[0] for mail in played.accepted]
    assert subjects == [b"queued before the first call", b"queued after the repair"]
    assert played.queue.waiting() == []


def test_its_time_line_tells_the_whole_of_it_and_is_always_the_same() -> None:
    _, lines = bundled_story()
    assert bundled_story()[1] == lines
    told = "\n".join(lines)
    order = [
        "isp      falls silent",
        "script   pid 102 is left running",
        "port     COM1 is locked, held by pid 102",
        "[633] The port is already in use",
        "admin    the mail service is restarted",
        "admin    the port is released: ended pid 102",
        "isp      accepts the log-in of alice",
        "admin    the script scripts/naive.scp is replaced",
        "[721] PPP",
        "isp      the mail host takes mail from alice@example.net to bob@example.org",
    ]
    places: list[int] = []
    for words in order:
        places.append(told.index(words, places[-1] if places else 0))
    assert places == sorted(places)


def test_its_transcript_is_the_same_octet_for_octet_in_every_run() -> None:
    story = load_story("kb175410")

    def transcript() -> Any:
        records = Transcript()
        play(story.config, until=story.duration, transcript=records)
        return hashlib.sha256("\n".join(record_line(record) for record in records).encode()).digest()

    assert len({transcript() for _ in range(rounds(5))}) == 1


def test_a_story_may_lie_anywhere_with_its_scripts(tmp_path: Path) -> None:
    shutil.copytree(bundled_folder() / "scripts", tmp_path / "scripts")
    shutil.copy(bundled_folder() / "kb175410.yaml", tmp_path / "mine.yaml")
    assert load_story(tmp_path / "mine.yaml").config.actions
