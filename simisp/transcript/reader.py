"""Parses lines of JSON back into records equal to those that were written."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from simisp.errors import TranscriptError
from simisp.facts import cellular, cmux, dial_up, faults, isp, line, messages, port, ppp, run, story
from simisp.facts.fact import Fact, fact_kinds
from simisp.facts.sources import Source
from simisp.transcript.json_lines import FORMAT, VERSION, Header
from simisp.transcript.record import Record

__all__ = ["TranscriptFile", "hints_of", "read", "sources_of"]

_ROOMS = (cellular, cmux, dial_up, faults, isp, line, messages, port, ppp, run, story)
"""Importing these modules registers the kinds of facts."""
_HEADER_KEYS = ("format", "version", "simisp", "scenario", "seed", "clock", "started")
_SCENARIO_KEYS = ("name", "digest")
_RECORD_KEYS = ("at", "source", "line", "kind", "details")


@dataclass(frozen=True, slots=True)
class TranscriptFile:
    """A transcript read from a file.

    Attributes:
        header: The run that it is of.
        records: Its records, in order.
    """

    header: Header
    records: tuple[Record, ...]


def read(lines: Iterable[str]) -> TranscriptFile:
    """Parse the lines of a transcript, such as an open file yields them.

    A truncated last line, such as a killed run leaves, is left out.

    Args:
        lines: The lines, the header first; each may end in a line end.

    Raises:
        TranscriptError: A line does not follow the format, is older than the one before it, or is not UTF-8, or its
            version is newer than this simisp; or there is no line.
    """
    numbered = enumerate(_whole(_decoded(lines)), start=1)
    number, first = next(numbered, (1, None))
    if first is None:
        raise TranscriptError("it is empty; its first line must be a header", line=number)
    header = _header(_object(first, number), number)
    return TranscriptFile(header, tuple(_records(numbered)))


def _whole(lines: Iterable[str]) -> Iterator[str]:
    previous: str | None = None
    for text in lines:
        if previous is not None:
            yield previous
        previous = text
    if previous is not None and _is_json(previous):
        yield previous


def _decoded(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines; a file that is open as text decodes them one by one, and may not be text at all."""
    number = 0
    try:
        for number, text in enumerate(lines, start=1):  # noqa: B007 - for the error, if the next one fails
            yield text
    except UnicodeDecodeError as error:
        octet = error.object[error.start]
        raise TranscriptError(f"octet 0x{octet:02x} is not UTF-8: this is not a transcript", line=number + 1) from error


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text.endswith("\n")
    return True


def _object(text: str, number: int) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TranscriptError(f"not JSON: {error}", line=number) from error
    if not isinstance(found, dict):
        raise TranscriptError("each line must be a JSON object", line=number)
    return found


def _header(found: Mapping[str, Any], number: int) -> Header:
    if found.get("format") != FORMAT:
        raise TranscriptError(f'the first line must have "format": "{FORMAT}"', line=number)
    version = found.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise TranscriptError(f"version {version} of the format is not known here", line=number)
    scenario = _checked_object(found.get("scenario"), number)
    _refuse_others(found, _HEADER_KEYS, "the header", number)
    _refuse_others(scenario, _SCENARIO_KEYS, "the header's scenario", number)
    flat = {**found, "scenario": scenario.get("name"), "digest": scenario.get("digest")}
    return Header(**{name: _checked(flat.get(name), hint, name, number) for name, hint in hints_of(Header).items()})


def _records(numbered: Iterable[tuple[int, str]]) -> Iterator[Record]:
    latest = 0.0
    for number, text in numbered:
        record = _record(_object(text, number), number)
        if record.at < latest:
            raise TranscriptError(
                f"'at' goes back from {latest} to {record.at}: the records must be in the order of their times",
                line=number,
            )
        latest = record.at
        yield record


def _record(found: Mapping[str, Any], number: int) -> Record:
    kind = fact_kinds().get(str(found.get("kind")))
    if kind is None:
        raise TranscriptError(f"unknown kind of fact {found.get('kind')!r}", line=number)
    at = _checked(found.get("at"), float, "at", number)
    if not 0.0 <= at < math.inf:
        raise TranscriptError(f"'at' must be seconds since the start of the run, not {at}", line=number)
    source = _checked(found.get("source"), Source, "source", number)
    if source not in sources_of(kind):
        raise TranscriptError(f"{kind.kind!r} has the source {kind.source.value!r}, not {source.value!r}", line=number)
    _refuse_others(found, _RECORD_KEYS, "a record", number)
    fact = _fact(kind, _checked_object(found.get("details", {}), number), number)
    return Record(at, source, fact, _checked(found.get("line", ""), str, "line", number))


def _refuse_others(found: Mapping[str, Any], known: Collection[str], whose: str, number: int) -> None:
    for name in found.keys() - known:
        raise TranscriptError(f"{whose} has no key {name!r}: its keys are {', '.join(known)}", line=number)


def _checked_object(found: object, number: int) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise TranscriptError(f"this should be an object: {found!r}", line=number)
    return found


def _fact(kind: type[Fact], details: Mapping[str, Any], number: int) -> Fact:
    hints, values = hints_of(kind), {}
    for name in details.keys() - hints.keys():
        raise TranscriptError(f"{kind.kind!r} has no detail {name!r}", line=number)
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name in details:
            values[field.name] = _checked(details[field.name], hints[field.name], field.name, number)
        elif field.default is MISSING:
            raise TranscriptError(f"{kind.kind!r} lacks the detail {field.name!r}", line=number)
    return kind(**values)


def _checked(value: Any, hint: Any, name: str, number: int) -> Any:
    """Convert a value of JSON to the type of a field."""
    try:
        return _read_as(value, hint)
    except (TypeError, ValueError, OverflowError) as error:
        raise TranscriptError(f"{name!r} can't be {value!r}", line=number) from error


def _read_as(value: Any, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None and NoneType in arguments else _read_as(value, arguments[0])
    if origin is tuple:
        wanted = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_read_as(each, kind) for each, kind in zip(_as(list, value), wanted, strict=True))
    if hint is bytes:
        return _as(str, value).encode("latin-1")
    if issubclass(hint, Enum):
        return hint(value)
    return float(value) if hint is float and type(value) is int else _as(hint, value)


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def sources_of(kind: type[Fact]) -> Sequence[Source]:
    """Return the parties that a record of a kind of fact can be about: one, or any where the fact does not say."""
    source = getattr(kind, "source", None)
    return tuple(Source) if source is None else (source,)


def hints_of(kind: type[Any]) -> Mapping[str, Any]:
    """Return the types of a dataclass's fields, by name."""
    return _hints(kind)  # type: ignore[arg-type]


@cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
