"""The mistakes that the model finds, each with the path of keys and indices to the value concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from simisp.scenario.document import Path
from simisp.scenario.expectations import EXPECTATION_TAG, expectation_model
from simisp.scenario.later import model_in
from simisp.scenario.model import LINES_TAG, Scenario
from simisp.scenario.modem_rows import REPLY_TAG, RepliesInTurn, ReplyPart
from simisp.scenario.steps import STEP_TAG, TARGET_TAG, Authentication, Repetition, step_model

__all__ = ["Mistake", "is_about_key", "mistakes", "model_after"]

_REPLIES: dict[str, type[BaseModel]] = {"reply:part": ReplyPart, "reply:in turn": RepliesInTurn}
_KEY = "[key]"  # pydantic's last step in the location of a mapping's key


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value that the model does not accept.

    Attributes:
        kind: The kind of mistake, by the name that pydantic or our own check gives it.
        path: The path of the value. It ends with the key for an unknown or a missing key.
        model: The part of the scenario that the last key of the path belongs to.
        value: The value.
        context: Details that the check adds, by name.
        text: The message of the check.
        about_key: Whether the last key of the path is wrong rather than its value.
    """

    kind: str
    path: Path
    model: type[BaseModel]
    value: Any
    context: dict[str, Any]
    text: str
    about_key: bool


def mistakes(error: ValidationError, root: type[BaseModel] = Scenario) -> Iterator[Mistake]:
    """Yield the mistakes that a model found, in its order; ``root`` is the model of the whole document."""
    for found in error.errors(include_url=False):
        kind, about_key = found["type"], is_about_key(found)
        path, model = _resolve(found["loc"][:-1] if about_key else found["loc"], root)
        about_key = about_key or kind in ("extra_forbidden", "number")
        yield Mistake(kind, path, model, found["input"], found.get("ctx", {}), found["msg"], about_key)


def is_about_key(found: Mapping[str, Any]) -> bool:
    """Return whether an error of pydantic is about a mapping's key, which then precedes the last step of its location.

    An author's key may be spelt like that step, but what is wrong is then its value and not the key before it.
    """
    location: Path = found["loc"]
    return location[-1:] == (_KEY,) and location[-2:-1] == (found["input"],) and found["type"] != "extra_forbidden"


def _resolve(location: Path, root: type[BaseModel]) -> tuple[Path, type[BaseModel]]:
    """Return the path of keys and indices in a pydantic location, and the model that the last of them belongs to."""
    path: list[str | int] = []
    model = root
    for index, step in enumerate(location):
        if _is_tag(location, index):
            model = step_model(str(step)) or expectation_model(str(step)) or _REPLIES.get(str(step), model)
        else:
            model = model_after(model, path[-1] if path else None)
            path.append(step)
    return tuple(path), model


def _is_tag(location: Path, index: int) -> bool:
    """Return whether a step of a location names a member of a union; a key may look like one."""
    step, before = location[index], location[max(0, index - 2) : index]
    if not isinstance(step, str) or not before:
        return False
    if step.startswith(LINES_TAG):
        return index == 1 and before[0] == "lines"
    if step.startswith((STEP_TAG, EXPECTATION_TAG)):
        return isinstance(before[-1], int)
    if step.startswith(REPLY_TAG):
        return isinstance(before[-1], int) or before[0] in ("commands", "answers")
    return step.startswith(TARGET_TAG) and (before[-1] in ("otherwise", "too late") or before[0] == "choices")


def model_after(model: type[BaseModel], key: str | int | None) -> type[BaseModel]:
    """Return the model of the value at ``key`` of ``model``, or ``model`` itself if the value is a plain one."""
    if key == "authenticate":
        return Authentication
    if key == "repeat":
        return Repetition
    fields = model.model_fields.items()
    field = next((field for name, field in fields if key in (field.alias or name, name)), None)
    found = list(_models_in(field.annotation)) if field is not None else []
    return found[0] if len(found) == 1 else model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Return the models in the type of a field: a model, a list of one, or one that may be omitted."""
    model = model_in(annotation)
    if model is not None:
        yield model
    for part in get_args(annotation):
        yield from _models_in(part)
