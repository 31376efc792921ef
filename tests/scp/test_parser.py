from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from simisp.diagnostics import Place
from simisp.scp import parse
from simisp.scp.syntax import (
    Alternative,
    Assign,
    Binary,
    BinaryOperator,
    BooleanLiteral,
    Declaration,
    Delay,
    Expression,
    GetIp,
    GetIpCommand,
    Goto,
    Halt,
    If,
    IntegerLiteral,
    Label,
    Name,
    PortSetting,
    SetIpAddressCommand,
    SetPortCommand,
    SetScreenCommand,
    Statement,
    StringLiteral,
    SystemName,
    SystemVariable,
    Transmit,
    Unary,
    UnaryOperator,
    ValueType,
    Variable,
    Waitfor,
    While,
    walk_expressions,
    walk_statements,
)
from support.narrowed import known, narrowed

ANYWHERE = Place(1, 1)


def body(text: str) -> tuple[Any, ...]:
    """Return the statements of a main procedure with this body."""
    parsed = parse(f"proc main\n{text}\nendproc")
    assert parsed.diagnostics == ()
    return parsed.tree.procedures[0].body


def value(text: str) -> Expression:
    """Return what an expression is parsed as."""
    (statement,) = body(f"x = {text}")
    assert isinstance(statement, Assign)
    return statement.value


def name(text: str) -> Name:
    return Name(text, place=ANYWHERE)


def string(text: str) -> StringLiteral:
    return StringLiteral(text, place=ANYWHERE)


def integer(number: int) -> IntegerLiteral:
    return IntegerLiteral(number, place=ANYWHERE)


def variable(text: str) -> Variable:
    return Variable(name(text), place=ANYWHERE)


def binary(sign: str, left: Expression, right: Expression) -> Binary:
    return Binary(BinaryOperator(sign), left, right, place=ANYWHERE)


SIMPLE_STATEMENTS = [
    ("delay 5", Delay(integer(5), place=ANYWHERE)),
    ("getip", GetIpCommand(place=ANYWHERE)),
    ("getip 2", GetIpCommand(integer(2), place=ANYWHERE)),
    ("goto Top", Goto(name("Top"), place=ANYWHERE)),
    ("halt", Halt(place=ANYWHERE)),
    ("Top:", Label(name("Top"), place=ANYWHERE)),
    ("Top :", Label(name("Top"), place=ANYWHERE)),
    ("x = 1", Assign(variable("x"), integer(1), place=ANYWHERE)),
    ("set port databits 7", SetPortCommand(PortSetting.DATABITS, "7", place=ANYWHERE)),
    ("set port parity EVEN", SetPortCommand(PortSetting.PARITY, "even", place=ANYWHERE)),
    ("set port stopbits 2", SetPortCommand(PortSetting.STOPBITS, "2", place=ANYWHERE)),
    ("set screen keyboard on", SetScreenCommand(True, place=ANYWHERE)),
    ("set screen keyboard off", SetScreenCommand(False, place=ANYWHERE)),
    ('set ipaddr "10.0.0.1"', SetIpAddressCommand(string("10.0.0.1"), place=ANYWHERE)),
    ("set ipaddr getip 2", SetIpAddressCommand(GetIp(integer(2), place=ANYWHERE), place=ANYWHERE)),
    ('transmit "^M"', Transmit(string("^M"), place=ANYWHERE)),
    (
        "transmit $USERID, raw",
        Transmit(SystemVariable(SystemName.USERID, place=ANYWHERE), raw=True, place=ANYWHERE),
    ),
]


@pytest.mark.parametrize(("text", "statement"), SIMPLE_STATEMENTS, ids=[text for text, _ in SIMPLE_STATEMENTS])
def test_a_command_becomes_its_node(text: str, statement: Statement) -> None:
    assert body(text) == (statement,)


def alternative(pattern: str, label: str | None = None, matchcase: bool = False) -> Alternative:
    return Alternative(string(pattern), matchcase, name(label) if label else None, place=ANYWHERE)


WAITS = [
    ('waitfor "a"', [alternative("a")], None),
    ('waitfor "a" until 30', [alternative("a")], 30),
    ('waitfor "a",matchcase until 30', [alternative("a", matchcase=True)], 30),
    ('waitfor "a" then L until 30', [alternative("a", "L")], 30),
    ('waitfor "a", matchcase then L', [alternative("a", "L", matchcase=True)], None),
    ('waitfor "a" then L, "b", matchcase then M until 5', [alternative("a", "L"), alternative("b", "M", True)], 5),
    ('waitfor "a" then\n L\n until\n 5', [alternative("a", "L")], 5),
]


@pytest.mark.parametrize(("text", "alternatives", "until"), WAITS, ids=[text for text, _, _ in WAITS])
def test_waitfor_has_all_its_forms(text: str, alternatives: Sequence[Alternative], until: int | None) -> None:
    expected = Waitfor(tuple(alternatives), None if until is None else integer(until), place=ANYWHERE)
    assert body(text) == (expected,)


