"""What else can go wrong, and right, in pure time."""

from __future__ import annotations

import pytest

from simisp.isp.steps import DialogueProgram, Pause, Send
from simisp.line.exchange import CallOutcome
from simisp.mail.config import CommandRetrieval
from simisp.mail.message import Message
from simisp.mail.schedule import Never, Timetable
from simisp.mail.smtp_client import Etrn, Turn
from simisp.mail.smtp_server import HostBehaviour
from simisp.ras.phonebook import Protocol
from simisp.scp.compiler import compile_script
from simisp.story.config import HostConfig, InstallScript, QueueMail, ReleasePort, RestartService
from story.stories import (
    HANGS_UP,
    LOGIN,
    NAIVE,
    REPAIRED,
    SCRIPT,
    SILENT,
    SILENT_FROM_START,
    Played,
    entry,
    message,
    story,
)

MAIL = QueueMail(0.0, message("m"))


def first_error(played: Played) -> str:
    """The error of the first event 4106."""
    return played.events(4106)[0][1].split("The error reported was: ")[1][:5]


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (CallOutcome.BUSY, "[676]"),
        (CallOutcome.NO_DIAL_TONE, "[680]"),
        (CallOutcome.NO_CARRIER, "[679]"),
        (CallOutcome.NO_ANSWER, "[678]"),
        (CallOutcome.VOICE, "[679]"),  # a Hayes modem tells a voice from silence by nothing but S7
    ],
)
def test_each_outcome_of_the_exchange_has_its_error_and_frees_the_port(outcome: CallOutcome, error: str) -> None:
    played = Played(story(LOGIN, outcome=outcome), until=800)
    assert first_error(played) == error
    assert played.port_states[-1][1] == "closed"


def test_an_isp_that_hangs_up_is_a_lost_carrier_and_leaves_the_naive_script_behind() -> None:
    played = Played(story(HANGS_UP), until=800)
    assert first_error(played) == "[629]"
    assert played.port_states[-1][1] == "locked"


def test_a_wrong_password_ends_in_a_carrier_lost_by_the_isp_s_hang_up() -> None:
    script = compile_script(
        'proc main\n boolean x\n again:\n waitfor "ervice?" then service, "sername:" then user, "assword:" then pass'
        ' until 20\n goto done\n service:\n transmit "p^M"\n goto again\n user:\n transmit $USERID, raw\n'
        ' transmit "^M"\n goto again\n pass:\n transmit $PASSWORD, raw\n transmit "^M"\n goto again\n done:\nendproc'
    )
    played = Played(story(LOGIN, script=script, password="looking-glass"), until=800)
    assert [details["attempt"] for _, details in played.facts("log-in refused")] == [1, 2, 3]
    assert first_error(played) == "[629]"


def test_a_script_with_mistakes_is_752_and_frees_the_port() -> None:
    played = Played(story(LOGIN, script=None), until=800)
    assert first_error(played) == "[752]"
    assert played.port_states[-1][1] == "closed"


def test_a_script_that_halts_waits_for_nobody_and_locks_the_port() -> None:
    played = Played(story(LOGIN, script=compile_script("proc main\n halt\nendproc")), until=800)
    assert first_error(played) == "[638]"
    assert played.port_states[-1][1] == "locked"


def test_a_script_that_fails_at_run_time_ends_the_call() -> None:
    script = compile_script("proc main\n integer a = 0\n integer b = 1 / a\nendproc")
    played = Played(story(LOGIN, script=script), until=800)
    assert first_error(played) == "[628]"
    assert played.port_states[-1][1] == "closed"


def test_an_entry_that_the_phone_book_does_not_have_is_623() -> None:
    played = Played(story(LOGIN, service={"entry": "OzMail"}), until=800)
    assert first_error(played) == "[623]"


def test_a_busy_number_is_redialled_within_the_same_attempt() -> None:
    config = story(LOGIN, outcome=CallOutcome.BUSY, the_entry=entry(redials=2, redial_pause=30.0))
    played = Played(config, until=800)
    assert len(played.facts("dialled")) == 3
    assert len(played.events(4106)) == 1


def test_an_isp_that_is_ready_late_is_met_by_a_later_configure_request() -> None:
    late = DialogueProgram((*LOGIN.code[:7], Send("\n"), Pause(9.5)), name="late")
    played = Played(story(late, actions=[MAIL]), until=800)
    ((at, _),) = played.events(4)
    assert at == 11.0  # the fourth Configure-Request, after those at 2, 5 and 8 s
    assert len(played.station.accepted) == 1


