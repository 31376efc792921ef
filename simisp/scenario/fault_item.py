"""A fault of a scenario's line, as it is written: one item of ``line.faults``."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from simisp.diagnostics import Diagnostic
from simisp.line.faults.table import FAULTS, FaultKind, FaultPlan, place_of
from simisp.line.faults.when import When
from simisp.scenario.document import Document, Path
from simisp.scenario.strict import Strict
from simisp.scenario.values import (
    AnswerText,
    Count,
    CountOrAlways,
    DurationValue,
    Given,
    Probability,
    SentText,
    Text,
    is_pattern,
)
from simisp.scenario.wording import how_long, quoted

__all__ = [
    "FAULT_PARAMETERS",
    "FaultItem",
    "FaultWord",
    "WhenSection",
    "check_faults",
    "fault_fields",
    "fault_in_words",
    "fault_plan",
]


FaultWord = Literal[
    "silence",
    "delay",
    "drop",
    "duplicate",
    "reorder",
    "garble",
    "garbage",
    "noise",
    "slice",
    "case",
    "seven bits",
    "line ends",
    "insert",
    "replace",
    "freeze",
    "drop carrier",
    "carrier stays",
    "dtr ignored",
    "reflect",
    "echo off",
    "echo late",
    "stop client",
    "kill client",
    "second client",
]
"""The kinds of faults, as in :data:`simisp.line.faults.table.FAULTS`."""


SignalName = Literal[
    "SIGKILL", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGSEGV", "SIGPIPE", "SIGALRM", "SIGUSR1",
    "SIGUSR2",
]  # fmt: skip
"""The signals that a client may get."""


class WhenSection(Strict):
    """After what a fault comes; one of these."""

    octets: Annotated[Count | None, Given] = Field(None, description="So many octets in its direction.")
    text: Annotated[AnswerText | None, Given] = Field(
        None, description="This text, or a match of this pattern in slashes, in either direction."
    )
    time: Annotated[DurationValue | None, Given] = Field(
        None, description="So long after the run began; with call, after that call was answered."
    )
    mark: Annotated[Text | None, Given] = Field(None, description="This mark of the dialogue.")


class FaultItem(Strict):
    """One fault of the line."""

    fault: FaultWord = Field(description="What goes wrong.")
    side: Annotated[Literal["line", "port"] | None, Given] = Field(
        None, description="Between modem and ISP (line), or between client and modem (port)."
    )
    direction: Annotated[Literal["to dte", "from dte"] | None, Given] = Field(
        None, description="Towards the client, or from it."
    )
    after: Annotated[WhenSection | None, Given] = Field(None, description="After what it comes; otherwise at once.")
    call: Annotated[Count | None, Given] = Field(None, description="In this call alone, counted from 1.")
    lasts: Annotated[DurationValue | None, Given] = Field(None, alias="for", description="For how long.")
    times: Annotated[CountOrAlways, Given] = Field(1, description="How often it comes, or always.")
    probability: Probability = Field(1.0, description="How likely it comes each time.")
    by: Annotated[DurationValue | None, Given] = Field(None, description="By how much octets are delayed.")
    rate: Annotated[Probability | None, Given] = Field(None, description="How likely each octet is hit.")
    octets: Annotated[Count | None, Given] = Field(None, description="How many octets.")
    size: Annotated[Count | None, Given] = Field(None, description="How many octets come together.")
    gap: Annotated[DurationValue | None, Given] = Field(None, description="How long it is between two pieces.")
    ends: Annotated[Literal["cr", "lf", "crlf", "lfcr", "crcrlf"] | None, Given] = Field(
        None, description="How lines end."
    )
    insert: Annotated[SentText | None, Given] = Field(None, description="The text that comes in between.")
    replace: Annotated[SentText | None, Given] = Field(None, description="The text that is replaced.")
    instead: Annotated[Text | None, Given] = Field(None, alias="with", description="The text that comes in its place.")
    process: Annotated[Literal["all", "command"] | None, Given] = Field(
        None, description="Which of the client's processes: all, or the command alone."
    )
    signal: Annotated[SignalName | None, Given] = Field(None, description="The signal that the client gets.")
    send: Annotated[SentText | None, Given] = Field(None, description="What the second client sends.")


FAULT_PARAMETERS: Mapping[str, str] = {
    "by": "by", "rate": "rate", "octets": "octets", "size": "size", "gap": "gap", "ends": "ends", "insert": "insert",
    "replace": "replace", "instead": "with", "process": "process", "signal": "signal", "send": "send",
}  # fmt: skip
"""The parameters of a fault besides when and where it comes: each field with its key."""
_ENCODED = {"insert", "replace", "instead", "send"}


def check_faults(faults: list[FaultItem], document: Document) -> Iterator[Diagnostic]:
    """Yield the parameters that do not belong to a fault of this kind, and those that it lacks."""
    for index, item in enumerate(faults):
        path: Path = ("line", "faults", index)
        kind = FAULTS[item.fault]
        given = {field for field in FAULT_PARAMETERS if getattr(item, field) is not None}
        may = set(fault_fields(kind.parameters))
        for field in FAULT_PARAMETERS:
            if field in given - may:
                yield _not_for(document, (*path, FAULT_PARAMETERS[field]), kind, fault_fields(kind.parameters))
        if missing := [FAULT_PARAMETERS[each] for each in fault_fields(kind.required) if each not in given]:
            yield Diagnostic(document.place(path), f"{kind.word} needs {missing[0]}", f"it is this: {kind.meaning}")
        if item.octets is not None and item.octets < kind.fewest:
            problem = f"{kind.word} of {item.octets} octet does nothing: it needs {kind.fewest} or more"
            yield Diagnostic(document.place((*path, "octets")), problem, f"{kind.word}: {kind.meaning}")
        yield from _check_place(item, kind, path, document)
        yield from _check_when(item, kind, path, document)


def fault_fields(parameters: tuple[str, ...]) -> list[str]:
    """Return the fields for what a kind of fault may have: ``by`` of a replacement is what stands under ``with``."""
    return ["instead" if each == "by" and "replace" in parameters else each for each in parameters]


def _not_for(document: Document, path: Path, kind: FaultKind, known: list[str]) -> Diagnostic:
    names = ", ".join(FAULT_PARAMETERS[each] for each in known)
    hint = f"it takes {names}" if names else "it takes nothing but when and how often it comes"
    return Diagnostic(document.key_place(path), f"{path[-1]!s} does not belong to {kind.word}", hint)


def _check_place(item: FaultItem, kind: FaultKind, path: Path, document: Document) -> Iterator[Diagnostic]:
    for key, own in (("side", kind.side), ("direction", kind.direction)):
        given = getattr(item, key)
        if kind.fixed and given is not None and given != own:
            yield Diagnostic(document.place((*path, key)), f"{kind.word} can only have the {key} {own}")


def _check_when(item: FaultItem, kind: FaultKind, path: Path, document: Document) -> Iterator[Diagnostic]:
    if item.lasts is not None and not kind.lasts:
        yield Diagnostic(document.key_place((*path, "for")), f"{kind.word} happens in one moment", "leave out for")
    if item.after is not None:
        given = [key for key in WhenSection.model_fields if getattr(item.after, key) is not None]
        if len(given) != 1:
            problem = "after names one thing: octets, text, time or mark"
            yield Diagnostic(document.place((*path, "after")), problem, f"here: {', '.join(given)}" if given else "")


def fault_plan(item: FaultItem) -> FaultPlan:
    """Return a fault as the line takes it."""
    kind = FAULTS[item.fault]
    parameters: dict[str, Any] = {}
    for name, field in zip(kind.parameters, fault_fields(kind.parameters), strict=True):
        value = getattr(item, field)
        if value is not None:
            parameters[name] = _on_the_line(value) if field in _ENCODED else value
    place = place_of(item.side or kind.side, item.direction or kind.direction)
    return FaultPlan(kind, place, _when(item), parameters)


def _when(item: FaultItem) -> When:
    after = item.after or WhenSection()
    text = after.text
    return When(
        octets=after.octets,
        text=None if text is None or is_pattern(text) else text.encode("latin-1"),
        pattern=re.compile(text[1:-1].encode("latin-1")) if text is not None and is_pattern(text) else None,
        time=after.time,
        mark=after.mark,
        call=item.call,
        lasts=item.lasts,
        times=None if item.times == "always" else int(item.times),
        probability=item.probability,
    )


def fault_in_words(item: FaultItem) -> str:
    """Return a fault as a sentence."""
    kind = FAULTS[item.fault]
    after = "" if item.after is None else f", {_moment(item.after)}"
    call = "" if item.call is None else f", in call {item.call}"
    lasts = "" if item.lasts is None else f", for {how_long(item.lasts)}"
    times = {1: "", "always": ", each time"}.get(item.times, f", {item.times} times")
    chance = "" if item.probability >= 1 else f", with probability {item.probability:g}"
    way = "towards the client" if (item.direction or kind.direction) == "to dte" else "from the client"
    given = ", ".join(
        f"{key} {value!r}" if isinstance(value, str) else f"{key} {value:g}"
        for field, key in FAULT_PARAMETERS.items()
        if (value := getattr(item, field)) is not None
    )
    return f"{kind.word} {way}{after}{call}{lasts}{times}{chance}" + (f" ({given})." if given else ".")


def _moment(after: WhenSection) -> str:
    if after.octets is not None:
        return f"after {after.octets} octets"
    if after.text is not None:
        return f"after {quoted(after.text)}"
    if after.time is not None:
        return f"after {how_long(after.time)}"
    return f"after the mark {after.mark}"


def _on_the_line(text: str) -> bytes:
    r"""Return a text as it is sent: ``\n`` is CR LF."""
    return text.replace("\n", "\r\n").encode("latin-1")
