"""What all parts of a scenario have in common."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

__all__ = ["Strict", "empty_list"]


class Strict(BaseModel):
    """A part of a scenario: unknown keys are mistakes, and it is immutable once loaded.

    Modules with such classes do without ``from __future__ import annotations``: pydantic needs the annotations of each
    key at each start, and to compile six hundred texts takes longer than to run what Python has compiled once.
    """

    written_first: ClassVar[tuple[str, ...]] = ()
    """The fields that are written before the others, in their order, if that differs from the model's."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        # Each model's validator is built once, inside that of the scenario, and not again for the model alone.
        defer_build=True,
    )


def empty_list() -> list[Any]:
    """Return an empty list, as the default of a field.

    It is not ``list`` itself, because pydantic asks for the signature of what stands there, and Python finds that of
    ``list`` only by tokenizing text: a fiftieth of a short command.
    """
    return []
