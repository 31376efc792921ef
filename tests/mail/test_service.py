"""The mail service, with an owner that the tests play."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

import pytest

from simisp.machine import Output, SendData
from simisp.mail.config import CommandRetrieval, ServiceConfig
from simisp.mail.message import Message
from simisp.mail.outputs import (
    CommandRequested,
    ConnectionRequested,
    DisconnectionRequested,
    HostConnectionRequested,
    HostDisconnectionRequested,
)
from simisp.mail.schedule import AtTimes, Every, Never, Timetable
from simisp.mail.service import HOST_RETRY, Service, ServiceState
from simisp.mail.smtp_client import Etrn, MessageDelivered, MessageInDoubt, MessageWanted, Turn
from simisp.mail.smtp_server import MailAccepted
from simisp.ras.error_codes import Cause, RasError
from simisp.ras.events import Event, EventLogged
from support.narrowed import known

T = TypeVar("T")

EIGHT = datetime.fromisoformat("1997-10-10 08:00")
QUARTERLY = Timetable(Every(900))
TWICE_DAILY = Timetable(AtTimes((time(9), time(18))))
NEVER = Timetable(Never())


class Play:
    """A service, all that it has put out, and a queue."""

    def __init__(
        self,
        timetable: Timetable = QUARTERLY,
        *,
        queued: Sequence[str] | tuple[()] = (),
        start: bool = True,
        **config: Any,
    ) -> None:
        self.service = Service(ServiceConfig("OzEmail", timetable, name="alice.example", **config), wall=EIGHT)
        self.messages: dict[str, Message] = {}
        self.outputs: list[Output] = []
        for name in queued:
            self.queue(name, 0.0)
        if start:
            self.service.start(now=0.0)
            self.take()

    def queue(self, name: str, now: float, **since: float) -> None:
        self.messages[name] = Message(name, "alice@example.net", ("bob@example.org",), b"Subject: x")
        self.service.mail_queued(name, now=now, **since)

    def take(self, now: float = 0.0) -> list[Any]:
        fresh = []
        while outputs := self.service.take_outputs():
            fresh += outputs
            for output in outputs:
                if isinstance(output, MessageWanted):
                    self.service.give(self.messages.get(output.id), now=now)
                elif isinstance(output, MessageDelivered):
                    self.service.mail_gone(output.id)
        self.outputs += fresh
        return fresh

    def timer(self, now: float) -> list[Any]:
        self.service.handle_timer(now=now)
        return self.take(now)

    def do(self, verb: str, *arguments: Any, now: float, **keywords: Any) -> list[Any]:
        getattr(self.service, verb)(*arguments, now=now, **keywords)
        return self.take(now)

    def host_says(self, *lines: str, now: float) -> str:
        data = "".join(line + "\r\n" for line in lines).encode()
        outputs = self.do("receive_data", data, now=now)
        return b"".join(output.data for output in outputs if isinstance(output, SendData)).decode()

    def of(self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]

    @property
    def dials(self) -> int:
        return len(self.of(ConnectionRequested))

    @property
    def events(self) -> list[Event]:
        return [output.event for output in self.of(EventLogged)]

    def event_ids(self) -> list[int]:
        return [event.id for event in self.events]

    def up(self, now: float) -> None:
        """Dialling succeeds, and the host greets."""
        self.do("connected", now=now)
        self.do("host_connected", now=now)
        self.host_says("220 isp", "250 isp", now=now)

    def hung_up(self, now: float) -> None:
        self.do("disconnected", now=now)

    def failed(self, now: float, cause: Cause = Cause.PORT_IN_USE) -> None:
        self.do("connection_failed", cause.error, now=now)


def deliver(play: Play, now: float, count: int = 1) -> None:
    for _ in range(count):
        play.host_says("250 ok", "250 ok", now=now)
        play.host_says("354 go", now=now)
        play.host_says("250 taken", now=now)


# When it dials


def test_every_dials_at_the_start_and_then_on_the_interval() -> None:
    play = Play()
    assert play.dials == 1
    play.failed(3.0)
    assert play.service.next_timer() == 900.0
    play.timer(899.9)
    assert play.dials == 1
    play.timer(900.0)
    assert play.dials == 2


def test_times_of_the_day_are_waited_for_at_the_start() -> None:
    play = Play(TWICE_DAILY)
    assert play.dials == 0
    assert play.service.next_timer() == 3600.0
    play.timer(3600.0)
    assert play.dials == 1


def test_a_time_that_was_overslept_is_missed_and_told() -> None:
    play = Play(TWICE_DAILY)
    play.timer(3600.0 + 61.0)
    assert play.dials == 0
    assert play.events[-1].text == (
        "The time to dial at 1997-10-10 09:00:00 was missed (the service slept) and is not made up."
    )
    assert play.service.next_timer() == 36000.0


def test_a_time_that_comes_during_a_call_is_missed_and_told() -> None:
    play = Play(Timetable(AtTimes((time(9), time(9, 1)))))
    play.timer(3600.0)
    play.timer(3660.0)
    assert "was missed (the service was dialling)" in play.events[-1].text
    play.failed(3700.0)
    assert play.dials == 1


def test_an_interval_that_ends_during_a_call_is_made_up_once_after_it() -> None:
    play = Play()
    play.timer(900.0)
    play.timer(1800.0)
    assert play.dials == 1
    play.failed(1900.0)
    assert play.dials == 2
    play.failed(1901.0)
    assert play.dials == 2
    assert play.service.next_timer() == 2700.0


def test_a_clock_set_back_does_not_make_it_dial_twice() -> None:
    play = Play(TWICE_DAILY)
    play.timer(3600.0)
    play.failed(3610.0)
    play.do("set_wall_clock", EIGHT + timedelta(minutes=30), now=3620.0)
    assert play.events[-1].text == "The clock was changed by -1820.0 s."
    assert play.service.next_timer() == 3620.0 + 9.5 * 3600
    assert play.dials == 1


def test_a_clock_set_forward_by_a_second_does_not_miss_a_time() -> None:
    play = Play(TWICE_DAILY)
    play.do("set_wall_clock", EIGHT + timedelta(seconds=3601), now=3599.5)
    assert play.dials == 1


def test_intervals_go_on_whatever_happens_to_the_clock() -> None:
    play = Play()
    play.failed(1.0)
    play.do("set_wall_clock", EIGHT - timedelta(days=400), now=100.0)
    assert play.service.next_timer() == 900.0


def test_mail_that_has_waited_long_enough_is_dialled_for() -> None:
    play = Play(NEVER, queued_for=600.0)
    assert play.service.next_timer() is None
    play.queue("m", 50.0)
    assert play.service.next_timer() == 650.0
    play.timer(650.0)
    assert play.dials == 1
    assert "(mail waits) with 1 messages" in play.events[-1].text


def test_two_calls_for_waiting_mail_are_never_closer_than_the_wait() -> None:
    play = Play(NEVER, queued=["m"], queued_for=600.0)
    play.timer(600.0)
    play.failed(620.0)
    assert play.service.next_timer() == 1200.0
    play.timer(1200.0)
    assert play.dials == 2


def test_a_scheduled_call_counts_too_between_calls_for_waiting_mail() -> None:
    play = Play(QUARTERLY, queued_for=600.0)
    play.failed(1.0)
    play.queue("m", 10.0)
    assert play.service.next_timer() == 610.0
    play.timer(610.0)
    play.failed(611.0)
    play.timer(900.0)
    play.failed(901.0)
    assert play.dials == 3
    assert play.service.next_timer() == 1500.0


def test_mail_from_before_the_start_has_waited_already() -> None:
    play = Play(NEVER, queued_for=600.0)
    play.queue("m", 0.0, since=-590.0)
    assert play.service.next_timer() == 10.0


def test_mail_from_the_future_of_a_clock_that_was_set_back_counts_as_new() -> None:
    play = Play(NEVER, queued_for=600.0)
    play.queue("m", 5.0, since=90_000.0)
    assert play.service.next_timer() == 605.0


def test_mail_that_is_gone_is_not_dialled_for() -> None:
    play = Play(NEVER, queued=["m"], queued_for=600.0)
    play.service.mail_gone("m")
    assert play.service.next_timer() is None
    assert play.timer(700.0) == []


def test_a_stopped_service_does_nothing() -> None:
    play = Play(start=False)
    assert play.service.next_timer() is None
    assert play.timer(900.0) == []


# What it does with a call


def test_what_was_queued_when_it_dialled_is_delivered_and_nothing_else() -> None:
    play = Play(queued=["a", "b"])
    play.queue("late", 2.0)
    play.up(3.0)
    deliver(play, 4.0, 2)
    assert play.host_says(now=5.0) == ""
    assert [output.id for output in play.of(MessageDelivered)] == ["a", "b"]
    play.host_says("221 bye", now=6.0)
    play.hung_up(7.0)
    assert list(play.service.queued) == ["late"]


def test_when_all_is_delivered_it_hangs_up_and_waits_for_its_next_time() -> None:
    play = Play(queued=["m"])
    play.up(3.0)
    deliver(play, 4.0)
    play.host_says("221 bye", now=5.0)
    assert play.of(HostDisconnectionRequested)
    assert play.outputs[-1] == DisconnectionRequested()
    assert play.service.state is ServiceState.HANGING_UP
    play.hung_up(6.0)
    assert play.service.state is ServiceState.WAITING
    assert play.event_ids() == [1, 3, 4, 5, 8]


def test_without_mail_and_retrieval_it_hangs_up_at_once() -> None:
    play = Play()
    play.do("connected", now=3.0)
    assert play.outputs[-1] == DisconnectionRequested()
    assert play.of(HostConnectionRequested) == []


def test_a_failed_attempt_is_event_4106_and_waits_for_the_next_time() -> None:
    play = Play()
    play.failed(3.0)
    assert play.events[-1].id == 4106
    assert "[633] The port is already in use" in play.events[-1].text
    assert play.service.state is ServiceState.WAITING
    assert play.service.next_timer() == 900.0


def test_the_doubt_is_passed_on_before_the_last_dot() -> None:
    play = Play(queued=["m"])
    play.up(3.0)
    play.host_says("250 ok", "250 ok", now=4.0)
    play.host_says("354 go", now=4.0)
    doubt = play.outputs.index(MessageInDoubt("m", ("bob@example.org",)))
    assert play.outputs[doubt + 1] == SendData(b".\r\n")


def test_a_refused_and_a_deferred_message_are_told_as_events() -> None:
    play = Play(queued=["a", "b"])
    play.up(3.0)
    play.host_says("550 no", "250 reset", now=4.0)
    play.host_says("450 later", "250 reset", now=5.0)
    assert [event.id for event in play.events[-2:]] == [6, 7]


def test_many_messages_go_over_several_connections() -> None:
    play = Play(queued=["a", "b", "c"], messages_per_session=2)
    play.up(3.0)
    deliver(play, 4.0, 2)
    play.host_says("221 bye", now=5.0)
    assert len(play.of(HostConnectionRequested)) == 2
    play.do("host_connected", now=6.0)
    play.host_says("220 isp", "250 isp", now=6.0)
    deliver(play, 6.0)
    assert [output.id for output in play.of(MessageDelivered)] == ["a", "b", "c"]
    assert play.of(DisconnectionRequested) == []
    play.host_says("221 bye", now=7.0)
    assert play.of(DisconnectionRequested)


def test_an_unreachable_host_is_tried_again_until_the_time_out() -> None:
    play = Play(queued=["m"], time_out=60.0)
    play.do("connected", now=3.0)
    now = 3.0
    while play.service.state is ServiceState.DELIVERING:
        play.do("host_unreachable", now=now)
        now = known(play.service.next_timer())
        play.timer(now)
    assert now == 63.0
    assert len(play.of(HostConnectionRequested)) == 60 / HOST_RETRY + 1
    assert play.events[-2].id == 11
    assert play.outputs[-1] == DisconnectionRequested()
    assert list(play.service.queued) == ["m"]


def test_a_host_that_falls_silent_is_left_after_the_time_out() -> None:
    play = Play(queued=["m"], time_out=60.0)
    play.up(3.0)
    play.host_says("250 ok", now=40.0)
    assert play.service.next_timer() == 100.0
    play.timer(100.0)
    assert play.events[-2].text == "The mail session with mail failed: nothing moved within the time-out."
    assert play.of(HostDisconnectionRequested)
    assert play.outputs[-1] == DisconnectionRequested()


def test_a_host_that_closes_in_between_fails_the_session() -> None:
    play = Play(queued=["m"])
    play.up(3.0)
    play.do("host_closed", now=4.0)
    assert "the host closed the connection" in play.events[-2].text
    assert play.outputs[-1] == DisconnectionRequested()


def test_a_host_that_says_421_fails_the_session() -> None:
    play = Play(queued=["m"])
    play.do("connected", now=3.0)
    play.do("host_connected", now=3.0)
    play.host_says("421 busy", now=4.0)
    assert "421 busy" in play.events[-2].text
    assert play.outputs[-1] == DisconnectionRequested()


def test_a_call_that_breaks_is_told_and_its_mail_stays() -> None:
    play = Play(queued=["m"])
    play.up(3.0)
    play.do("disconnected", Cause.CARRIER_LOST.error, now=4.0)
    assert play.events[-1].text == (
        "The dial-up connection 'OzEmail' was lost. The error reported was: [629] The far end closed the connection."
    )
    assert play.service.state is ServiceState.WAITING
    assert list(play.service.queued) == ["m"]
    assert play.host_says("250 ok", now=5.0) == ""


# Retrieval


def test_etrn_waits_for_mail_until_nothing_more_comes() -> None:
    play = Play(retrieval=Etrn(("example.net",)), time_out=60.0)
    play.up(3.0)
    play.host_says("250 started", now=4.0)
    play.host_says("221 bye", now=5.0)
    assert play.service.state is ServiceState.RETRIEVING
    play.do("mail_arrived", "carol@example.org", 1234, now=40.0)
    assert play.service.next_timer() == 100.0
    play.timer(100.0)
    assert play.outputs[-1] == DisconnectionRequested()
    assert play.event_ids() == [1, 3, 4, 10, 13, 8]


def test_turn_receives_over_the_same_connection() -> None:
    play = Play(retrieval=Turn())
    play.up(3.0)
    play.host_says("250 your turn", now=4.0)
    assert play.service.state is ServiceState.RETRIEVING
    assert play.of(SendData)[-1].data.startswith(b"220 alice.example")
    play.host_says("HELO isp", "MAIL FROM:<carol@example.org>", "RCPT TO:<alice@example.net>", "DATA", now=5.0)
    play.host_says("hello", ".", now=6.0)
    assert play.of(MailAccepted)[0].content == b"hello\r\n"
    play.host_says("QUIT", now=7.0)
    assert play.outputs[-1] == DisconnectionRequested()


def test_turn_that_is_refused_ends_the_call() -> None:
    play = Play(retrieval=Turn())
    play.up(3.0)
    play.host_says("502 no", now=4.0)
    play.host_says("221 bye", now=5.0)
    assert play.outputs[-1] == DisconnectionRequested()


def test_a_command_is_run_after_the_delivery_and_its_end_hangs_up() -> None:
    play = Play(queued=["m"], retrieval=CommandRetrieval(("finger", "isp")))
    play.up(3.0)
    deliver(play, 4.0)
    play.host_says("221 bye", now=5.0)
    assert play.outputs[-1] == CommandRequested(("finger", "isp"))
    play.do("command_ended", 1, now=9.0)
    assert play.events[-2].text == "Waiting mail was asked for by finger isp: exit status 1"
    assert play.outputs[-1] == DisconnectionRequested()


def test_a_command_without_mail_needs_no_host() -> None:
    play = Play(retrieval=CommandRetrieval(("finger", "isp")))
    play.do("connected", now=3.0)
    assert play.of(HostConnectionRequested) == []
    assert play.outputs[-1] == CommandRequested(("finger", "isp"))


# Stop and start


def test_stopping_during_a_call_hangs_up() -> None:
    play = Play(queued=["m"])
    play.up(3.0)
    play.do("stop", now=4.0)
    assert play.of(HostDisconnectionRequested)
    assert play.of(DisconnectionRequested)
    assert play.events[-1].id == 2
    assert play.service.next_timer() is None
    play.hung_up(5.0)
    assert play.service.state is ServiceState.STOPPED


def test_stopping_while_it_waits_hangs_nothing_up() -> None:
    play = Play(TWICE_DAILY)
    play.do("stop", now=4.0)
    assert play.of(DisconnectionRequested) == []


def test_stopping_twice_is_stopping_once() -> None:
    play = Play(TWICE_DAILY)
    play.do("stop", now=4.0)
    assert play.do("stop", now=5.0) == []


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("connected", ()),
        ("connection_failed", (Cause.BUSY.error,)),
        ("disconnected", ()),
        ("host_connected", ()),
        ("host_unreachable", ()),
        ("host_closed", ()),
        ("give", (None,)),
        ("command_ended", (0,)),
        ("receive_data", (b"250 ok\r\n",)),
    ],
)
def test_reports_that_nobody_waits_for_change_nothing(
    verb: str, arguments: tuple[RasError | bytes | int | None, ...]
) -> None:
    play = Play(TWICE_DAILY)
    assert play.do(verb, *arguments, now=1.0) == []
    assert play.service.state is ServiceState.WAITING
    assert play.service.next_timer() == 3600.0


def test_what_came_is_read_before_the_time_out_is_declared() -> None:
    play = Play(queued=["1"], time_out=60.0)
    play.up(1.0)
    play.host_says("250 ok", "250 ok", "354 go", now=2.0)
    play.host_says("250 taken", now=500.0)  # a process that was stopped wakes late
    assert [delivered.id for delivered in play.of(MessageDelivered)] == ["1"]


def test_a_reply_that_comes_octet_by_octet_has_no_more_time_than_another() -> None:
    play = Play(queued=["1"], time_out=60.0)
    play.up(1.0)
    for at in (30.0, 60.0, 90.0):
        play.do("receive_data", b"2", now=at)
    assert 11 in play.event_ids()
    assert play.service.state is ServiceState.HANGING_UP
