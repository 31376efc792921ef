"""+IPR: the modem's rate and that of its DTE."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.dte_play import Play, relayed, sent
from simisp.facts.line import RatesCompared
from simisp.modem import ModemConfig
from simisp.modem.rate_mismatch import RateMismatch

RATES = [300, 1200, 9600, 19200, 57600, 115200, 230400]


def play_at(rate: int) -> Play:
    play = Play()
    play.modem.see_rate(rate, now=0.0)
    return play


def test_the_answer_to_ipr_comes_at_the_old_rate_and_what_follows_is_garbage() -> None:
    play = play_at(115200)
    assert play.runs("+IPR=19200") == b"\r\nOK\r\n"
    assert play.runs("") == b""
    play.modem.see_rate(19200, now=0.0)
    assert play.runs("") == b"\r\nOK\r\n"


def test_it_is_reported_when_the_rates_differ_and_when_they_are_the_same_again() -> None:
    play = play_at(9600)
    said = [*play.types("AT+IPR=9600\r"), *play.types("AT+IPR=19200\r")]
    for rate in (9600, 0, 300, 300, 19200, 19200):
        play.modem.see_rate(rate, now=play.now)
        said += play.modem.take_outputs()
    compared = [(each.port, each.modem) for each in said if isinstance(each, RatesCompared)]
    assert compared == [(9600, 19200), (300, 19200), (19200, 19200)]


def test_a_line_behind_ipr_in_one_piece_is_garbage_as_in_two() -> None:
    assert sent(play_at(115200).types("AT+IPR=19200\rAT\r")) == b"\r\nOK\r\n"


def test_what_the_modem_says_at_another_rate_is_garbage_to_its_dte() -> None:
    play = play_at(115200)
    play.runs("+IPR=9600")
    heard = sent(play.rings())
    assert heard
    assert b"RING" not in heard
    assert heard == RateMismatch(9600, 115200).read(b"\r\nRING\r\n")


def test_octets_of_a_call_are_garbled_both_ways_and_secrets_stay_marked() -> None:
    play = play_at(9600)
    play.runs("+IPR=9600")
    play.calls()
    play.modem.see_rate(19200, now=play.now)
    assert relayed(play.types("abc")) == RateMismatch(19200, 9600).read(b"abc")
    (output,) = play.hears(b"secret", secret=True)
    assert getattr(output, "secrets", ()) == ((0, len(sent([output]))),)


def test_z_brings_back_the_rate_of_the_stored_profile_after_its_answer() -> None:
    play = Play(ModemConfig(settings={"E": 0}))
    play.modem.see_rate(9600, now=0.0)
    play.runs("+IPR=9600;&W0+IPR=115200")
    play.modem.see_rate(115200, now=0.0)
    assert play.runs("Z") == b"\r\nOK\r\n"
    assert play.runs("") == b""
    play.modem.see_rate(9600, now=0.0)
    assert play.runs("+IPR?") == b"\r\n+IPR: 9600\r\n\r\nOK\r\n"


@pytest.mark.parametrize("unknown", [0, None])
def test_a_rate_that_is_not_known_or_0_garbles_nothing(unknown: int | None) -> None:
    play = Play()
    if unknown is not None:
        play.modem.see_rate(unknown, now=0.0)
    play.runs("+IPR=9600")
    assert play.runs("") == b"\r\nOK\r\n"


def test_a_modem_without_a_fixed_rate_takes_that_of_its_dte() -> None:
    play = play_at(300)
    for rate in RATES:
        play.modem.see_rate(rate, now=0.0)
        assert play.runs("") == b"\r\nOK\r\n"


@pytest.mark.parametrize("rate", RATES)
def test_octets_read_at_the_rate_that_they_were_sent_at_are_the_same(rate: int) -> None:
    assert RateMismatch(rate, rate).read(bytes(range(256))) == bytes(range(256))


@given(st.sampled_from(RATES), st.sampled_from(RATES), st.binary(max_size=3), st.binary(max_size=3))
@settings(deadline=None)
def test_what_is_read_at_another_rate_is_bounded_and_each_octet_is_read_by_itself(
    sent_at: int, read_at: int, one: bytes, other: bytes
) -> None:
    mismatch = RateMismatch(sent_at, read_at)
    assert mismatch.read(one) + mismatch.read(other) == mismatch.read(one + other)
    assert len(mismatch.read(one)) <= len(one) * min(16, max(1, read_at // sent_at + 1))
