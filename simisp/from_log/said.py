"""What a log says: which side sent what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["LogFormat", "LoggedText", "ReadLog", "Side"]


class Side(Enum):
    """Which side sent something."""

    CLIENT = "client"
    LINE = "line"
    """The modem or the ISP."""


class LogFormat(Enum):
    """What kind of log it is."""

    TRANSCRIPT = "a transcript of simisp"
    CHAT = "the log of pppd and chat -v"
    STAMPED = "a log with time stamps and directions"
    SCREEN = "what a terminal program showed"


@dataclass(frozen=True, slots=True)
class LoggedText:
    """Something that one side sent.

    Attributes:
        side: Which.
        text: What, without the line end.
        at: When, in seconds; None if the log does not say.
        is_hidden: Whether the log hides it, as a password.
        is_prompt: Whether it was not followed by a line end.
    """

    side: Side
    text: str
    at: float | None = None
    is_hidden: bool = False
    is_prompt: bool = False


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log that has been read.

    Attributes:
        format: What it was taken for.
        said: What was sent, in order.
        ppp: Whether PPP began at its end.
    """

    format: LogFormat
    said: tuple[LoggedText, ...]
    ppp: bool = False
