"""The JSON Schema of scenarios and of other settings files, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import CoreRef, GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import PlainValidatorFunctionSchema

from simisp.scenario.expectations import WORD_EXPECTATIONS
from simisp.scenario.later import model_in
from simisp.scenario.load import APART
from simisp.scenario.model import Scenario

__all__ = ["file_schema", "schema"]

_WORD_STEPS = ("silence", "hang up", "again", "authenticate", "ppp", "slip")
"""Steps that may be written as their name alone."""
_MAY_BE_EMPTY = ("authenticate", "ppp", "slip")
"""Steps whose value may be left out behind the colon."""


def schema(apart: type[BaseModel]) -> dict[str, Any]:
    """Return the complete JSON Schema (draft 2020-12) of scenarios, for completion and checking in an editor.

    Editors read YAML with its types, so the schema accepts a number or a boolean where a text is meant, as the loader
    does. Checks that need more than one value are left to the loader: labels, names that are read, patterns, loops,
    aliases.

    Args:
        apart: The model of the section ``dialling``.
    """
    whole = _schema_of(Scenario)
    section = _with_texts(_schema_of(apart))
    definitions = {**section.pop("$defs", {}), **whole["$defs"]}
    definitions["Step"] = _step(definitions["Step"])
    definitions["ProgramSection"] = _program(definitions["ProgramSection"])
    kinds = whole["properties"]["expect"]["items"]["oneOf"]
    kinds.insert(0, {"enum": list(WORD_EXPECTATIONS), "description": "An expectation written as its name alone."})
    whole["properties"][APART] = section
    return _complete(whole, "simisp scenario", definitions)


def file_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a settings file.

    Args:
        model: The model of the file.
        title: The name of the file.
    """
    whole = _with_texts(_schema_of(model))
    return _complete(whole, title, whole.get("$defs", {}))


class _WithLaterModels(GenerateJsonSchema):
    """Describes models whose validators are built later as if they were built inside the others."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._begun: set[type[BaseModel]] = set()

    def field_title_should_be_set(self, schema: Any) -> bool:
        return model_in(schema) is None and super().field_title_should_be_set(schema)

    def function_plain_schema(self, schema: PlainValidatorFunctionSchema) -> JsonSchemaValue:
        model = model_in(schema)
        if model is None:
            return super().function_plain_schema(schema)
        own_name = CoreRef(f"{model.__module__}.{model.__qualname__}:{id(model)}")  # as pydantic makes it
        name, reference = self.get_cache_defs_ref_schema(own_name)
        if model not in self._begun:  # a model may contain itself
            self._begun.add(model)
            model.model_rebuild()
            described = self.generate_inner(model.__pydantic_core_schema__)
            if described != reference:
                self.definitions[name] = described
        return reference


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True, schema_generator=_WithLaterModels)


def _complete(whole: dict[str, Any], title: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a file's schema from pydantic, using these definitions."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **_adapted(whole),
        "title": title,
        "$defs": {name: _adapted(part) for name, part in definitions.items()},
    }


def _with_texts(node: Any) -> Any:
    """Return a schema in which a text may be written like a number, such as a telephone number."""
    if isinstance(node, list):
        return [_with_texts(item) for item in node]
    if not isinstance(node, dict):
        return node
    widened = {key: _with_texts(value) for key, value in node.items()}
    if node.get("type") == "string" and not {"enum", "const", "pattern"} & node.keys():
        widened["type"] = ["string", "number", "boolean"]
    return widened


def _step(kinds: dict[str, Any]) -> dict[str, Any]:
    words = {"enum": list(_WORD_STEPS), "description": "A step written as its name alone."}
    return {"title": "Step", "description": "One step of a dialogue.", "oneOf": [words, *kinds["oneOf"]]}


def _program(section: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a program, which may be written as its command alone."""
    command = {**section["properties"]["command"], "description": "A program written as its command alone."}
    return {"title": section["title"], "description": section["description"], "oneOf": [command, section]}


def _adapted(node: Any) -> Any:
    """Adapt a schema of pydantic's to YAML: no null for optional values."""
    if isinstance(node, list):
        return [_adapted(item) for item in node]
    if not isinstance(node, dict):
        return node
    adapted: dict[str, Any] = {
        key: {name: _adapted(part) for name, part in value.items()} if key in ("properties", "patternProperties") else
        _adapted(value)
        for key, value in node.items() if key != "$defs"
    }  # fmt: skip
    if isinstance(adapted.get("description"), str):
        adapted["description"] = adapted["description"].replace("``", "`")
    if "default" in adapted and adapted["default"] is None:
        return _without_null(adapted)
    if "patternProperties" in adapted:
        adapted["additionalProperties"] = False
    for word in _MAY_BE_EMPTY:
        if adapted.get("properties", {}).keys() == {word}:
            adapted["properties"][word] = {"anyOf": [adapted["properties"][word], {"type": "null"}]}
    return adapted


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an optional value without the null that stands for its absence."""
    kinds = [kind for kind in node["anyOf"] if kind != {"type": "null"}]
    rest = {key: value for key, value in node.items() if key not in ("default", "anyOf")}
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}
