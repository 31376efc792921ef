"""What message commands work on, shared by all ports of a modem: store, service centre, messages on their way.

A message that arrives goes one of two ways, as +CNMI of the ports says (3GPP TS 27.005, 3.4.1):

==================  ============================================  =============================================
``<mt>``            a message of class 2, or any other port       what the DTE sees
==================  ============================================  =============================================
0                   into the store                                nothing
1                   into the store                                +CMTI with its place
2                   class 2 into the store; others to the DTE     +CMTI; +CMT with the message itself
3                   class 3 to the DTE; others into the store     +CMT; +CMTI
==================  ============================================  =============================================

Where the store is full a message waits with the service centre until a place is freed. With +CSMS=1 the DTE
acknowledges each message that it was sent; meanwhile others wait, and if it does not within
:data:`ACKNOWLEDGED_WITHIN`, ``<mt>`` and ``<ds>`` become 0 and the message comes again, into the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.notice import Notices, is_acknowledged, routes_of
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, SmsSubmit, encode_pdu
from simisp.cellular.sms.store import MessageMemory, MessageState, MessageStore, StoredMessage
from simisp.cellular.sms.times import RelativeValidity, Timestamp, Validity
from simisp.cellular.sms.user_data import Concatenation, split_text
from simisp.facts.messages import SmsReceived, SmsSent
from simisp.machine import earliest

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = [
    "ACKNOWLEDGED_WITHIN",
    "MOST_WAITING",
    "IncomingMessage",
    "Messaging",
    "MessagingConfig",
    "MessagingHost",
    "messaging_of",
]

ACKNOWLEDGED_WITHIN = 15.0
"""Seconds that a DTE has for +CNMA."""

MOST_WAITING = 256
"""How many messages may wait with the service centre, and how many reports be under way, before reports are lost."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that someone sends to the modem.

    Attributes:
        sender: A number or a name.
        text: The text; one of more than a message's length arrives in parts.
        at: When, in seconds; 0 or less: it is in the store from the start.
        message_class: 0 to 3; None for a message without a class.
    """

    sender: str
    text: str
    at: float = 0.0
    message_class: int | None = None

    def parts(self, timestamp: Timestamp, reference: int) -> list[SmsDeliver]:
        """Return the units in which it arrives."""
        coding, parts = split_text(self.text, reference)
        if self.message_class is not None:
            coding |= 0x10 | self.message_class
        sender = Address.of(self.sender)
        return [
            SmsDeliver(sender, timestamp, part, coding, has_more=index < len(parts))
            for index, part in enumerate(parts, start=1)
        ]


@dataclass(frozen=True, slots=True)
class MessagingConfig:
    """How a modem deals with messages.

    Attributes:
        memories: The places of each memory; the first one is the one in use at first.
        first_index: The number of a memory's first place: 0 or 1.
        service_centre: The number of the service centre; empty if the SIM has none.
        incoming: The messages that arrive.
        send_takes: How long it takes to send a message, in seconds.
        report_after: How long after that a delivery report comes, in seconds, where one was asked for.
        report_status: What delivery reports say: 0 for delivered (3GPP TS 23.040, 9.2.3.15).
    """

    memories: dict[str, int] = field(default_factory=lambda: {"SM": 20, "ME": 23})
    first_index: int = 1
    service_centre: str = "+31624000000"
    incoming: Sequence[IncomingMessage] = ()
    send_takes: float = 1.0
    report_after: float = 3.0
    report_status: int = 0


class MessagingHost(Protocol):
    """What has messaging, and knows the SIM and the network."""

    @property
    def messaging(self) -> Messaging:
        """What message commands work on."""

    def messaging_refusal(self) -> CmsError | None:
        """Return why no message command can be run now (no SIM, PIN, …), or None."""

    def has_message_service(self) -> bool:
        """Return whether the network takes messages now."""

    def local_time(self, now: float) -> Timestamp:
        """Return the time of day at a time of the run."""


def messaging_of(unit: Unit) -> Messaging:
    """Return what message commands of a port work on."""
    return cast("MessagingHost", unit.subsystem).messaging


@dataclass(frozen=True, slots=True)
class SubmitDefaults:
    """The values of +CSMP (3GPP TS 27.005, 3.3.1).

    Attributes:
        first_octet: The first octet of SMS-SUBMIT.
        validity: The validity period, in the format that the first octet says.
        protocol: The protocol identifier.
        coding: The octet of data coding.
    """

    first_octet: int = 17
    validity: Validity = field(default_factory=lambda: RelativeValidity(167))
    protocol: int = 0
    coding: int = 0


@dataclass(slots=True)
class _Due:
    """Something that is to happen at a time."""

    at: float
    unit: SmsDeliver | SmsStatusReport


class Messaging:
    """What message commands work on.

    Args:
        config: How the modem deals with messages.
        host: What knows the SIM and the network.

    Attributes:
        store: The memories.
        used: The names of the memories for reading, for writing and for what arrives (+CPMS).
        service_centre: The number of the service centre; None if there is none.
        service: The message service in force (+CSMS): 1 requires acknowledgements.
        defaults: The values of +CSMP.
        stored_defaults: The service centre and the values of +CSMP that +CSAS has stored.
    """

    def __init__(self, config: MessagingConfig, host: MessagingHost) -> None:
        self.config = config
        self.host = host
        self.store = MessageStore(dict(config.memories), config.first_index)
        self.used = (next(iter(config.memories)),) * 3
        self.service_centre = Address.of(config.service_centre) if config.service_centre else None
        self.service = 0
        self.defaults = SubmitDefaults()
        self.stored_defaults = (self.service_centre, self.defaults)
        self.notices = Notices()
        self._reference = 0
        self._long_reference = 0
        self._unacknowledged: tuple[float, SmsDeliver | SmsStatusReport] | None = None
        self._waiting: deque[SmsDeliver | SmsStatusReport] = deque()
        self._due: list[_Due] = []
        self._incoming = sorted(config.incoming, key=lambda message: message.at)
        for message in self._take_incoming(0.0):
            self._waiting.append(message)
        self._fill_store()

    # Ports and time ---------------------------------------------------------------------------------------------------

    def attach(self, unit: Unit) -> None:
        """Take notice of a port, to which indications may go."""
        self.notices.units.append(unit)

    def detach(self, unit: Unit) -> None:
        """Forget a port."""
        self.notices.units = [other for other in self.notices.units if other is not unit]

    def memory(self, purpose: int) -> MessageMemory:
        """Return the memory for reading (0), writing (1) or what arrives (2)."""
        return self.store.memory(self.used[purpose])

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        acknowledge = self._unacknowledged[0] if self._unacknowledged is not None else None
        incoming = self._incoming[0].at if self._incoming else None
        return earliest((acknowledge, incoming, *(due.at for due in self._due)))

    def handle_timer(self, now: float) -> None:
        """Let arrive what is due, and give up waiting for an acknowledgement."""
        if self._unacknowledged is not None and now >= self._unacknowledged[0]:
            self._waiting.appendleft(self._unacknowledged[1])
            self._unacknowledged = None
            self.notices.stop_routing()
        self._waiting.extend(self._take_incoming(now))
        arrived = [due for due in self._due if now >= due.at]
        self._due = [due for due in self._due if now < due.at]
        self._waiting.extend([due.unit for due in arrived][: max(0, MOST_WAITING - len(self._waiting))])
        self.deliver_waiting(now)

    def _take_incoming(self, now: float) -> list[SmsDeliver]:
        """Return the parts of the messages that are due, and forget these messages."""
        parts = []
        while self._incoming and self._incoming[0].at <= now:
            self._long_reference = (self._long_reference + 1) % 256
            message = self._incoming.pop(0)
            parts += message.parts(self.host.local_time(max(message.at, 0.0)), self._long_reference)
        return parts

    def receive(self, message: IncomingMessage, now: float) -> None:
        """Let a message arrive now."""
        self._long_reference = (self._long_reference + 1) % 256
        self._waiting.extend(message.parts(self.host.local_time(now), self._long_reference))
        self.deliver_waiting(now)

    # What arrives -----------------------------------------------------------------------------------------------------

    def deliver_waiting(self, now: float) -> None:
        """Let arrive what waits with the service centre, as far as there is room, network and an acknowledgement."""
        while self._waiting and self._unacknowledged is None and self.host.has_message_service():
            unit = self._waiting[0]
            if routed := routes_of(self.notices.units, unit):
                self._waiting.popleft()
                self.notices.show(routed, unit, self.service_centre)
                if is_acknowledged(self.service, unit):
                    self._unacknowledged = (now + ACKNOWLEDGED_WITHIN, unit)
            elif isinstance(unit, SmsStatusReport) and not self.notices.stores_reports():
                self._waiting.popleft()
                continue
            elif (index := self._keep(unit)) is not None:
                self._waiting.popleft()
                self.notices.tell_place(unit, self.used[2], index)
            else:
                return
            self._note(unit)

    def acknowledge(self, now: float) -> bool:
        """Take the DTE's acknowledgement, positive or negative; return whether one was expected."""
        if self._unacknowledged is None:
            return False
        self._unacknowledged = None
        self.deliver_waiting(now)
        return True

    def _fill_store(self) -> None:
        """Fill the store with the messages that are in it from the start, without any indication."""
        while self._waiting and self._keep(self._waiting[0]) is not None:
            self._waiting.popleft()

    def _keep(self, unit: SmsDeliver | SmsStatusReport) -> int | None:
        """Put what has arrived into the store; return its place, or None if the memory is full."""
        pdu = encode_pdu(unit, self.service_centre)
        return self.memory(2).add(StoredMessage(pdu, len(unit.encode()), MessageState.REC_UNREAD))

    def _note(self, unit: SmsDeliver | SmsStatusReport) -> None:
        """Record that a message has arrived."""
        if isinstance(unit, SmsDeliver) and self.notices.units:
            part = unit.data.concatenation or Concatenation(0, 1, 1)
            fact = SmsReceived(str(unit.originator), unit.text, part.number, part.total)
            self.notices.units[0].dte.emit(fact)

    # What is sent -----------------------------------------------------------------------------------------------------

    def submit(self, port: Unit, submit: SmsSubmit, service_centre: Address | None) -> int:
        """Send a message; return its reference.

        Args:
            port: The port that sends it.
            submit: The message.
            service_centre: Its service centre; None for the usual one.
        """
        now = port.now
        self._reference = (self._reference + 1) % 256
        centre = service_centre or self.service_centre
        part = submit.data.concatenation or Concatenation(0, 1, 1)
        port.dte.emit(
            SmsSent(
                str(submit.destination),
                submit.text,
                part.number,
                part.total,
                self._reference,
                str(centre or ""),
                submit.encode().hex().upper(),
            )
        )
        if submit.status_report and len(self._due) < MOST_WAITING:
            at = now + self.config.report_after
            times = self.host.local_time(now), self.host.local_time(at)
            report = SmsStatusReport(self._reference, submit.destination, *times, self.config.report_status)
            self._due.append(_Due(at, report))
        return self._reference
