"""Hypothesis strategies for scripts: any well-formed tree, and scripts that compile."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from simisp.diagnostics import Place
from simisp.scp import syntax
from simisp.scp.lexer import RESERVED_WORDS
from simisp.scp.statement_parser import PORT_VALUES
from simisp.scp.syntax import Node

ANYWHERE = Place(1, 1)


def node(kind: type[Node], *args: st.SearchStrategy[Any], **kwargs: Any) -> st.SearchStrategy[Any]:
    return st.builds(kind, *args, place=st.just(ANYWHERE), **kwargs)


names = node(
    syntax.Name,
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True).filter(lambda s: s.lower() not in RESERVED_WORDS),
)
string_parts = st.one_of(
    st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cs"]), max_size=6),
    st.sampled_from([r"\"", r"\\", r"\x", "^M", "<cr>", ";", "\r\n", "proc"]),
)
strings = node(syntax.StringLiteral, st.lists(string_parts, max_size=3).map("".join))

leaves = st.one_of(
    node(syntax.IntegerLiteral, st.integers(0, 2**31 - 1)),
    strings,
    node(syntax.BooleanLiteral, st.booleans()),
    names.map(lambda name: syntax.Variable(name, place=ANYWHERE)),
    node(syntax.SystemVariable, st.sampled_from(syntax.SystemName)),
    st.just(syntax.GetIp(place=ANYWHERE)),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        node(syntax.Unary, st.sampled_from(syntax.UnaryOperator), inner),
        node(syntax.Binary, st.sampled_from(syntax.BinaryOperator), inner, inner),
        node(syntax.GetIp, inner),
    ),
    max_leaves=6,
)

ports = st.sampled_from(sorted(PORT_VALUES, key=lambda setting: setting.value)).flatmap(
    lambda setting: node(syntax.SetPortCommand, st.just(setting), st.sampled_from(PORT_VALUES[setting]))
)
one_alternative = st.lists(
    node(syntax.Alternative, expressions, st.booleans(), st.none() | names), min_size=1, max_size=1
)
several_alternatives = st.lists(node(syntax.Alternative, expressions, st.booleans(), names), min_size=2, max_size=3)
commands = st.one_of(
    node(syntax.Label, names),
    node(syntax.Assign, names.map(lambda name: syntax.Variable(name, place=ANYWHERE)), expressions),
    node(syntax.Delay, expressions),
    node(syntax.GetIpCommand, st.none() | expressions),
    node(syntax.Goto, names),
    node(syntax.Halt),
    ports,
    node(syntax.SetScreenCommand, st.booleans()),
    node(syntax.SetIpAddressCommand, expressions),
    node(syntax.Transmit, expressions, st.booleans()),
    node(syntax.Waitfor, (one_alternative | several_alternatives).map(tuple), st.none() | expressions),
)
bodies = st.recursive(
    st.lists(commands, max_size=3),
    lambda inner: st.lists(
        st.one_of(
            commands,
            node(syntax.If, expressions, inner.map(tuple)),
            node(syntax.While, expressions, inner.map(tuple)),
        ),
        max_size=3,
    ),
    max_leaves=4,
).map(tuple)
declarations = node(syntax.Declaration, st.sampled_from(syntax.ValueType), names, st.none() | expressions)
procedures = node(syntax.Procedure, names, st.lists(declarations, max_size=3).map(tuple), bodies)
trees = node(syntax.Script, st.lists(procedures, max_size=2).map(tuple))

# Scripts that compile: a fixed set of names, statements that fit

_statements = st.sampled_from(
    [
        'waitfor "ogin:" until 3',
        'waitfor "ab", matchcase then L1, "ba" then L2 until 2',
        'waitfor "a" then L1',
        "waitfor s until n",
        'transmit "x^M"',
        "transmit s, raw",
        "transmit $PASSWORD",
        "s = s + $USERID",
        "s = getip",
        "n = n + 1",
        "set ipaddr getip 2",
        "getip",
        "delay 1",
        "delay n",
        "set port databits 7",
        "set port databits 8",
        'if $SUCCESS then transmit "+" endif',
        "while n < 3 do n = n + 1 endwhile",
        "goto L1",
        "goto L2",
        "halt",
    ]
)
scripts = st.tuples(st.lists(_statements, max_size=6), st.lists(_statements, max_size=6)).map(
    lambda parts: "\n".join(
        ["proc main", "integer n", 'string s = "b"', *parts[0], "L1:", "delay 1", *parts[1], "L2:", "endproc", ""]
    )
)
streams = st.lists(
    st.sampled_from([b"login: ", b"ab", b"BA", b"a", b"b", b"10.0.0.1", b".2 ", b"\xff\x00", b"Log", b"in:", b"1"]),
    max_size=12,
).map(b"".join)
