"""The faults of the plan ``standard``: what each is told, and at which moments it is tried.

Each is tried where it makes a difference: a case that does to the undisturbed dialogue what an earlier one of its row
does, or nothing, is left out (:mod:`simisp.sweep.plans.effect`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from simisp.facts.sources import Source
from simisp.scenario.dump import duration_text
from simisp.sweep.case import YamlValue
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["AT_EACH_OCTET", "AT_EACH_PIECE", "FROM_THE_START", "FaultRow", "delays"]

_TO_CLIENT = (Source.MODEM, Source.ISP)
_ALL = (Source.CLIENT, *_TO_CLIENT)
_ONE: Mapping[str, YamlValue] = {"octets": "1"}
_LCP = '~\xff}#\xc0!}!}!} }4}"}&} } } } }%}&\xb1\x0f\xd5\xb2}\'}"}(}"\x8c\xa3~'
"""A Configure-Request of LCP in a frame (RFC 1661, 5.1; RFC 1662, 4)."""


@dataclass(frozen=True)
class FaultRow:
    """A fault as it is tried.

    Attributes:
        name: What reports call it.
        kind: The kind of fault.
        senders: Whose octets it hits.
        told: What it is told.
    """

    name: str
    kind: str
    senders: Sequence[Source] = _TO_CLIENT
    told: Mapping[str, YamlValue] = field(default_factory=dict)


AT_EACH_OCTET: Sequence[FaultRow] = (
    FaultRow("silence", "silence", _ALL),
    FaultRow("an octet lost", "drop", _ALL, _ONE),
    FaultRow("an octet doubled", "duplicate", _ALL, _ONE),
    FaultRow("two octets swapped", "reorder", _ALL, {"octets": "2"}),
    FaultRow("an octet garbled", "garble", _ALL, _ONE),
    FaultRow("noise", "noise", _ALL),
    FaultRow("eight octets lost", "drop", _ALL, {"octets": "8"}),
    FaultRow("an unsolicited RING", "insert", _TO_CLIENT, {"insert": "\nRING\n"}),
    FaultRow("an unsolicited NO CARRIER, and the carrier stays", "insert", _TO_CLIENT, {"insert": "\nNO CARRIER\n"}),
    FaultRow("the carrier dropped", "drop carrier", (Source.ISP,)),
)
"""What is tried at each octet."""

AT_EACH_PIECE: Sequence[FaultRow] = (
    FaultRow("garbage", "garbage", _ALL, {"octets": "8"}),
    FaultRow("garbage without end", "garbage", _ALL),
    FaultRow("seven bits with parity", "seven bits", _ALL),
    FaultRow("capitals and small letters swapped", "case", _ALL),
    FaultRow("octets one by one", "slice", _ALL, {"size": "1", "gap": "100ms"}),
    FaultRow("octets one by one, slowly", "slice", _ALL, {"size": "1", "gap": "5s"}),
    FaultRow("lines that end with CR", "line ends", _TO_CLIENT, {"ends": "cr"}),
    FaultRow("lines that end with LF", "line ends", _TO_CLIENT, {"ends": "lf"}),
    FaultRow("lines that end with LF CR", "line ends", _TO_CLIENT, {"ends": "lfcr"}),
    FaultRow("lines that end with CR CR LF", "line ends", _TO_CLIENT, {"ends": "crcrlf"}),
    FaultRow("lines of the client that end with CR LF", "line ends", (Source.CLIENT,), {"ends": "crlf"}),
    FaultRow("no echo", "echo off"),
    FaultRow("an echo that is late", "echo late", _TO_CLIENT, {"by": "500ms"}),
    FaultRow("silence for a second", "silence", _ALL, {"for": "1s"}),
    FaultRow("flow control without end", "freeze", _ALL),
    FaultRow("octets reflected", "reflect", (Source.CLIENT,)),
    FaultRow("PPP at once", "insert", (Source.ISP,), {"insert": _LCP}),
)
"""What is tried at the beginning of each piece of the dialogue."""

FROM_THE_START: Sequence[FaultRow] = (
    FaultRow("the carrier stays", "carrier stays", (Source.ISP,)),
    FaultRow("DTR ignored", "dtr ignored", (Source.CLIENT,)),
)
"""What is tried once."""

_USUAL_LIMITS = (1.0, 10.0, 60.0)
_MOST_LIMITS = 8
_BESIDE = 0.5


def delays(undisturbed: Undisturbed) -> Iterator[FaultRow]:
    """Yield delays of just under and just over each limit that a wait of the client has."""
    limits = sorted({wait.limit for wait in undisturbed.waits})[:_MOST_LIMITS] or _USUAL_LIMITS
    for limit in limits:
        for by in (limit - _BESIDE, limit + _BESIDE):
            if by > 0:
                text = duration_text(by)
                yield FaultRow(f"a delay of {text}", "delay", _ALL, {"by": text})
                yield FaultRow(f"flow control for {text}", "freeze", _ALL, {"for": text})
