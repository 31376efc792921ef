"""The envelope of a queued message, as stored in the message's own file.

A queue file begins with ``Return-Path`` and ``X-Envelope-To`` lines, which are not sent. If they are missing, as in a
message that another program put into the queue, sender and recipients are those of the header.
"""

from __future__ import annotations

import re
from email.utils import getaddresses

from simisp.errors import UnreadableMessageError
from simisp.mail.message import Message

__all__ = ["parse_message", "render_message"]

_SENDER, _RECIPIENT = b"Return-Path", b"X-Envelope-To"
_HEADER = re.compile(rb"(?:[!-9;-~]+[ \t]*:[^\r\n]*(?:\r\n|\n|\Z)(?:[ \t]+[^\r\n]*(?:\r\n|\n|\Z))*)*")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)")
_NOT_SENT = re.compile(
    rb"^(?:Return-Path|X-Envelope-To|Bcc)[ \t]*:[^\r\n]*(?:\r\n|\n|\Z)(?:[ \t]+[^\r\n]*(?:\r\n|\n|\Z))*",
    re.IGNORECASE | re.MULTILINE,
)


def render_message(message: Message) -> bytes:
    r"""Return the content of a message's queue file.

    Example:
        >>> render_message(Message("1", "a@b", ("c@d",), b"Subject: x\n\nhello\n"))
        b'Return-Path: <a@b>\nX-Envelope-To: c@d\nSubject: x\n\nhello\n'
    """
    lines = [b"%s: <%s>\n" % (_SENDER, _octets(message.sender))]
    lines += [b"%s: %s\n" % (_RECIPIENT, _octets(recipient)) for recipient in message.recipients]
    return b"".join(lines) + message.content


def parse_message(name: str, octets: bytes, *, host: str = "localhost") -> Message:
    r"""Parse a queue file; a message without recipients gets an empty list.

    Addresses are taken octet for octet: an address in UTF-8 is kept, one in another encoding is invalid.

    A message without a Message-ID gets one made from its name, the same each time, so that a host can tell a second
    delivery from a second message.

    Args:
        name: The name of the message in the queue.
        octets: The content of the file.
        host: The right side of a Message-ID.

    Raises:
        UnreadableMessageError: Its addresses are nested too deeply.

    Example:
        >>> message = parse_message("1", b"To: Bob <bob@b>, c@d\nBcc: e@f\nMessage-ID: <x@y>\n\nhello\n")
        >>> message.recipients, message.content
        (('bob@b', 'c@d', 'e@f'), b'To: Bob <bob@b>, c@d\nMessage-ID: <x@y>\n\nhello\n')
    """
    match = _HEADER.match(octets)
    header = match[0] if match else b""
    body = octets[len(header) :]
    fields = _fields(header)
    given = fields.get("x-envelope-to", [])
    recipients = _addresses(given or [text for key in ("to", "cc", "bcc") for text in fields.get(key, [])])
    senders = _addresses(fields.get("return-path") or fields.get("from", []))
    kept = _NOT_SENT.sub(b"", header)
    if "message-id" not in fields:
        kept = b"Message-ID: <%s@%s>\n" % (name.encode("ascii", "replace"), host.encode()) + kept
    return Message(name, senders[0] if senders else "", recipients, kept + body)


def _addresses(fields: list[str]) -> tuple[str, ...]:
    """Return the addresses in header fields, in order and without duplicates."""
    try:
        found = [address for _, address in getaddresses(fields) if address]
    except RecursionError:
        raise UnreadableMessageError("an address in its header is nested too deeply") from None
    return tuple(dict.fromkeys(found))


def _fields(header: bytes) -> dict[str, list[str]]:
    """Return the fields of a header by their names in lower case. Octets that are not UTF-8 become surrogates."""
    fields: dict[str, list[str]] = {}
    for name, text in _FIELD.findall(header):
        unfolded = b" ".join(line.strip() for line in text.splitlines())
        fields.setdefault(name.decode().lower(), []).append(unfolded.decode("utf-8", "surrogateescape"))
    return fields


def _octets(address: str) -> bytes:
    return address.encode("utf-8", "surrogateescape")
