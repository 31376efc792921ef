"""The event log: what the dialling side reports to an administrator, in the form of the Windows NT event log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from simisp.machine import Output
from simisp.ras.error_codes import RasError

__all__ = ["Event", "EventLogged", "EventType", "connection_failed"]

Plain = str | int | float | bool | None


class EventType(Enum):
    """An event's type, in the words of the event log."""

    INFORMATION = "Information"
    WARNING = "Warning"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        id: Its number, unique within the source.
        source: The program that it comes from.
        category: The program's category of the event.
        severity: How serious it is.
        text: What happened, for people.
        details: What happened, for programs.
    """

    id: int
    source: str
    category: str
    severity: EventType
    text: str
    details: Mapping[str, Plain] = field(default_factory=dict)

    def to_json(self, at: float, began: datetime | None = None) -> str:
        """Return the event as one line of JSON.

        Args:
            at: When it happened, in seconds since the run began.
            began: The wall time at which the run began; if given, the line includes the wall time.

        Example:
            >>> Event(7, "simisp", "Dial-up", EventType.INFORMATION, "Hung up.").to_json(2.5)
            '{"at": 2.5, "id": 7, "source": "simisp", "category": "Dial-up", "type": "Information", "text": "Hung up."}'
        """
        line: dict[str, object] = {"at": round(at, 6)}
        if began is not None:
            line["time"] = (began + timedelta(seconds=at)).isoformat(timespec="milliseconds")
        line |= {"id": self.id, "source": self.source, "category": self.category, "type": self.severity.value}
        line["text"] = self.text
        if self.details:
            line["details"] = dict(self.details)
        return json.dumps(line, ensure_ascii=False)

    def to_text(self, when: str) -> str:
        """Return the event as the event viewer shows it; ``when`` is its time in any form.

        Example:
            >>> print(Event(7, "simisp", "Dial-up", EventType.INFORMATION, "Hung up.").to_text("08:15"))
            08:15  Information  Event ID: 7  Source: simisp  Category: Dial-up
                Hung up.
        """
        head = f"{when}  {self.severity.value}  Event ID: {self.id}  Source: {self.source}  Category: {self.category}"
        return "\n".join([head, *(f"    {line}" for line in self.text.splitlines())])


@dataclass(frozen=True, slots=True)
class EventLogged(Output):
    """An event for the log."""

    event: Event


def connection_failed(entry: str, error: RasError, detail: str = "") -> Event:
    """Return event 4106, by which the mail service reports that it could not dial.

    Args:
        entry: The phone-book entry.
        error: The error that RAS reported.
        detail: What else is known, such as the holder of the port. It is not in the text, which is the article's.

    Example:
        >>> from simisp.ras.error_codes import ras_error
        >>> print(connection_failed("OzEmail", ras_error(633)).text)
        The dial-up connection 'OzEmail' could not be made. The error reported was: \
[633] The port is already in use or is not configured for Remote Access dial out.

    See Also:
        Microsoft Knowledge Base, Q175410.
    """
    details: dict[str, Plain] = {"entry": entry, "error": error.code, "symbol": error.symbol}
    if detail:
        details["detail"] = detail
    return Event(
        4106,
        "MSExchangeIMC",
        "SMTP Interface Events",
        EventType.ERROR,
        f"The dial-up connection '{entry}' could not be made. The error reported was: {error}",
        details,
    )
