"""The rules of an exact jump, snapshot by snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.shared_time.jump import Advance, Ask, Deadline, Hold, JumpRules, LineState, Participant, Snapshot, Stuck


def one(slot: int = 0, **changes: Any) -> Participant:
    base = Participant(slot=slot, birth=slot + 1, pid=100 + slot, waiting=True, sequence=5, acknowledged=0)
    return replace(base, **changes)


def settle(rules: JumpRules, seen: Snapshot) -> object:
    """Answer every question at once, as idle participants do; return the first other verdict."""
    for _ in range(10):
        verdict = rules.look(seen)
        if not isinstance(verdict, Ask):
            return verdict
        asked = seen.round + 1
        seen = replace(
            seen, round=asked, participants=tuple(replace(who, acknowledged=asked) for who in seen.participants)
        )
    raise AssertionError("asked forever")


def test_the_clock_goes_to_the_earliest_deadline() -> None:
    seen = Snapshot(now=0, round=0, participants=(one(0, deadline=70), one(1, deadline=30)), simulator=50)
    verdict = settle(JumpRules(), seen)
    assert isinstance(verdict, Advance)
    assert (verdict.to, verdict.whose and verdict.whose.slot, verdict.what) == (30, 1, Deadline.WAIT)


def test_the_clock_goes_to_the_simulators_time_and_wakes_nobody() -> None:
    seen = Snapshot(now=0, round=0, participants=(one(0, deadline=70),), simulator=50)
    assert settle(JumpRules(), seen) == Advance(50)


def test_at_one_instant_the_simulator_acts_first() -> None:
    seen = Snapshot(now=0, round=0, participants=(one(0, deadline=50),), simulator=50)
    assert settle(JumpRules(), seen) == Advance(50)


def test_at_one_instant_an_alarm_rings_before_a_wait_ends_and_the_older_participant_goes_first() -> None:
    rules = JumpRules()
    young, old = one(0, birth=9, deadline=50), one(1, birth=3, deadline=50)
    alarmed = one(2, birth=12, alarm_at=50)
    verdict = settle(rules, Snapshot(now=0, round=0, participants=(young, old, alarmed)))
    assert isinstance(verdict, Advance)
    assert verdict.whose is not None
    assert (verdict.whose.slot, verdict.what) == (2, Deadline.ALARM)
    verdict = settle(rules, Snapshot(now=50, round=5, participants=(young, old)))
    assert isinstance(verdict, Advance)
    assert verdict.whose is not None
    assert (verdict.whose.slot, verdict.what) == (1, Deadline.WAIT)


def test_a_deadline_that_is_past_ends_its_wait_now_and_the_clock_never_goes_back() -> None:
    verdict = settle(JumpRules(), Snapshot(now=80, round=0, participants=(one(deadline=50),)))
    assert isinstance(verdict, Advance)
    assert verdict.to == 80


def test_nobody_with_a_deadline_is_stuck_forever() -> None:
    waits = (one(0), one(1))
    verdict = settle(JumpRules(), Snapshot(now=7, round=0, participants=waits))
    assert isinstance(verdict, Stuck)
    assert [who.slot for who in verdict.participants] == [0, 1]


def test_a_simulator_that_will_act_is_no_hang() -> None:
    assert settle(JumpRules(), Snapshot(now=7, round=0, participants=(one(),), simulator=9)) == Advance(9)


def test_a_simulator_that_is_due_acts_without_a_round() -> None:
    assert JumpRules().look(Snapshot(now=9, round=0, participants=(one(),), simulator=9)) == Advance(9)


def test_a_simulator_that_waits_for_the_clients_acts_when_all_have_looked_and_before_their_deadlines() -> None:
    seen = Snapshot(now=9, round=0, participants=(one(0, deadline=9), one(1)), simulator=9, settled=True)
    rules = JumpRules()
    assert rules.look(seen) == Ask()
    woken = replace(seen, round=1, participants=(one(0, deadline=9, acknowledged=1), one(1, waiting=False)))
    assert isinstance(rules.look(woken), Hold)
    assert settle(rules, seen) == Advance(9)


def test_whoever_runs_holds_the_clock() -> None:
    runs = one(1, waiting=False, sequence=6)
    verdict = JumpRules().look(Snapshot(now=0, round=0, participants=(one(0, deadline=3), runs)))
    assert verdict == Hold(running=(runs,))


@pytest.mark.parametrize("line", [LineState(from_clients=True), LineState(unsent=True)])
def test_octets_under_way_hold_the_clock(line: LineState) -> None:
    assert JumpRules().look(Snapshot(now=0, round=0, participants=(one(deadline=3),), line=line)) == Hold()


def test_octets_under_way_go_before_a_simulator_that_is_due() -> None:
    seen = Snapshot(now=9, round=0, participants=(one(),), line=LineState(from_clients=True), simulator=9)
    assert JumpRules().look(seen) == Hold()


def test_octets_that_no_client_reads_do_not_hold_the_clock() -> None:
    seen = Snapshot(now=0, round=0, participants=(one(deadline=3),), line=LineState(to_clients=(12,)))
    assert isinstance(settle(JumpRules(), seen), Advance)


def test_every_participant_has_to_acknowledge_both_rounds() -> None:
    rules = JumpRules()
    quick, slow = one(0, deadline=3), one(1)
    assert rules.look(Snapshot(0, 0, (quick, slow))) == Ask()
    quick = replace(quick, acknowledged=1)
    assert rules.look(Snapshot(0, 1, (quick, slow))) == Hold(silent=(slow,))
    slow = replace(slow, acknowledged=1)
    assert rules.look(Snapshot(0, 1, (quick, slow))) == Ask()
    quick = replace(quick, acknowledged=2)
    assert rules.look(Snapshot(0, 2, (quick, slow))) == Hold(silent=(slow,))
    slow = replace(slow, acknowledged=2)
    assert isinstance(rules.look(Snapshot(0, 2, (quick, slow))), Advance)


OTHER = one(9, acknowledged=2)


def _in_the_second_round(rules: JumpRules) -> Snapshot:
    who = one(deadline=30)
    assert rules.look(Snapshot(0, 0, (who, replace(OTHER, acknowledged=0)))) == Ask()
    who = replace(who, acknowledged=1)
    assert rules.look(Snapshot(0, 1, (who, replace(OTHER, acknowledged=1)))) == Ask()
    return Snapshot(0, 2, (replace(who, acknowledged=2), OTHER))


@pytest.mark.parametrize(
    "late",
    [
        {"line": LineState(from_clients=True)},
        {"line": LineState(unsent=True)},
        {"line": LineState(to_clients=(0, 1))},
        {"participants": (one(waiting=False, sequence=6, acknowledged=2), OTHER)},
        {"participants": (one(sequence=7, acknowledged=2, deadline=30), OTHER)},
        {"participants": (one(acknowledged=2, deadline=31), OTHER)},
        {"participants": (one(acknowledged=2, deadline=30, alarm_at=20), OTHER)},
        {"participants": (one(acknowledged=2, deadline=30, timer_at=20), OTHER)},
        {"participants": (one(0, acknowledged=2, deadline=30), one(1, acknowledged=2), OTHER)},
        {"participants": (one(0, acknowledged=2, deadline=30),)},
        {"simulator": 20},
    ],
    ids=[
        "octets",
        "unsent",
        "unread",
        "runs",
        "another wait",
        "deadline",
        "alarm",
        "timer",
        "newcomer",
        "gone",
        "simulator",
    ],
)
def test_whatever_comes_late_starts_the_rounds_anew(late: dict[str, Any]) -> None:
    rules = JumpRules()
    last = _in_the_second_round(rules)
    assert not isinstance(rules.look(replace(last, **late)), Advance | Stuck)


def test_without_anything_late_the_second_round_is_the_last() -> None:
    rules = JumpRules()
    assert isinstance(rules.look(_in_the_second_round(rules)), Advance)


def test_one_participant_alone_looks_once() -> None:
    rules = JumpRules()
    assert rules.look(Snapshot(0, 0, (one(deadline=3),))) == Ask()
    assert isinstance(rules.look(Snapshot(0, 1, (one(deadline=3, acknowledged=1),))), Advance)


def test_after_a_jump_everything_is_asked_anew() -> None:
    rules = JumpRules()
    last = _in_the_second_round(rules)
    assert isinstance(rules.look(last), Advance)
    assert rules.look(replace(last, now=30)) == Ask()


def test_without_participants_the_simulator_alone_moves_the_clock() -> None:
    assert settle(JumpRules(), Snapshot(now=0, round=0, participants=(), simulator=4)) == Advance(4)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_order_of_events_makes_a_jump_while_somebody_could_run(data: st.DataObject) -> None:
    """A model of clients that wake each other: the rules see it only through snapshots taken at any moment.

    Each client holds at most one message for another, delivered to it at once or only when it or the line is looked
    at. A jump is wrong when a message is on its way or unread at that moment.
    """
    count = data.draw(st.integers(1, 4))
    unread = [data.draw(st.booleans()) for _ in range(count)]
    budget = data.draw(st.integers(0, 12))
    waiting = [not waits for waits in unread]
    sequence = [1 if waits else 2 for waits in waiting]
    acknowledged, asked = [0] * count, 0
    rules = JumpRules()
    for _ in range(400):
        actor = data.draw(st.integers(0, count))
        if actor < count:
            if waiting[actor]:
                if unread[actor]:
                    waiting[actor] = False
                    sequence[actor] += 1
                else:
                    acknowledged[actor] = asked
            else:
                unread[actor] = False
                if budget and data.draw(st.booleans()):
                    budget -= 1
                    unread[data.draw(st.integers(0, count - 1))] = True
                else:
                    waiting[actor] = True
                    sequence[actor] += 1
            continue
        people = tuple(
            one(i, waiting=waiting[i], sequence=sequence[i], acknowledged=acknowledged[i], deadline=10)
            for i in range(count)
        )
        verdict = rules.look(Snapshot(now=0, round=asked, participants=people))
        if isinstance(verdict, Ask):
            asked += 1
        if isinstance(verdict, Advance):
            assert all(waiting)
            assert not any(unread)
            return


def test_the_horizon_bounds_a_jump_but_is_nothing_that_anybody_waits_for() -> None:
    def seen(round_number: int, deadline: int | None) -> Snapshot:
        one = Participant(
            slot=0, birth=1, pid=7, waiting=True, sequence=5, acknowledged=round_number, deadline=deadline
        )
        return Snapshot(now=0, round=round_number, participants=(one,), horizon=10)

    for deadline, verdict in ((9, 9), (11, 10), (None, None)):
        found = settle(JumpRules(), seen(0, deadline))
        assert getattr(found, "to", None) == verdict
