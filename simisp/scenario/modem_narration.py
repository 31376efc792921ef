"""What a scenario writes for its modem, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scenario.model import ModemSection
from simisp.scenario.modem_rows import SILENT, RepliesInTurn, ReplyPart
from simisp.scenario.unsolicited_section import UnsolicitedSection
from simisp.scenario.wording import how_long, joined, quoted

__all__ = ["call_connects", "modem_rows"]


def call_connects(connect: int | str) -> str:
    """Return how a call connects, as a part of a sentence."""
    if isinstance(connect, int):
        return f"a call connects at {connect} bit/s"
    return f"a call connects with {quoted(f'CONNECT {connect}'.strip())}"


def modem_rows(modem: ModemSection) -> Iterator[str]:
    """Yield a sentence for each thing that the modem does in a way of its own."""
    yield from _conduct(modem)
    for command, reply in modem.commands.items():
        yield (
            f"AT{command} is answered: {_reply(reply)}."
            if command[0] != "/"
            else (f"A command like {quoted(command)} is answered: {_reply(reply)}.")
        )
    yield from map(_unsolicited, modem.unsolicited)


def _conduct(modem: ModemSection) -> Iterator[str]:
    conduct, rate = modem.conduct, modem.rate
    if conduct.after_z == "dropped":
        yield "What stands behind Z on a command line is dropped."
    if conduct.echo == "never":
        yield "The modem never echoes."
    if conduct.unsolicited_while_typing:
        yield "Unsolicited results come also while a command is typed."
    if conduct.prompt is not None:
        yield f"It asks for the text of a message by {quoted(conduct.prompt)}."
    for event, seconds in conduct.deaf_after.items():
        yield f"It hears nothing for {how_long(seconds)} after this event: {event}."
    if rate.fixed is not None:
        yield f"The modem is at {rate.fixed} bit/s; octets at another rate are garbled."
    if rate.stored is not None:
        yield f"After ATZ the modem is at {rate.stored} bit/s; octets at another rate are garbled."
    if modem.result_codes:
        codes = joined(f"{name} is {value}" for name, value in modem.result_codes.items())
        yield f"Result codes of its own: {codes}."
    values = [*(f"{name}={value}" for name, value in (*modem.registers.items(), *modem.factory.items()))]
    if values:
        yield f"Factory values of its own: {joined(values)}."


def _reply(reply: object) -> str:
    match reply:
        case RepliesInTurn():
            return "in turn " + ", ".join(map(_reply, reply.in_turn)) + ", and so on"
        case list():
            return ", then ".join(map(_reply, reply))
        case ReplyPart():
            text = quoted("\n".join(filter(None, (reply.answer, reply.send, reply.result))))
            change = "" if reply.state is None else ", and network or SIM change"
            return f"after {how_long(reply.after)} {text}{change}" if reply.after else f"{text}{change}"
        case _:
            return "not at all" if reply == SILENT else quoted(str(reply))


def _unsolicited(row: UnsolicitedSection) -> str:
    text = f"The modem sends {quoted(row.send)}"
    if row.before_answer_to is not None:
        return f"{text} before the answer to {row.before_answer_to}."
    if row.inside_answer_to is not None:
        return f"{text} inside the answer to {row.inside_answer_to}."
    if row.after_command is not None:
        return f"{text} {how_long(row.delay)} after {row.after_command}."
    parts = [text]
    if row.after is not None or row.on is not None:
        parts.append(how_long(row.after or 0.0) if row.on is not None else f"after {how_long(row.after or 0.0)}")
    if row.on is not None:
        parts.append(f"after this event: {row.on}")
    if row.every is not None:
        parts.append(f"every {how_long(row.every)}" + ("" if row.times is None else f", {row.times} times"))
    return " ".join(parts) + "."
