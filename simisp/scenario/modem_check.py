"""Mistakes in a scenario's modem that no single value shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from simisp.diagnostics import Diagnostic, nearest
from simisp.modem.config import ModemConfig
from simisp.modem.profile import ModemProfile
from simisp.modem.written_answer import names_in
from simisp.modem.written_command import canonical
from simisp.scenario.document import Document, Path
from simisp.scenario.model import ModemSection
from simisp.scenario.modem_rows import RepliesInTurn, ReplyPart
from simisp.scenario.safe_pattern import MOST_STEPS_OF_A_QUESTION, steps
from simisp.scenario.values import is_pattern

__all__ = ["check_commands", "check_factory", "check_modem"]


def check_modem(modem: ModemSection, profile: ModemProfile, document: Document) -> Iterator[Diagnostic]:
    """Yield what is wrong with a scenario's modem."""
    yield from check_commands(modem.commands, ("modem", "commands"), document, is_cellular=profile.is_cellular)
    yield from check_factory(profile, modem.registers, modem.factory, ("modem",), document)
    for name, value in modem.result_codes.items():
        if name.startswith("CONNECT ") and isinstance(value, str):
            message = "CONNECT with a rate has a number here, and no words"
            hint = "'connect' is the text behind CONNECT, and 'CONNECT: words' replaces the word"
            yield Diagnostic(document.place(("modem", "result codes", name)), message, hint)


def check_factory(
    profile: ModemProfile,
    registers: Mapping[str, int],
    factory: Mapping[str, str],
    path: Path,
    document: Document,
) -> Iterator[Diagnostic]:
    """Yield the registers and commands that a profile does not have, or whose values it does not allow."""
    profile = _with_cellular_commands(profile) if profile.is_cellular and (registers or factory) else profile
    for name, value in registers.items():
        try:
            _ = ModemConfig(profile, registers={int(name[1:]): value}).factory
        except ValueError as error:
            yield Diagnostic(document.place((*path, "registers", name)), str(error), _bounds(profile, int(name[1:])))
    for name, text in factory.items():
        try:
            _ = ModemConfig(profile, settings={name: text}).factory
        except ValueError as error:
            yield Diagnostic(document.place((*path, "factory", name)), str(error), _values(profile, name))


def _with_cellular_commands(profile: ModemProfile) -> ModemProfile:
    """Return a cellular modem's profile with the commands that come with its SIM and network."""
    from simisp.cellular.rows import CELLULAR_TABLE  # a dial-up modem needs nothing of it

    return ModemConfig(replace(profile, settings={})).with_subsystem(CELLULAR_TABLE).profile


def _bounds(profile: ModemProfile, number: int) -> str:
    register = profile.registers.get(number)
    return "there are S0 to S255" if register is None else f"S{number} is from {register.low} to {register.high}"


def _values(profile: ModemProfile, name: str) -> str:
    row = profile.rows.get_row(name)
    if row is None or not row.factory:
        guess = nearest(name, [row.name for row in profile.rows.values() if row.factory])
        return f"did you mean {guess!r}?" if guess else "no such command keeps a value"
    return f"its values: {','.join(map(str, row.values))}"


def check_commands(
    commands: Mapping[str, object], path: Path, document: Document, *, is_cellular: bool
) -> Iterator[Diagnostic]:
    """Yield what is wrong with written answers: names that no pattern finds, a command written twice, CONNECT.

    Args:
        commands: The answers by command.
        path: Their path in the document.
        document: The document, for places.
        is_cellular: Whether the modem has a state that an answer can change.
    """
    patterns = [re.compile(text[1:-1]) for text in commands if is_pattern(text)]
    names = {name for pattern in patterns for name in pattern.groupindex}
    if sum(steps(text[1:-1]) for text in commands if is_pattern(text)) > MOST_STEPS_OF_A_QUESTION:
        message = "the patterns of the commands could take forever, one after the other"
        yield Diagnostic(document.key_place(path), message)
    known: dict[str, str] = {}
    for text, reply in commands.items():
        command = text if is_pattern(text) else canonical(text) or text
        if command in known:
            message = f"{text!r} is the same command as {known[command]!r}"
            yield Diagnostic(document.key_place((*path, text)), message)
        known[command] = text
        for where, words in _texts(reply, (*path, text)):
            yield from _check_text(words, names, document, where)
        for where in () if is_cellular else _states(reply, (*path, text)):
            message = "only a cellular modem has a state"
            yield Diagnostic(document.key_place(where), message, "such as one with profile: gsm")


def _check_text(text: str, names: set[str], document: Document, path: Path) -> Iterator[Diagnostic]:
    for name in names_in(text):
        if name not in names:
            guess = nearest(name, names)
            advice = f"name it in a pattern, such as /\\+CGDCONT=(?P<{name}>.*)/, or write {{{{{name}}}}} for braces"
            hint = f"did you mean {guess!r}?" if guess else advice
            yield Diagnostic(document.place(path), f"no pattern finds {name!r}", hint)
    if re.match(r"CONNECT\b", text.strip("\n").rpartition("\n")[2]):
        hint = "numbers lead where 'exchange' says, and 'connect' is the text behind CONNECT"
        yield Diagnostic(document.place(path), "CONNECT comes of a call, and can't be written as an answer", hint)


def _states(reply: object, path: Path) -> Iterator[Path]:
    """Yield the path of each change of state in an answer."""
    match reply:
        case ReplyPart():
            if reply.state is not None:
                yield (*path, "state")
        case RepliesInTurn():
            yield from _states(reply.in_turn, (*path, "in turn"))
        case list():
            for index, inner in enumerate(reply):
                yield from _states(inner, (*path, index))


def _texts(reply: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the texts of an answer, each with its path."""
    match reply:
        case str():
            yield path, reply
        case ReplyPart():
            for key in ("answer", "send", "result"):
                text = getattr(reply, key)
                if text is not None:
                    yield (*path, key), text
        case RepliesInTurn():
            yield from _texts(reply.in_turn, (*path, "in turn"))
        case list():
            for index, inner in enumerate(reply):
                yield from _texts(inner, (*path, index))