def test_slip_is_up_at_once_whatever_answers_and_the_host_is_then_not_to_be_reached() -> None:
    config = story(SILENT, script=REPAIRED, the_entry=entry(protocol=Protocol.SLIP), actions=[MAIL])
    played = Played(config, until=800)
    ((connected, _),) = played.events(4)
    assert connected == 61.0
    assert [text for _, text in played.events(11)] == [
        "The mail session with mail failed: nothing moved within the time-out."
    ]
    assert played.station.queue.waiting() == ["m"]
    assert played.port_states[-1][1] == "closed"


@pytest.mark.parametrize("behaviour", [HostBehaviour.BUSY, HostBehaviour.SILENT])
def test_a_host_that_misbehaves_once_gets_the_mail_at_the_next_call(behaviour: HostBehaviour) -> None:
    host = HostConfig(sessions=(behaviour, HostBehaviour.WELL))
    played = Played(story(LOGIN, host=host, actions=[MAIL]), until=1000)
    assert len(played.events(11)) == 1
    assert len(played.station.accepted) == 1
    assert played.station.queue.waiting() == []


def test_a_slow_host_takes_its_time_and_the_mail() -> None:
    played = Played(story(LOGIN, host=HostConfig(sessions=(HostBehaviour.SLOW,)), actions=[MAIL]), until=800)
    assert len(played.station.accepted) == 1
    ((hung_up, _),) = played.events(8)
    assert hung_up == 2.0 + 7 * 5.0  # greeting, EHLO, MAIL, RCPT, DATA, the content, QUIT


def test_mail_that_is_queued_during_a_call_waits_for_the_next() -> None:
    played = Played(story(LOGIN, actions=[MAIL, QueueMail(1.5, message("late"))]), until=1000)
    first, second = (at for at, _ in played.events(5))
    assert first < 900.0 < second


def test_mail_that_waits_is_dialled_for() -> None:
    service = {"timetable": Timetable(Never()), "queued_for": 600.0}
    played = Played(story(LOGIN, service=service, actions=[QueueMail(100.0, message("m"))]), until=3600)
    assert [at for at, _ in played.events(3)] == [700.0]
    assert len(played.station.accepted) == 1


def waiting(count: int) -> list[Message]:
    return [
        Message(f"w{number}", "carol@example.org", (f"user{number}@example.net",), b"hello\n")
        for number in range(count)
    ]


def test_etrn_brings_the_mail_of_the_domain_and_no_other() -> None:
    other = Message("x", "carol@example.org", ("eve@example.com",), b"")
    host = HostConfig(waiting=[*waiting(2), other])
    played = Played(story(LOGIN, host=host, service={"retrieval": Etrn(("example.net",))}), until=2000)
    assert [mail.recipients for mail in played.station.received] == [("user0@example.net",), ("user1@example.net",)]
    assert len(played.events(13)) == 2


def test_turn_brings_all_that_waits_once() -> None:
    played = Played(story(LOGIN, host=HostConfig(waiting=waiting(3)), service={"retrieval": Turn()}), until=2000)
    assert [mail.recipients[0] for mail in played.station.received] == [
        f"user{number}@example.net" for number in range(3)
    ]
    assert played.port_states[-1][1] == "closed"


def test_a_command_counts_as_run_in_pure_time_and_the_transcript_says_so() -> None:
    played = Played(story(LOGIN, service={"retrieval": CommandRetrieval(("finger", "isp"))}), until=800)
    assert played.facts("command not run in pure time") == [(2.0, {"command": ("finger", "isp")})]
    assert played.port_states[-1][1] == "closed"


def test_a_restart_during_a_call_hangs_up_and_dials_again() -> None:
    host = HostConfig(sessions=(HostBehaviour.SLOW, HostBehaviour.WELL))
    played = Played(story(LOGIN, host=host, actions=[MAIL, RestartService(10.0)]), until=800)
    assert [at for at, _ in played.events(3)] == [0.0, 11.0]
    assert len(played.station.accepted) == 1


def test_a_release_during_a_call_hangs_up_and_the_service_goes_on() -> None:
    played = Played(story(SILENT, LOGIN, actions=[MAIL, ReleasePort(60.0)]), until=1000)
    assert played.facts("port released") == [(60.0, {"ended": ("pid 102 (script ozemail.scp)",)})]
    assert first_error(played) == "[631]"
    assert len(played.station.accepted) == 1


def test_a_release_of_a_free_port_says_so() -> None:
    played = Played(story(LOGIN, actions=[ReleasePort(600.0)]), until=800)
    assert played.facts("port released") == [(600.0, {"ended": ()})]


def test_a_new_script_does_not_change_the_one_that_runs() -> None:
    played = Played(story(SILENT_FROM_START, LOGIN, script=NAIVE, actions=[InstallScript(10.0, SCRIPT, REPAIRED)]))
    assert played.port_states[-1][1] == "locked"
