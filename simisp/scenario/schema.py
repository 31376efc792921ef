"""The JSON Schema of scenarios, for editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from simisp.scenario.load import APART
from simisp.scenario.model import Scenario

__all__ = ["schema"]

_WORD_STEPS = ("silence", "hang up", "again", "authenticate")
"""Steps that may be just their name."""


def schema() -> dict[str, Any]:
    """Return the complete JSON Schema (draft 2020-12) of scenarios, as an editor needs it to complete and to check.

    Editors see YAML with its types, so where a text is meant a number or a boolean is right too: the loader takes what
    is written. What takes more than looking at one value is left to the loader: labels, names that are read, patterns,
    loops, aliases.
    """
    whole = Scenario.model_json_schema(by_alias=True)
    whole["properties"][APART] = {
        "type": "object",
        "description": "Who dials into the ISP, and what happens meanwhile.",
    }
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **_adapted(whole),
        "title": "simisp scenario",
        "$defs": {name: _adapted(part) for name, part in whole["$defs"].items()} | {"Step": _step(whole["$defs"])},
    }


def _step(definitions: dict[str, Any]) -> dict[str, Any]:
    kinds = [{"$ref": f"#/$defs/{name}"} for name in definitions if name.endswith("Step")]
    words = {"enum": list(_WORD_STEPS), "description": "A step that is just its name."}
    return {"title": "Step", "description": "One step of a dialogue.", "oneOf": [words, *kinds]}


def _adapted(node: Any) -> Any:
    """Return a schema as pydantic has it, made fit for YAML: steps by one name, no null for what may be left out."""
    if isinstance(node, list):
        return [_adapted(item) for item in node]
    if not isinstance(node, dict):
        return node
    if {"$ref": "#/$defs/SendStep"} in node.get("oneOf", ()):
        return {"$ref": "#/$defs/Step"}
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
