"""Settings files: parses YAML into a model, with the place of every mistake."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import PydanticCustomError

from simisp.diagnostics import WHOLE_FILE, Diagnostic, Place, SourceText, in_order
from simisp.errors import SourceError, reason_of
from simisp.scenario import document as yaml_document
from simisp.scenario import reader
from simisp.scenario.diagnose import diagnose
from simisp.scenario.document import Document
from simisp.scenario.mistakes import Mistake, is_about_key

__all__ = ["complaint", "document_of", "or_shorter", "read_document", "read_text", "validate"]

Model = TypeVar("Model", bound=BaseModel)

_OURS = "settings"


def complaint(message: str) -> PydanticCustomError:
    """Return an error for our validators to raise."""
    return PydanticCustomError(_OURS, "{message}", {"message": message})


def or_shorter(shorter: Mapping[str, Any], *, without: str = "") -> Callable[[dict[str, Any]], None]:
    """Return a function that lets a section's JSON Schema accept a shorter form in place of the section.

    Args:
        shorter: The schema of the shorter form.
        without: The field that holds the shorter form in the model, which is not written in a file.
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
        message = reason_of(error).lower()
        raise SourceError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, message)]) from None
    except ValueError:  # raised by Python itself
        message = "a file name can't contain NUL"
        raise SourceError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, message)]) from None
    source, diagnostics = reader.decode(data, str(path))
    if diagnostics:
        raise SourceError(source, diagnostics)
    return source


def read_document(path: Path) -> Document:
    """Return the YAML document in a file.

    Raises:
        SourceError: It can't be read, or is empty.
    """
    return document_of(read_text(path))


def document_of(source: SourceText) -> Document:
    """Return the YAML document in a text.

    Raises:
        SourceError: It is empty, or is not YAML.
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
    """Validate a document.

    Args:
        document: The document.
        model: The class of the model.
        check: Returns what is wrong with a model whose parts are each valid: paths of values, and messages.

    Raises:
        SourceError: Something is wrong; every mistake is reported.
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
    about_key = is_about_key(mistake)
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
            here = (typing.get_args(here) or (None,))[-1]  # the values of a mapping, or the items of a list
    return model


def _without_root(annotation: Any) -> Any:
    is_root = isinstance(annotation, type) and issubclass(annotation, RootModel)
    return annotation.model_fields["root"].annotation if is_root else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation, which may also allow None."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [_model_in(member) for member in typing.get_args(annotation)]
        return next((member for member in members if member is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
