"""The ports of a scenario's modem: ``modem.ports``."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

__all__ = ["PortNames", "kind_of"]

_PORT = r"(at|ppp|nmea|diag)[0-9]{0,2}"
_TAKES_COMMANDS = ("at", "ppp")


def kind_of(name: str) -> str:
    """Return what kind of port a name stands for.

    Example:
        >>> kind_of("at2")
        'at'
    """
    return name.rstrip("0123456789")


def _port_name(text: str) -> str:
    if not re.fullmatch(_PORT, text):
        raise PydanticCustomError(
            "port_name",
            "{text} is not a port: a name is at, ppp, nmea or diag, with a number behind it or without one",
            {"text": repr(text)},
        )
    return text


def _ports(names: list[str]) -> list[str]:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise PydanticCustomError("port_name", "{text} is there twice", {"text": repr(name)})
    if kind_of(names[0]) not in _TAKES_COMMANDS:
        raise PydanticCustomError(
            "port_name", "the first port is the one that a command gets: it has to be at or ppp, not {text}",
            {"text": repr(names[0])},
        )  # fmt: skip
    return names


PortNames = Annotated[
    list[Annotated[str, AfterValidator(_port_name), WithJsonSchema({"type": "string", "pattern": f"^{_PORT}$"})]],
    Field(min_length=1, max_length=16),
    AfterValidator(_ports),
]
"""The ports of a modem, the one that a command gets first."""
