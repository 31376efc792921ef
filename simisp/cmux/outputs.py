"""What a multiplexer reports to its owner, besides the facts of :mod:`simisp.facts.cmux`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simisp.cmux.signals import V24Signals
from simisp.machine import Output

__all__ = ["DlcData", "DlcSignals"]


@dataclass(slots=True, unsafe_hash=True)
class DlcData(Output):
    """Octets that have come on a DLC.

    Attributes:
        dlci: Which DLC.
        data: One octet or more.
    """

    dlci: Final[int]
    data: Final[bytes]


@dataclass(frozen=True, slots=True)
class DlcSignals(Output):
    """The other side has set the circuits of a DLC.

    Attributes:
        dlci: Which DLC.
        signals: Its circuits.
    """

    dlci: int
    signals: V24Signals
