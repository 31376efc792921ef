"""The model's complaints as diagnostics: with their place, in the tester's words, with the nearest known word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from simisp.diagnostics import Diagnostic, nearest
from simisp.scenario.document import Document
from simisp.scenario.model import EXPECTATION_WORDS, NOT_YET, Scenario
from simisp.scenario.steps import NOT_YET_STEPS, STEP_WORDS, Authentication, Repetition, step_model

__all__ = ["diagnose"]

_Path = tuple[str | int, ...]

_WORDS = {
    "string_type": "expected a text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected yes or no",
    "bool_parsing": "expected yes or no",
    "list_type": "expected a list (lines that begin with '- ')",
    "dict_type": "expected a mapping (lines such as 'key: value')",
    "model_type": "expected a mapping (lines such as 'key: value')",
    "model_attributes_type": "expected a mapping (lines such as 'key: value')",
    "none_required": "nothing stands behind this word",
    "string_too_short": "expected a text that is not empty",
    "string_pattern_mismatch": "not a name: no blank in front, and none of { } /",
}
_EXPECTATION_HINT = "one of: " + ", ".join(EXPECTATION_WORDS)


def diagnose(error: ValidationError, document: Document) -> list[Diagnostic]:
    """Return one diagnostic for each mistake that the model found, in the order of their places."""
    found: dict[tuple[Any, str], Diagnostic] = {}
    for mistake in error.errors(include_url=False):
        path, model = _resolve(mistake["loc"])
        diagnostic = _one(mistake, path, model, document)
        found.setdefault((diagnostic.place, diagnostic.message), diagnostic)
    return sorted(found.values(), key=lambda diagnostic: diagnostic.place)


def _one(mistake: Mapping[str, Any], path: _Path, model: type[BaseModel], document: Document) -> Diagnostic:
    kind = mistake["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, model, document)
    if kind == "missing":
        return Diagnostic(document.find(path[:-1])[0], f"{path[-1]!r} is missing", _whole_hint(path, model))
    place = document.find(path)[0]
    if kind == "unknown_step":
        return _unknown_step(mistake["input"], path, document)
    if kind == "unknown_expectation":
        return _unknown_word(mistake["input"], path, document, "expectation", EXPECTATION_WORDS, _EXPECTATION_HINT)
    if kind == "literal_error":
        return _not_one_of(mistake, place)
    if kind == "number":
        return _not_a_number(str(path[-1]), document.key(path))
    return Diagnostic(place, _WORDS.get(kind, _lower(mistake["msg"])), "")


def _unknown_key(path: _Path, model: type[BaseModel], document: Document) -> Diagnostic:
    key = str(path[-1])
    place = document.key(path)
    if path in NOT_YET:
        return Diagnostic(place, f"{key!r} is not yet played by this version of simisp", "leave it out for now")
    known = [field.alias or name for name, field in model.model_fields.items()]
    guess = nearest(key, known)
    hint = f"did you mean {guess!r}?" if guess else "known here: " + ", ".join(known)
    return Diagnostic(place, f"unknown key {key!r}", hint)


def _unknown_step(value: Any, path: _Path, document: Document) -> Diagnostic:
    word = _first_word(value)
    if word in NOT_YET_STEPS:
        place = _word_place(value, path, document)
        return Diagnostic(place, f"{word!r} is not yet played by this version of simisp", "leave it out for now")
    return _unknown_word(value, path, document, "step", STEP_WORDS, "a step is one of: " + ", ".join(STEP_WORDS))


def _unknown_word(
    value: Any, path: _Path, document: Document, what: str, known: tuple[str, ...], all_known: str
) -> Diagnostic:
    """Return what is wrong with a list item that should begin with a known word."""
    word = _first_word(value)
    place = _word_place(value, path, document)
    if word is None:
        return Diagnostic(place, f"expected a {what}" if what == "step" else f"expected an {what}", all_known)
    guess = nearest(word, known)
    return Diagnostic(place, f"unknown {what} {word!r}", f"did you mean {guess!r}?" if guess else all_known)


def _first_word(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return next(iter(value), None) if isinstance(value, dict) else None


def _word_place(value: Any, path: _Path, document: Document) -> Any:
    word = _first_word(value)
    return document.key((*path, word)) if isinstance(value, dict) and word is not None else document.find(path)[0]


def _not_one_of(mistake: Mapping[str, Any], place: Any) -> Diagnostic:
    expected = mistake["ctx"]["expected"].replace("'", "")
    given = mistake["input"]
    known = [word.strip() for word in expected.replace(" or ", ", ").split(",")]
    guess = nearest(given, known) if isinstance(given, str) else None
    shown = f", not {given!r}" if isinstance(given, str) else ""
    return Diagnostic(place, f"expected {expected}{shown}", f"did you mean {guess!r}?" if guess else "")


def _not_a_number(key: str, place: Any) -> Diagnostic:
    guess = nearest(key, ["default", "answer_after"])
    hint = f"did you mean {guess!r}?" if guess else 'digits, *, # and A to D, such as "5551234"'
    return Diagnostic(place, f"{key!r} is neither a number to dial nor a key of exchange", hint)


def _whole_hint(path: _Path, model: type[BaseModel]) -> str:
    field = next((field for name, field in model.model_fields.items() if (field.alias or name) == path[-1]), None)
    return _lower(field.description).rstrip(".") if field is not None and field.description else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _resolve(loc: tuple[str | int, ...]) -> tuple[_Path, type[BaseModel]]:
    """Return the path of keys and indices in a model's location, and the model that the last of them belongs to."""
    path: list[str | int] = []
    model: type[BaseModel] = Scenario
    for step in loc:
        if isinstance(step, str) and step.startswith(("step:", "expect:", "target:")):
            model = step_model(step) or model
        elif isinstance(step, str) and ("[" in step or step in ("float", "str")):
            continue  # a member of a plain union, no key
        else:
            model = _model_after(model, path[-1] if path else None)
            path.append(step)
    return tuple(path), model


def _model_after(model: type[BaseModel], key: str | int | None) -> type[BaseModel]:
    """Return the model that stands behind ``key`` of ``model``, or ``model`` itself where a plain value does."""
    if key == "authenticate":
        return Authentication
    if key == "repeat":
        return Repetition
    field = model.model_fields.get(str(key))
    annotation = field.annotation if field is not None else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else model
