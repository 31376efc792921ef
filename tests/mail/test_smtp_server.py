"""The receiving side of SMTP, spoken to by a client that the tests play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.machine import SendData
from simisp.mail import smtp_server
from simisp.mail.message import Message
from simisp.mail.smtp_client import MessageDelivered, MessageWanted, SmtpClient
from simisp.mail.smtp_server import (
    LONGEST_LINE,
    MOST_HELD,
    MOST_RECIPIENTS,
    HostBehaviour,
    MailAccepted,
    QueueRunRequested,
    ServerEnded,
    SmtpServer,
    TurnRequested,
)
from support.narrowed import narrowed

T = TypeVar("T")


class Play:
    """A host, and all that it has put out."""

    def __init__(self, **arguments: Any) -> None:
        self.host = SmtpServer("isp", **arguments)
        self.host.start(now=0.0)
        self.outputs = self.host.take_outputs()

    def octets(self, data: bytes, now: float = 0.0) -> str:
        self.host.receive_data(data, now=now)
        fresh = self.host.take_outputs()
        self.outputs += fresh
        return b"".join(output.data for output in fresh if isinstance(output, SendData)).decode()

    def say(self, *lines: str, now: float = 0.0) -> list[int]:
        """Send lines; return the codes of the replies."""
        replies = self.octets("".join(line + "\r\n" for line in lines).encode(), now)
        return [int(reply[:3]) for reply in replies.splitlines()]

    def of(self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]


ENVELOPE = ("HELO a", "MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.org>", "DATA")


def test_a_message_is_taken_over() -> None:
    play = Play()
    assert play.say(*ENVELOPE) == [250, 250, 250, 354]
    assert play.say("Subject: x", "", "..dot", ".") == [250]
    assert play.of(MailAccepted) == [
        MailAccepted("alice@example.net", ("bob@example.org",), b"Subject: x\r\n\r\n.dot\r\n")
    ]


def test_the_message_is_told_before_the_reply_that_takes_it_over() -> None:
    play = Play()
    play.say(*ENVELOPE)
    play.say("x", ".")
    accepted = play.outputs.index(play.of(MailAccepted)[0])
    assert narrowed(play.outputs[accepted + 1], SendData).data.startswith(b"250")


def test_the_next_message_needs_its_own_envelope() -> None:
    play = Play()
    play.say(*ENVELOPE)
    play.say("x", ".")
    assert play.say("DATA") == [503]
    assert play.say(*ENVELOPE[1:]) == [250, 250, 354]


def test_a_message_with_no_sender_is_a_bounce() -> None:
    play = Play()
    play.say("HELO a", "MAIL FROM:<>", "RCPT TO:<bob@example.org>", "DATA", ".")
    assert play.of(MailAccepted)[0].sender == ""


def test_extensions_are_told_to_those_who_ask() -> None:
    assert Play().octets(b"HELO a\r\n").count("\r\n") == 1
    assert "8BITMIME" in Play().octets(b"EHLO a\r\n")
    assert "ETRN" not in Play().octets(b"EHLO a\r\n")
    assert "ETRN" in Play(serves_queue=True).octets(b"EHLO a\r\n")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["MAIL FROM:<a@b>"], 503),
        (["HELO"], 501),
        (["HELO a", "MAIL TO:<a@b>"], 501),
        (["HELO a", "MAIL a@b"], 501),
        (["HELO a", "RCPT TO:<a@b>"], 503),
        (["HELO a", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"], 503),
        (["HELO a", "MAIL FROM:<a@b>", "RCPT TO:<>"], 501),
        (["HELO a", "MAIL FROM:<a@b>", "DATA"], 503),
        ([*ENVELOPE[:3], "DATA now"], 501),
        (["FROB"], 500),
        (["ETRN example.net"], 500),
        (["TURN"], 502),
        (["VRFY alice"], 252),
        (["NOOP"], 250),
        (["mail from:<a@b>"], 503),
        (["\xff\xfe"], 500),
    ],
)
def test_what_is_out_of_order_or_unknown_is_answered_so(lines: Sequence[str], code: int) -> None:
    assert Play().say(*lines)[-1] == code


def test_rset_forgets_the_envelope() -> None:
    play = Play()
    play.say(*ENVELOPE[:3])
    assert play.say("RSET", "DATA") == [250, 503]


def test_parameters_of_mail_are_taken() -> None:
    assert Play().say("EHLO a", "MAIL FROM:<a@b> SIZE=5 BODY=8BITMIME")[-1] == 250


def test_only_crlf_ends_a_line() -> None:
    play = Play()
    play.say(*ENVELOPE)
    assert play.octets(b"a\n.\nb\r.\rc\r\n") == ""
    play.say(".")
    assert play.of(MailAccepted)[0].content == b"a\n.\nb\r.\rc\r\n"


def test_an_overlong_command_is_refused_and_forgotten() -> None:
    play = Play()
    assert play.octets(b"x" * 3 * LONGEST_LINE) == ""
    assert play.say("", "NOOP") == [500, 250]


def test_a_message_that_is_too_large_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_server, "MOST_OCTETS", 1000)
    play = Play()
    play.say(*ENVELOPE)
    assert play.say(*["x" * 100] * 20, ".") == [552]
    assert play.of(MailAccepted) == []
    assert play.say(*ENVELOPE[1:]) == [250, 250, 354]
    assert play.say(".") == [250]


def test_the_end_of_a_line_without_end_is_not_the_end_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_server, "MOST_OCTETS", 100)
    play = Play()
    play.say(*ENVELOPE)
    assert play.octets(b"." * 200) == play.octets(b".\r\n") == ""
    assert play.say(".") == [552]


def test_recipients_are_bounded() -> None:
    play = Play()
    play.say("HELO a", "MAIL FROM:<a@b>")
    codes = play.say(*["RCPT TO:<a@b>"] * (MOST_RECIPIENTS + 1))
    assert (codes[-2], codes[-1]) == (250, 452)


def test_quit_ends_the_session() -> None:
    play = Play()
    assert play.say("QUIT", "NOOP") == [221]
    assert play.outputs[-1] == ServerEnded()
    assert play.host.over


def test_etrn_starts_the_queue_of_a_domain() -> None:
    play = Play(serves_queue=True)
    assert play.say("EHLO a", "ETRN example.net")[-1] == 250
    assert play.of(QueueRunRequested) == [QueueRunRequested("example.net")]
    assert play.say("ETRN") == [501]
    assert play.say("MAIL FROM:<a@b>", "ETRN example.net") == [250, 503]


def test_turn_ends_our_receiving() -> None:
    play = Play(turns=True)
    assert play.say("HELO a", "TURN") == [250, 250]
    assert play.outputs[-1] == TurnRequested()
    assert play.say("NOOP") == []


def test_a_busy_host_says_421_and_closes() -> None:
    play = Play(behaviour=HostBehaviour.BUSY)
    assert narrowed(play.outputs[0], SendData).data.startswith(b"421 ")
    assert play.outputs[1] == ServerEnded()


def test_a_host_that_falls_silent_takes_the_message_and_says_nothing() -> None:
    play = Play(behaviour=HostBehaviour.SILENT)
    play.say(*ENVELOPE)
    assert play.say("x", ".", "QUIT") == []
    assert play.of(MailAccepted) == []


def test_a_slow_host_thinks_about_each_reply() -> None:
    play = Play(behaviour=HostBehaviour.SLOW, delay=5.0)
    assert play.outputs == []
    assert play.host.next_timer() == 5.0
    assert play.say("HELO a", now=1.0) == []
    play.host.handle_timer(now=5.0)
    assert [narrowed(output, SendData).data[:3] for output in play.host.take_outputs()] == [b"220"]
    assert play.host.next_timer() == 10.0
    play.host.handle_timer(now=10.0)
    assert [narrowed(output, SendData).data[:3] for output in play.host.take_outputs()] == [b"250"]


PIECES = st.sampled_from(
    [
        b"HELO a",
        b"EHLO a",
        b"MAIL FROM:<a@b>",
        b"RCPT TO:<c@d>",
        b"DATA",
        b".",
        b"..",
        b"x",
        b"\r\n",
        b"\n",
        b"\r",
        b"RSET",
    ]
)


@given(st.lists(PIECES, max_size=30), st.integers(0, 150))
@settings(max_examples=100)
def test_cutting_the_octets_changes_nothing(pieces: Sequence[bytes], cut: int) -> None:
    data = b"".join(pieces)
    whole, in_two = Play(), Play()
    whole.octets(data)
    in_two.octets(data[:cut])
    in_two.octets(data[cut:])
    assert in_two.outputs == whole.outputs


@given(st.binary(max_size=200), st.text(max_size=40))
@settings(max_examples=60)
def test_what_our_client_sends_arrives_octet_for_octet(body: bytes, words: str) -> None:
    content = words.encode() + b"\n" + body
    message = Message("1", "alice@example.net", ("bob@example.org",), content)
    host, client = SmtpServer("isp"), SmtpClient(["1"], name="a")
    host.start(now=0.0)
    seen = []
    while outputs := [*host.take_outputs(), None, *client.take_outputs()]:
        seen += outputs
        if outputs == [None]:
            break
        middle = outputs.index(None)
        for output in outputs[:middle]:
            if isinstance(output, SendData):
                client.receive_data(output.data, now=0.0)
        for output in outputs[middle + 1 :]:
            if isinstance(output, SendData):
                host.receive_data(output.data, now=0.0)
            elif isinstance(output, MessageWanted):
                client.give(message)
    (accepted,) = [output for output in seen if isinstance(output, MailAccepted)]
    assert accepted.content.splitlines() == content.splitlines()
    assert [type(output) for output in seen].count(MessageDelivered) == 1


@pytest.mark.parametrize("size", [7, 6000, 1_000_000])
def test_a_client_that_never_waits_for_a_slow_host_is_told_421_and_fills_no_memory(size: int) -> None:
    play = Play(behaviour=HostBehaviour.SLOW, delay=5.0)
    commands = b"NOOP x\r\n" * 100_000
    for start in range(0, len(commands), size):
        assert play.octets(commands[start : start + size]) == ""
    now, replies = 0.0, ""
    while (due := play.host.next_timer()) is not None:
        assert due > now
        now = due
        play.host.handle_timer(now=now)
        replies += play.octets(b"", now)
    *thought_about, last = replies.splitlines()
    assert thought_about == ["220 isp ESMTP"] + ["250 nothing done"] * (len(thought_about) - 1)
    assert len(thought_about) == (MOST_HELD - len("220 isp ESMTP\r\n") - 1) // len("250 nothing done\r\n") + 2
    assert last.startswith("421 ")
    assert play.of(ServerEnded)


def test_a_large_message_to_a_slow_host_is_taken_over_when_the_client_waits() -> None:
    play = Play(behaviour=HostBehaviour.SLOW, delay=5.0)
    large = "\r\n".join(["y" * 1000] * 200) + "\r\n."
    codes = []
    for now, line in enumerate((*ENVELOPE, large, "QUIT"), start=1):
        codes += play.say(line, now=now * 10.0)
    play.host.handle_timer(now=100.0)
    codes += play.say(now=100.0)
    assert codes == [220, 250, 250, 250, 354, 250, 221]
    assert [len(mail.content) for mail in play.of(MailAccepted)] == [200 * 1002]
