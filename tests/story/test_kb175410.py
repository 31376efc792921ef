"""The article's story, with real parts, in pure time."""

from __future__ import annotations

import hashlib

from simisp.facts.dial_up import PortState
from simisp.facts.line import Octets
from simisp.mail.schedule import Every, Timetable
from simisp.ras.outputs import OnGiveUp
from simisp.story.config import InstallScript, QueueMail, ReleasePort, RestartService, StoryConfig
from simisp.story.workstation import Workstation
from simisp.transcript import Transcript
from simisp.transcript.json_lines import record_line
from story.stories import HOUR, LOGIN, REPAIRED, SCRIPT, SILENT, SILENT_FROM_START, Played, entry, message, story
from support.narrowed import narrowed
from support.rounds import rounds

RELEASED_AT = 2 * HOUR + 300
IN_633 = "[633] The port is already in use or is not configured for Remote Access dial out."


def whole_story() -> StoryConfig:
    """Eight hours: the naive script, the restart that does not help, the release that does, the repaired script."""
    return story(
        SILENT,
        LOGIN,
        SILENT,
        LOGIN,
        actions=[
            QueueMail(0.0, message("first")),
            RestartService(1 * HOUR + 600),
            ReleasePort(RELEASED_AT),
            InstallScript(RELEASED_AT + 900, SCRIPT, REPAIRED),
            QueueMail(RELEASED_AT + 900, message("second")),
        ],
    )


def test_the_isp_falls_silent_and_the_script_outlives_its_dialler() -> None:
    played = Played(story(SILENT, LOGIN), until=900)
    ((at, left),) = played.facts("script left running")
    assert at == 121.0  # connected after one second, and two minutes of patience
    assert left["waits_for"].startswith('line 8: waitfor "assword:"')
    assert played.port_states[-1] == (122.0, "locked")
    assert [holder.pid for holder in played.station.dial_up.port.holders] == [left["pid"]]


def test_each_later_attempt_is_event_4106_with_633_although_the_isp_is_well() -> None:
    played = Played(story(SILENT, LOGIN), until=8 * HOUR)
    refused = [at for at, text in played.events(4106) if IN_633 in text]
    assert refused == [900.0 * number for number in range(1, 33)]
    assert played.calls == 1


def test_a_restart_of_the_service_does_not_help() -> None:
    played = Played(story(SILENT, LOGIN, actions=[RestartService(HOUR + 600)]), until=2 * HOUR)
    assert played.calls == 1
    after = [at for at, text in played.events(4106) if at >= HOUR + 600 and IN_633 in text]
    assert after == [HOUR + 600, HOUR + 1500, HOUR + 2400, HOUR + 3300]


def test_the_release_does_help_and_the_mail_goes_out() -> None:
    config = story(SILENT, LOGIN, actions=[QueueMail(0.0, message("m")), ReleasePort(RELEASED_AT)])
    played = Played(config, until=3 * HOUR)
    ((_, released),) = played.facts("port released")
    assert released == {"ended": ("pid 102 (script ozemail.scp)",)}
    assert [mail.content for mail in played.station.accepted] == [b"Subject: m\r\n\r\nhello\r\n"]
    assert played.station.queue.waiting() == []
    assert [at for at, _ in played.events(4106) if at > RELEASED_AT] == []


def test_with_the_repaired_script_one_session_is_lost_and_the_next_delivers() -> None:
    played = Played(story(SILENT, LOGIN, script=REPAIRED, actions=[QueueMail(0.0, message("m"))]), until=HOUR)
    ((lost, text),) = played.events(4106)
    assert lost == 1.0 + 60.0 + 30.0 + 1.0  # connected, waited for the password, PPP gave up, hung up
    assert "[721] PPP: the far end does not respond." in text
    assert played.facts("script left running") == []
    ((delivered, _),) = played.events(5)
    assert 900.0 < delivered < 910.0


def test_a_script_that_outlasts_its_dialler_s_patience_is_no_cure() -> None:
    config = story(SILENT_FROM_START, script=REPAIRED, the_entry=entry(patience=60.0))
    assert len(Played(config, until=80).facts("script left running")) == 1


def test_a_repaired_script_that_was_left_running_frees_the_port_by_itself() -> None:
    played = Played(story(SILENT_FROM_START, LOGIN, script=REPAIRED, the_entry=entry(patience=60.0)), until=1000)
    assert (62.0, "locked") in played.port_states
    assert (91.0, "closed") in played.port_states
    assert played.calls == 2


def test_a_dialler_that_ends_its_script_has_no_orphan() -> None:
    played = Played(story(SILENT, LOGIN, on_give_up=OnGiveUp.END, actions=[QueueMail(0.0, message("m"))]))
    assert played.facts("script left running") == []
    assert played.facts("script ended")[0][1]["how"] == "killed"
    assert len(played.station.accepted) == 1
    assert [text for _, text in played.events(4106) if IN_633 in text] == []


def test_the_whole_story_ends_well() -> None:
    played = Played(whole_story(), until=8 * HOUR)
    assert [mail.content.split(b"\r\n")[0] for mail in played.station.accepted] == [
        b"Subject: first",
        b"Subject: second",
    ]
    assert played.station.dial_up.port.state is PortState.CLOSED
    errors = [text.split("[")[1][:3] for _, text in played.events(4106)]
    assert errors == ["638", *["633"] * 8, "721"]


def test_the_transcript_is_the_same_in_every_run() -> None:
    runs = [Played(whole_story(), until=8 * HOUR) for _ in range(rounds(10))]
    hashes = {hashlib.sha256("\n".join(played.lines).encode()).digest() for played in runs}
    assert len(hashes) == 1


def test_a_week_of_dials_is_672_dials() -> None:
    played = Played(story(LOGIN, script=REPAIRED), until=7 * 24 * HOUR - 1)
    assert len(played.events(3)) == 672
    assert played.calls == 672
    assert played.events(4106) == []


def test_the_password_is_masked_wherever_the_line_asks_for_it() -> None:
    played = Played(story(LOGIN, actions=[QueueMail(0.0, message("m"))]))
    octets = [record for record in played.transcript if b"wonderland" in record.data]
    assert octets
    assert all(narrowed(record.fact, Octets).secrets for record in octets)


def test_it_does_not_matter_when_the_clock_of_the_run_is_looked_at() -> None:
    """Waking a machine before its time changes nothing."""
    expected = Played(whole_story(), until=3 * HOUR).lines
    transcript = Transcript()
    station = Workstation(whole_story(), transcript)
    station.start(now=0.0)
    now = 0.0
    while (due := station.next_timer()) is not None and due <= 3 * HOUR:
        for early in (now + (due - now) / 3, now + (due - now) / 2):
            station.handle_timer(now=early)
        now = due
        station.handle_timer(now=now)
    assert [record_line(record) for record in transcript] == expected


def test_a_schedule_may_be_any() -> None:
    played = Played(story(LOGIN, service={"timetable": Timetable(Every(3600))}), until=8 * HOUR - 1)
    assert played.calls == 8
