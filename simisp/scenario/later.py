"""Parts of a scenario whose models are imported, and whose validators are built, when a scenario first has the part.

The language has some hundred models, and a scenario uses a dozen of them. Building the validators of all of them takes
a sixth of the time in which a short command starts, and importing the rare ones another twentieth.

To the type checker ``BuiltLater[Model]`` is ``Model``. pydantic is given a function in its place, which asks the model
itself; what the model finds wrong has the same path as if its validator were part of the other. Sections that every
scenario has, such as ``modem`` and ``isp``, are built with the scenario: one validator costs less than two.

A model that few scenarios need is imported for the type checker alone. In annotations a :class:`ModelOf` has its name::

    if TYPE_CHECKING:
        from simisp.scenario.manners import MannersSection
    else:
        MannersSection = ModelOf("simisp.scenario.manners", "MannersSection")
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

__all__ = ["BuiltLater", "ModelOf", "model_in"]

_Model = TypeVar("_Model", bound=BaseModel)
_KEY = "simisp_later"


class ModelOf:
    """Stands for a model in the annotations of others, until the model is needed.

    Args:
        module: The model's module.
        name: The model's name there.
    """

    def __init__(self, module: str, name: str) -> None:
        self.__name__ = name  # as of a class
        self._module = module

    @property
    def model(self) -> type[BaseModel]:
        """The model."""
        model: type[BaseModel] = getattr(import_module(self._module), self.__name__)
        return model


class _Deferred:
    """Marks a model whose validator is built when it is first needed."""

    def __get_pydantic_core_schema__(
        self, source: type[BaseModel] | ModelOf, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def validate(value: Any) -> BaseModel:
            return (source.model if isinstance(source, ModelOf) else source).model_validate(value)

        return core_schema.no_info_plain_validator_function(validate, metadata={_KEY: source})


BuiltLater = Annotated[_Model, _Deferred()]
"""A model whose validator is built when it is first needed."""


def model_in(part: object) -> type[BaseModel] | None:
    """Return the model that a part of an annotation stands for, or a schema made of one; None if there is none."""
    if isinstance(part, Mapping):
        part = part.get("metadata", {}).get(_KEY)
    if isinstance(part, ModelOf):
        return part.model
    return part if isinstance(part, type) and issubclass(part, BaseModel) else None
