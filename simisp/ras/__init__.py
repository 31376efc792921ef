"""The Remote Access Service as diallers know it: phone book, port, dial attempts, error codes and events."""

from simisp.ras.dial import DialAttempt
from simisp.ras.error_codes import Cause, RasError, ras_error
from simisp.ras.events import Event, EventLogged, Severity
from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript, Protocol
from simisp.ras.port import Holder, Port, PortState

__all__ = [
    "Cause",
    "DialAttempt",
    "Entry",
    "Event",
    "EventLogged",
    "Holder",
    "PhoneBook",
    "Port",
    "PortState",
    "PostConnectScript",
    "Protocol",
    "RasError",
    "Severity",
    "ras_error",
]
