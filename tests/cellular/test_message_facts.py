"""Messages in the words of the live view."""

from __future__ import annotations

from simisp.facts.messages import SmsReceived, SmsSent
from simisp.report.narration import narrate


def test_a_message_is_narrated_with_its_part() -> None:
    assert narrate(SmsSent("+316", "Hi", 1, 1, 7, "", "")) == "message sent to +316: Hi"
    assert narrate(SmsSent("+316", "Hi", 1, 2, 7, "", "")) == "message, part 1 of 2, sent to +316: Hi"
    assert narrate(SmsReceived("INFO", "Hi", 2, 2)) == "message, part 2 of 2, from INFO: Hi"
