"""The Remote Access Service as diallers know it: phone book, port, dial attempts, error codes and events."""

from simisp.facts.dial_up import PortState
from simisp.ras.dial import DialAttempt
from simisp.ras.error_codes import Cause, RasError, ras_error
from simisp.ras.events import Event, EventLogged, EventType
from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript, Protocol
from simisp.ras.port import Port, PortHolder

__all__ = [
    "Cause",
    "DialAttempt",
    "Entry",
    "Event",
    "EventLogged",
    "EventType",
    "PhoneBook",
    "Port",
    "PortHolder",
    "PortState",
    "PostConnectScript",
    "Protocol",
    "RasError",
    "ras_error",
]
