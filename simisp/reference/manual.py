"""The reference page of the public names, generated from their docstrings."""

from __future__ import annotations

import ast
import enum
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from types import ModuleType
from typing import Any

from simisp.reference.docstring import as_markdown
from simisp.reference.public import (
    MODULES,
    PublicName,
    is_constructed,
    kind_of,
    members_of,
    public_names,
    returned,
    signature,
)

__all__ = ["manual_page", "undocumented"]

_HEAD = """\
# simisp from Python

This page is made from the docstrings (`make docs`); do not edit it.

Public are the names on this page, with the members named here, and nothing else. They change only with a note in
`CHANGELOG.md`. [python-names.txt](python-names.txt) lists them with their signatures; a test holds it to the code.
Besides, [transcript.md](transcript.md) lists the classes of facts that records carry, and [scenarios.md](scenarios.md)
the scenario language, which `simisp.scenario.model` and `simisp.scenario.steps` have as classes. All other modules are
internal.

simisp is typed (`py.typed`); `mypy --strict` checks a program that uses it.
"""


def manual_page() -> str:
    """Return the page in Markdown."""
    names = list(public_names())
    lines = [_HEAD]
    for module in MODULES:
        lines += [f"## `{module}`", ""]
        if MODULES[module] is None:
            lines += [as_markdown(import_module(module).__doc__ or ""), ""]
        for public in names:
            if public.module == module:
                lines += _entry(public)
    return "\n".join(lines).rstrip() + "\n"


def undocumented() -> list[str]:
    """Return the public names and members that have no docstring, and the parameters that theirs leaves out."""
    found: list[str] = []
    for public in public_names():
        dotted, value = f"{public.module}.{public.name}", public.value
        if public.alias_of:
            continue
        if not isinstance(value, type) and not inspect.isfunction(value):
            found += [] if _constant_doc(public) else [dotted]
            continue
        found += _left_out(dotted, value, inspect.getdoc(value) or "")
        if isinstance(value, type):
            for name, member in members_of(value):
                found += _left_out(f"{dotted}.{name}", member, _doc(value, name))
    return found


def _left_out(dotted: str, value: Any, doc: str) -> list[str]:
    """Return the name if it has no docstring, and the parameters that its docstring leaves out."""
    if not doc:
        return [dotted]
    is_made_by_us = isinstance(value, type) and (issubclass(value, Exception) or not is_constructed(value))
    if is_made_by_us or isinstance(value, property) or re.search(r"\bSee :", doc):
        return []
    called = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    names = [name for name in inspect.signature(called).parameters if name not in ("self", "cls")]
    return [f"{dotted}({name})" for name in names if not re.search(rf"\b{name}:|``{name}``", doc)]


def _entry(public: PublicName) -> Iterator[str]:
    if public.alias_of:
        yield from (f"### `{public.name}`", "", f"The same as `{public.alias_of}`.", "")
        return
    value = public.value
    if not isinstance(value, type) and not inspect.isfunction(value):
        yield from (f"### `{public.name}: {kind_of(value)}`", "", as_markdown(_constant_doc(public)), "")
        return
    if not isinstance(value, type):
        yield from (f"### `{public.name}`", "", *_call(value, public.name), as_markdown(value.__doc__ or ""), "")
        return
    yield from (f"### class `{public.name}`", "")
    if issubclass(value, enum.Enum):
        yield from (as_markdown(value.__doc__ or ""), "", *_enum_members(value), "")
    else:
        if "__init__" in vars(value) and is_constructed(value):
            yield from _call(value, public.name)
        yield from (as_markdown(value.__doc__ or ""), "")
    for name, member in members_of(value):
        yield from _member(public.value, name, member)


def _member(kind: type, name: str, member: Any) -> Iterator[str]:
    if isinstance(member, property):
        assert member.fget is not None
        yield f"#### `{kind.__name__}.{name}: {returned(member.fget)}`"
        yield ""
    else:
        yield f"#### `{kind.__name__}.{name}`"
        yield ""
        yield from _call(member, name)
    yield as_markdown(_doc(kind, name))
    yield ""


def _doc(kind: type, name: str) -> str:
    """Return a member's docstring, or that of the same member of a base class."""
    for base in kind.__mro__:
        found = vars(base).get(name)
        called = found.__func__ if isinstance(found, classmethod | staticmethod) else found
        if found is not None and called.__doc__:
            return str(called.__doc__)
    return ""


def _call(value: Any, name: str) -> Iterator[str]:
    """Yield a block that shows how something is called, on several lines where it is long."""
    called = name + signature(value)
    if isinstance(value, type):
        called = called.removesuffix(" -> None")
    if inspect.iscoroutinefunction(value):
        called = f"await {called}"
    yield "```python"
    yield called if len(called) <= 100 else _broken(called)
    yield "```"
    yield ""


def _broken(called: str) -> str:
    """Return a call with each parameter on a line."""
    start = called.index("(") + 1
    depth, parts, begin = 0, [], start
    for index in range(start, len(called)):
        character = called[index]
        if character == ")" and depth == 0:
            parts.append(called[begin:index])
            return called[:start] + "".join(f"\n    {part.strip()}," for part in parts) + "\n" + called[index:]
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(called[begin:index])
            begin = index + 1
    raise AssertionError(called)


def _enum_members(kind: type[enum.Enum]) -> Iterator[str]:
    """Yield the members of an enumeration, each with its docstring."""
    [found] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(found, ast.ClassDef)
    texts = _texts_below(found.body)
    for member in kind:
        meaning = f": {as_markdown(texts[member.name])}" if member.name in texts else ""
        yield f"- `{member.name}` = `{member.value!r}`{meaning}"


def _constant_doc(public: PublicName) -> str:
    """Return the docstring of a constant, from the module that defines it."""
    for module in [import_module(public.module), *_own_modules()]:
        if vars(module).get(public.name) is public.value:
            texts = _texts_below(ast.parse(inspect.getsource(module)).body)
            if public.name in texts:
                return texts[public.name]
    return ""


def _own_modules() -> list[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.startswith("simisp.")]


def _texts_below(body: list[ast.stmt]) -> dict[str, str]:
    """Return the docstrings after assignments in the source, by the assigned names."""
    texts: dict[str, str] = {}
    for statement, after in pairwise(body):
        if isinstance(statement, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            [target] = statement.targets
            texts[ast.unparse(target)] = inspect.cleandoc(str(after.value.value))
    return texts
