"""What a scenario expects of the messages that the modem sends."""

from __future__ import annotations

import pytest

from simisp.cellular.sms.address import Address
from simisp.cellular.sms.pdu import SmsSubmit, encode_pdu
from simisp.cellular.sms.user_data import split_text
from simisp.facts.messages import SmsSent
from simisp.runner.sent_messages import MOST_KEPT, SentMessages
from simisp.runner.verdict import VerdictKind
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.testing import Conversation, Hear, play_pure


def scenario(expected: str) -> str:
    """Return a scenario that expects a message."""
    return f"title: x\nmodem: {{messages: {{}}}}\nisp: {{dialogue: [silence]}}\nexpect:\n  - sms sent: {expected}\n"


def sends_hi() -> Conversation:
    """Send a message in text mode."""
    yield b'ATE0+CMGF=1;+CMGS="+31622222222"\r'
    yield Hear("> ", within=5.0)
    yield b"Hi\x1a"
    return 0 if (yield Hear("OK", within=60.0)) else 1


def sends_much() -> Conversation:
    """Send a message of two parts as PDUs."""
    yield b"ATE0\r"
    yield Hear("OK", within=5.0)
    coding, parts = split_text("long " * 40, reference=9)
    for part in parts:
        submit = SmsSubmit(Address.of("+31622222222"), part, coding)
        yield f"AT+CMGS={len(submit.encode())}\r".encode()
        yield Hear("> ", within=5.0)
        yield encode_pdu(submit).hex().encode() + b"\x1a"
        yield Hear("OK", within=60.0)
    return 0


@pytest.mark.parametrize("expected", ["{to: +31622222222, text: Hi}", "{text: Hi}", "{to: +31622222222}", "{}"])
def test_a_message_that_was_sent_is_found_without_a_call(expected: str) -> None:
    verdict = play_pure(scenario(expected), sends_hi)

    assert verdict.kind is VerdictKind.RELEASED, verdict.reason


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (
            "{text: Hello}",
            "a message: 'Hello' was not sent (the last that were: 'Hi' to +31622222222)",
        ),
        ("{to: +31600000000}", "a message to +31600000000 was not sent (the last that were: 'Hi' to +31622222222)"),
    ],
)
def test_another_message_is_not_taken_for_it(expected: str, reason: str) -> None:
    verdict = play_pure(scenario(expected), sends_hi)

    assert verdict.kind is VerdictKind.FAILED
    assert reason in verdict.reason


def test_a_client_that_sends_nothing_has_not_met_it() -> None:
    def says_at() -> Conversation:
        yield b"AT\r"
        yield Hear("OK", within=5.0)
        return 0

    assert "a message was not sent (none was)" in play_pure(scenario("{}"), says_at).reason


def test_the_parts_of_a_long_message_are_one() -> None:
    verdict = play_pure(scenario('{text: "' + "long " * 40 + '"}'), sends_much)

    assert verdict.kind is VerdictKind.RELEASED, verdict.reason


def test_explain_says_what_is_expected() -> None:
    assert "The modem sends a message to +316: “Hi”." in explain(loads(scenario("{to: +316, text: Hi}"))).replace(
        '"Hi"', "“Hi”"
    )
    assert "The modem sends a message." in explain(loads(scenario("{}")))


def test_unfinished_messages_and_old_ones_are_forgotten() -> None:
    sent = SentMessages()
    for number in range(2 * MOST_KEPT):
        sent.take(SmsSent(str(number), "x", 1, 2, 0, "", ""))
        sent.take(SmsSent(str(number), "x", 1, 1, 0, "", ""))

    assert len(sent.messages) == MOST_KEPT
    assert len(sent._unfinished) <= MOST_KEPT
