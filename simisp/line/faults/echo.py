"""Faults of the echo: it is missing, or it is late.

What the client has sent and has not yet come back is expected as an echo, in its order. An octet that comes and is the
next of these is taken for an echo. Any other octet shows that the rest is not echoed: an echo precedes its answer.
"""

from __future__ import annotations

from collections import deque
from random import Random

from simisp.line.channel import ChannelPlace
from simisp.line.faults.fault import LineFault
from simisp.line.faults.when import When
from simisp.machine import SendData, earliest

__all__ = ["EchoLate", "EchoOff"]

_MOST_EXPECTED = 4096
"""How many octets are expected as an echo; of more, the oldest are not."""


class EchoOff(LineFault):
    """Loses the echo of what the client sends: the modem's and the ISP's."""

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace) -> None:
        super().__init__(name, when, random, place)
        self._expected: deque[int] = deque(maxlen=_MOST_EXPECTED)

    def overhear(self, data: bytes, *, now: float) -> None:
        """Take octets that pass in the other direction: while the fault is active, their echo is expected."""
        self._start_if_due_at_once(now)
        for index in range(len(data)):  # octet by octet, for the fault may begin with any of them
            if self._is_active:
                self._expected.append(data[index])
            else:
                super().overhear(data[index : index + 1], now=now)

    def _end(self, now: float) -> None:
        self._expected.clear()

    def _affect(self, piece: SendData, now: float) -> None:
        position = 0
        while position < len(piece.data):
            is_echo = self._is_echo(piece.data[position])
            end = position + 1
            while end < len(piece.data) and self._would_be_echo(piece.data[end]) is is_echo:
                self._is_echo(piece.data[end])
                end += 1
            part = piece.part(position, end)
            if is_echo:
                self._take_echo(part, now)
            else:
                self._let_through(part, now)
            position = end

    def _take_echo(self, echo: SendData, now: float) -> None:
        """Do to an echo what the fault does."""

    def _would_be_echo(self, octet: int) -> bool:
        return bool(self._expected) and self._expected[0] == octet

    def _is_echo(self, octet: int) -> bool:
        """Return whether an octet is the next echo; if not, none is expected any more."""
        if self._would_be_echo(octet):
            self._expected.popleft()
            return True
        self._expected.clear()
        return False


class EchoLate(EchoOff):
    """The echo comes later, and what comes meanwhile overtakes it.

    Args:
        by: By how many seconds.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, by: float) -> None:
        super().__init__(name, when, random, place)
        self._by = by
        self._late: deque[tuple[float, SendData]] = deque()

    @property
    def held(self) -> int:
        """How many octets are under way."""
        return super().held + sum(len(echo.data) for _, echo in self._late)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        super().handle_timer(now=now)
        while self._late and now >= self._late[0][0]:
            self._outputs.append(self._late.popleft()[1])

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return earliest((super().next_timer(), self._late[0][0] if self._late else None))

    def clear(self) -> None:
        """Drop what is under way."""
        super().clear()
        self._late.clear()

    def _take_echo(self, echo: SendData, now: float) -> None:
        self._late.append((now + self._by, echo))
