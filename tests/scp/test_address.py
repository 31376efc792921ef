from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.scp.address import AddressFinder, getip_in, is_address


@pytest.mark.parametrize("text", ["0.0.0.0", "10.0.0.5", "255.255.255.255"])
def test_four_numbers_up_to_255_are_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["", "10.0.0", "1.2.3.4.5", "11.543.23.13", "a.b.c.d", " 1.2.3.4", "1..2.3"])
def test_anything_else_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(("text", "ordinal"), [("getip", 1), ("GetIP 2", 2), (" getip  12 ", 12)])
def test_a_string_can_ask_for_an_address(text: str, ordinal: int) -> None:
    assert getip_in(text) == ordinal


@pytest.mark.parametrize("text", ["", "10.0.0.5", "getip x", "getip2", "getip 1234567890"])
def test_most_strings_do_not(text: str) -> None:
    assert getip_in(text) is None


def test_the_address_ends_where_something_else_follows() -> None:
    finder = AddressFinder()
    assert finder.feed(b"is 10.0.0.12\r\n") == 12
    assert finder.found == "10.0.0.12"


def test_a_sentence_may_end_after_the_address() -> None:
    finder = AddressFinder()
    assert finder.feed(b"You are 10.0.0.12. Bye") == 18
    assert finder.found == "10.0.0.12"


def test_the_nth_address_is_taken() -> None:
    finder = AddressFinder(2)
    finder.feed(b"10.0.0.1 to 10.0.0.2 and 10.0.0.3 ")
    assert finder.found == "10.0.0.2"


def test_digits_that_are_no_address_are_passed_over() -> None:
    finder = AddressFinder()
    finder.feed(b"14.4 1.2.3.4.5 300.1.1.1 9.9.9.9\r")
    assert finder.found == "9.9.9.9"


def test_an_endless_number_is_no_address_and_takes_no_memory() -> None:
    finder = AddressFinder()
    for _ in range(50):
        finder.feed(b"1" * 1000)
    assert len(finder._digits) < 100
    finder.feed(b" 10.0.0.1 ")
    assert finder.found == "10.0.0.1"


def test_the_last_digits_can_settle_the_address() -> None:
    finder = AddressFinder()
    finder.feed(b"10.0.0.1")
    assert finder.may_settle
    finder.settle()
    assert finder.found == "10.0.0.1"


def test_an_address_too_few_settles_nothing() -> None:
    finder = AddressFinder(2)
    finder.feed(b"10.0.0.1")
    assert not finder.may_settle
    finder.settle()
    assert finder.found is None


@given(st.text("0123456789. ", max_size=60).map(str.encode), st.integers(1, 3), st.integers(1, 7))
def test_cutting_the_stream_changes_nothing(stream: bytes, ordinal: int, step: int) -> None:
    whole, cut = AddressFinder(ordinal), AddressFinder(ordinal)
    expected, taken = whole.feed(stream), None
    for start in range(0, len(stream), step):
        taken = cut.feed(stream[start : start + step])
        if taken is not None:
            taken += start
            break
    assert (taken, cut.found) == (expected, whole.found)
