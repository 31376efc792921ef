"""The JSON of a sweep's result: read strictly, for it may have come from another machine."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simisp.errors import FileError
from simisp.sweep.result import VERSION, SweepResult

__all__ = ["json_schema", "result_of", "text_of"]

_FORMAT = "simisp sweep"
_ADAPTER = TypeAdapter(SweepResult)


def text_of(result: SweepResult) -> str:
    """Return a result as JSON."""
    return json.dumps({_FORMAT: VERSION, **_ADAPTER.dump_python(result, mode="json")}, indent=1) + "\n"


def result_of(text: str, name: str) -> SweepResult:
    """Return the result that a text has.

    Args:
        text: The JSON.
        name: The name of its file.

    Raises:
        FileError: It is no result of a sweep, or of another version.
    """
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise FileError("not a result of a sweep: it is not JSON", path=name) from None
    if not isinstance(found, dict) or _FORMAT not in found:
        raise FileError("not a result of a sweep", path=name, remedy="simisp sweep --json writes one")
    version = found.pop(_FORMAT)
    if version != VERSION:
        raise FileError(f"a result of a sweep in version {version}, where this simisp knows {VERSION}", path=name)
    try:
        return _ADAPTER.validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise FileError(f"not a whole result of a sweep: {where}: {first['msg'].lower()}", path=name) from None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    schema = _ADAPTER.json_schema(mode="serialization")
    schema["properties"] = {_FORMAT: {"const": VERSION}, **schema["properties"]}
    schema["required"] = [_FORMAT, *schema["required"]]
    return schema
