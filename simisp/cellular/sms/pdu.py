"""The transfer protocol data units between a phone and the service centre (3GPP TS 23.040, 9.2.2).

===============  =====================  ===========================================================================
unit             direction              what it is
===============  =====================  ===========================================================================
SMS-DELIVER      to the phone           a message that has arrived
SMS-SUBMIT       from the phone         a message to be sent
SMS-STATUS-      to the phone           what became of a message that was sent
REPORT
===============  =====================  ===========================================================================

In commands a unit stands behind the address of the service centre, all in hexadecimal (3GPP TS 27.005, 3.1, ``<pdu>``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.cellular.sms.address import Address, read_address, read_service_centre
from simisp.cellular.sms.octets import PduReader, octets_of_hex
from simisp.cellular.sms.times import EnhancedValidity, RelativeValidity, Timestamp, Validity, read_timestamp
from simisp.cellular.sms.user_data import UserData, read_user_data
from simisp.errors import PduError

__all__ = ["SmsDeliver", "SmsStatusReport", "SmsSubmit", "Tpdu", "decode_pdu", "decode_tpdu", "encode_pdu"]

_DELIVER, _SUBMIT, _STATUS_REPORT = 0, 1, 2
_USER_DATA_HEADER, _REPLY_PATH = 0x40, 0x80


@dataclass(frozen=True, slots=True)
class SmsDeliver:
    """A message that has arrived (9.2.2.1).

    Attributes:
        originator: The sender.
        timestamp: When the service centre got it.
        data: Its user data.
        coding: The octet of data coding.
        protocol: The protocol identifier.
        has_more: Whether the service centre has more messages.
        is_forwarded: Whether it was forwarded, so that no report goes back (loop prevention).
        reply_path: Whether a reply may take the same path.
        status_report: Whether a status report goes back to the sender.
    """

    originator: Address
    timestamp: Timestamp
    data: UserData = field(default_factory=UserData)
    coding: int = 0
    protocol: int = 0
    has_more: bool = False
    is_forwarded: bool = False
    reply_path: bool = False
    status_report: bool = False

    @property
    def first_octet(self) -> int:
        """The first octet: what kind of unit it is, and what it has."""
        flags = _flags(has_header=bool(self.data.header), reply_path=self.reply_path)
        bits = (not self.has_more) << 2 | self.is_forwarded << 3 | self.status_report << 5
        return _DELIVER | bits | flags

    @property
    def text(self) -> str:
        """Its text."""
        return self.data.text(self.coding)

    def encode(self) -> bytes:
        """Return it in octets.

        Raises:
            PduError: A part of it can't be said in a PDU.
        """
        head = bytes([self.first_octet]) + self.originator.encode() + bytes([self.protocol, self.coding])
        return head + self.timestamp.encode() + self.data.encode(self.coding)


@dataclass(frozen=True, slots=True)
class SmsSubmit:
    """A message to be sent (9.2.2.2).

    Attributes:
        destination: The recipient.
        data: Its user data.
        coding: The octet of data coding.
        protocol: The protocol identifier.
        reference: The number that the phone gives it, 0 to 255.
        validity: How long the service centre tries.
        rejects_duplicates: Whether the service centre is to refuse a second one with the same reference.
        reply_path: Whether a reply may take the same path.
        status_report: Whether a status report is asked for.
    """

    destination: Address
    data: UserData = field(default_factory=UserData)
    coding: int = 0
    protocol: int = 0
    reference: int = 0
    validity: Validity = None
    rejects_duplicates: bool = False
    reply_path: bool = False
    status_report: bool = False

    @property
    def first_octet(self) -> int:
        """The first octet: what kind of unit it is, and what it has."""
        flags = _flags(has_header=bool(self.data.header), reply_path=self.reply_path)
        bits = self.rejects_duplicates << 2 | _validity_format(self.validity) << 3 | self.status_report << 5
        return _SUBMIT | bits | flags

    @property
    def text(self) -> str:
        """Its text."""
        return self.data.text(self.coding)

    def encode(self) -> bytes:
        """Return it in octets.

        Raises:
            PduError: A part of it can't be said in a PDU.
        """
        head = bytes([self.first_octet, self.reference]) + self.destination.encode()
        coding = bytes([self.protocol, self.coding])
        return head + coding + encode_validity(self.validity) + self.data.encode(self.coding)


@dataclass(frozen=True, slots=True)
class SmsStatusReport:
    """What became of a message that was sent (9.2.2.3).

    Attributes:
        reference: The number that the phone gave the message.
        recipient: Where it went.
        timestamp: When the service centre got it.
        discharged: When it was delivered, or last tried.
        status: What became of it: 0 delivered, 32 to 63 still trying, 64 and more given up (9.2.3.15).
        has_more: Whether the service centre has more messages.
        is_forwarded: Whether it was forwarded (loop prevention).
        answers_command: Whether it answers an SMS-COMMAND.
        protocol: The protocol identifier; None if it has none.
        coding: The octet of data coding; None if it has none.
        data: Its user data; None if it has none.
    """

    reference: int
    recipient: Address
    timestamp: Timestamp
    discharged: Timestamp
    status: int = 0
    has_more: bool = False
    is_forwarded: bool = False
    answers_command: bool = False
    protocol: int | None = None
    coding: int | None = None
    data: UserData | None = None

    @property
    def first_octet(self) -> int:
        """The first octet: what kind of unit it is, and what it has."""
        header = bool(self.data and self.data.header)
        bits = (not self.has_more) << 2 | self.is_forwarded << 3 | self.answers_command << 5
        return _STATUS_REPORT | bits | (_USER_DATA_HEADER if header else 0)

    @property
    def text(self) -> str:
        """Its text."""
        return self.data.text(self.coding or 0) if self.data else ""

    def encode(self) -> bytes:
        """Return it in octets.

        Raises:
            PduError: A part of it can't be said in a PDU.
        """
        head = bytes([self.first_octet, self.reference]) + self.recipient.encode()
        times = self.timestamp.encode() + self.discharged.encode() + bytes([self.status])
        indicator = (self.protocol is not None) | (self.coding is not None) << 1 | (self.data is not None) << 2
        if not indicator:
            return head + times
        optional = bytes([indicator, *(octet for octet in (self.protocol, self.coding) if octet is not None)])
        return head + times + optional + (self.data.encode(self.coding or 0) if self.data is not None else b"")


Tpdu = SmsDeliver | SmsSubmit | SmsStatusReport
"""A transfer protocol data unit."""


def encode_pdu(tpdu: Tpdu, service_centre: Address | None = None) -> bytes:
    """Return a unit with the service centre in front, as commands have it.

    Raises:
        PduError: A part of it can't be said in a PDU.
    """
    return (b"\0" if service_centre is None else service_centre.encode_service_centre()) + tpdu.encode()


def decode_pdu(text: str) -> tuple[Address | None, Tpdu, int]:
    """Return what a PDU in hexadecimal says.

    Args:
        text: Hexadecimal digits, in either case.

    Returns:
        The service centre (None if the modem's own is meant), the unit, and how many octets the unit has.

    Raises:
        PduError: It is none. The position is that of an octet, or for what is no hexadecimal of a character.

    Example:
        >>> centre, submit, length = decode_pdu("0011000B911326040000F00000A702E834")
        >>> centre, str(submit.destination), submit.text, submit.validity.seconds // 3600, length
        (None, '+31624000000', 'hi', 24, 16)
    """
    reader = PduReader(octets_of_hex(text))
    centre = read_service_centre(reader)
    length = reader.left
    return centre, _read_tpdu(reader), length


def decode_tpdu(data: bytes) -> Tpdu:
    """Return the unit in these octets.

    Raises:
        PduError: There is none.
    """
    return _read_tpdu(PduReader(data))


def encode_validity(validity: Validity) -> bytes:
    """Return a validity period in octets; there are none if it is left to the service centre.

    Raises:
        PduError: A part of it is out of range.
    """
    match validity:
        case None:
            return b""
        case RelativeValidity(octet):
            return bytes([octet])
        case EnhancedValidity(octets):
            if len(octets) != 7:
                raise PduError("a validity period in the enhanced format has seven octets", len(octets))
            return octets
        case Timestamp():
            return validity.encode()


def _read_tpdu(reader: PduReader) -> Tpdu:
    first = reader.octet("the first octet of a unit")
    match first & 3:
        case 0:
            tpdu: Tpdu = _read_deliver(reader, first)
        case 1:
            tpdu = _read_submit(reader, first)
        case 2:
            tpdu = _read_status_report(reader, first)
        case _:
            raise PduError("3 is no kind of unit", reader.position - 1)
    reader.end()
    return tpdu


def _read_deliver(reader: PduReader, first: int) -> SmsDeliver:
    originator = read_address(reader)
    protocol, coding = reader.octets(2, "protocol and coding")
    timestamp = read_timestamp(reader)
    data = read_user_data(reader, coding, has_header=bool(first & _USER_DATA_HEADER))
    return SmsDeliver(
        originator,
        timestamp,
        data,
        coding,
        protocol,
        has_more=not first & 0x04,
        is_forwarded=bool(first & 0x08),
        reply_path=bool(first & _REPLY_PATH),
        status_report=bool(first & 0x20),
    )


def _read_submit(reader: PduReader, first: int) -> SmsSubmit:
    reference = reader.octet("the reference")
    destination = read_address(reader)
    protocol, coding = reader.octets(2, "protocol and coding")
    validity = _read_validity(reader, first >> 3 & 3)
    data = read_user_data(reader, coding, has_header=bool(first & _USER_DATA_HEADER))
    return SmsSubmit(
        destination,
        data,
        coding,
        protocol,
        reference,
        validity,
        rejects_duplicates=bool(first & 0x04),
        reply_path=bool(first & _REPLY_PATH),
        status_report=bool(first & 0x20),
    )


def _read_status_report(reader: PduReader, first: int) -> SmsStatusReport:
    reference = reader.octet("the reference")
    recipient = read_address(reader)
    timestamp, discharged = read_timestamp(reader), read_timestamp(reader)
    status = reader.octet("the status")
    indicator = following = reader.octet("the parameter indicator") if reader.left else 0
    while following & 0x80:  # more of them, for parameters that are not known
        following = reader.octet("the parameter indicator")
    protocol = reader.octet("the protocol") if indicator & 1 else None
    coding = reader.octet("the coding") if indicator & 2 else None
    data = None
    if indicator & 4:
        data = read_user_data(reader, coding or 0, has_header=bool(first & _USER_DATA_HEADER))
    return SmsStatusReport(
        reference,
        recipient,
        timestamp,
        discharged,
        status,
        has_more=not first & 0x04,
        is_forwarded=bool(first & 0x08),
        answers_command=bool(first & 0x20),
        protocol=protocol,
        coding=coding,
        data=data,
    )


def _read_validity(reader: PduReader, kind: int) -> Validity:
    match kind:
        case 0:
            return None
        case 1:
            return EnhancedValidity(reader.octets(7, "a validity period"))
        case 2:
            return RelativeValidity(reader.octet("a validity period"))
    return read_timestamp(reader)


def _validity_format(validity: Validity) -> int:
    match validity:
        case None:
            return 0
        case EnhancedValidity():
            return 1
        case RelativeValidity():
            return 2
        case Timestamp():
            return 3


def _flags(*, has_header: bool, reply_path: bool) -> int:
    return (_USER_DATA_HEADER if has_header else 0) | (_REPLY_PATH if reply_path else 0)
