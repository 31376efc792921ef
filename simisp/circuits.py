"""The interchange circuits between DTE and DCE, by their V.24 names."""

from __future__ import annotations

from enum import Enum

__all__ = ["DCE_CIRCUITS", "DTE_CIRCUITS", "Circuit"]


class Circuit(Enum):
    """One interchange circuit. The value is the name a tester reads.

    See Also:
        ITU-T V.24: circuits 108/2 (DTR), 107 (DSR), 105 (RTS), 106 (CTS), 109 (DCD), 125 (RI).
    """

    __hash__ = object.__hash__  # a modem looks up its circuits by them, and Enum hashes the name each time

    DTR = "DTR"
    """Data terminal ready, driven by the DTE."""
    RTS = "RTS"
    """Request to send, driven by the DTE."""
    DSR = "DSR"
    """Data set ready, driven by the DCE."""
    CTS = "CTS"
    """Clear to send, driven by the DCE."""
    DCD = "DCD"
    """Data carrier detected, driven by the DCE."""
    RI = "RI"
    """Ring indicator, driven by the DCE."""


DTE_CIRCUITS = frozenset({Circuit.DTR, Circuit.RTS})
DCE_CIRCUITS = frozenset({Circuit.DSR, Circuit.CTS, Circuit.DCD, Circuit.RI})
