"""Files of settings: YAML into a model, every mistake with its place."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import PydanticCustomError

from simisp.diagnostics import WHOLE_FILE, Diagnostic, Place, SourceText, in_order
from simisp.errors import SourceError
from simisp.scenario import document as yaml_document
from simisp.scenario import reader
from simisp.scenario.diagnose import diagnose
from simisp.scenario.document import Document
from simisp.scenario.mistakes import Mistake

__all__ = ["complaint", "document_of", "or_shorter", "read_document", "read_text", "validate"]

Model = TypeVar("Model", bound=BaseModel)

_OURS = "settings"
_KEY = "[key]"  # pydantic's last step towards a mapping's key


def complaint(message: str) -> PydanticCustomError:
    """Return the mistake that a validator of ours raises."""
    return PydanticCustomError(_OURS, "{message}", {"message": message})


def or_shorter(shorter: Mapping[str, Any], *, without: str = "") -> Callable[[dict[str, Any]], None]:
    """Return what lets a section's JSON Schema take something shorter in place of the section.

    Args:
        shorter: The schema of that.
        without: The field that keeps it inside the section, where nobody writes it.
    """

    def extend(schema: dict[str, Any]) -> None:
        section = {key: schema.pop(key) for key in list(schema) if key not in ("title", "description")}
        section["properties"].pop(without, None)
        schema["anyOf"] = [dict(shorter), section]

    return extend


def read_text(path: Path) -> SourceText:
    """Return the text of a file.

    Raises:
        SourceError: It can't be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(reader.MOST_OCTETS + 1)
    except OSError as error:
        message = (error.strerror or str(error)).lower()
        raise SourceError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, message)]) from None
    except ValueError:  # Python's own refusal
        message = "no file can have a name with a NUL in it"
        raise SourceError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, message)]) from None
    source, diagnostics = reader.decode(data, str(path))
    if diagnostics:
        raise SourceError(source, diagnostics)
    return source


def read_document(path: Path) -> Document:
    """Return the YAML document in a file.

    Raises:
        SourceError: It can't be read, or there is nothing in it.
    """
    return document_of(read_text(path))


def document_of(source: SourceText) -> Document:
    """Return the YAML document in a text.

    Raises:
        SourceError: There is nothing in it, or it is not YAML.
    """
    document = reader.parse(source)
    if document.root is None:
        raise SourceError(document.source, document.diagnostics or [Diagnostic(Place(1, 1), "the file is empty")])
    return document


def validate(
    document: Document,
    model: type[Model],
    *,
    check: Callable[[Model], Sequence[tuple[yaml_document.Path, str]]] | None = None,
) -> Model:
    """Return a document as a model.

    Args:
        document: What was read.
        model: What it shall be.
        check: Tells what else is wrong with a model that is right in its parts: paths of values, and messages.

    Raises:
        SourceError: Something is wrong; every mistake is told.
    """
    diagnostics = list(document.diagnostics)
    try:
        found = model.model_validate(document.plain())
    except ValidationError as error:
        diagnostics += [_diagnostic(dict(mistake), model, document) for mistake in error.errors(include_url=False)]
        found = None
    if found is not None and not diagnostics and check is not None:
        diagnostics = [Diagnostic(document.place(path), message) for path, message in check(found)]
    if found is None or diagnostics:
        raise SourceError(document.source, in_order(diagnostics, document.source))
    return found


def _diagnostic(mistake: dict[str, Any], root: type[BaseModel], document: Document) -> Diagnostic:
    location = mistake["loc"]
    about_key = location[-1:] == (_KEY,)
    path = location[:-1] if about_key else location
    kind = mistake["type"]
    if kind == _OURS:
        return Diagnostic(document.key_place(path) if about_key else document.place(path), mistake["msg"])
    about_key = about_key or kind == "extra_forbidden"
    told = Mistake(
        kind, path, _model_of(path, root), mistake["input"], mistake.get("ctx", {}), mistake["msg"], about_key
    )
    return diagnose(told, document)


def _model_of(path: Sequence[str | int], root: type[BaseModel]) -> type[BaseModel]:
    """Return the model that the last key of a path belongs to."""
    model, here = root, _without_root(root)
    for step in path:
        inner = _model_in(here)
        if inner is not None:
            model = inner
            field = next((field for name, field in inner.model_fields.items() if step in (field.alias, name)), None)
            here = field.annotation if field is not None else None
        else:
            here = (typing.get_args(here) or (None,))[-1]  # the values of a mapping, the items of a list
    return model


def _without_root(annotation: Any) -> Any:
    is_root = isinstance(annotation, type) and issubclass(annotation, RootModel)
    return annotation.model_fields["root"].annotation if is_root else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation is, perhaps beside None."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [_model_in(member) for member in typing.get_args(annotation)]
        return next((member for member in members if member is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
