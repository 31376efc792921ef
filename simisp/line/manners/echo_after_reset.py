"""Echo that is on again after a reset."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.syntax import split

__all__ = ["ROW"]

_RESETS = frozenset({("Z", ""), ("Z", "0"), ("Z", "1"), ("&F", ""), ("&F", "0"), ("+CFUN", "1,1")})
"""The commands that reset a modem, each with what follows its name."""


class EchoAfterReset:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        commands = split(turn.line[2:].encode("ascii", "replace"))
        turn.echo_on |= any((command.name, command.text) in _RESETS for command in commands)


ROW = MannerRow(
    "echo after reset", "Z and &F turn the echo on, whatever was stored", ("vshymanskyy/TinyGSM#608",), EchoAfterReset
)
