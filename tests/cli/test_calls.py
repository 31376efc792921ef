"""A command's parameters reach it as one typed object, and no parameter is lost or renamed on the way."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import simisp.cli
from simisp.cli import main
from support.click_commands import commands


def calls() -> Iterator[tuple[str, click.Command, type]]:
    for name, command in commands(main):
        assert command.callback is not None
        function = inspect.unwrap(command.callback)
        annotation = function.__annotations__.get("call")
        if annotation is not None:
            yield name, command, getattr(sys.modules[function.__module__], annotation)


EACH_CALL = pytest.mark.parametrize(
    ("name", "command", "call"), list(calls()), ids=lambda value: value if isinstance(value, str) else ""
)


@EACH_CALL
def test_a_call_has_a_field_for_each_parameter_of_its_command(name: str, command: click.Command, call: type) -> None:
    assert [field.name for field in dataclasses.fields(call)] == [parameter.name for parameter in command.params], name


@EACH_CALL
def test_a_field_may_be_none_exactly_where_its_parameter_may_be_left_out(
    name: str, command: click.Command, call: type
) -> None:
    values = command.make_context(name, [], resilient_parsing=True).params
    for field, parameter in zip(dataclasses.fields(call), command.params, strict=True):
        may_be_none = not parameter.required and values[field.name] is None
        assert ("None" in str(field.type)) == may_be_none, f"{name}: {field.name}"


def test_commands_with_more_than_four_parameters_take_a_call() -> None:
    typed = {name for name, _, _ in calls()}
    assert {name for name, command in commands(main) if len(command.params) > 4} <= typed
    assert typed


def test_no_bundle_of_untyped_parameters_is_passed_about() -> None:
    ours = {"lazy.py", "__init__.py", "postponed.py"}  # they override click's own methods and Python's imports
    for path in Path(simisp.cli.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "dict[str, Any]" not in text, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.kwarg and path.name not in ours:
                assert ast.unparse(node.args.kwarg.annotation or ast.Constant(None)) != "Any", (
                    f"{path.name}: {node.name}"
                )