def test_operators_bind_by_precedence() -> None:
    a, b, c = variable("a"), variable("b"), variable("c")
    assert value("a + b * c") == binary("+", a, binary("*", b, c))
    assert value("a or b and c") == binary("or", a, binary("and", b, c))
    assert value("a == b < c") == binary("==", a, binary("<", b, c))
    assert value("a < b + c") == binary("<", a, binary("+", b, c))
    assert value("a and b == c") == binary("and", a, binary("==", b, c))


def test_operators_associate_to_the_left() -> None:
    a, b, c = variable("a"), variable("b"), variable("c")
    assert value("a - b - c") == binary("-", binary("-", a, b), c)
    assert value("a - (b - c)") == binary("-", a, binary("-", b, c))


def test_prefix_operators_bind_tightest() -> None:
    minus_a = Unary(UnaryOperator.MINUS, variable("a"), place=ANYWHERE)
    assert value("-a * b") == binary("*", minus_a, variable("b"))
    assert value("!-a") == Unary(UnaryOperator.NOT, minus_a, place=ANYWHERE)


def test_booleans_are_literals_in_any_case() -> None:
    assert value("true") == BooleanLiteral(True, place=ANYWHERE)
    assert value("FALSE") == BooleanLiteral(False, place=ANYWHERE)


def test_getip_takes_an_operand_only_from_its_own_line() -> None:
    first, second = body("a = getip\nb = 5")
    assert first.value == GetIp(place=ANYWHERE)
    assert second == Assign(variable("b"), integer(5), place=ANYWHERE)


def test_getip_leaves_the_next_statement_on_its_line_alone() -> None:
    assert body("a = getip b = 5")[0].value == GetIp(place=ANYWHERE)
    assert body("getip Done:") == (GetIpCommand(place=ANYWHERE), Label(name("Done"), place=ANYWHERE))


def test_getip_takes_a_sum_but_not_a_comparison() -> None:
    assert value('getip n + 1 == "x"') == binary(
        "==", GetIp(binary("+", variable("n"), integer(1)), place=ANYWHERE), string("x")
    )


def test_newlines_are_white_space() -> None:
    assert body("transmit\n\n$USERID\n,\nraw") == body("transmit $USERID, raw")


def test_several_statements_may_stand_on_a_line() -> None:
    assert len(body('x = 1 y = 2 transmit "a" halt')) == 4


def test_blocks_nest() -> None:
    (outer,) = body("while TRUE do if x then halt endif endwhile")
    assert isinstance(outer, While)
    assert isinstance(outer.body[0], If)
    assert outer.body[0].body == (Halt(place=ANYWHERE),)


def test_the_end_of_a_block_has_its_place() -> None:
    (block,) = body("if x then\nendif")
    assert block.end == Place(3, 1, 5)


def test_declarations_come_with_their_types_and_values() -> None:
    parsed = parse("proc main\ninteger n = 3\nstring s\nboolean b = TRUE\nendproc")
    assert known(parsed.tree.main).declarations == (
        Declaration(ValueType.INTEGER, name("n"), integer(3), place=ANYWHERE),
        Declaration(ValueType.STRING, name("s"), None, place=ANYWHERE),
        Declaration(ValueType.BOOLEAN, name("b"), BooleanLiteral(True, place=ANYWHERE), place=ANYWHERE),
    )


def test_a_script_may_have_other_procedures_and_main_in_any_case() -> None:
    tree = parse("proc a endproc proc MAIN endproc").tree
    assert [procedure.name.text for procedure in tree.procedures] == ["a", "MAIN"]
    assert tree.main is tree.procedures[1]


def test_a_script_without_main_has_none() -> None:
    assert parse("proc a endproc").tree.main is None


def test_places_take_no_part_in_equality() -> None:
    assert parse("proc main\n\n  halt endproc").tree == parse("proc main halt\nendproc").tree


def test_an_expression_is_placed_at_its_operator() -> None:
    assert value("a + b").place == Place(2, 7, 1)


def test_statements_are_walked_in_the_order_of_the_text() -> None:
    kinds = [type(each) for each in walk_statements(body("if a then while b do halt endwhile endif Top:"))]
    assert kinds == [If, While, Halt, Label]


def test_expressions_are_walked_outside_in() -> None:
    (statement,) = body('waitfor "a" + -b then L until getip(2) == c')
    walked = [type(each) for each in walk_expressions(statement)]
    assert walked == [Binary, StringLiteral, Unary, Variable, Binary, GetIp, IntegerLiteral, Variable]


def test_the_walk_does_not_enter_nested_statements() -> None:
    (statement,) = body('if a then transmit "x" endif')
    assert [type(each) for each in walk_expressions(statement)] == [Variable]


def test_octets_are_decoded() -> None:
    assert narrowed(known(parse(b'proc main transmit "\xe9" endproc').tree.main).body[0], Transmit).text == string("é")
