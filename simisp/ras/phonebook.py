"""The phone book: the settings that RAS needs for dialling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from simisp.diagnostics import nearest
from simisp.switchinf import PadCall
from simisp.transcript.redaction import mask_arguments

__all__ = [
    "LONGEST_NAME",
    "LONGEST_NUMBER",
    "LONGEST_PAD_TEXT",
    "Entry",
    "PhoneBook",
    "PostConnectScript",
    "Protocol",
    "why_undiallable",
    "why_unfit_for_pad",
]

LONGEST_NAME = 20
"""Exchange 4.0 and 5.0 cannot dial an entry with a longer name, in characters: event 4106 with error 87 (Q188272)."""
LONGEST_NUMBER = 128
"""The longest number that RAS dials, in characters."""
LONGEST_PAD_TEXT = 200
"""The longest X.25 address, user data and facilities that RAS has room for, in characters."""

_NUMBER = re.compile(r"[0-9A-Da-d*#+,;@!WwPpTt ()./-]*[0-9A-Da-d*#][0-9A-Da-d*#+,;@!WwPpTt ()./-]*")


class Protocol(Enum):
    """The protocol on the line after the script has completed."""

    PPP = "ppp"
    SLIP = "slip"
    NONE = "none"
    """No protocol: plain octets, as in a terminal window."""


@dataclass(frozen=True, slots=True)
class PostConnectScript:
    """The script that logs in after the modem has connected. Exactly one of ``path`` and ``command`` is given.

    Attributes:
        path: A script in the dial-up scripting language, or a SWITCH.INF if ``section`` is given.
        section: The section of a SWITCH.INF, or of a pad.inf.
        pad: What a section of pad.inf asks of a PAD.
        command: A command and its arguments, with the port as its standard input and output.
    """

    path: str = ""
    section: str = ""
    pad: PadCall = field(default_factory=PadCall)
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.path) == bool(self.command):
            raise ValueError("a post-connect script is either a file or a command")

    def __str__(self) -> str:
        """Return it for display, with answers to password prompts masked in the arguments."""
        return " ".join(mask_arguments(self.command)) or self.path + (f" [{self.section}]" if self.section else "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a phone book. All times are in seconds.

    Attributes:
        name: Its name.
        number: The number to dial, which may include modifiers for the modem.
        port: The modem's port.
        alternatives: Further numbers that redials try in turn.
        init: Command lines for the modem, including the prefix AT; each must be answered with OK before the next.
        dial: The command that precedes the number.
        pad: The section of pad.inf that calls through an X.25 PAD before the script; None without a PAD.
        script: The script that logs in once the modem has connected; None if no script is needed.
        user: The user name.
        protocol: The protocol on the line.
        redials: How often to redial after a failed call.
        redial_pause: How long to wait before redialling.
        answer_wait: How long the modem may take to report the outcome of the call.
        patience: How long the script may take before the dialler gives up; None for no limit.
        idle_hang_up: How long without an octet before the dialler hangs up; None for no limit.
    """

    name: str
    number: str
    port: str = ""
    alternatives: tuple[str, ...] = ()
    init: tuple[str, ...] = ("ATZ",)
    dial: str = "ATDT"
    pad: PostConnectScript | None = None
    script: PostConnectScript | None = None
    user: str = ""
    protocol: Protocol = Protocol.PPP
    redials: int = 0
    redial_pause: float = 60.0
    answer_wait: float = 90.0
    patience: float | None = 120.0
    idle_hang_up: float | None = None

    @property
    def scripts(self) -> tuple[PostConnectScript, ...]:
        """The scripts that are played once the modem has connected, in order."""
        return tuple(script for script in (self.pad, self.script) if script is not None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the entry has that no text for people shows."""
        return self.pad.pad.secrets if self.pad is not None else ()

    def number_for(self, attempt: int) -> str:
        """Return the number for an attempt, counted from 1: redials use the alternatives in turn.

        Example:
            >>> [Entry("Home", "1", alternatives=("2",)).number_for(attempt) for attempt in (1, 2, 3)]
            ['1', '2', '1']
        """
        numbers = (self.number, *self.alternatives)
        return numbers[(attempt - 1) % len(numbers)]


def why_undiallable(number: str) -> str:
    """Return why a modem cannot dial ``number``, or an empty text if it can.

    Example:
        >>> why_undiallable("0,5551234"), why_undiallable("555 CALL")
        ('', "'555 CALL' is not a number that a modem can dial")
    """
    if len(number) > LONGEST_NUMBER:
        return f"the number has {len(number)} characters; at most {LONGEST_NUMBER} are allowed"
    return "" if _NUMBER.fullmatch(number) else f"{number!r} is not a number that a modem can dial"


def why_unfit_for_pad(text: str) -> str:
    r"""Return why a PAD can't be given ``text`` in a command, or an empty text when it can.

    A line end in it would be the end of the command, and what follows a command of its own.

    Example:
        >>> why_unfit_for_pad("31103010002000"), why_unfit_for_pad("3110\r")
        ('', 'only printable ASCII can go into a command for a PAD')
    """
    if len(text) > LONGEST_PAD_TEXT:
        return f"{len(text)} characters are too long for a PAD; {LONGEST_PAD_TEXT} are the most"
    fits = text.isascii() and (text.isprintable() or not text)
    return "" if fits else "only printable ASCII can go into a command for a PAD"


class PhoneBook:
    """Entries by name, ignoring case.

    Args:
        entries: The entries. Of two with the same name the first counts.
        source: The path that they come from, as the user gave it.

    Example:
        >>> book = PhoneBook([Entry("OzEmail", "5551234")])
        >>> book.find("ozemail").number
        '5551234'
        >>> book.find("Ozmail") is None, book.nearest("Ozmail")
        (True, 'OzEmail')
    """

    def __init__(self, entries: Iterable[Entry] = (), *, source: str = "") -> None:
        self.source = source
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(entry.name.casefold(), entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, name: str) -> Entry | None:
        """Return the entry with this name, or None (RAS error 623)."""
        return self._entries.get(name.casefold())

    def nearest(self, name: str) -> str | None:
        """Return the name that was probably meant."""
        return nearest(name, (entry.name for entry in self))
