"""Patterns and type texts that are compiled when they are first used, and not when a module is imported."""

from __future__ import annotations

import copy
import pickle
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simisp.startup.on_first_use import compile_on_first_use, keep_type_texts

_MODULE = """
import re
ONE = re.compile("(a)(b)?", re.IGNORECASE)
OCTETS = re.compile(b"x+")
WRONG = re.compile("(")
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module whose patterns are compiled on first use; one of them can't be."""
    monkeypatch.setattr(re, "compile", re.compile)  # afterwards it is what it is now
    compile_on_first_use(["its_patterns_wait"])
    made = types.ModuleType("its_patterns_wait")
    exec(_MODULE, vars(made))
    return made


def test_a_pattern_is_not_compiled_when_its_module_is_imported(module: types.ModuleType) -> None:
    with pytest.raises(re.error, match="unterminated subpattern"):
        module.WRONG.search("a")


def test_a_pattern_that_is_used_does_what_any_pattern_does(module: types.ModuleType) -> None:
    found = module.ONE.fullmatch("AB")
    assert found is not None
    assert found.groups() == ("A", "B")
    assert module.ONE.sub("-", "xay") == "x-y"
    assert (module.ONE.pattern, module.ONE.groups, module.ONE.flags & re.IGNORECASE) == ("(a)(b)?", 2, re.IGNORECASE)
    assert module.OCTETS.findall(b"xx-x") == [b"xx", b"x"]


def test_a_method_is_looked_for_once(module: types.ModuleType) -> None:
    assert module.ONE.search is module.ONE.search  # a compiled pattern makes a new one each time


def test_patterns_of_other_modules_are_compiled_at_once(module: types.ModuleType) -> None:
    assert type(re.compile("a")) is re.Pattern
    assert type(module.ONE) is not re.Pattern


def test_it_passes_for_a_pattern(module: types.ModuleType) -> None:
    """gettext, one of the modules, gives its pattern to re.finditer() for the plural forms of a catalogue."""
    assert isinstance(module.ONE, re.Pattern)
    assert re.sub(module.ONE, "-", "xay") == "x-y"
    assert [match[0] for match in re.finditer(module.OCTETS, b"xx-x")] == [b"xx", b"x"]
    with pytest.raises(re.error, match="unterminated subpattern"):
        re.search(module.WRONG, "a")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda pattern: pickle.loads(pickle.dumps(pattern))])
def test_a_copy_of_it_is_a_pattern(module: types.ModuleType, copied: Callable[[Any], Any]) -> None:
    assert module.ONE.search("a")  # used or not
    for pattern, same in ((module.ONE, re.compile("(a)(b)?", re.IGNORECASE)), (module.OCTETS, re.compile(b"x+"))):
        assert copied(pattern) == same


def test_a_pattern_that_is_compiled_already_stays_as_it_is(module: types.ModuleType) -> None:
    made = re.compile("b")
    vars(module)["made"] = made
    exec("same = re.compile(made)", vars(module))
    assert module.same is made


@pytest.fixture
def _typing_as_before() -> Iterator[None]:
    kept = dict(vars(typing))
    yield
    if "compile" not in kept:
        vars(typing).pop("compile", None)


@pytest.mark.usefixtures("_typing_as_before")
def test_a_type_in_quotes_means_the_same_when_its_text_is_kept() -> None:
    keep_type_texts()

    class Phone(typing.TypedDict):
        number: list[int]  # a text, as all annotations of this module

    assert typing.get_type_hints(Phone) == {"number": list[int]}
    assert typing.get_type_hints(_Later) == {"it": _Later}


class _Later:
    it: _Later


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the text is kept anyway")
@pytest.mark.usefixtures("_typing_as_before")
def test_a_mistake_in_a_type_in_quotes_is_found_when_it_is_evaluated() -> None:
    with pytest.raises(SyntaxError):
        typing.ForwardRef("no such type")
    keep_type_texts()
    wrong = typing.ForwardRef("no such type")
    with pytest.raises(SyntaxError):
        typing._eval_type(wrong, {}, {}, frozenset())  # type: ignore[attr-defined]
