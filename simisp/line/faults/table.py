"""The table of faults: every kind, its default place, its parameters, and what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

from simisp.line.channel import Channel, ChannelMaker, ChannelPlace
from simisp.line.faults.carrier import CarrierStays, DropCarrier, DtrIgnored
from simisp.line.faults.chain import Chain
from simisp.line.faults.client import KillClient, SecondClient, StopClient
from simisp.line.faults.echo import EchoLate, EchoOff
from simisp.line.faults.fault import LineFault
from simisp.line.faults.loss import DropOctets, Duplicate, Garbage, Garble, Reorder, SevenBits, SilenceFault, SwapCase
from simisp.line.faults.reflect import Reflect
from simisp.line.faults.text import Insert, LineEnds, Noise, Replace
from simisp.line.faults.timing import DelayFault, Freeze, Pace, Slice
from simisp.line.faults.when import When

__all__ = ["FAULTS", "FaultKind", "FaultPlan", "channels_of", "place_of"]

_PLACES: Mapping[tuple[str, str], ChannelPlace] = {
    ("line", "to dte"): ChannelPlace.ISP_TO_MODEM,
    ("line", "from dte"): ChannelPlace.MODEM_TO_ISP,
    ("port", "to dte"): ChannelPlace.MODEM_TO_CLIENT,
    ("port", "from dte"): ChannelPlace.CLIENT_TO_MODEM,
}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        word: Its name in a scenario.
        made: Its class.
        meaning: What it does, in a few words.
        side: Where it is unless a scenario says otherwise: ``"line"``, between modem and ISP, or ``"port"``, between
            client and modem.
        direction: Likewise: ``"to dte"`` or ``"from dte"``.
        fixed: Whether it can be at no other place.
        parameters: Its parameters, by the names that the class gives them.
        required: What of this has no default.
        lasts: Whether it can go on for some time.
        fewest: Of fewer octets than so many it would do nothing.
    """

    word: str
    made: type[LineFault]
    meaning: str
    side: str = "line"
    direction: str = "to dte"
    fixed: bool = False
    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    lasts: bool = True
    fewest: int = 1


_EACH = ("rate", "octets")

_ROWS = (
    FaultKind("silence", SilenceFault, "all octets are lost"),
    FaultKind("delay", DelayFault, "octets come later, by `by`", parameters=("by",), required=("by",)),
    FaultKind("drop", DropOctets, "octets are lost, each with probability `rate`", parameters=_EACH),
    FaultKind("duplicate", Duplicate, "octets come twice, each with probability `rate`", parameters=_EACH),
    FaultKind(
        "reorder",
        Reorder,
        "octets change places with the next one, with probability `rate`; of two octets or more",
        parameters=_EACH,
        fewest=2,
    ),
    FaultKind("garble", Garble, "one bit of an octet is inverted, of each with probability `rate`", parameters=_EACH),
    FaultKind("garbage", Garbage, "octets turn into random ones, as at a wrong speed", "port", parameters=_EACH),
    FaultKind("noise", Noise, "`octets` random octets come in between (16)", parameters=("octets",), lasts=False),
    FaultKind(
        "slice", Slice, "octets come in pieces of `size`, `gap` apart", "port", parameters=("size", "gap", "octets")
    ),
    FaultKind("case", SwapCase, "capitals and small letters are swapped", parameters=_EACH),
    FaultKind("seven bits", SevenBits, "seven bits with even parity come where eight are read", parameters=_EACH),
    FaultKind(
        "line ends",
        LineEnds,
        "lines end with `ends`: cr, lf, crlf, lfcr, crcrlf",
        "port",
        parameters=("ends",),
        required=("ends",),
    ),
    FaultKind(
        "insert",
        Insert,
        "the text `insert` comes in between",
        "port",
        parameters=("insert",),
        required=("insert",),
        lasts=False,
    ),
    FaultKind(
        "replace",
        Replace,
        "the text `replace` comes as `by`",
        "port",
        parameters=("replace", "by"),
        required=("replace", "by"),
    ),
    FaultKind("freeze", Freeze, "flow control stops the line; CTS goes off", "port", "from dte"),
    FaultKind("drop carrier", DropCarrier, "the carrier is gone", fixed=True, lasts=False),
    FaultKind("carrier stays", CarrierStays, "the modem does not notice that the ISP hangs up", fixed=True),
    FaultKind("dtr ignored", DtrIgnored, "the modem does not notice that DTR goes off", "port", "from dte", fixed=True),
    FaultKind("reflect", Reflect, "octets come back to their sender", "line", "from dte"),
    FaultKind("echo off", EchoOff, "nothing that the client sends is echoed", "port", fixed=True),
    FaultKind(
        "echo late",
        EchoLate,
        "an echo comes later, by `by`, and is overtaken",
        "port",
        fixed=True,
        parameters=("by",),
        required=("by",),
    ),
    FaultKind(
        "stop client",
        StopClient,
        "the client's processes are stopped (SIGSTOP), and continued after `for`; `process: command` for it alone",
        "port",
        parameters=("process",),
    ),
    FaultKind(
        "kill client",
        KillClient,
        "the client's processes get the signal `signal` (SIGKILL); `process: command` for it alone",
        "port",
        parameters=("signal", "process"),
        lasts=False,
    ),
    FaultKind(
        "second client",
        SecondClient,
        "another program opens the port, sends `send`, and closes it after `for`",
        "port",
        parameters=("send",),
    ),
)

FAULTS: Mapping[str, FaultKind] = MappingProxyType({row.word: row for row in _ROWS})
"""Every kind of fault by its word."""


@dataclass(frozen=True)
class FaultPlan:
    """One fault of a scenario.

    Attributes:
        kind: The kind.
        place: Where it is.
        when: When it comes.
        parameters: Its parameters, by the names of the kind.
    """

    kind: FaultKind
    place: ChannelPlace
    when: When = field(default_factory=When)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def make(self, random: Random) -> Channel:
        """Return a new channel that has the fault."""
        return self.kind.made(self.kind.word, self.when, random, self.place, **self.parameters)


def place_of(side: str, direction: str) -> ChannelPlace:
    """Return the place of a side (``line`` or ``port``) and a direction (``to dte`` or ``from dte``)."""
    return _PLACES[side, direction]


def channels_of(plans: Iterable[FaultPlan], *, pace: int | None = None) -> dict[ChannelPlace, ChannelMaker]:
    """Return what makes the channels of a line with faults, and at a pace.

    Faults of one place act in the order in which they are given; the pace comes behind them.

    Args:
        plans: The faults.
        pace: The rate in bit/s between modem and ISP, in both directions; None for no limit.
    """
    at_place: dict[ChannelPlace, list[ChannelMaker]] = {}
    for plan in plans:
        at_place.setdefault(plan.place, []).append(plan.make)
    if pace is not None:
        for place in (ChannelPlace.ISP_TO_MODEM, ChannelPlace.MODEM_TO_ISP):
            at_place.setdefault(place, []).append(_paced(pace, place))
    return {place: _chained(makers) for place, makers in at_place.items()}


def _paced(rate: int, place: ChannelPlace) -> ChannelMaker:
    return lambda random: Pace("pace", When(), random, place, rate=rate)


def _chained(makers: list[ChannelMaker]) -> ChannelMaker:
    # Each has a generator of its own: a fault that is added changes nothing at the others.
    def make(random: Random) -> Channel:
        seed = random.random()
        links = [maker(Random(f"{seed}/{index}")) for index, maker in enumerate(makers)]  # noqa: S311 - no secret
        return links[0] if len(links) == 1 else Chain(links)

    return make
