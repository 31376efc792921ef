"""Patterns that can't backtrack forever."""

from __future__ import annotations

import re
from string import ascii_letters

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.errors import ScenarioError
from simisp.isp.line_input import LONGEST_LINE
from simisp.scenario.load import loads
from simisp.scenario.safe_pattern import why_unsafe

TAKEN = [
    "",
    "p|ppp",
    "p(pp)?",
    "(?i)slip",
    "(?i:a)b",
    r"\s*(ppp|slip)\s*",
    r"(\d{1,3}\.){3}\d{1,3}",
    r"(\d{2}:){3}",
    ".*a.*b.*c",
    "(?:ab)*",
    "(?>a+)b",
    "a*+b",
    ".+?x",
    "((a?)?)?b",
    "(a*)?b",
    "(ab|cd){3}",
    "(a|b)*",  # one set of characters to the parser
    "a{255}",
    "[^:]*:[^:]*",
    r"\bword\b$",
    "(ab?)*",
    "(ab|a)+",
    "(ab?){31}",
    r"(\d+\.)*\d+",
    "(?i)(ab?c{2,3})*d",
    "(a(b|c)?;)*",
    ".*.*a{200}",
    "(ab?)*(cd?)*(ef?)*",
]
REFUSED = {
    "(a+)+b": "multiply",
    "(a*)*": "multiply",
    "(a|aa)*b": "multiply",
    "(ab?b?)*": "multiply",
    "(ab?a?)*": "multiply",
    "(a?b?)*": "multiply",
    "((a)+)*": "multiply",
    "((a)*)+": "multiply",
    "((a|)|(b|))*": "multiply",
    "(?i)(aA?)*": "multiply",
    "(a(?i:A)?)*": "multiply",
    r"(a(\b|b))*": "multiply",
    "(ab{2,}){31}": "multiply",
    "(a?(b{30}){30}c)*": "multiply",
    "(ab?)*" * 4: "multiply",
    ".*.*.*a{200}": "multiply",
    ".*.*.*(a{50}){4}": "multiply",
    ".*.*.*" + "a" * 100: "multiply",
    "(a|){3000}": "multiply",
    "(.*a){2,}": "multiply",
    ".*.*.*.*x": "multiply",
    "a?" * 24 + "a" * 24: "multiply",
    "(a|aa)" * 24: "multiply",
    "x{0,200}" * 3: "multiply",
    "(?>(a+)+)": "multiply",
    "(?=a)": "looks ahead",
    "(?<!a)b": "looks ahead or behind",
    r"(a)\1": "refers back",
    "(?P<n>a)?(?(n)b|c)": "depends on a group",
    "(": "not a regular expression",
    "*": "not a regular expression",
    "[[a]": "nested set",
    "a{1,99999999999}": "too large",
    "(?L)a": "not a regular expression",
    "x" * 501: "longer than 500",
}


@pytest.mark.parametrize("pattern", TAKEN)
def test_a_pattern_of_few_ways_is_taken(pattern: str) -> None:
    assert why_unsafe(pattern) == ""


@pytest.mark.parametrize(("pattern", "reason"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_pattern_of_many_ways_or_unknown_cost_is_refused(pattern: str, reason: str) -> None:
    assert reason in why_unsafe(pattern)


def test_a_pattern_nested_too_deeply_for_the_parser_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(_: str) -> None:
        raise RecursionError

    monkeypatch.setattr("simisp.scenario.safe_pattern._parser.parse", too_deep)
    assert why_unsafe("((a))") == "is nested too deeply"


ATOMS = st.sampled_from(
    [
        *("a", "b", ".", "[ab]", "a?", "a*", "b+", "a{0,9}", "(a|ab)", "(ab)*", "(a|b|)", "(a*)?"),
        *("(ab?)*", "a{40}", "(ba+)*"),
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ATOMS, max_size=12).map("".join), st.sampled_from(["a", "b", "ab"]))
def test_a_pattern_that_is_taken_comes_to_its_end_on_the_longest_line(pattern: str, unit: str) -> None:
    if not why_unsafe(pattern):
        line = (unit * LONGEST_LINE)[: LONGEST_LINE - 1] + "!"
        re.compile(pattern).fullmatch(line)  # one that isn't safe would outlast the test run


@pytest.mark.parametrize("expression", ["(a)(?(01)b|c)", "(a)(?(+1)b|c)", "[[a]", "[a--b]"])
def test_a_pattern_that_python_warns_of_is_refused_and_not_raised(expression: str) -> None:
    assert why_unsafe(expression)


def test_the_choices_of_a_question_are_counted_together() -> None:
    choices = "".join(f"        '/.*a.*b.*{letter}/': next\n" for letter in ascii_letters)
    with pytest.raises(ScenarioError) as refused:
        loads(f"title: x\nisp:\n  dialogue:\n    - prompt: Who\n      choices:\n{choices}")
    (found,) = refused.value.diagnostics
    assert "the patterns of this question could take forever" in found.message
    assert (found.place.line, found.place.column) == (6, 9)


def test_many_choices_that_are_quick_are_taken() -> None:
    choices = "".join(f"        '/[a-z]+{number}/': next\n" for number in range(1000))
    assert loads(f"title: x\nisp:\n  dialogue:\n    - prompt: Who\n      choices:\n{choices}").calls
