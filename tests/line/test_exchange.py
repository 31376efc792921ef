"""Where numbers lead."""

from __future__ import annotations

import pytest

from simisp.line.exchange import Exchange, Outcome

EXCHANGE = Exchange(
    numbers={"555-0000": Outcome.BUSY, "*99#": Outcome.VOICE, "+61 2": Outcome.NO_CARRIER},
    default=Outcome.NO_ANSWER,
    answer_after=4.0,
)


@pytest.mark.parametrize("number", ["5550000", "555-0000", "(555) 00 00", "5550000\r"])
def test_numbers_are_compared_without_their_punctuation(number: str) -> None:
    assert EXCHANGE.route(number).outcome is Outcome.BUSY


def test_stars_hashes_letters_and_plus_are_part_of_a_number() -> None:
    assert EXCHANGE.route("*99#").outcome is Outcome.VOICE
    assert EXCHANGE.route("99").outcome is Outcome.NO_ANSWER
    assert EXCHANGE.route("+612").outcome is Outcome.NO_CARRIER
    assert Exchange({"a1": Outcome.BUSY}).route("A1").outcome is Outcome.BUSY


def test_every_other_number_leads_where_the_default_says() -> None:
    assert EXCHANGE.route("").outcome is Outcome.NO_ANSWER
    assert Exchange().route("1").outcome is Outcome.ISP


@pytest.mark.parametrize(
    ("outcome", "after", "rings"),
    [
        (Outcome.ISP, 4.0, True),
        (Outcome.BUSY, 0.5, False),
        (Outcome.NO_DIAL_TONE, 0.5, False),
        (Outcome.NO_CARRIER, 4.5, False),
        (Outcome.NO_ANSWER, None, True),
        (Outcome.VOICE, None, False),
    ],
)
def test_each_outcome_has_its_time_and_its_tone(outcome: Outcome, after: float | None, rings: bool) -> None:
    route = Exchange(default=outcome, answer_after=4.0).route("1")
    assert (route.outcome, route.after, route.rings) == (outcome, after, rings)
