"""A case in one line, for ``simisp run --replay``: what it lays over which scenario, and how the client is played.

A command is in it as text, behind ``--``: what a line that was copied from a report starts can be read in that line. A
password of the scenario is not: ``{password:NAME}`` stands for that of an account.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import shlex
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simisp.diagnostics import STANDARD_INPUT
from simisp.scenario.dump import duration_text
from simisp.scenario.load import LoadedScenario, bundled_folder
from simisp.sweep.case import Overlay
from simisp.transcript.redaction import SHORTEST_KNOWN_SECRET, mask_text

__all__ = [
    "Replay",
    "option_words",
    "read_token",
    "replay_line",
    "scenario_name",
    "token_of",
    "with_passwords",
    "without_passwords",
]

_PREFIX = "sweep1-"
_COMMAND = " -- "
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./{}-]+")
_NOT_LITERAL = frozenset('"$`\\!')
"""What a shell does not leave alone between double quotes."""
_MOST_OCTETS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a token says.

    Attributes:
        scenario: The scenario: a file, or the name of a bundled one.
        digest: What tells it from every other one; empty if the scenario may be any.
        overlay: What is laid over it.
        script: The file of the dial-up script that is played; empty for another client.
        chat: The file of the chat script that is played; empty for another client.
        command: The command that is played, with placeholders for passwords; empty for another client, and where it
            can't be in a token.
        dial: What the script dials; empty if nothing was asked for.
        user: Its ``$USERID``; None for that of the scenario's first account.
        password_file: The file that has its ``$PASSWORD``; empty if that is the account's.
        give_up: When the dialler gives up, in seconds; None for never.
        deadline: The latest time for the verdict, in seconds; None for the usual one.
        allow_unopened: Whether a client may pass that never reached the ISP.
        clock: The command's clock, as in ``simisp run --clock``; empty for a script.
        timeout: For how many real seconds the command may go on; None for no limit, and for a script.
    """

    scenario: str
    digest: str = ""
    overlay: Overlay = field(default_factory=dict)
    script: str = ""
    chat: str = ""
    command: tuple[str, ...] = ()
    dial: str = ""
    user: str | None = None
    password_file: str = ""
    give_up: float | None = None
    deadline: float | None = None
    allow_unopened: bool = False
    clock: str = ""
    timeout: float | None = None


_ADAPTER = TypeAdapter(Replay)
_NOTHING = _ADAPTER.dump_python(Replay(scenario=""))


def token_of(replay: Replay) -> str:
    """Return what is to be replayed as one line of text.

    Example:
        >>> read_token(token_of(Replay(scenario="login"))).scenario
        'login'
        >>> token_of(Replay(scenario="login", command=("chat", "-f", "my login.chat"))).partition(" ")[2]
        "-- chat -f 'my login.chat'"
    """
    said = {name: value for name, value in _ADAPTER.dump_python(replay).items() if value != _NOTHING[name]}
    command = " ".join(map(_quoted, said.pop("command", ())))
    if command:
        said["command"] = _digest(command)
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    token = _PREFIX + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return f"{token}{_COMMAND}{command}" if command else token


def read_token(token: str) -> Replay:
    """Return what a token says. One whose command was left out has none.

    Raises:
        ValueError: It is none, or not a whole one.
    """
    packed, _, command = token.strip().partition(_COMMAND)
    if not packed.startswith(_PREFIX):
        raise ValueError(f"a token begins with {_PREFIX}")
    found = _unpacked(packed.removeprefix(_PREFIX))
    digest = found.pop("command", "") if isinstance(found, dict) else ""
    if command and _digest(command) != digest:
        raise ValueError("the token's command is not whole, or was changed")
    try:
        replay = _ADAPTER.validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"the token says nothing that can be replayed: {first['msg'].lower()}") from None
    return replace(replay, command=tuple(shlex.split(command)))


def _unpacked(packed: str) -> Any:
    """Return the value that is in a token.

    Raises:
        ValueError: The token is not whole.
    """
    unpacker = zlib.decompressobj()
    try:
        octets = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        found: Any = json.loads(unpacker.decompress(octets, _MOST_OCTETS))
    except (binascii.Error, zlib.error, RecursionError, ValueError):
        found = None
    if found is None or not unpacker.eof:
        raise ValueError("the token is not whole: a character is missing or changed")
    return found


def _digest(command: str) -> str:
    return hashlib.sha256(command.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


def replay_line(token: str) -> str:
    """Return the command line that plays a token's case once more.

    A scenario that came from standard input has to be given there again.

    Example:
        >>> print(replay_line("sweep1-abc"))
        simisp run --replay sweep1-abc
        >>> print(replay_line("sweep1-abc -- chat -f 'my login.chat'"))
        simisp run --replay "sweep1-abc -- chat -f 'my login.chat'"
    """
    is_legible = "'" in token and _NOT_LITERAL.isdisjoint(token)
    scenario = " -" if _is_from_standard_input(token) else ""
    return f"simisp run{scenario} --replay " + (f'"{token}"' if is_legible else shlex.quote(token))


def _is_from_standard_input(token: str) -> bool:
    try:
        return read_token(token).scenario == STANDARD_INPUT
    except ValueError:
        return False  # whoever is given it will be told


def option_words(replay: Replay) -> tuple[str, ...]:
    """Return the options of ``simisp run`` that play a scenario as a replay does, all but the command.

    Example:
        >>> option_words(Replay(scenario="login", script="dial.scp", dial="T1", give_up=90.0))
        ('--script', 'dial.scp', '--dial', 'T1', '--give-up', '90s')
    """
    words: list[str] = []
    for name, value in (("--script", replay.script), ("--chat", replay.chat)):
        if value:
            words += [name, value, "--dial", replay.dial]
    for name, text in (("--user", replay.user or ""), ("--password-file", replay.password_file)):
        if text:
            words += [name, text]
    for name, seconds in (("--give-up", replay.give_up), ("--deadline", replay.deadline)):
        if seconds is not None:
            words += [name, duration_text(seconds)]
    if replay.allow_unopened:
        words.append("--allow-unopened")
    if replay.clock:
        words += ["--clock", replay.clock]
    return tuple(words)


def without_passwords(command: Sequence[str], accounts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command with a placeholder for each password; nothing if that does not keep all of them out of it.

    Example:
        >>> without_passwords(["chat", "word:", "wonderland"], {"alice": "wonderland"})
        ('chat', 'word:', '{password:alice}')
    """
    known = {user: password for user, password in accounts.items() if len(password) >= SHORTEST_KNOWN_SECRET}
    secrets = [password.encode("latin-1", "replace") for password in known.values()]
    words = []
    for word in command:
        for user, password in sorted(known.items(), key=lambda each: -len(each[1])):
            word = word.replace(password, _placeholder(user))  # noqa: PLW2901 - password by password
        words.append(word)
    is_kept_out = all(mask_text(word, secrets) == word and word.isprintable() for word in words)
    return tuple(words) if is_kept_out and with_passwords(words, accounts) == tuple(command) else ()


def with_passwords(command: Sequence[str], accounts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command with the passwords that its placeholders stand for."""
    words = []
    for word in command:
        for user, password in accounts.items():
            word = word.replace(_placeholder(user), password)  # noqa: PLW2901 - password by password
        words.append(word)
    return tuple(words)


def _placeholder(user: str) -> str:
    return f"{{password:{user}}}"


def scenario_name(scenario: LoadedScenario) -> str:
    """Return by what a scenario is found again: a bundled one by its name, any other by its path."""
    return scenario.name if scenario.path.startswith(f"{bundled_folder()}/") else scenario.path
