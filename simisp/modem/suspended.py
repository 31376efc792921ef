r"""A command line that waits in the middle: for time to pass, or for text from the DTE.

=======  ===============================  ==============================================================================
state    input                            next state, and effect
=======  ===============================  ==============================================================================
RUNNING  the time is over                 ended; the command's answer comes
RUNNING  octets, of an abortable command  ended by the first one, which is dropped (ITU-T V.250, 5.6.1)
RUNNING  octets, of any other command     RUNNING; up to :data:`TYPE_AHEAD` of them are taken after the line's end
TEXT     Ctrl-Z                           ended; the command gets the text (3GPP TS 27.005, 3.5.1)
TEXT     ESC                              ended; the command gets no text
TEXT     backspace (8, or S5)             TEXT; the octet before it is deleted, and erased from the echo
TEXT     CR, where each line is prompted  TEXT; appended, and the prompt comes again
TEXT     any other octet                  TEXT; appended, up to the longest text that the command takes
=======  ===============================  ==============================================================================

Unsolicited results wait for the end in both states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from simisp.modem.answers import Later, Prompt
from simisp.modem.dte import DteInterface
from simisp.modem.outputs import ModemState
from simisp.modem.syntax import ATCommand

__all__ = ["TYPE_AHEAD", "RunningCommand", "Suspended", "TextEntry"]

TYPE_AHEAD = 1024
"""How many octets that come while a command runs are kept for the end of its line; further octets are lost."""

_CTRL_Z, _ESC, _CR, _BACKSPACE = 0x1A, 0x1B, 0x0D, 0x08
_ERASURE = b"\b \b"


class RunningCommand:
    """A command that takes time.

    Args:
        later: What it said.
        commands: The rest of its line.
        now: When it began.

    Attributes:
        deadline: When the time is over.
        typed: What the DTE has typed meanwhile.
    """

    __slots__ = ("commands", "deadline", "later", "typed")

    state = ModemState.RUNNING

    def __init__(self, later: Later, commands: Iterator[ATCommand], now: float) -> None:
        self.later = later
        self.commands = commands
        self.deadline = now + later.delay
        self.typed = bytearray()

    def type_ahead(self, octets: bytes) -> None:
        """Keep octets for the end of the line."""
        self.typed += octets[: TYPE_AHEAD - len(self.typed)]


class TextEntry:
    """Text that a command has asked for.

    Args:
        prompt: What the command said.
        commands: The rest of its line.
        text: The prompt as it is sent.

    Attributes:
        text: What the DTE has entered.
        is_cancelled: Whether ESC ended it.
    """

    __slots__ = ("_sent", "commands", "is_cancelled", "prompt", "text")

    state = ModemState.TEXT

    def __init__(self, prompt: Prompt, commands: Iterator[ATCommand], text: bytes) -> None:
        self.prompt = prompt
        self.commands = commands
        self.text = bytearray()
        self.is_cancelled = False
        self._sent = text

    def begin(self, dte: DteInterface) -> None:
        """Send the prompt."""
        dte.send_exactly(self._sent)

    def take(self, data: bytes, start: int, dte: DteInterface, *, s5: int) -> tuple[int, bool]:
        """Take octets from index ``start`` on.

        Returns:
            The index after the last octet used, and whether the text is complete or cancelled.
        """
        position = start
        special = _special(s5, self.prompt.each_line)
        while match := special.search(data, position):
            self._append(data[position : match.start()], dte)
            position = match.end()
            octet = data[position - 1]
            if octet in (_CTRL_Z, _ESC):
                self.is_cancelled = octet == _ESC
                return position, True
            if octet == _CR and self.prompt.each_line:
                self._append(b"\r", dte)
                self.begin(dte)
            elif self.text:
                del self.text[-1]
                dte.send_echo(_ERASURE)
        self._append(data[position:], dte)
        return len(data), False

    def _append(self, octets: bytes, dte: DteInterface) -> None:
        self.text += octets[: self.prompt.longest - len(self.text)]
        dte.send_echo(octets)


Suspended = RunningCommand | TextEntry
"""What a command line may wait for."""


@lru_cache(maxsize=16)
def _special(s5: int, each_line: bool) -> re.Pattern[bytes]:
    """Return a pattern for the octets that are not simply text."""
    octets = {_CTRL_Z, _ESC, _BACKSPACE, s5, *([_CR] if each_line else [])}
    return re.compile(b"[" + b"".join(re.escape(bytes((octet,))) for octet in sorted(octets)) + b"]")
