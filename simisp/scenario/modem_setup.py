"""What a scenario says of its modem, as a configuration of the modem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from simisp.modem.answers import FinalText
from simisp.modem.config import ModemConfig
from simisp.modem.profile import Conduct, ModemProfile
from simisp.modem.result_codes import ResultCode, ResultCodes
from simisp.modem.script import ModemScript
from simisp.modem.unit import Unit
from simisp.modem.unsolicited import ModemEvent, UnsolicitedRow
from simisp.modem.written_answer import AnswerPart, WrittenAnswer, final_of
from simisp.modem.written_command import CommandPattern, WrittenCommands
from simisp.scenario.model import ModemSection
from simisp.scenario.modem_rows import (
    SILENT,
    ProfileConductSection,
    RepliesInTurn,
    ReplyPart,
)

if TYPE_CHECKING:
    from simisp.scenario.cellular_section import CellularStateSection
    from simisp.scenario.unsolicited_section import UnsolicitedSection

__all__ = ["modem_config", "result_codes", "with_conduct", "written_answer", "written_commands"]

_NO_ANSWER = AnswerPart(ends=True)
_RATE = re.compile(r"(\d{1,8})\b")


def modem_config(modem: ModemSection, profile: ModemProfile, identity: str | None = None) -> ModemConfig:
    """Return the configuration of a scenario's modem.

    Args:
        modem: The scenario's modem.
        profile: Its profile.
        identity: The model that it names; None for the profile's.
    """
    rate, results = _connect(modem.connect, profile.results)
    codes = result_codes(modem.result_codes, results)
    conduct = with_conduct(modem.conduct, profile.conduct)
    if codes is not profile.results or conduct != profile.conduct:
        profile = replace(profile, results=codes, conduct=conduct)
    settings: dict[str, int | str] = dict(modem.factory)
    if modem.rate.fixed is not None:
        settings["+IPR"] = modem.rate.fixed
    return ModemConfig(
        profile=profile,
        identity=identity,
        leased_line=modem.profile == "none",
        connect_rate=rate,
        registers={int(name[1:]): value for name, value in modem.registers.items()},
        settings=settings,
        stored={} if modem.rate.stored is None else {"+IPR": modem.rate.stored},
        script=_script(modem),
    )


def _connect(connect: int | str, results: ResultCodes) -> tuple[int, ResultCodes]:
    """Return the rate of calls, and the result codes with the text of CONNECT."""
    if isinstance(connect, int):
        if connect != ModemConfig.connect_rate and "{rate}" not in results.connect:
            results = replace(results, connect="CONNECT {rate}")  # a number of the scenario's own precedes the text
        return connect, results
    text = f"CONNECT {connect}" if connect else "CONNECT"
    rate = _RATE.match(connect)
    in_bits = int(rate[1]) if rate is not None and 50 <= int(rate[1]) <= 10_000_000 else ModemConfig.connect_rate
    return in_bits, replace(results, connect=text, reliable="", unreliable="")


def result_codes(codes: Mapping[str, int | str], results: ResultCodes) -> ResultCodes:
    """Return result codes with other numbers or words.

    Args:
        codes: Numbers and words by the standard's words; CONNECT may have a rate behind it.
        results: The result codes that they change.
    """
    if not codes:
        return results
    words, numbers, rates = dict(results.words), dict(results.numbers), dict(results.connect_numbers)
    connect, plain = results.connect, results.plain_connect
    for name, value in codes.items():
        kind, _, rate = name.partition(" ") if name.startswith("CONNECT") else (name, "", "")
        if isinstance(value, str):
            if kind == "CONNECT":
                connect, plain = connect.replace(plain, value, 1), value
            else:
                words[ResultCode[kind.replace(" ", "_")]] = value
        elif rate:
            rates[int(rate)] = value
        else:
            numbers[ResultCode[kind.replace(" ", "_")]] = value
    return replace(results, words=words, numbers=numbers, connect_numbers=rates, connect=connect, plain_connect=plain)


def with_conduct(section: ProfileConductSection, conduct: Conduct) -> Conduct:
    """Return a conduct with what a section sets in it."""
    typing = section.unsolicited_while_typing
    return Conduct(
        reset_ends_line=conduct.reset_ends_line if section.after_z is None else section.after_z == "dropped",
        unsolicited_while_typing=conduct.unsolicited_while_typing if typing is None else typing,
        prompt=conduct.prompt if section.prompt is None else section.prompt.encode("latin-1"),
        echoes=conduct.echoes if section.echo is None else section.echo == "as set",
    )


def written_commands(commands: Mapping[str, object]) -> WrittenCommands:
    """Return commands with their answers."""
    return WrittenCommands.of((text, written_answer(reply)) for text, reply in commands.items())


def written_answer(reply: object) -> WrittenAnswer:
    """Return an answer as the modem plays it."""
    turns = reply.in_turn if isinstance(reply, RepliesInTurn) else [reply]
    return WrittenAnswer(tuple(tuple(_parts(turn)) for turn in turns))


def _parts(reply: object) -> Iterator[AnswerPart]:
    """Yield the pieces of an answer. Lines without a result code end the command only if nothing follows them."""
    pieces = reply if isinstance(reply, list) else [reply]
    for piece in pieces:
        match piece:
            case str():
                yield _answer(piece)
            case ReplyPart(send=str(text)):
                yield AnswerPart(piece.after, _lines(text), act=_changing(piece.state))
            case ReplyPart():
                part = replace(_answer(piece.answer or ""), act=_changing(piece.state))
                if piece.result is not None:
                    part = replace(part, final=FinalText(piece.result), ends=True)
                yield replace(part, after=piece.after)


def _changing(state: CellularStateSection | None) -> Callable[[Unit], None] | None:
    """Return what changes the state of a cellular modem; None for nothing."""
    if state is None:
        return None
    from simisp.cellular.cellular import cellular_of  # a dial-up modem loads nothing of it
    from simisp.scenario.cellular_setup import change_of

    change = change_of(state)
    return lambda unit: cellular_of(unit).take_change(change, unit.now)


def _answer(text: str) -> AnswerPart:
    """Return lines as a piece: the last one may be a result code."""
    if text == SILENT:
        return _NO_ANSWER
    lines = _lines(text)
    before, _, last = lines.rpartition("\n")
    final = final_of(last)
    return AnswerPart(text=lines) if final is None else AnswerPart(text=before.rstrip("\n"), ends=True, final=final)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip("\n")


def _script(modem: ModemSection) -> ModemScript | None:
    if not (modem.commands or modem.unsolicited or modem.conduct.deaf_after):
        return None
    return ModemScript(
        written_commands(modem.commands),
        tuple(map(_unsolicited, modem.unsolicited)),
        {ModemEvent(name): seconds for name, seconds in modem.conduct.deaf_after.items()},
    )


def _unsolicited(section: UnsolicitedSection) -> UnsolicitedRow:
    first = section.delay
    if section.after_command is None:
        first = (section.every or 0.0) if section.after is None else section.after
        if section.on is not None and section.after is None:
            first = 0.0
    return UnsolicitedRow(
        _lines(section.send),
        first,
        section.every,
        section.times,
        None if section.on is None else ModemEvent(section.on),
        _pattern(section.before_answer_to),
        _pattern(section.inside_answer_to),
        _pattern(section.after_command),
    )


def _pattern(text: str | None) -> CommandPattern | None:
    return None if text is None else CommandPattern.of(text)
