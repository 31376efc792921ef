"""The parts of a SWITCH.INF: sections, their commands, and the lines that take responses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from simisp.diagnostics import Place

__all__ = [
    "AnyOctet",
    "Command",
    "CommandPiece",
    "Credential",
    "Find",
    "LiteralOctets",
    "PadCall",
    "Response",
    "ResponseKind",
    "ResponsePiece",
    "Rest",
    "Section",
]


class Credential(Enum):
    """A macro that the dialler fills in. The value is the name of the macro."""

    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105, the name of the macro
    X25_ADDRESS = "x25address"
    """The X.121 address that a PAD calls; this macro and the next two occur in pad.inf."""
    USER_DATA = "userdata"
    FACILITIES = "facilities"


_SHORTEST_SECRET = 4
"""Octets; a shorter text, such as the facility R (reverse charging), would be masked all over the place."""


@dataclass(frozen=True, slots=True)
class PadCall:
    """What a section of pad.inf asks of a PAD.

    Attributes:
        address: ``<x25address>``.
        user_data: ``<userdata>``; it may be, or contain, a password.
        facilities: ``<facilities>``; a network user identification (NUI) among them has a password.
    """

    address: str = ""
    user_data: str = field(default="", repr=False)
    facilities: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must be masked wherever they are shown."""
        return tuple(text for text in (self.user_data, self.facilities) if len(text) >= _SHORTEST_SECRET)


@dataclass(frozen=True, slots=True)
class LiteralOctets:
    """Literal octets: text, ``<cr>``, ``<lf>``, ``<h0A>``."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class AnyOctet:
    """``<?>``: any one octet."""


@dataclass(frozen=True, slots=True)
class Find:
    """``<match>"s"``: the string s, anywhere from here on."""

    pieces: tuple[LiteralOctets | AnyOctet | Credential, ...]


class Rest(Enum):
    """A macro that takes the rest of a response. The value is the name of the macro."""

    IGNORE = "ignore"
    """Ignore the rest."""
    DIAGNOSTICS = "diagnostics"
    """Show the rest to the user."""


CommandPiece: TypeAlias = LiteralOctets | Credential
ResponsePiece: TypeAlias = LiteralOctets | AnyOctet | Find | Credential | Rest


class ResponseKind(Enum):
    """What happens when a response fits. The value is the keyword."""

    OK = "OK"
    """Play the next command."""
    LOOP = "LOOP"
    """Wait for another response to the same command."""
    CONNECT = "CONNECT"
    """End the script: the connection is made."""
    ERROR = "ERROR"
    """End the script with an error."""
    ERROR_NO_CARRIER = "ERROR_NO_CARRIER"
    """End the script: the carrier is lost."""
    ERROR_DIAGNOSTICS = "ERROR_DIAGNOSTICS"
    """End the script with an error and text from the response."""


@dataclass(frozen=True, slots=True)
class Response:
    """One line that may take a response.

    Attributes:
        kind: What happens when it does.
        pieces: The pattern of the response, from its start.
        text: The line as written.
        place: Where it is.
    """

    kind: ResponseKind
    pieces: tuple[ResponsePiece, ...]
    text: str = field(compare=False)
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One ``COMMAND`` and the lines after it.

    Attributes:
        pieces: What is sent; may be empty.
        responses: The lines that may take the response, in order.
        expects_response: False if ``NoResponse`` follows.
        text: The line as written.
        place: Where it is.
    """

    pieces: tuple[CommandPiece, ...]
    responses: tuple[Response, ...]
    expects_response: bool
    text: str = field(compare=False)
    place: Place = field(compare=False)

    @property
    def ends_line(self) -> bool:
        """Whether it ends with a carriage return, and so needs no pause."""
        last = self.pieces[-1] if self.pieces else None
        return isinstance(last, LiteralOctets) and last.octets.endswith(b"\r")


@dataclass(frozen=True, slots=True)
class Section:
    """One script.

    Attributes:
        name: The name that the phone book shows.
        commands: The script.
        place: Where its header is.
    """

    name: str
    commands: tuple[Command, ...]
    place: Place = field(compare=False)
