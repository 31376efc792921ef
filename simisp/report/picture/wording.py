"""The words for a fact in a picture of a run, and the lane that it belongs to. Every fact has both."""

from __future__ import annotations

import shlex
from enum import Enum

from simisp.facts import dial_up, isp, line, run, story
from simisp.facts.fact import Fact, details_of
from simisp.facts.sources import Source
from simisp.report.narration import narrate
from simisp.transcript.record import Record
from simisp.transcript.redaction import mask_arguments
from simisp.visible import visible

__all__ = ["LaneKind", "lane_of", "masked_command", "words_of"]

_LONGEST = 2000
"""Characters of a fact's words that are kept."""


class LaneKind(Enum):
    """The parties and things of a run that have a lane of their own, in the order in which the lanes are drawn."""

    SCRIPT = "script"
    CLIENT = "client"
    MODEM = "modem"
    ISP = "ISP"
    PPP = "PPP"
    CIRCUITS = "circuits"
    FAULTS = "faults"
    PORT = "port"
    RUN = "run"


_OF_SOURCES = {
    Source.CLIENT: LaneKind.CLIENT,
    Source.PORT: LaneKind.PORT,
    Source.MODEM: LaneKind.MODEM,
    Source.EXCHANGE: LaneKind.ISP,
    Source.ISP: LaneKind.ISP,
    Source.RUN: LaneKind.RUN,
}
_OF_THE_SCRIPT = (
    dial_up.ScriptStarted,
    dial_up.ScriptNotStarted,
    dial_up.ScriptEnded,
    dial_up.ScriptLeftRunning,
    dial_up.AddressNotFound,
    dial_up.InputDropped,
)
_OF_MODULES = {"ppp": LaneKind.PPP, "faults": LaneKind.FAULTS}


def lane_of(record: Record) -> LaneKind:
    """Return the lane that a record is drawn in.

    Example:
        >>> lane_of(Record(0.0, Source.ISP, isp.DialogueOver())).value
        'ISP'
    """
    fact = record.fact
    if isinstance(fact, line.CircuitSet):
        return LaneKind.CIRCUITS
    if isinstance(fact, _OF_THE_SCRIPT):
        return LaneKind.SCRIPT
    return _OF_MODULES.get(type(fact).__module__.rpartition(".")[2], _OF_SOURCES[record.source])


def words_of(fact: Fact, line_name: str = "") -> str:
    """Return a fact in words, as one line that is safe to show.

    Args:
        fact: The fact.
        line_name: The name of its line, of several; only a holder of the port and a wait of the client say it.

    Example:
        >>> words_of(isp.Asking("Username:"))
        'asks: Username:'
        >>> words_of(dial_up.InputDropped(512))
        'unread input dropped: limit 512'
    """
    own = _of_the_line(fact) or _of_the_dialogue(fact) or _of_the_end(fact, line_name)
    return visible((own or narrate(fact) or _in_general(fact))[:_LONGEST])


def masked_command(command: str) -> str:
    """Return a command with whatever looks like the answer to a password prompt masked.

    Example:
        >>> masked_command("chat ogin: alice assword: wonderland")
        "chat ogin: alice assword: '**********'"
    """
    try:
        return shlex.join(mask_arguments(shlex.split(command)))
    except ValueError:  # it is no command line
        return command


def _to(prompt: str) -> str:
    words = prompt.strip().rstrip(":")
    return f" to {words}" if words else ""


def _of_the_line(fact: Fact) -> str | None:
    match fact:
        case run.ClientStarted(pid, command):
            return f"client started{f', pid {pid}' if pid else ''}: {masked_command(command)}"
        case line.ResultCodeSent(code, rate):
            return f"result code {code}" + ("" if rate is None else f" {rate}")
        case line.WentOnHook(reason):
            return f"on hook: {reason.value}"
        case line.CircuitSet(circuit, on):
            return f"{circuit.value} {'on' if on else 'off'}"
        case line.ModemStateEntered(state):
            return f"modem: {state.value}"
        case line.CommandRun(text, result):
            return f"runs {text}" + ("" if result is None else f": {result}")
    return None


def _of_the_dialogue(fact: Fact) -> str | None:
    match fact:
        case isp.Asking(prompt):
            return f"asks: {prompt}" if prompt else "waits for a line"
        case isp.LineAnswered(prompt, text):
            return f"answered{_to(prompt)}: {text}" if text else f"answered{_to(prompt)}, by nothing or a secret"
        case isp.AnswerLate(prompt, within):
            return f"not answered{_to(prompt)} within {within:g} s"
    return None


def _of_the_end(fact: Fact, line_name: str) -> str | None:
    match fact:
        case run.VerdictReached(verdict, reason):
            return f"{verdict.value}: {reason}"
        case run.ExpectationJudged(expectation, held, found):
            fate = {True: "held", False: "did not hold", None: "not judged"}[held]
            return f"{fate}: {expectation}" + (f" ({found})" if found else "")
        case run.HolderSeen(pid, command, descriptors, blocked_in):
            of = f" of line {line_name}" if line_name else ""
            return f"pid {pid} ({command or 'command unknown'}) holds the port{of} on {descriptors}, {blocked_in}"
        case run.ClientWaited():
            return _wait_in_words(fact, line_name)
        case dial_up.PortHeld(port, state, holders, why):
            by = f", held by {', '.join(holders)}" if holders else ""
            return f"{port} is {state.value}{by}" + (f" ({why})" if why else "")
        case dial_up.EventRecorded(number, logged_by, text):
            return f"event {number} of {logged_by}: {text}"
        case story.MailQueued(message, _, recipients):
            return f"{message} for {', '.join(recipients)} is queued"
    return None


def _wait_in_words(wait: run.ClientWaited, line_name: str = "") -> str:
    """Return a wait with its limit, and with the line that it is for, of several.

    Example:
        >>> _wait_in_words(run.ClientWaited(7, 7, "read(0)", 2.0, None))
        'pid 7 waits in read(0) since 2.000 s, forever'
        >>> _wait_in_words(run.ClientWaited(7, 7, "read(0)", 2.0, None), "fax")
        'pid 7 waits on line fax in read(0) since 2.000 s, forever'
    """
    on = f" on line {line_name}" if line_name else ""
    since = "" if wait.since is None else f" since {wait.since:.3f} s"
    limit = "forever" if wait.until is None else f"until {wait.until:.3f} s"
    return f"pid {wait.pid} waits{on} in {wait.call}{since}, {limit}"


def _in_general(fact: Fact) -> str:
    """Return a fact's kind and its details by name."""
    details = (f"{name.replace('_', ' ')} {_plainly(value)}" for name, value in details_of(fact).items())
    return ": ".join(filter(None, (fact.kind, ", ".join(details))))


def _plainly(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_plainly, value)) + "]"
    return (
        {None: "unknown", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
    )
