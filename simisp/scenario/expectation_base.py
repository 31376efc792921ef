"""What several kinds of expectations have in common."""

from typing import Any

from pydantic import model_validator

from simisp.scenario.strict import Strict

__all__ = ["AboutConduct", "WordAlone"]


class AboutConduct:
    """What is expected of the client's conduct: each such expectation is watched by itself."""


class WordAlone(Strict):
    """An expectation that has no value."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        """Accept the expectation as usually written, without a value."""
        return {value: None} if isinstance(value, str) else value
