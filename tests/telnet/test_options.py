"""Negotiation by the Q method (RFC 1143): whatever two sides ask for, and whenever, they agree and fall silent."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.telnet.codes import DO, DONT, IAC, WILL, WONT
from simisp.telnet.options import OptionSwitched, TelnetOptions

OPTION = 3


def requests(octets: bytes) -> list[tuple[int, int]]:
    return [(octets[at + 1], octets[at + 2]) for at in range(0, len(octets), 3)]


def test_a_request_for_what_is_in_effect_has_no_answer() -> None:
    options = TelnetOptions(ours={OPTION}, theirs={OPTION})
    assert options.take(DO, OPTION) == [bytes((IAC, WILL, OPTION)), OptionSwitched(OPTION, True, True)]
    assert options.take(DO, OPTION) == []
    assert options.take(WILL, OPTION) == [bytes((IAC, DO, OPTION)), OptionSwitched(OPTION, False, True)]
    assert options.take(WILL, OPTION) == []
    assert options.has(OPTION, ours=True)
    assert options.has(OPTION, ours=False)


def test_the_answer_to_a_request_of_ours_is_not_answered() -> None:
    options = TelnetOptions(ours={OPTION})
    assert options.ask(OPTION, ours=True) == bytes((IAC, WILL, OPTION))
    assert options.ask(OPTION, ours=True) == b""
    assert options.take(DO, OPTION) == [OptionSwitched(OPTION, True, True)]
    assert options.ask(OPTION, ours=True) == b""


def test_a_refusal_of_what_was_asked_for_is_taken_and_not_asked_again() -> None:
    options = TelnetOptions()
    options.ask(OPTION, ours=False)
    assert options.take(WONT, OPTION) == []
    assert not options.has(OPTION, ours=False)


def test_an_option_that_is_withdrawn_is_confirmed() -> None:
    options = TelnetOptions(ours={OPTION})
    options.take(DO, OPTION)
    assert options.take(DONT, OPTION) == [bytes((IAC, WONT, OPTION)), OptionSwitched(OPTION, True, False)]
    assert options.take(DONT, OPTION) == []


def test_a_change_of_mind_waits_for_the_answer_that_is_on_its_way() -> None:
    options = TelnetOptions(ours={OPTION})
    options.ask(OPTION, ours=True)
    assert options.ask(OPTION, ours=True, on=False) == b""
    assert options.take(DO, OPTION) == [bytes((IAC, WONT, OPTION))]
    assert options.take(DONT, OPTION) == []
    assert not options.has(OPTION, ours=True)


@pytest.mark.parametrize(("word", "answer"), [(WILL, DONT), (DO, WONT)])
def test_what_is_not_known_is_refused_each_time_but_not_without_end(word: int, answer: int) -> None:
    options = TelnetOptions()
    answers = [options.take(word, 99) for _ in range(10_000)]
    assert answers[0] == [bytes((IAC, answer, 99))]
    assert sum(map(len, answers)) == 20


@given(
    st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)),
    st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.booleans(), st.booleans(), st.integers(0, 3)), max_size=30),
)  # fmt: skip
def test_two_sides_always_agree_in_the_end(
    ours: set[int], theirs: set[int], others: set[int], of_others: set[int],
    asked: list[tuple[bool, int, bool, bool, int]],
) -> None:  # fmt: skip
    sides = (TelnetOptions(ours=ours, theirs=theirs), TelnetOptions(ours=others, theirs=of_others))
    wires: tuple[deque[tuple[int, int]], deque[tuple[int, int]]] = (deque(), deque())  # what each side has to read

    def deliver(most: int) -> None:
        for _ in range(most):
            for number in (0, 1):
                if wires[number]:
                    for output in sides[number].take(*wires[number].popleft()):
                        if isinstance(output, bytes):
                            wires[1 - number].extend(requests(output))

    for second, option, of_us, on, delivered in asked:
        wires[not second].extend(requests(sides[second].ask(option, ours=of_us, on=on)))
        deliver(delivered)
    deliver(1000)
    assert not wires[0]
    assert not wires[1]
    for option in range(4):
        assert sides[0].has(option, ours=True) == sides[1].has(option, ours=False)
        assert sides[1].has(option, ours=True) == sides[0].has(option, ours=False)
