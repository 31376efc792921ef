"""The mail service's requests to its owner."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.machine import Output, SendData
from simisp.mail.smtp_client import MessageDeferred, MessageDelivered, MessageInDoubt, MessageRefused, MessageWanted
from simisp.mail.smtp_server import MailAccepted
from simisp.ras.events import EventLogged

__all__ = [
    "CommandRequested",
    "ConnectionRequested",
    "DisconnectionRequested",
    "HostConnectionRequested",
    "HostDisconnectionRequested",
    "ServiceOutput",
]


@dataclass(frozen=True, slots=True)
class ConnectionRequested(Output):
    """Dial a phone-book entry; report with ``connected`` or ``connection_failed``."""

    entry: str


@dataclass(frozen=True, slots=True)
class DisconnectionRequested(Output):
    """Hang up; report with ``disconnected``."""


@dataclass(frozen=True, slots=True)
class HostConnectionRequested(Output):
    """Connect to the ISP's mail host; report with ``host_connected`` or ``host_unreachable``."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class HostDisconnectionRequested(Output):
    """Close the connection to the mail host."""


@dataclass(frozen=True, slots=True)
class CommandRequested(Output):
    """Run a command that retrieves mail; report with ``command_ended``."""

    command: tuple[str, ...]


ServiceOutput = (
    SendData
    | EventLogged
    | ConnectionRequested
    | DisconnectionRequested
    | HostConnectionRequested
    | HostDisconnectionRequested
    | CommandRequested
    | MailAccepted
    | MessageWanted
    | MessageInDoubt
    | MessageDelivered
    | MessageRefused
    | MessageDeferred
)
"""All that the mail service puts out. Where code matches on it, the type checker names what was left out."""
