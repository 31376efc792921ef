"""The JSON Schema of a transcript's lines, generated from the facts themselves."""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from simisp.facts.fact import Fact, fact_kinds
from simisp.transcript.json_lines import FORMAT, VERSION
from simisp.transcript.reader import hints_of, sources_of

__all__ = ["in_words", "schema"]

_PLAIN = {str: "string", bytes: "string", int: "integer", float: "number", bool: "boolean"}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a line of a transcript."""
    kinds = sorted(fact_kinds().values(), key=lambda kind: kind.kind)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a simisp transcript",
        "anyOf": [_header(), *map(_record, kinds)],
    }


def _header() -> dict[str, Any]:
    text = {"type": "string"}
    properties = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "simisp": text,
        "scenario": _object({"name": text, "digest": text}, ["name", "digest"]),
        "seed": {"type": "integer"},
        "clock": text,
        "started": text,
    }
    return {"title": "The header, which is the first line"} | _object(properties, list(properties))


def _record(kind: type[Fact]) -> dict[str, Any]:
    hints = hints_of(kind)
    needed = [field.name for field in fields(kind) if field.default is MISSING]  # type: ignore[arg-type]
    details = _object({name: _type(hint) for name, hint in hints.items()}, needed)
    properties = {
        "at": {"type": "number", "minimum": 0, "description": "Seconds since the run began."},
        "source": {"enum": [each.value for each in sources_of(kind)]},
        "line": {"type": "string"},
        "kind": {"const": kind.kind},
        "details": details,
    }
    about = (kind.__doc__ or "").partition("\n")[0]
    return {"title": about} | _object(properties, ["at", "source", "kind", *(["details"] if needed else [])])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _type(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return {"anyOf": [{"type": "null"} if each is NoneType else _type(each) for each in arguments]}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _type(arguments[0])}
    if origin is tuple:
        length = len(arguments)
        return {
            "type": "array", "prefixItems": list(map(_type, arguments)), "minItems": length, "maxItems": length
        }  # fmt: skip
    if issubclass(hint, Enum):
        return {"enum": [each.value for each in hint]}
    if hint is bytes:
        return {"type": "string", "pattern": "^[\\u0000-\\u00ff]*$"}
    return {"type": _PLAIN[hint]}


def in_words(hint: Any) -> str:
    """Return a detail's type in words.

    Example:
        >>> in_words(int | None), in_words(tuple[str, ...])
        ('integer or null', 'list of string')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join("null" if each is NoneType else in_words(each) for each in arguments)
    if origin is tuple:
        return f"list of {in_words(arguments[0])}" if arguments[-1] is Ellipsis else "list of start and end"
    return " or ".join(f"`{each.value}`" for each in hint) if issubclass(hint, Enum) else _PLAIN[hint]
