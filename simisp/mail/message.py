"""A message in the queue, with its envelope."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message", "crlf"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its envelope.

    Attributes:
        id: Its name in the queue; never reused.
        sender: The envelope's sender; empty for a non-delivery report.
        recipients: The envelope's recipients that are not served yet.
        content: Header and body, with any line endings.
    """

    id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


def crlf(content: bytes) -> bytes:
    r"""Return a message with CRLF at the end of every line, including the last, whatever the line endings were.

    Example:
        >>> crlf(b"Subject: x\n\nhello")
        b'Subject: x\r\n\r\nhello\r\n'
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return lines if not lines or lines.endswith(b"\r\n") else lines + b"\r\n"
