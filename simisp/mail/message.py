"""A message in the queue, with its envelope."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message", "crlf"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message and where it goes.

    Attributes:
        id: What the queue calls it; unique for ever.
        sender: The envelope's sender; empty for a message about a message that could not be delivered.
        recipients: The envelope's recipients that are still to be served.
        content: Header and body, with any line ends.
    """

    id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


def crlf(content: bytes) -> bytes:
    r"""Return a message with CRLF at the end of every line, the last one too, whatever ended them before.

    Example:
        >>> crlf(b"Subject: x\n\nhello")
        b'Subject: x\r\n\r\nhello\r\n'
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return lines if not lines or lines.endswith(b"\r\n") else lines + b"\r\n"
