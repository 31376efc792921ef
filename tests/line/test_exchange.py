"""Where numbers lead."""

from __future__ import annotations

import pytest

from simisp.line.exchange import CallOutcome, Exchange

EXCHANGE = Exchange(
    numbers={"555-0000": CallOutcome.BUSY, "*99#": CallOutcome.VOICE, "+61 2": CallOutcome.NO_CARRIER},
    default=CallOutcome.NO_ANSWER,
    answer_after=4.0,
)


@pytest.mark.parametrize("number", ["5550000", "555-0000", "(555) 00 00", "5550000\r"])
def test_numbers_are_compared_without_their_punctuation(number: str) -> None:
    assert EXCHANGE.route(number).outcome is CallOutcome.BUSY


def test_stars_hashes_letters_and_plus_are_part_of_a_number() -> None:
    assert EXCHANGE.route("*99#").outcome is CallOutcome.VOICE
    assert EXCHANGE.route("99").outcome is CallOutcome.NO_ANSWER
    assert EXCHANGE.route("+612").outcome is CallOutcome.NO_CARRIER
    assert Exchange({"a1": CallOutcome.BUSY}).route("A1").outcome is CallOutcome.BUSY


def test_every_other_number_leads_where_the_default_says() -> None:
    assert EXCHANGE.route("").outcome is CallOutcome.NO_ANSWER
    assert Exchange().route("1").outcome is CallOutcome.ISP


@pytest.mark.parametrize(
    ("outcome", "after", "rings"),
    [
        (CallOutcome.ISP, 4.0, True),
        (CallOutcome.BUSY, 0.5, False),
        (CallOutcome.NO_DIAL_TONE, 0.5, False),
        (CallOutcome.NO_CARRIER, 4.5, False),
        (CallOutcome.NO_ANSWER, None, True),
        (CallOutcome.VOICE, None, False),
    ],
)
def test_each_outcome_has_its_time_and_its_tone(outcome: CallOutcome, after: float | None, rings: bool) -> None:
    route = Exchange(default=outcome, answer_after=4.0).route("1")
    assert (route.outcome, route.after, route.rings) == (outcome, after, rings)
