"""The sending side of SMTP, spoken to by a host that the tests play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.machine import Output, SendData
from simisp.mail.message import Message
from simisp.mail.smtp_client import (
    Etrn,
    MessageDeferred,
    MessageDelivered,
    MessageInDoubt,
    MessageRefused,
    MessageWanted,
    RetrievalAnswered,
    RolesTurned,
    SmtpClient,
    SmtpClientEnded,
    Turn,
)

BOB, CAROL = "bob@example.org", "carol@example.org"
MESSAGE = Message("1", "alice@example.net", (BOB, CAROL), b"Subject: x\n\n.dot\nbye")


class Play:
    """A client, and all that it has put out; greeted by a host without extensions unless the test does that."""

    def __init__(self, *messages: Message, retrieval: Etrn | Turn | None = None, greet: bool = True) -> None:
        self.messages = {message.id: message for message in messages}
        self.client = SmtpClient(list(self.messages), name="alice.example", retrieval=retrieval)
        self.outputs: list[Output] = []
        if greet:
            self.say("220 isp")
            self.say("250 isp")

    def say(self, *lines: str) -> bytes:
        """Let the host reply; return what the client sends on it."""
        self.client.receive_data("".join(line + "\r\n" for line in lines).encode(), now=0.0)
        return self.take()

    def take(self) -> bytes:
        fresh = []
        while outputs := self.client.take_outputs():
            fresh += outputs
            for output in outputs:
                if isinstance(output, MessageWanted):
                    self.client.give(self.messages.get(output.id))
        self.outputs += fresh
        return b"".join(output.data for output in fresh if isinstance(output, SendData))

    def of(self, *kinds: type[Output]) -> list[Any]:
        return [output for output in self.outputs if isinstance(output, kinds)]


def to_content(message: Message, **arguments: Any) -> Play:
    """A play in which a message waits for the reply to its content."""
    play = Play(message, **arguments)
    for _ in ("MAIL", *message.recipients):
        play.say("250 ok")
    play.say("354 go")
    return play


def test_the_whole_of_a_session() -> None:
    play = Play(MESSAGE, greet=False)
    assert play.say("220 isp") == b"EHLO alice.example\r\n"
    assert play.say("250 isp") == b"MAIL FROM:<alice@example.net>\r\n"
    assert play.say("250 ok") == b"RCPT TO:<bob@example.org>\r\n"
    assert play.say("250 ok") == b"RCPT TO:<carol@example.org>\r\n"
    assert play.say("250 ok") == b"DATA\r\n"
    assert play.say("354 go") == b"Subject: x\r\n\r\n..dot\r\nbye\r\n.\r\n"
    assert play.say("250 taken") == b"QUIT\r\n"
    assert play.say("221 bye") == b""
    assert play.of(MessageDelivered) == [MessageDelivered("1", (BOB, CAROL), "250 taken")]
    assert play.outputs[-1] == SmtpClientEnded()
    assert play.client.over


def test_a_host_without_ehlo_is_greeted_with_helo() -> None:
    play = Play(MESSAGE, greet=False)
    play.say("220 isp")
    assert play.say("502 what?") == b"HELO alice.example\r\n"
    assert play.say("250 isp").startswith(b"MAIL FROM")


def test_the_doubt_is_told_before_the_last_dot_is_sent() -> None:
    play = to_content(MESSAGE)
    doubt = play.outputs.index(MessageInDoubt("1", (BOB, CAROL)))
    before, after = play.outputs[doubt - 1], play.outputs[doubt + 1]
    assert after == SendData(b".\r\n")
    assert isinstance(before, SendData)
    assert before.data.endswith(b"bye\r\n")


def test_the_sender_of_a_bounce_is_empty() -> None:
    play = Play(Message("1", "", (BOB,), b""), greet=False)
    play.say("220 isp")
    assert play.say("250 isp") == b"MAIL FROM:<>\r\n"


def test_parameters_are_sent_to_hosts_that_know_them() -> None:
    message = Message("1", "alice@example.net", (BOB,), "Subject: é\n".encode())
    play = Play(message, greet=False)
    play.say("220 isp")
    assert play.say("250-isp", "250-size 1000", "250 8BITMIME") == (
        b"MAIL FROM:<alice@example.net> SIZE=13 BODY=8BITMIME\r\n"
    )


def test_one_recipient_of_two_is_refused() -> None:
    play = Play(MESSAGE)
    play.say("250 ok")
    play.say("550 no such user")
    play.say("250 ok")
    play.say("354 go")
    play.say("250 taken")
    assert play.of(MessageRefused, MessageDelivered) == [
        MessageRefused("1", (BOB,), "550 no such user"),
        MessageDelivered("1", (CAROL,), "250 taken"),
    ]


def test_one_recipient_of_two_is_put_off() -> None:
    play = Play(MESSAGE)
    play.say("250 ok")
    play.say("250 ok")
    play.say("452 later")
    assert play.of(MessageDeferred) == [MessageDeferred("1", (CAROL,), "452 later")]
    play.say("354 go")
    play.say("250 taken")
    assert play.of(MessageDelivered) == [MessageDelivered("1", (BOB,), "250 taken")]


def test_without_a_recipient_left_the_transaction_is_dropped() -> None:
    play = Play(MESSAGE)
    play.say("250 ok")
    play.say("550 no")
    assert play.say("450 later") == b"RSET\r\n"
    assert play.say("250 ok") == b"QUIT\r\n"


@pytest.mark.parametrize(("reply", "kind"), [("552 too large", MessageRefused), ("451 later", MessageDeferred)])
@pytest.mark.parametrize("stage", ["sender", "data", "content"])
def test_a_message_fails_at_every_stage_as_the_reply_says(
    stage: str, reply: str, kind: type[MessageDeferred | MessageRefused]
) -> None:
    play = Play(MESSAGE)
    if stage != "sender":
        play.say("250 ok")
        play.say("250 ok")
        play.say("250 ok")
    if stage == "content":
        play.say("354 go")
    play.say(reply)
    assert play.of(kind) == [kind("1", (BOB, CAROL), reply)]
    assert play.of(MessageDelivered) == []


def test_after_a_failure_the_next_message_is_tried() -> None:
    play = Play(MESSAGE, Message("2", "alice@example.net", (BOB,), b""))
    assert play.say("550 no") == b"RSET\r\n"
    assert play.say("250 ok") == b"MAIL FROM:<alice@example.net>\r\n"


def test_a_message_that_is_gone_is_passed_over() -> None:
    client = SmtpClient(["1"], name="a")
    client.receive_data(b"220 x\r\n250 x\r\n", now=0.0)
    client.take_outputs()
    client.give(None)
    assert client.take_outputs() == [SendData(b"QUIT\r\n")]


def test_a_message_that_nobody_wants_now_is_not_sent() -> None:
    client = SmtpClient(["1"], name="a")
    client.give(MESSAGE)
    assert client.take_outputs() == []


@pytest.mark.parametrize("address", ["bob\r\nRSET", "bob @x", "<bob>", "", "x" * 300])
def test_an_address_that_smtp_does_not_carry_never_reaches_the_host(address: str) -> None:
    play = Play(Message("1", "alice@example.net", (address, CAROL), b""))
    play.say("250 ok")
    assert play.say("250 ok") == b"DATA\r\n"
    assert play.of(MessageRefused) == [MessageRefused("1", (address,), "no address that SMTP carries")]


def test_a_bad_sender_refuses_the_message_for_all_and_the_session_goes_on() -> None:
    play = Play(Message("1", "ali ce", (BOB, CAROL), b""), greet=False)
    play.say("220 x")
    assert play.say("250 x") == b"QUIT\r\n"
    (refused,) = play.of(MessageRefused)
    assert refused.recipients == (BOB, CAROL)


def test_an_address_beyond_ascii_goes_to_a_host_that_takes_it() -> None:
    play = Play(Message("1", "bö@example.org", (BOB,), b""), greet=False)
    play.say("220 x")
    assert play.say("250-x", "250 SMTPUTF8") == "MAIL FROM:<bö@example.org> SMTPUTF8\r\n".encode()


@pytest.mark.parametrize("replies", range(7))
def test_421_ends_the_session_at_every_stage(replies: int) -> None:
    play = Play(MESSAGE, greet=False)
    for reply in ["220 x", "250 x", "250 x", "250 x", "250 x", "354 x"][:replies]:
        play.say(reply)
    play.say("421 closing")
    assert play.outputs[-1] == SmtpClientEnded("421 closing")
    assert play.of(MessageDelivered, MessageRefused) == []
    put_off = [who for output in play.of(MessageDeferred) for who in output.recipients]
    assert put_off == ([BOB, CAROL] if replies >= 2 else [])


def test_a_greeting_that_is_a_refusal_is_answered_with_quit() -> None:
    play = Play(MESSAGE, greet=False)
    assert play.say("554 no") == b"QUIT\r\n"
    assert play.outputs[-1] == SmtpClientEnded("554 no")


def test_a_host_that_does_not_speak_smtp_is_left() -> None:
    play = Play(MESSAGE, greet=False)
    play.say("HTTP/1.1 400 Bad Request")
    assert play.outputs == [SmtpClientEnded("the host does not speak SMTP: 'HTTP/1.1 400 Bad Request'")]


def test_etrn_is_asked_for_each_domain_after_the_messages() -> None:
    play = to_content(MESSAGE, retrieval=Etrn(("example.net", "@example.com")))
    assert play.say("250 taken") == b"ETRN example.net\r\n"
    assert play.say("253 3 pending messages") == b"ETRN @example.com\r\n"
    assert play.say("459 not allowed") == b"QUIT\r\n"
    assert [(a.command, a.reply.code) for a in play.of(RetrievalAnswered)] == [("ETRN", 253), ("ETRN", 459)]


def test_turn_ends_our_sending_when_it_is_granted() -> None:
    play = Play(retrieval=Turn(), greet=False)
    play.say("220 x")
    assert play.say("250 x") == b"TURN\r\n"
    play.say("250 your turn")
    assert play.outputs[-1] == RolesTurned()
    assert play.say("250 more") == b""


def test_turn_that_is_refused_ends_with_quit() -> None:
    play = Play(retrieval=Turn(), greet=False)
    play.say("220 x")
    play.say("250 x")
    assert play.say("502 no") == b"QUIT\r\n"


def test_replies_after_the_end_are_not_heard() -> None:
    play = Play(greet=False)
    play.say("554 no")
    play.outputs.clear()
    play.say("250 ok", "250 ok")
    assert play.outputs == []


def test_a_host_that_talks_at_length_is_understood_the_same_in_one_piece_and_in_many() -> None:
    octets = b"220 isp\r\n" + b"250-x\r\n" * 20_000 + b"250 x\r\n"
    whole, cut = Play(greet=False), Play(greet=False)
    whole.client.receive_data(octets, now=0.0)
    for start in range(0, len(octets), 1000):
        cut.client.receive_data(octets[start : start + 1000], now=0.0)
    assert whole.take() == cut.take() != b""
    assert whole.outputs == cut.outputs


REPLIES = st.sampled_from(["220 x", "250 x", "250-x", "354 x", "421 x", "450 x", "550 x", "221 x", "junk", "", "999 x"])


@given(st.lists(REPLIES, max_size=30), st.integers(0, 200))
@settings(max_examples=100)
def test_whatever_a_host_says_each_recipient_is_reported_once_at_most(replies: Sequence[str], cut: int) -> None:
    octets = "".join(reply + "\r\n" for reply in replies).encode()
    plays = []
    for pieces in ([octets], [octets[:cut], octets[cut:]]):
        play = Play(MESSAGE, Message("2", "a@b", (BOB,), b""), retrieval=Etrn(("x",)), greet=False)
        for piece in pieces:
            play.client.receive_data(piece, now=0.0)
            play.take()
        plays.append(play)
    reported = [
        (output.id, who)
        for output in plays[0].of(MessageDelivered, MessageRefused, MessageDeferred)
        for who in output.recipients
    ]
    assert len(reported) == len(set(reported))
    assert plays[1].outputs == plays[0].outputs


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("bö@example.org", "the host does not offer SMTPUTF8, which this address needs"),
        ("b\udcf6@example.org", "an address that is neither ASCII nor UTF-8"),
    ],
)
def test_an_address_beyond_ascii_fails_with_the_reason_and_the_others_are_served(address: str, reason: str) -> None:
    play = Play(Message("1", "alice@example.net", (address, CAROL), b""))
    assert b"SMTPUTF8" not in b"".join(output.data for output in play.of(SendData))
    play.say("250 ok")
    assert play.say("250 ok") == b"DATA\r\n"
    assert play.of(MessageRefused) == [MessageRefused("1", (address,), reason)]


def test_a_utf8_address_goes_as_it_is_to_a_host_that_offers_smtputf8() -> None:
    play = Play(Message("1", "alice@example.net", ("jörg@example.net",), b""), greet=False)
    play.say("220 isp")
    assert play.say("250-isp", "250 SMTPUTF8") == b"MAIL FROM:<alice@example.net> SMTPUTF8\r\n"
    assert play.say("250 ok") == "RCPT TO:<jörg@example.net>\r\n".encode()
