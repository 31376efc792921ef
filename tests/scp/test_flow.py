from __future__ import annotations

from simisp.scp import ControlFlow, compile_script
from simisp.scp.code import End, Halt, Instruction, Transmit
from simisp.scp.flow import EdgeKind, Point


def flow_of(text: str) -> ControlFlow:
    return ControlFlow(compile_script(text if "proc" in text else f"proc main\n{text}\nendproc"))


def ways(flow: ControlFlow, point: Point) -> list[tuple[str, int, bool | None]]:
    return [(edge.kind.name, edge.target.index, edge.target.success) for edge in flow.edges(point)]


def reached(flow: ControlFlow, kind: type[Instruction]) -> set[bool | None]:
    """Return what $SUCCESS is on each path to an instruction of a kind."""
    instructions = flow.program.instructions
    return {point.success for point in flow.reachable if isinstance(instructions[point.index], kind)}


def test_a_wait_leads_on_or_times_out() -> None:
    flow = flow_of('waitfor "a" until 5\nhalt')
    assert ways(flow, flow.start) == [("CAME", 1, True), ("TIMED_OUT", 1, False)]


def test_a_wait_without_limit_only_leads_on() -> None:
    flow = flow_of('waitfor "a"\nhalt')
    assert ways(flow, flow.start) == [("CAME", 1, True)]


def test_each_string_leads_its_own_way() -> None:
    flow = flow_of('waitfor "a" then A, "b" then B until 5\nhalt\nA: halt\nB: halt')
    assert [(edge.kind, edge.alternative, edge.target.index) for edge in flow.edges(flow.start)] == [
        (EdgeKind.CAME, 0, 2),
        (EdgeKind.CAME, 1, 3),
        (EdgeKind.TIMED_OUT, None, 1),
    ]


def test_a_test_of_success_after_a_wait_is_no_branch() -> None:
    flow = flow_of('waitfor "a" until 5\nif $SUCCESS then transmit "x" endif\nhalt')
    assert ways(flow, Point(1, True)) == [("NEXT", 2, True)]
    assert ways(flow, Point(1, False)) == [("NEXT", 3, False)]
    assert reached(flow, Transmit) == {True}
    assert reached(flow, Halt) == {True, False}


def test_other_ways_to_test_success_are_understood_too() -> None:
    for test in ("!$FAILURE", "$SUCCESS == TRUE", "FALSE == $FAILURE", "$SUCCESS and TRUE"):
        flow = flow_of(f'waitfor "a" until 5\nif {test} then transmit "x" endif')
        assert reached(flow, Transmit) == {True}, test


def test_the_test_may_come_later() -> None:
    flow = flow_of('waitfor "a" until 5\ndelay 1\nset port parity even\nif $FAILURE then halt endif\ntransmit "x"')
    assert reached(flow, Transmit) == {True}


def test_the_next_wait_forgets_what_the_last_came_to() -> None:
    flow = flow_of('waitfor "a" until 5\nwaitfor "b" until 5\ntransmit "x"')
    assert {point for point in flow.reachable if point.index == 1} == {Point(1)}


def test_before_the_first_wait_both_are_possible() -> None:
    flow = flow_of("if $SUCCESS then halt endif")
    assert ways(flow, flow.start) == [("TRUE", 1, None), ("FALSE", 2, None)]


def test_a_condition_that_varies_is_a_branch() -> None:
    flow = flow_of("proc main integer n\nwhile n < 3 do n = n + 1 endwhile endproc")
    assert [kind for kind, _, _ in ways(flow, flow.start)] == ["TRUE", "FALSE"]


def test_a_condition_that_never_varies_has_one_way() -> None:
    flow = flow_of("while TRUE do delay 1 endwhile halt")
    assert reached(flow, End) == set()
    assert reached(flow, Halt) == set()
    flow = flow_of("proc main integer n = 3 boolean b\nif n == 4 or b then halt endif\nendproc")
    assert reached(flow, Halt) == set()


def test_a_condition_without_a_value_is_a_branch() -> None:
    flow = flow_of("if 1 / 0 == 1 then halt endif")
    assert len(ways(flow, flow.start)) == 2


def test_nothing_follows_halt_and_the_end() -> None:
    flow = flow_of("halt")
    assert flow.edges(Point(0)) == ()
    assert flow.edges(Point(1)) == ()


def test_what_no_path_comes_to_is_not_reachable() -> None:
    flow = flow_of("goto Done halt Done:")
    assert {point.index for point in flow.reachable} == {0, 2}


def limits(text: str) -> list[tuple[bool, int | None]]:
    return [(wait.bounded, wait.seconds) for wait in flow_of(text).waits]


def test_waits_have_their_limits() -> None:
    assert limits('waitfor "a"') == [(False, None)]
    assert limits('waitfor "a" until 5 * 2 delay 3 delay -1') == [(True, 10), (True, 3), (True, 0)]
    assert limits("getip") == [(False, None)]
    assert limits("set ipaddr getip") == [(False, None)]
    assert limits('set ipaddr "10.0.0.1" transmit "x"') == []


def test_a_string_that_reads_getip_is_a_wait() -> None:
    assert limits('proc main string s = "getip 2"\nset ipaddr s endproc') == [(False, None)]


def test_a_limit_that_is_never_assigned_is_known() -> None:
    assert limits('proc main integer n = 30\nwaitfor "a" until n endproc') == [(True, 30)]
    assert limits('proc main integer n\nwaitfor "a" until n + 1 endproc') == [(True, 1)]


def test_a_limit_that_varies_is_not() -> None:
    assert limits('proc main integer n = 30\nn = 31 waitfor "a" until n endproc') == [(True, None)]
    assert limits('proc main integer n = 3\ninteger m = n\nwaitfor "a" until m endproc') == [(True, None)]


def test_an_address_is_not_known_beforehand() -> None:
    flow = flow_of('proc main string s\ns = getip if s == "" then halt endif endproc')
    assert reached(flow, Halt) == {None}


def test_success_matters_until_the_next_wait() -> None:
    text = (
        'waitfor "a" until 5\ntransmit "x"\nif $SUCCESS then endif\ntransmit "y"\nwaitfor "b"\nif $FAILURE then endif'
    )
    assert flow_of(text).success_matters == {1, 2, 5}


def test_success_matters_where_it_is_assigned_and_around_loops() -> None:
    assert flow_of("proc main boolean b\nA: b = !$SUCCESS and b delay 1 goto A endproc").success_matters == {0, 1, 2}
