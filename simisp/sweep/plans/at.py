"""The plan ``at``: changes that must not matter to a client of a modem, the differential oracle.

A modem may say all this, and a client may be slow to hear it. So the client has to do what it does in the undisturbed
run: send the same lines, passwords at the same places, and end with the same status. No expectation has to be written.

==================  ==================================================  ===============================================
row                 what changes                                        why it must not matter
==================  ==================================================  ===============================================
cut after           a pause of 50 ms after each octet, one by one       a read returns what is there (read(2))
pieces              all octets come in pieces of this many                the same
slow line           all octets come as at 300 bit/s                     a line's speed is not the client's business
unsolicited         a result that no client knows, between two others   V.250 5.1: it may come at any time
blank line          CR LF where a line begins or ends                   V.250 5.7.1: texts stand between CR LF
echo                the modem echoes, or does not                       V.250 6.2.4: E0 and E1 are both in order
LF only             lines end with LF                                   many multiplexers and adapters do this
prompt              ``> `` with and without its blank and its line end  27.005 3.5.1, and what modems make of it
==================  ==================================================  ===============================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.facts.sources import Source
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case, Overlay, YamlValue
from simisp.sweep.undisturbed import Said, Undisturbed

__all__ = ["at"]

_PLAN = "at"
_LINE = re.compile(rb"\r\n[^\r\n]+\r\n")
_PROMPT = b"\r\n> "
_UNKNOWN = "^SIMISP: 1,7"
"""An unsolicited result that is no client's: it has the form that makers of modems give theirs."""
_SIZES = (1, 2, 3, 5, 8)
_SLOW = 300
_PROMPTS = ("prompt without space", "prompt without line end")
_SHOWN = 24


def at(scenario: LoadedScenario, undisturbed: Undisturbed, _seed: int) -> Iterator[Case]:
    """Yield the changes, those of the whole dialogue first."""
    for size in _SIZES:
        yield _case("pieces", f"of {size}", _always("slice", size=str(size), gap="20ms"))
    yield _case("slow line", f"at {_SLOW} bit/s", _always("slice", gap=f"{10_000 / _SLOW:.1f}ms"))
    yield _case("LF only", "in place of CR LF", _always("line ends", ends="lf"))
    yield from _echo(scenario)
    if any(_PROMPT in piece.data for piece in undisturbed.pieces_of(Source.MODEM)):
        for manner in _PROMPTS:
            yield _case("prompt", manner.removeprefix("prompt "), {"modem": {"manners": {manner: "yes"}}})
    for piece in undisturbed.pieces_of(Source.MODEM, Source.ISP):
        if piece.sender is Source.MODEM and not piece.in_call:
            yield from _between_lines(piece)
        yield from _cuts(piece)


def _echo(scenario: LoadedScenario) -> Iterator[Case]:
    echoes = str(scenario.model.modem.factory.get("E", 1)) != "0"
    for value, is_on in (("0", False), ("1", True)):
        if is_on is not echoes:
            yield _case("echo", "on" if is_on else "off", {"modem": {"factory": {"E": value}}})
    if echoes:
        yield _case("echo", "missing, whatever E says", _always("echo off"))


def _between_lines(piece: Said) -> Iterator[Case]:
    """Yield what may come before and behind the lines of an answer; not between them, for they are one answer."""
    lines = list(_LINE.finditer(piece.data))
    if not lines:
        return
    for index, where in ((lines[0].start(), "before"), (lines[-1].end(), "behind")):
        yield _inserted("unsolicited", f"\n{_UNKNOWN}\n", piece, index, where)
    for index in sorted({each for line in lines for each in line.span()}):
        yield _inserted("blank line", "\n", piece, index, "at")


def _inserted(row: str, text: str, piece: Said, index: int, where: str) -> Case:
    line = _LINE.search(piece.data, min(index, len(piece.data) - 1)) or _LINE.search(piece.data)
    near = repr(line[0].strip().decode("latin-1")) if line is not None else "the end"
    position = piece.position + index
    overlay = _fault("insert", piece, index, insert=text)
    return _case(row, f"{where} {near}, octet {position}", overlay, position)


def _cuts(piece: Said) -> Iterator[Case]:
    for index in range(1, len(piece.data)):
        position = piece.position + index
        before = piece.shown[max(0, index - _SHOWN) : index].decode("latin-1")
        overlay = _fault("delay", piece, index, by="50ms", **{"for": "10ms"})
        yield _case("cut after", f"{before!r}, octet {position}", overlay, position)


def _case(row: str, words: str, overlay: Overlay, position: int = 0) -> Case:
    return Case(f"{row} {words}", _PLAN, row, position, overlay)


def _always(kind: str, **told: YamlValue) -> Overlay:
    told = {"side": "port", **told} if kind != "echo off" else told
    return {"line": {"faults": [{"fault": kind, "times": "always", **told}]}}


def _fault(kind: str, piece: Said, index: int, **told: YamlValue) -> Overlay:
    """Return a fault at the port, after this many octets of a piece towards the client."""
    octets = piece.before + index
    after: dict[str, YamlValue] = {"after": {"octets": str(octets)}} if octets else {}
    return {"line": {"faults": [{"fault": kind, "side": "port", **after, **told}]}}
