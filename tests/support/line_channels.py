"""Channels for tests: every kind of fault, from the beginning on, and a line at a pace."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from simisp.line.channel import Channel, ChannelMaker, ChannelPlace
from simisp.line.faults.table import FAULTS, FaultPlan, channels_of
from simisp.line.faults.when import When

__all__ = ["CHANNELS", "REQUIRED", "delay_of", "drop_of", "fault_of"]

REQUIRED: dict[str, dict[str, Any]] = {
    "delay": {"by": 0.25},
    "line ends": {"ends": "lf"},
    "insert": {"insert": b"\r\nRING\r\n"},
    "replace": {"replace": b"ABC", "by": b"x"},
    "echo late": {"by": 0.5},
}
"""Of each kind of fault that has to be told something, what the tests tell it."""


def fault_of(word: str, when: When = When(times=None), **parameters: Any) -> ChannelMaker:  # noqa: B008 - immutable
    """Return what makes a channel with one fault."""
    plan = FaultPlan(FAULTS[word], ChannelPlace.ISP_TO_MODEM, when, parameters or REQUIRED.get(word, {}))
    return channels_of([plan])[ChannelPlace.ISP_TO_MODEM]


def delay_of(seconds: float) -> Callable[[Random], Channel]:
    return fault_of("delay", by=seconds)


def drop_of(one_in: int) -> Callable[[Random], Channel]:
    return fault_of("drop", rate=1 / one_in)


CHANNELS: dict[str, ChannelMaker] = {
    **{word: fault_of(word) for word in FAULTS if FAULTS[word].lasts and word != "reflect"},
    "silence": fault_of("silence", When(text=b"XYZ", lasts=1.0, times=None)),
    "drop": drop_of(4),
    "freeze": fault_of("freeze", When(octets=10, lasts=2.0, times=2)),
    "no delay": delay_of(0.0),
    "some are moved": fault_of("reorder", rate=0.5),
    "pieces of three": fault_of("slice", size=3, gap=0.5),
    "pace": channels_of([], pace=9600)[ChannelPlace.ISP_TO_MODEM],
    "after some octets": fault_of("garble", When(octets=10, times=2), octets=5),
    "after a pattern": fault_of("case", When(pattern=re.compile(rb"[L-N]+O"), times=None), octets=3),
}
"""Each kind of channel that octets come through, by name: each is held to what every channel has to keep."""
