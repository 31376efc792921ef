"""The settings of the mail service."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.mail.schedule import Timetable
from simisp.mail.smtp_client import Etrn, Turn

__all__ = ["CommandRetrieval", "ServiceConfig"]


@dataclass(frozen=True, slots=True)
class CommandRetrieval:
    """Retrieve mail by running a local command, such as a finger or POP client."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """The settings of the mail service.

    Attributes:
        entry: The phone-book entry that it dials.
        timetable: When it dials.
        queued_for: It also dials when mail has waited this long, in seconds; None for never.
        retrieval: How it retrieves the mail waiting at the ISP; None if it retrieves no mail.
        time_out: It hangs up after this many seconds without progress between it and the mail host.
        host: The ISP's mail host.
        port: The host's SMTP port.
        name: The name that it gives to the host.
        messages_per_session: How many messages it sends over one connection to the host.
    """

    entry: str
    timetable: Timetable
    queued_for: float | None = None
    retrieval: Etrn | Turn | CommandRetrieval | None = None
    time_out: float = 60.0
    host: str = "mail"
    port: int = 25
    name: str = "localhost"
    messages_per_session: int = 100
