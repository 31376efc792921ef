"""The mail service's own events. Event 4106, which is the article's, is defined with RAS's errors."""

from __future__ import annotations

from enum import Enum

from simisp.ras.events import Event, EventType
from simisp.visible import writable

__all__ = ["CATEGORY", "SOURCE", "MailEvent"]

SOURCE = "simisp mail"
CATEGORY = "Dial-up"

_INFORMATION, _WARNING, _ERROR = EventType.INFORMATION, EventType.WARNING, EventType.ERROR


class MailEvent(Enum):
    """An event of the mail service: its number, its severity, and its text with placeholders for the details."""

    STARTED = (1, _INFORMATION, "The mail service was started with {queued} messages in its queue.")
    STOPPED = (2, _INFORMATION, "The mail service was stopped.")
    DIALS = (3, _INFORMATION, "The mail service dials '{entry}' ({why}) with {queued} messages to deliver.")
    CONNECTED = (4, _INFORMATION, "The dial-up connection '{entry}' was made.")
    DELIVERED = (5, _INFORMATION, "Message {message} was delivered to {recipients}: {reply}")
    REFUSED = (6, _ERROR, "Message {message} can't be delivered to {recipients}: {reply}")
    DEFERRED = (7, _WARNING, "Message {message} was not delivered to {recipients} and stays in the queue: {reply}")
    HUNG_UP = (8, _INFORMATION, "The dial-up connection '{entry}' was ended: {why}.")
    MISSED = (9, _WARNING, "The time to dial at {time} was missed ({why}) and is not made up.")
    RETRIEVAL = (10, _INFORMATION, "Waiting mail was asked for by {command}: {reply}")
    SESSION_FAILED = (11, _ERROR, "The mail session with {host} failed: {why}.")
    CONNECTION_LOST = (12, _ERROR, "The dial-up connection '{entry}' was lost. The error reported was: {error}")
    RECEIVED = (13, _INFORMATION, "A message of {octets} octets was received from {sender}.")
    SCRIPT_LEFT = (15, _WARNING, "The script processor {process} was left running and holds {port}.")
    IN_DOUBT = (16, _WARNING, "Message {message} may have been delivered to {recipients} before; it is {fate}.")
    QUEUE_FAILED = (17, _ERROR, "The mail queue failed: {why}.")
    SET_ASIDE = (18, _ERROR, "Message {message} can't be sent and was set aside: {why}.")
    FAULT = (19, _ERROR, "The mail service met a fault of its own and goes on: {why}.")
    CLOCK_CHANGED = (14, _INFORMATION, "The clock was changed by {seconds} s.")

    def event(self, **details: str | int | float) -> Event:
        """Return the event with its placeholders filled.

        Example:
            >>> MailEvent.CONNECTED.event(entry="OzEmail").text
            "The dial-up connection 'OzEmail' was made."
        """
        number, severity, text = self.value
        details = {key: writable(value) if isinstance(value, str) else value for key, value in details.items()}
        return Event(number, SOURCE, CATEGORY, severity, text.format(**details), details)
