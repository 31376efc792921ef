"""The public names: what another program may import, and what changes only with a note in the changelog.

The rule: the names in ``__all__`` of the modules below are public, with their public members, and nothing else. A
module that is not listed here is internal, however its names are spelt; so is a member whose docstring begins with
"Internal:", which only simisp itself calls. That holds for a constructor too, and for the attributes of a dataclass:
one with an internal attribute is constructed by simisp alone. Public signatures name public types only.
"""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from types import GenericAlias
from typing import Any

__all__ = [
    "MODULES",
    "PublicName",
    "internal_attributes",
    "is_constructed",
    "kind_of",
    "members_of",
    "public_names",
    "returned",
    "signature",
    "signature_lines",
]

MODULES: dict[str, tuple[str, ...] | None] = {
    "simisp": None,
    "simisp.testing": None,
    "simisp.testing.strategies": None,
    "simisp.results": None,
    "simisp.errors": None,
    "simisp.transcript": ("read",),
    "simisp.scenario.dump": ("dumps",),
}
"""The modules, in the order of the page. None stands for all of ``__all__``."""


_INTERNAL = "Internal: "
_INTERNAL_ATTRIBUTE = re.compile(rf"^ +(\w+): {_INTERNAL}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PublicName:
    """One name that is public.

    Attributes:
        module: The module that it is imported from.
        name: The name.
        value: Its value.
        alias_of: The dotted name under which it is already listed; empty if it is not.
    """

    module: str
    name: str
    value: Any
    alias_of: str = ""


def public_names() -> Iterator[PublicName]:
    """Yield every public name, in the order of the modules and then of the alphabet."""
    seen: dict[int, str] = {}
    for module, names in MODULES.items():
        loaded = import_module(module)
        for name in sorted(names or loaded.__all__, key=str.lower):
            value = getattr(loaded, name)
            if (value.__doc__ or "").startswith(_INTERNAL):
                continue
            yield PublicName(module, name, value, seen.get(id(value), ""))
            seen.setdefault(id(value), f"{module}.{name}")


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class that simisp itself defines, in the order of the text.

    Members that a class of another library also has, such as a transport's ``write``, are left out.
    """
    found: dict[str, Any] = {}
    foreign: set[str] = set()
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("simisp."):
            found.update(vars(base))
        else:
            foreign |= vars(base).keys()
    for name, value in found.items():
        called = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        is_public = name == "__call__" or not (name.startswith("_") or (called.__doc__ or "").startswith(_INTERNAL))
        if is_public and name not in foreign and (inspect.isfunction(called) or isinstance(value, property)):
            yield name, value


def signature(value: Any) -> str:
    """Return the signature of a callable, with the types as in the source."""
    if isinstance(value, classmethod | staticmethod):
        value = value.__func__
    found = inspect.signature(value)
    parameters = [
        parameter.replace(annotation=_annotation(parameter.annotation), default=_default(parameter.default))
        for parameter in found.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return str(found.replace(parameters=parameters, return_annotation=_annotation(found.return_annotation)))


def signature_lines() -> Iterator[str]:
    """Yield one line for each public name and each public member of it."""
    for public in public_names():
        dotted = f"{public.module}.{public.name}"
        if public.alias_of:
            yield f"{dotted} = {public.alias_of}"
        elif isinstance(public.value, type):
            yield from _class_lines(dotted, public.value)
        elif inspect.isfunction(public.value):
            yield dotted + signature(public.value)
        else:
            yield f"{dotted}: {kind_of(public.value)}"


def kind_of(constant: Any) -> str:
    """Return the kind of a name that is neither a class nor a function."""
    return "type alias" if isinstance(constant, GenericAlias) else type(constant).__name__


def _class_lines(dotted: str, kind: type) -> Iterator[str]:
    public = {name.value for name in public_names() if isinstance(name.value, type)}
    shown = (base for base in kind.__bases__ if base in public or not base.__module__.startswith("simisp."))
    bases = ", ".join(base.__name__ for base in shown if base is not object)
    yield f"class {dotted}" + (f"({bases})" if bases else "")
    if issubclass(kind, enum.Enum):
        for member in kind:
            yield f"{dotted}.{member.name} = {member.value!r}"
    elif is_constructed(kind):
        yield dotted + signature(kind).removesuffix(" -> None")
    elif is_dataclass(kind):
        internal = internal_attributes(kind)
        yield from (f"{dotted}.{field.name}: {field.type}" for field in fields(kind) if field.name not in internal)
    for name, value in members_of(kind):
        if isinstance(value, property):
            assert value.fget is not None
            settable = "" if value.fset is None else ", can be set"
            yield f"{dotted}.{name}: {returned(value.fget)}{settable}"
        else:
            asynchronous = "async " if inspect.iscoroutinefunction(value) else ""
            yield f"{asynchronous}{dotted}.{name}{signature(value)}"


def is_constructed(kind: type) -> bool:
    """Return whether a class has its own constructor, and a user may call it."""
    made_by = next(base for base in kind.__mro__ if "__init__" in vars(base))
    is_internal = (vars(made_by)["__init__"].__doc__ or "").startswith(_INTERNAL) or internal_attributes(kind)
    return made_by.__module__.startswith("simisp.") and not is_internal


def internal_attributes(kind: type) -> set[str]:
    """Return the attributes that a class's docstring says to be internal."""
    return set(_INTERNAL_ATTRIBUTE.findall(kind.__doc__ or ""))


def returned(function: Any) -> str:
    """Return the return type of a function, as in the source."""
    return repr(_annotation(inspect.signature(function).return_annotation))


class _Source:
    """A piece of source text that shows itself without quotation marks."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _annotation(annotation: Any) -> Any:
    """Return a type as in the source, without the ``Final`` of a field, which says nothing to who gives its value."""
    if not isinstance(annotation, str):
        return annotation
    is_final = annotation.startswith("Final[") and annotation.endswith("]")
    return _Source(annotation[len("Final[") : -1] if is_final else annotation)


def _default(default: Any) -> Any:
    """Return a default as the same text in each process and each version of Python."""
    if default is inspect.Parameter.empty or isinstance(default, str | int | float | bytes | tuple | frozenset | None):
        return default
    return _Source("…") if not isinstance(default, enum.Enum) else _Source(str(default))
