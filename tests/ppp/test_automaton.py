"""The facts of RFC 1661, section 4, about the automaton."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.ppp.automaton import (
    TRANSITIONS,
    NegotiationAutomaton,
    RestartTimers,
)
from simisp.ppp.automaton import (
    AutomatonAction as Action,
)
from simisp.ppp.automaton import (
    AutomatonEvent as Event,
)
from simisp.ppp.automaton import (
    AutomatonState as State,
)

ABOVE = (Event.OPEN, Event.CLOSE)
TIMEOUTS = (Event.TO_PLUS, Event.TO_MINUS)
UNTIMED = (State.INITIAL, State.STARTING, State.CLOSED, State.STOPPED, State.OPENED)
LAYER_DOWN = (State.INITIAL, State.STARTING)

events = st.lists(
    st.sampled_from([event for event in Event if event not in TIMEOUTS]) | st.floats(0.1, 9.0), max_size=60
)


def played(automaton: NegotiationAutomaton, given: list[Event | float]) -> list[tuple[State, Action, State]]:
    """Play events and pauses; return the actions, each with the states around it."""
    done: list[tuple[State, Action, State]] = []
    now = 0.0
    for each in given:
        before = automaton.state
        if isinstance(each, Event):
            actions = automaton.take(each, now=now)
        else:
            now += each
            actions = automaton.expire(now=now)
        done += [(before, action, automaton.state) for action in actions]
    return done


def test_open_and_close_mean_something_in_every_state() -> None:
    assert {(state, event) for state in State for event in ABOVE} <= TRANSITIONS.keys()


def test_every_packet_means_something_while_the_lower_layer_is_up_and_nothing_while_it_is_down() -> None:
    for event in set(Event) - {*ABOVE, *TIMEOUTS, Event.UP, Event.DOWN}:
        assert {state for state in State if (state, event) in TRANSITIONS} == set(State) - set(LAYER_DOWN)


def test_up_comes_only_while_the_lower_layer_is_down_and_down_only_while_it_is_up() -> None:
    for state in State:
        assert ((state, Event.UP) in TRANSITIONS) == (state in LAYER_DOWN)
        assert ((state, Event.DOWN) in TRANSITIONS) == (state not in LAYER_DOWN)


def test_the_restart_timer_has_events_exactly_where_it_runs() -> None:
    for state in State:
        for event in TIMEOUTS:
            assert ((state, event) in TRANSITIONS) == (state not in UNTIMED)


def test_this_layer_is_up_exactly_in_opened() -> None:
    for (state, event), transition in TRANSITIONS.items():
        enters = state is not State.OPENED and transition.state is State.OPENED
        leaves = state is State.OPENED and (transition.state is not State.OPENED)
        assert (Action.TLU in transition.actions) == enters, (state, event)
        assert (Action.TLD in transition.actions) == leaves, (state, event)


def test_opened_is_entered_only_when_both_sides_have_acknowledged() -> None:
    entered = {
        (state, event)
        for (state, event), transition in TRANSITIONS.items()
        if transition.state is State.OPENED and state is not State.OPENED
    }
    assert entered == {(State.ACK_RCVD, Event.RCR_PLUS), (State.ACK_SENT, Event.RCA)}


def test_a_request_is_answered_with_one_packet_wherever_a_side_negotiates() -> None:
    for state in (State.STOPPED, State.REQ_SENT, State.ACK_RCVD, State.ACK_SENT, State.OPENED):
        assert Action.SCA in TRANSITIONS[state, Event.RCR_PLUS].actions
        assert Action.SCN in TRANSITIONS[state, Event.RCR_MINUS].actions
        assert Action.STA in TRANSITIONS[state, Event.RTR].actions


@settings(max_examples=40)
@given(events)
def test_the_restart_timer_runs_only_where_the_standard_has_it(given: list[Event | float]) -> None:
    automaton = NegotiationAutomaton()
    now = 0.0
    for each in given:
        if isinstance(each, Event):
            automaton.take(each, now=now)
        else:
            now += each
            automaton.expire(now=now)
        assert (automaton.deadline is None) == (automaton.state in UNTIMED)


@settings(max_examples=40)
@given(events)
def test_up_and_down_of_this_layer_alternate_and_so_do_started_and_finished(given: list[Event | float]) -> None:
    reported = [action for _, action, _ in played(NegotiationAutomaton(), given)]
    up = [action for action in reported if action in (Action.TLU, Action.TLD)]
    assert up == [(Action.TLU, Action.TLD)[index % 2] for index in range(len(up))]


@settings(max_examples=40)
@given(events)
def test_whatever_has_happened_silence_leads_to_a_state_without_a_timer(given: list[Event | float]) -> None:
    automaton = NegotiationAutomaton()
    played(automaton, given)
    tries = 0
    while automaton.deadline is not None:
        automaton.expire(now=automaton.deadline)
        tries += 1
        assert tries <= 11
    assert automaton.state in UNTIMED


@settings(max_examples=40)
@given(events)
def test_after_close_and_silence_it_is_closed(given: list[Event | float]) -> None:
    automaton = NegotiationAutomaton()
    played(automaton, given)
    automaton.take(Event.CLOSE, now=1000.0)
    while automaton.deadline is not None:
        automaton.expire(now=automaton.deadline)
    assert automaton.state in (State.INITIAL, State.CLOSED, State.STOPPED)


def test_ten_requests_three_seconds_apart_and_then_it_gives_up() -> None:
    automaton = NegotiationAutomaton()
    automaton.take(Event.OPEN, now=0.0)
    sent = [0.0] * (automaton.take(Event.UP, now=0.0) == (Action.SCR,))
    while automaton.deadline is not None:
        now = automaton.deadline
        if automaton.expire(now=now) == (Action.SCR,):
            sent.append(now)
    assert sent == [3.0 * index for index in range(10)]
    assert (now, automaton.state) == (30.0, State.STOPPED)


def test_a_passive_side_goes_on_waiting_without_a_word() -> None:
    automaton = NegotiationAutomaton(RestartTimers(max_configure=1, passive=True))
    automaton.take(Event.OPEN, now=0.0)
    automaton.take(Event.UP, now=0.0)
    assert automaton.expire(now=3.0) == ()
    assert (automaton.state, automaton.deadline) == (State.STOPPED, None)
    assert automaton.take(Event.RCR_PLUS, now=100.0) == (Action.SCR, Action.SCA)


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_terminate_request_is_repeated_as_often_as_it_is_set(tries: int) -> None:
    automaton = NegotiationAutomaton(RestartTimers(max_terminate=tries))
    for event in (Event.OPEN, Event.UP):
        automaton.take(event, now=0.0)
    sent = automaton.take(Event.CLOSE, now=0.0).count(Action.STR)
    while automaton.deadline is not None:
        sent += automaton.expire(now=automaton.deadline).count(Action.STR)
    assert sent == tries


def test_a_side_that_is_asked_to_terminate_waits_for_the_other_one_to_go() -> None:
    automaton = NegotiationAutomaton()
    for event in (Event.OPEN, Event.UP, Event.RCR_PLUS, Event.RCA):
        automaton.take(event, now=0.0)
    assert automaton.take(Event.RTR, now=5.0) == (Action.TLD, Action.STA)
    assert (automaton.state, automaton.deadline) == (State.STOPPING, 8.0)
    assert automaton.expire(now=8.0) == (Action.TLF,)
