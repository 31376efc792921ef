"""The JSON Schema of scenarios and of other files of settings, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from simisp.scenario.load import APART
from simisp.scenario.model import Scenario

__all__ = ["file_schema", "schema"]

_WORD_STEPS = ("silence", "hang up", "again", "authenticate")
"""Steps that may be just their name."""
_WORD_EXPECTATIONS = ("no lock file left",)
"""Expectations that are just their name."""


def schema(apart: type[BaseModel]) -> dict[str, Any]:
    """Return the complete JSON Schema (draft 2020-12) of scenarios, as an editor needs it to complete and to check.

    Editors see YAML with its types, so where a text is meant a number or a boolean is right too: the loader takes what
    is written. What takes more than looking at one value is left to the loader: labels, names that are read, patterns,
    loops, aliases.

    Args:
        apart: What the section ``dialling`` is.
    """
    whole = Scenario.model_json_schema(by_alias=True)
    section = _with_texts(apart.model_json_schema(by_alias=True))
    definitions = {**section.pop("$defs", {}), **whole["$defs"]}
    definitions["Step"] = _step(definitions["Step"])
    kinds = whole["properties"]["expect"]["items"]["oneOf"]
    kinds.insert(0, {"enum": list(_WORD_EXPECTATIONS), "description": "An expectation that is just its name."})
    whole["properties"][APART] = section
    return _complete(whole, "simisp scenario", definitions)


def file_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file of settings.

    Args:
        model: What is in the file.
        title: What the file is called.
    """
    whole = _with_texts(model.model_json_schema(by_alias=True))
    return _complete(whole, title, whole.get("$defs", {}))


def _complete(whole: dict[str, Any], title: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole file's schema out of pydantic's, with these definitions in place of its own."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **_adapted(whole),
        "title": title,
        "$defs": {name: _adapted(part) for name, part in definitions.items()},
    }


def _with_texts(node: Any) -> Any:
    """Return a schema in which a text may be written like a number, as a telephone number is."""
    if isinstance(node, list):
        return [_with_texts(item) for item in node]
    if not isinstance(node, dict):
        return node
    widened = {key: _with_texts(value) for key, value in node.items()}
    if node.get("type") == "string" and not {"enum", "const", "pattern"} & node.keys():
        widened["type"] = ["string", "number", "boolean"]
    return widened


def _step(kinds: dict[str, Any]) -> dict[str, Any]:
    words = {"enum": list(_WORD_STEPS), "description": "A step that is just its name."}
    return {"title": "Step", "description": "One step of a dialogue.", "oneOf": [words, *kinds["oneOf"]]}


def _adapted(node: Any) -> Any:
    """Return a schema as pydantic has it, made fit for YAML: no null for what may be left out."""
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
    if adapted.get("properties", {}).keys() == {"authenticate"}:
        adapted["properties"]["authenticate"] = {"anyOf": [adapted["properties"]["authenticate"], {"type": "null"}]}
    return adapted


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what may be left out without the null that stands for it."""
    kinds = [kind for kind in node["anyOf"] if kind != {"type": "null"}]
    rest = {key: value for key, value in node.items() if key not in ("default", "anyOf")}
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}
