"""Answers that a modem has given before: software sends the same few lines again and again.

A line that only asks, such as ``AT`` or ``ATI3``, changes nothing. Until something else is run its answer is the same,
down to the last octet, so the line need not be parsed again, nor the answer composed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from simisp.facts.fact import Fact
from simisp.machine import Output, Received, SendData

__all__ = ["LONGEST_REMEMBERED", "KnownAnswer", "remember"]

_MOST_REMEMBERED = 16
"""How many command lines have their answers remembered."""
LONGEST_REMEMBERED = 64
"""The octets of the longest such line."""


class KnownAnswer:
    """A whole command line that changes nothing, and what the modem has answered to it.

    Args:
        data: The line as it came from the DTE.
        body: The body of the line, as ``A/`` repeats it.
        line: The line as a fact shows it.
        outputs: What the modem has put out: octets and facts.

    Attributes:
        octets: All octets of the answer.
        exchange: All outputs, beginning with the line as it was received.
        size: How many records of a transcript the exchange makes, and how many octets those have.
    """

    __slots__ = ("body", "exchange", "line", "octets", "outputs", "size")

    def __init__(self, data: bytes, body: bytes, line: str, outputs: Sequence[Output]) -> None:
        self.body: Final = body
        self.line: Final = line
        self.outputs: Final = tuple(outputs)
        self.exchange: Final = (Received(data), *outputs)
        self.octets: Final = b"".join(output.data for output in outputs if isinstance(output, SendData))
        self.size: Final = (len(self.exchange), len(data) + len(self.octets))


def remember(answers: dict[bytes, KnownAnswer], data: bytes, body: bytes, line: str, outputs: Sequence[Output]) -> None:
    """Add what was answered to a line that has changed nothing, if there is room for it.

    Args:
        answers: The answers that are known, by the octets of their lines.
        data: See :class:`KnownAnswer`, as for the other arguments.
        body: The body of the line.
        line: The line as a fact shows it.
        outputs: The answer. One with a change of a circuit is not remembered.
    """
    if len(answers) >= _MOST_REMEMBERED:
        return
    for output in outputs:
        if not isinstance(output, (SendData, Fact)):
            return
    answers[data] = _known(data, body, line, tuple(outputs))


@lru_cache(maxsize=256)
def _known(data: bytes, body: bytes, line: str, outputs: tuple[Output, ...]) -> KnownAnswer:
    """Return what is known of a line. All modems that answer alike share it: a bank may have a thousand."""
    return KnownAnswer(data, body, line, outputs)
