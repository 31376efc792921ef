"""A scenario in words, for a reader who has to decide whether it is the right one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

from simisp.isp.steps import DialogueProgram
from simisp.scenario.calls_in import CallInSection
from simisp.scenario.cellular_words import cellular_sentences
from simisp.scenario.conduct_expectations import (
    HANG_UP_WAYS,
    AnsweredWithin,
    ClientLockFile,
    CommandsInOrder,
    GuardTimeKept,
    HungUpBy,
    NeverSent,
    NoWriteBefore,
    OpenedTimes,
    RawBeforeFirstOctet,
    RetryNotBefore,
    SecretOnlyAt,
    SpeedUsed,
)
from simisp.scenario.deeds import WaitForStep
from simisp.scenario.diagram import diagram
from simisp.scenario.expectation_base import AboutConduct
from simisp.scenario.expectations import (
    Calls,
    ClientExitStatus,
    CredentialsSentOnlyAt,
    Expectation,
    MessageSent,
    NoLockFileLeft,
    PortReleased,
    Reached,
)
from simisp.scenario.line_section import LineSection
from simisp.scenario.load import LoadedScenario
from simisp.scenario.model import ExchangeSection, ModemSection, PortSection, Scenario
from simisp.scenario.modem_narration import call_connects, modem_rows
from simisp.scenario.multiplexer import MultiplexerSection
from simisp.scenario.narration import narrate
from simisp.scenario.ppp_expectations import (
    AgreedAddress,
    AuthenticatedAs,
    GaveUpWithin,
    PppUpWithin,
    TerminatedCleanly,
)
from simisp.scenario.ppp_section import PppStep
from simisp.scenario.ppp_words import ppp_words
from simisp.scenario.program_section import RunStep
from simisp.scenario.slip_section import SlipStep
from simisp.scenario.steps import (
    AgainStep,
    AuthenticateStep,
    BannerStep,
    ExpectStep,
    GoToStep,
    HangUpStep,
    LabelStep,
    MarkStep,
    PauseStep,
    PromptStep,
    RepeatStep,
    SendStep,
    SilenceStep,
    Step,
)
from simisp.scenario.triggers import told_trigger
from simisp.scenario.wording import how_long, joined, ordinal, quoted, shown

if TYPE_CHECKING:
    from simisp.scenario.expectations import ClientConduct

__all__ = ["diagram", "explain"]

_MODEMS = {
    "hayes": "The modem is a Hayes modem",
    "v250": "The modem follows V.250",
    "gsm": "The modem is a GSM modem",
}
_LEADS = {
    "isp": "reaches the ISP",
    "busy": "is busy",
    "no answer": "rings without an answer",
    "no dial tone": "gets no dial tone",
    "voice": "is answered by a person",
    "no carrier": "is answered, but the modems do not connect",
}


def explain(loaded: LoadedScenario) -> str:
    r"""Return a scenario in plain sentences: modem, exchange, each dialogue step by step, calls, expectations.

    Passwords are left out.

    Example:
        >>> from simisp.scenario.load import loads
        >>> print(explain(loads("title: Nothing but silence\nisp: {dialogue: [silence]}")))
        Nothing but silence
        <BLANKLINE>
        The modem is a Hayes modem; a call connects at 33600 bit/s.
        Every number reaches the ISP, which answers after 1 s.
        <BLANKLINE>
        On each call the ISP does this:
        1. Fall silent forever: nothing is answered, and input is lost.
    """
    model = loaded.model
    parts = [shown(model.title)]
    if model.about.strip():
        parts.append(shown(model.about))
    parts.append(
        "\n".join(
            (
                *_port(model.port),
                *_bank(model),
                _modem(model.modem),
                *_exchange(model.exchange, model.modem),
                *_isp(loaded),
            )
        )
    )
    parts += ["\n".join(lines) for lines in _dialogues(loaded)]
    if model.line.pace is not None or model.line.faults:
        parts.append("\n".join(_line(model.line)))
    if model.line.triggers:
        parts.append("\n".join(_triggers(model.line)))
    parts += _own_lines(loaded)
    if model.expect:
        parts.append("\n".join(("In the end this must hold:", *(f"- {_expectation(e)}" for e in model.expect))))
    return "\n\n".join(parts)


_LOCKS = {"stale": "a dead process", "foreign": "another, living process"}


def _port(port: PortSection) -> Iterator[str]:
    if port.starts == "raw":
        yield "The port is in raw mode from the start."
    if port.lock is not None:
        yield f"From the start the port has a lock file of {_LOCKS[port.lock]}."


def _bank(model: Scenario) -> Iterator[str]:
    if isinstance(model.lines, list):
        from simisp.scenario.own_lines import names_of_lines

        told = joined(f"{shown(name)} ({number})" for name, number in names_of_lines(model.lines))
        yield f"There {'is one line' if len(model.lines) == 1 else 'are lines'} with these numbers: {told}."
    elif model.lines is not None:
        count = model.lines
        yield (
            f"There are {count} lines, which call each other by the numbers 1 to {count}."
            if count > 1
            else ("There is one line, with the number 1.")
        )


def _own_lines(loaded: LoadedScenario) -> Iterator[str]:
    """Yield what differs on each line that has something of its own."""
    common = loaded.model.exchange.model_copy(update={"hunt_groups": {}})
    for line, own in zip(loaded.bank, loaded.own, strict=False):
        if own is None:
            continue
        said: list[str] = []
        if own.model.modem != loaded.model.modem:
            said.append(_modem(own.model.modem))
        if own.model.exchange != common:
            said += _exchange(own.model.exchange, own.model.modem)
        if own.model.isp != loaded.model.isp:
            said += [*_isp(own), *itertools.chain(*_dialogues(own))]
        if own.model.line != loaded.model.line:
            said += _line(own.model.line)
            said += _triggers(own.model.line) if own.model.line.triggers else ()
        if own.model.expect:
            said += ["In the end this must hold there:", *(f"- {_expectation(each)}" for each in own.model.expect)]
        yield "\n".join([f"On the line {shown(line.name)}:", *said])


def _modem(modem: ModemSection) -> str:
    if modem.profile == "none":
        return "There is a leased line instead of a modem: no AT commands, and the ISP is connected from the start."
    multiplexer = "" if modem.cmux is None else f" {_multiplexer(modem.cmux)}"
    own = "".join(f"\n{sentence}" for sentence in modem_rows(modem))
    more = multiplexer + _ports(modem) + _cellular(modem) + _messages(modem) + _manners(modem) + own
    kind = _MODEMS.get(modem.profile) or f"The modem has the profile {shown(modem.profile)}"
    return f"{kind}; {call_connects(modem.connect)}.{more}"


def _cellular(modem: ModemSection) -> str:
    return "" if modem.cellular is None else cellular_sentences(modem.cellular)


def _messages(modem: ModemSection) -> str:
    if modem.messages is None:
        return ""
    arriving = modem.messages.arriving
    told = [
        f"{f'at {how_long(message.at)}' if message.at else 'from the start'} one from {shown(message.sender)}"
        for message in arriving
    ]
    return " It takes and sends short messages" + (f"; there is {joined(told)}." if told else ".")


def _manners(modem: ModemSection) -> str:
    if modem.manners is None:
        return ""
    from simisp.scenario.manners_setup import told_manners

    return f" {told_manners(modem.manners)}"


def _ports(modem: ModemSection) -> str:
    """Return what a scenario says of several ports, and of a plug; empty if it says nothing."""
    said = f" It has the ports {joined(modem.ports)}, on one state." if modem.ports else ""
    if modem.unplug is None:
        return said
    away, name = modem.unplug, modem.unplug.comes_back_as
    back = {"same name": "under its old name", "next name": "under the next name"}.get(name, f"as {shown(name)}")
    when = f"{how_long(away.after)} after it was first opened"
    return f"{said} It is unplugged {when}, and comes back {how_long(away.for_)} later {back}."


def _multiplexer(cmux: MultiplexerSection) -> str:
    """Return what a scenario says of the multiplexer: what differs from a well-behaved one."""
    given = cmux.model_dump(by_alias=True, exclude_defaults=True)
    if not given:
        return "AT+CMUX begins a multiplexer."
    said = ", ".join(f"{key}: {shown(_as_written(value))}" for key, value in given.items())
    return f"AT+CMUX begins a multiplexer ({said})."


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return how_long(value) if isinstance(value, float) else str(value)


def _exchange(exchange: ExchangeSection, modem: ModemSection) -> Iterator[str]:
    if modem.profile == "none":
        return
    after = f", which answers after {how_long(exchange.answer_after)}"
    for number, lines in exchange.hunt_groups.items():
        yield f"The number {number} leads to the first free line of {joined(map(str, lines))}."
    for number, outcome in exchange.numbers.items():
        yield f"The number {number} {_LEADS[outcome]}{after if outcome == 'isp' else ''}."
    every = "Every other number" if exchange.numbers or exchange.hunt_groups else "Every number"
    yield f"{every} {_LEADS[exchange.default]}{after if exchange.default == 'isp' else ''}."
    if exchange.busy_after:
        yield f"For {how_long(exchange.busy_after)} after a call the ISP is busy."
    yield from map(_call_in, exchange.calls_in)


def _call_in(call: CallInSection) -> str:
    caller = "" if call.caller is None else f" from {call.caller.number}, whose number comes {call.caller_sent},"
    often = "once" if call.rings == 1 else f"{call.rings} times, every {how_long(call.every)}"
    return f"At {how_long(call.at)} a call{caller} comes in and rings {often}."


def _isp(loaded: LoadedScenario) -> Iterator[str]:
    isp = loaded.model.isp
    if isp.accounts:
        names = joined(quoted(name) for name in isp.accounts)
        yield f"The ISP knows {names}." if len(isp.accounts) == 1 else f"The ISP knows the users {names}."
    if isp.framing != "8N1":
        yield f"The ISP speaks {isp.framing}, seen here as eight bits and no parity."
    if isp.ppp is not None:
        yield f"It speaks PPP{ppp_words(isp.ppp) or ' as it usually does'}."
    if len(loaded.calls) > 1:
        yield from _order(loaded.calls)


def _order(calls: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(calls, 1):
        which = f"The {ordinal(number)} call" + (" and every later one" if number == len(calls) else "")
        yield f"{which} gets the dialogue {quoted(name)}."


def _dialogues(loaded: LoadedScenario) -> Iterator[list[str]]:
    isp = loaded.model.isp
    if isp.dialogue is not None:
        yield ["On each call the ISP does this:", *_dialogue(isp.dialogue, loaded.programs["dialogue"])]
    for name, steps in (isp.dialogues or {}).items():
        yield [f"In the dialogue {quoted(name)} the ISP does this:", *_dialogue(steps, loaded.programs[name])]
    exchange = loaded.model.exchange
    if not loaded.calls and "isp" in (exchange.default, *exchange.numbers.values()):
        yield ["When a call is answered, it stays up and the ISP says nothing."]


def _dialogue(steps: Sequence[Step], program: DialogueProgram) -> Iterator[str]:
    yield from narrate(steps)
    if not _ends_for_good(steps):
        yield (
            "Then the call stays up, and the ISP says nothing more." if program.code else "Nothing: the call stays up."
        )


def _ends_for_good(steps: Sequence[Step]) -> bool:
    """Return whether nothing can follow the last step."""
    last = steps[-1] if steps else None
    match last:
        case HangUpStep() | GoToStep() | PppStep() | SlipStep() | RunStep():
            return True
        case SilenceStep(silence=seconds):
            return seconds == float("inf")
        case RepeatStep(repeat=repeat):
            return repeat.times is None
        case (
            None
            | AgainStep()
            | AuthenticateStep()
            | BannerStep()
            | ExpectStep()
            | LabelStep()
            | MarkStep()
            | PauseStep()
            | PromptStep()
            | SendStep()
            | WaitForStep()
        ):
            return False
        case _:
            assert_never(last)


def _line(line: LineSection) -> Iterator[str]:
    yield "The line:" if line.pace is None else f"The line, at {line.pace} bit/s:"
    if line.faults:
        from simisp.scenario.fault_item import fault_in_words

        yield from (f"- {fault_in_words(item)}" for item in line.faults)


def _triggers(line: LineSection) -> Iterator[str]:
    yield "What the client does to the port has these consequences:"
    yield from (f"- {told_trigger(item)}" for item in line.triggers)


def _expectation(expectation: Expectation) -> str:  # noqa: PLR0911 - one for each
    if isinstance(expectation, AboutConduct):
        return _conduct(expectation)
    match expectation:
        case PortReleased(port_released_within=seconds):
            return f"The port is free again within {how_long(seconds)} of its first opening."
        case CredentialsSentOnlyAt(credentials_sent_only_at=prompts):
            return f"User names and passwords pass only at {joined(map(quoted, prompts))}."
        case ClientExitStatus(client_exit_status=status):
            return f"The client ends with exit status {status}."
        case NoLockFileLeft():
            return "The port has no lock file in the end."
        case Reached(reached=name):
            return f"The dialogue reaches {quoted(name)}."
        case Calls(calls=calls):
            return f"The ISP answers {calls} call{'' if calls == 1 else 's'}."
        case MessageSent(sms_sent=message):
            to = "" if message.to is None else f" to {shown(message.to)}"
            return f"The modem sends a message{to}{'' if message.text is None else f': {quoted(message.text)}'}."
        case _:
            assert_never(expectation)


def _conduct(expectation: ClientConduct) -> str:  # noqa: C901, PLR0911, PLR0912 - one for each
    match expectation:
        case RawBeforeFirstOctet():
            return "The client sets the port to raw mode before it sends anything."
        case NoWriteBefore(no_write_before=text):
            return f"After dialling or answering the client sends nothing until {quoted(text)} has come."
        case GuardTimeKept():
            return "The client keeps the guard time before and after each escape sequence."
        case HungUpBy(hung_up_by=way):
            return f"The client ends each call {HANG_UP_WAYS[way]}."
        case SpeedUsed(speed=speed):
            return f"The client uses the port at {speed} bit/s."
        case OpenedTimes(opened=times):
            return f"The client opens the port {times if times == 'once' else f'{times} times'}."
        case RetryNotBefore(retry_not_before=seconds):
            return f"The client waits {how_long(seconds)} after a call before it dials again."
        case CommandsInOrder(commands_in_order=lines):
            return f"The client sends these commands in this order: {joined(map(quoted, lines))}."
        case NeverSent(never_sent=text):
            return f"The client never sends {quoted(text)}."
        case SecretOnlyAt(secret_only_at=prompts):
            return f"Passwords pass only at {joined(map(quoted, prompts))}."
        case AnsweredWithin(answered_within=seconds):
            return f"The client answers each prompt within {how_long(seconds)}."
        case ClientLockFile(lock_file=lock):
            removed = ", and has removed it in the end" if lock.removed else ""
            return f"The client makes the lock file {lock.name} before it sends anything{removed}."
        case PppUpWithin(ppp_up_within=seconds):
            return f"PPP is up within {how_long(seconds)}."
        case AgreedAddress(address=address):
            return f"With PPP up the client has the address {address}."
        case GaveUpWithin(client_gave_up_within=seconds):
            return f"The client gives up within {how_long(seconds)} if PPP does not come up."
        case TerminatedCleanly():
            return "The client and the ISP end PPP in good order."
        case AuthenticatedAs(authenticated_as=name):
            return f"The client logs in to PPP as {quoted(name)}."
        case _:
            assert_never(expectation)
