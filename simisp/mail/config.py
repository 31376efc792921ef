"""What the mail service is set to."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.mail.schedule import Timetable
from simisp.mail.smtp_client import Etrn, Turn

__all__ = ["Command", "ServiceConfig"]


@dataclass(frozen=True, slots=True)
class Command:
    """Retrieve mail by a command that is run here, such as a finger or a POP client."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """What the mail service is set to.

    Attributes:
        entry: The phone-book entry that it dials.
        timetable: When it dials.
        queued_for: It dials, too, when mail has waited so long, in seconds; None for never.
        retrieval: How it gets the mail that waits at the ISP; None when it gets none.
        time_out: After so many seconds in which nothing moved between it and the mail host it hangs up.
        host: The ISP's mail host.
        port: The host's SMTP port.
        name: What it calls itself towards the host.
        messages_per_session: How many messages it sends over one connection to the host.
    """

    entry: str
    timetable: Timetable
    queued_for: float | None = None
    retrieval: Etrn | Turn | Command | None = None
    time_out: float = 60.0
    host: str = "mail"
    port: int = 25
    name: str = "localhost"
    messages_per_session: int = 100
