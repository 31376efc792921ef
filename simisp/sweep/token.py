"""A case in one line, for ``simisp run --replay``: what it lays over which scenario, and how the client is played.

No command and no password is in it: a line that was copied from a report starts no program.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simisp.scenario.load import LoadedScenario, bundled_folder
from simisp.sweep.case import Overlay

__all__ = ["Replay", "read_token", "scenario_name", "token_of"]

_PREFIX = "sweep1-"
_MOST_OCTETS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a token says.

    Attributes:
        scenario: The scenario: a file, or the name of a bundled one.
        digest: What tells it from every other one; empty if the scenario may be any.
        overlay: What is laid over it.
        process: What happens to the client's process; empty for nothing.
        script: The file of the dial-up script that is played; empty for another client.
        chat: The file of the chat script that is played; empty for another client.
        dial: What the script dials; empty if nothing was asked for.
        user: Its ``$USERID``; None for that of the scenario's first account.
        give_up: When the dialler gives up, in seconds; None for never.
        deadline: The latest time for the verdict, in seconds; None for the usual one.
    """

    scenario: str
    digest: str = ""
    overlay: Overlay = field(default_factory=dict)
    process: str = ""
    script: str = ""
    chat: str = ""
    dial: str = ""
    user: str | None = None
    give_up: float | None = None
    deadline: float | None = None


_ADAPTER = TypeAdapter(Replay)
_NOTHING = _ADAPTER.dump_python(Replay(scenario=""))


def token_of(replay: Replay) -> str:
    """Return what is to be replayed in one line without blanks.

    Example:
        >>> read_token(token_of(Replay(scenario="login"))).scenario
        'login'
    """
    said = {name: value for name, value in _ADAPTER.dump_python(replay).items() if value != _NOTHING[name]}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return _PREFIX + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def read_token(token: str) -> Replay:
    """Return what a token says.

    Raises:
        ValueError: It is none, or not a whole one.
    """
    if not token.startswith(_PREFIX):
        raise ValueError(f"a token begins with {_PREFIX}")
    packed = token.removeprefix(_PREFIX)
    unpacker = zlib.decompressobj()
    try:
        octets = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        found: Any = json.loads(unpacker.decompress(octets, _MOST_OCTETS))
    except (binascii.Error, zlib.error, RecursionError, ValueError):
        found = None
    if found is None or not unpacker.eof:
        raise ValueError("the token is not whole: a character is missing or changed")
    try:
        return _ADAPTER.validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"the token says nothing that can be replayed: {first['msg'].lower()}") from None


def scenario_name(scenario: LoadedScenario) -> str:
    """Return by what a scenario is found again: a bundled one by its name, any other by its path."""
    return scenario.name if scenario.path.startswith(f"{bundled_folder()}/") else scenario.path
