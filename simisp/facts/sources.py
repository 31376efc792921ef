"""The parties of a run; every record names one of them."""

from __future__ import annotations

from enum import Enum

__all__ = ["Source"]


class Source(Enum):
    """The party that a record is about."""

    __hash__ = object.__hash__  # it is a key in look-ups for each record of octets, and Enum's hash is slow

    CLIENT = "client"
    """The software under test: the octets that it sent, the circuits that it drives, its processes."""
    PORT = "port"
    """The endpoint: openings, closings, settings."""
    MODEM = "modem"
    """The modem: what it sent to the client, its state, the circuits that it drives."""
    EXCHANGE = "exchange"
    """The telephone exchange: where a number leads, and the end of a call."""
    ISP = "isp"
    """The far end of the call: the ISP, or another line of a bank."""
    RUN = "run"
    """The run itself: its clock, its deadline, its verdict."""
