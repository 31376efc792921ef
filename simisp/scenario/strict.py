"""What all parts of a scenario have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Strict"]


class Strict(BaseModel):
    """A part of a scenario: unknown keys are mistakes, and it is immutable once loaded."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        # Each model's validator is built once, inside that of the scenario, and not again for the model alone.
        defer_build=True,
    )
