"""What a log says: which side sent what, and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

__all__ = ["LogFormat", "LoggedText", "ReadLog", "SeenPpp", "Side", "asks", "split_answer", "without_echo"]

_ASKED = re.compile(r"^(.{0,60}?[:?>%$#])\s?(.*)$")
_MOST_WORDS = 2
"""What is typed at a prompt has not more words; what has, belongs to the ISP's own line (``Last login: Mon Nov 3``)."""


class Side(Enum):
    """Which side sent something."""

    CLIENT = "client"
    LINE = "line"
    """The modem or the ISP."""


_OF_A_MODEM = {
    Side.CLIENT: re.compile(r"AT\S*$|ATD", re.IGNORECASE),
    Side.LINE: re.compile(r"CONNECT\b|NO (?:CARRIER|ANSWER|DIAL ?TONE)$|(?:BUSY|OK|ERROR|RING)$|\+CM[ES] ERROR:"),
}
"""What one side sends where there is a modem."""


class LogFormat(Enum):
    """What kind of log it is."""

    TRANSCRIPT = "a transcript of simisp"
    CHAT = "the log of pppd and chat -v"
    WVDIAL = "the output of wvdial"
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
class SeenPpp:
    """What a log says of PPP.

    Attributes:
        answered: Whether the ISP has sent a frame.
        auth: How the client had to log in, as in a scenario; empty if it had not, or nothing says so.
        user: The name under which it did; empty if nothing says so.
        local: The ISP's address; empty if none was agreed on.
        remote: The client's address.
        dns: The servers for names.
    """

    answered: bool = True
    auth: str = ""
    user: str = ""
    local: str = ""
    remote: str = ""
    dns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log that has been read.

    Attributes:
        format: What it was taken for.
        said: What was sent, in order.
        ppp: What is known of PPP at its end; None if it did not begin.
    """

    format: LogFormat
    said: tuple[LoggedText, ...]
    ppp: SeenPpp | None = None

    @property
    def is_of_a_modem(self) -> bool:
        """Whether there is anything in it that a modem was sent, or said, or PPP."""
        return self.ppp is not None or any(_OF_A_MODEM[each.side].match(each.text) for each in self.said)


def asks(text: str) -> bool:
    """Return whether a text looks like a prompt.

    Example:
        >>> asks("Username:"), asks("Welcome")
        (True, False)
    """
    return text[-1:] in (":", "?", ">") and _ASKED.fullmatch(text) is not None


def split_answer(line: str) -> tuple[str, str] | None:
    """Return the prompt in a line of a screen and what was typed behind it; None if there is no prompt.

    Example:
        >>> split_answer("login: alice"), split_answer("Last login: Mon Nov 3 1997")
        (('login:', 'alice'), None)
    """
    found = _ASKED.fullmatch(line)
    return None if found is None or len(found[2].split()) > _MOST_WORDS else (found[1], found[2])


def without_echo(said: Iterable[LoggedText]) -> Iterator[LoggedText]:
    """Yield what was sent, but not what the line echoed."""
    typed = Counter[str]()
    for each in said:
        if each.side is Side.CLIENT:
            typed[each.text] += 1
        elif each.text and typed[each.text]:
            typed[each.text] -= 1
            continue
        yield each
