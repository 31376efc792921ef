"""What is known of a script before it runs: values, paths, loops and times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.scp import code, compile_script
from simisp.scp.analysis.knowledge import Unknown, known_value, loaded_slots, reads
from simisp.scp.analysis.loops import endless_loops, finished, strongly_connected
from simisp.scp.analysis.paths import MAX_VARIABLES, Paths
from simisp.scp.analysis.timing import longest_path
from simisp.scp.syntax import SystemName
from support.scp_player import Player
from support.scp_strategies import scripts, streams

USERID = frozenset({SystemName.USERID})


def paths(*lines: str, limit: int = 5000) -> Paths:
    return Paths(compile_script("\n".join(["proc main", *lines, "endproc"])), limit)


def value(
    expression: str, variables: tuple[int | str, ...] = (), *, success: bool | None = None
) -> int | str | Unknown:
    """Return what is known of an expression over ``integer n``, ``string s`` and ``boolean b``."""
    program = compile_script(f"proc main\ninteger n\nstring s\nboolean b\nb = {expression}\nendproc")
    assignment = program.instructions[0]
    assert isinstance(assignment, code.Assign)
    return known_value(assignment.value, variables, success)


# values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3 == 7", True),
        ("n == 4", True),
        ("-n < 0", True),
        ("!b", False),
        ('s + "b" == "ab"', True),
        ("$SUCCESS", True),
        ("$FAILURE", False),
        ("$FAILURE == FALSE and $SUCCESS", True),
        ("n / 0 == 1", Unknown()),
        ("-(n / 0) == 1", Unknown()),
        ('$USERID == "a"', Unknown(USERID)),
        ('s + $USERID == "a"', Unknown(USERID)),
        ('$USERID == "a" and !b', False),
        ('b or $USERID == "a"', True),
        ('$USERID == "a" or b', True),
        ('$USERID == "a" and b', Unknown(USERID)),
        ('!($USERID == "a")', Unknown(USERID)),
    ],
)
def test_what_can_be_computed_is_and_the_rest_is_unknown(expression: str, expected: Unknown | bool) -> None:
    assert value(expression, (4, "a", True), success=True) == expected


def test_nothing_is_known_of_variables_that_are_not_followed_or_of_success_before_a_wait() -> None:
    assert value("n == 4") == Unknown()
    assert value("$SUCCESS") == value("$FAILURE") == Unknown()


def test_what_an_expression_reads() -> None:
    program = compile_script('proc main\ninteger n\nboolean b\nb = !(n == 1) and $USERID == "a"\nendproc')
    assignment = program.instructions[0]
    assert isinstance(assignment, code.Assign)
    assert loaded_slots(assignment.value) == {0}
    assert reads(assignment.value, USERID)
    assert not reads(assignment.value, frozenset({SystemName.PASSWORD}))


# paths


def lines_reached(found: Paths) -> set[int]:
    return {instruction.place.line for instruction, _ in found.steps()}


def test_a_wait_leads_on_with_success_and_without() -> None:
    found = paths('waitfor "a" until 5', "delay 1")
    outcomes = {state.outcome and (state.outcome.came, state.outcome.prompt) for i, state in found.steps()}
    assert outcomes == {None, (True, "a"), (False, "")}


def test_a_wait_without_limit_succeeds_or_never_ends() -> None:
    assert {state.success for _, state in paths('waitfor "a"', "delay 1").steps()} == {None, True}


def test_the_script_decides_where_it_can() -> None:
    assert lines_reached(paths("integer n = 2", "n = n + 1", "if n == 2 then", "halt", "endif")) == {2, 3, 4, 7}


def test_a_switch_that_only_its_declaration_sets_is_followed_both_ways() -> None:
    assert 4 in lines_reached(paths("boolean bSlip = FALSE", "if bSlip then", "halt", "endif"))
    assert 4 in lines_reached(paths("integer nService = 2", "if nService == 3 then", "halt", "endif"))


def test_what_a_condition_has_told_of_a_switch_holds_from_then_on() -> None:
    lines = ["boolean a", "boolean b", "if !a and b then", "if a or !b then", "halt", "endif", "endif"]
    assert 6 not in lines_reached(paths(*lines))
    assert 6 in lines_reached(paths(*lines[:2], "if a == b then", "if a then", "halt", "endif", "endif"))
    assert 6 not in lines_reached(
        paths(*lines[:2], "if a or b then", "goto End", "endif", "if a then halt endif", "End:")
    )


def test_what_was_sent_since_the_last_wait_is_known_in_its_order() -> None:
    found = paths('transmit "a^M"', 'transmit "^M", raw', "transmit $USERID", 'transmit "<lf>" + $USERID', "delay 1")
    (state,) = (state for instruction, state in found.steps() if isinstance(instruction, code.Delay))
    assert [(sent.text, sent.origins, sent.ends_line) for sent in state.sent] == [
        ("a\r", frozenset(), True),
        ("^M", frozenset(), False),
        (None, USERID, False),
        (None, USERID, True),
    ]


@pytest.mark.parametrize("wait", ['waitfor "a" until 1', "getip"])
def test_a_wait_makes_earlier_sendings_history(wait: str) -> None:
    found = paths('transmit "a"', wait, "delay 1")
    assert {state.sent for instruction, state in found.steps() if isinstance(instruction, code.Delay)} == {()}


def test_the_framing_in_force_is_known() -> None:
    found = paths("set port databits 7", "set port parity even", "set port databits 8", "delay 1")
    (state,) = (state for instruction, state in found.steps() if isinstance(instruction, code.Delay))
    assert state.framing == (2, 1, None)


def test_the_prompt_that_came_is_known_where_it_is_written() -> None:
    found = paths('waitfor "a<cr>" then L, $USERID then L until 1', "L:", "delay 1")
    prompts = {state.outcome.prompt for instruction, state in found.steps() if state.outcome and state.outcome.came}
    assert prompts == {"a\r", ""}


def test_an_address_from_the_remote_is_unknown() -> None:
    found = paths("string s", "s = getip", 'if s == "10.0.0.1" then', "halt", "endif")
    assert 5 in lines_reached(found)


def test_too_many_states_leave_values_out_and_far_too_many_stop_the_search() -> None:
    counting = ["integer n", "while n < 500 do", "n = n + 1", "endwhile", "getip"]
    assert (paths(*counting).exact, paths(*counting).complete) == (True, True)
    coarse = paths(*counting, limit=100)
    assert (coarse.exact, coarse.complete) == (False, True)
    assert 6 in lines_reached(coarse)
    cut = paths(*counting, limit=1)
    assert (cut.exact, cut.complete) == (False, False)
    assert len(cut.states) == 4


def test_many_variables_are_not_followed() -> None:
    declared = [f"integer n{number}" for number in range(MAX_VARIABLES + 1)]
    found = paths(*declared, "n0 = 1", "set port databits 7", 'transmit "a"', "if n0 == 2 then", "halt", "endif")
    assert not found.exact
    assert {state.variables for state in found.states} == {()}
    assert {state.sent for state in found.states} == {()}


def test_a_script_without_a_program_has_no_paths() -> None:
    nothing = Paths(None)
    assert list(nothing.steps()) == []
    assert longest_path(nothing) == ()
    with pytest.raises(ValueError, match="no instructions"):
        nothing.instruction(0)


@settings(max_examples=60, deadline=None)
@given(scripts, streams)
def test_whatever_a_script_does_was_foreseen(text: str, stream: bytes) -> None:
    foreseen = Paths(compile_script(text))
    player = Player(text).hears(stream).passes(100)
    waiting = player.script.waiting_for
    if waiting is not None and foreseen.complete:
        assert waiting.place in {instruction.place for instruction, _ in foreseen.steps()}
    sent = {state.at for state in foreseen.states}
    transmits = [i for i in sent if isinstance(foreseen.instruction(i), code.Transmit)]
    assert not player.sent or transmits


# graphs


def test_a_search_is_done_with_what_follows_first() -> None:
    assert finished({0: [1, 3], 1: [2], 2: [], 3: [2]}, [0]) == [2, 1, 3, 0]
    assert finished({0: [0], 1: [0]}, [1, 0]) == [0, 1]


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=10))
def test_two_nodes_are_connected_when_each_is_reached_from_the_other(ways: Sequence[Sequence[int] | list[Any]]) -> None:
    graph = dict(enumerate(ways))
    component = {node: frozenset(each) for each in strongly_connected(graph) for node in each}
    reached = {node: set(finished(graph, [node])) for node in graph}
    for one in graph:
        for other in graph:
            assert (other in component[one]) == (other in reached[one] and one in reached[other])


# loops


def loops(*lines: str) -> list[tuple[list[int], bool]]:
    return [([each.place.line for each in loop.returns], loop.silent) for loop in endless_loops(paths(*lines))]


def test_a_counting_loop_ends_and_one_that_forgets_to_count_does_not() -> None:
    assert loops("integer n", "while n < 9 do", "n = n + 1", "endwhile") == []
    assert loops("integer n", "while n < 9 do", "delay 1", "endwhile") == [([5], True)]


def test_a_loop_that_the_remote_keeps_going_is_told_from_one_that_silence_does() -> None:
    assert loops("Top:", 'waitfor "more" then Top until 9') == [([3], False)]
    assert loops("Top:", "getip", "goto Top") == [([4], False)]
    assert loops("Top:", 'waitfor "more" then Top until 9', "goto Top") == [([3, 4], True)]


def test_an_endless_loop_inside_another_is_found_and_a_counting_one_there_is_none() -> None:
    inner = ["integer n", "while TRUE do", "n = 0", "while n < 3 do", "n = n + 1", "endwhile", "endwhile"]
    assert loops(*inner) == [([8], True)]
    assert loops("while TRUE do", 'while $USERID == "a" do', "endwhile", "endwhile") == [([5], True), ([4], True)]


def test_of_many_endless_loops_some_are_reported() -> None:
    lines = [line for number in range(30) for line in (f"L{number}:", f'waitfor "x" then L{number} until 1')]
    assert 1 < len(loops(*lines)) < 10


# times


def stops(*lines: str) -> list[tuple[int, int]] | None:
    path = longest_path(paths(*lines))
    return None if path is None else [(stop.instruction.place.line, stop.elapsed) for stop in path]


def test_the_longest_path_is_the_one_with_the_longest_waits() -> None:
    assert stops('waitfor "a" then L until 10', "delay 3", "goto End", "L:", "delay 5", "End:") == [(2, 10), (6, 15)]


def test_each_round_of_a_counting_loop_counts() -> None:
    assert stops("integer n", "while n < 3 do", "n = n + 1", "delay n", "endwhile") == [(5, 1), (5, 3), (5, 6)]


def test_what_takes_no_time_or_can_not_be_told_is_left_out() -> None:
    lines = ['waitfor "a"', "getip", "delay 0", "delay -5", "set port databits 8"]
    assert stops(*lines) == []
    assert stops("integer n", "while n < 400 do", "n = n + 1", "endwhile", "delay n", *lines) == [(6, 400)]
    counting = paths("integer n", "while n < 400 do", "goto Out", "endwhile", "Out:", "delay n", limit=1)
    assert longest_path(counting) == ()


def test_an_endless_loop_has_no_longest_path() -> None:
    assert stops("while TRUE do", "delay 1", "endwhile") is None


@settings(max_examples=60, deadline=None)
@given(scripts, streams, st.floats(0, 3))
def test_no_run_takes_longer_than_the_longest_path(text: str, stream: bytes, pause: float) -> None:
    found = Paths(compile_script(text))
    path = longest_path(found)
    bounded = path is not None and not any(isinstance(i, code.GetIp) for i, _ in found.steps()) and "getip" not in text
    unlimited = any(isinstance(i, code.Waitfor) and i.until is None for i, _ in found.steps())
    if bounded and not unlimited and found.complete:
        player = Player(text)
        for octet in stream:
            player.passes(pause).hears(bytes([octet]))
        player.passes(path[-1].elapsed - player.now if path and path[-1].elapsed > player.now else 0)
        assert player.script.state.is_final
