"""Calls that come in: when the exchange rings, how often, and when it sends the caller's number.

=========  ===============================================  ============================================================
state      input                                            next state, and effect
=========  ===============================================  ============================================================
idle       the time of the next call, and the line is free  ringing; ``CallCameIn``
idle       that time, and the line is not free              idle; ``CallMissed``: the caller hears a busy tone
ringing    the time of the next ring                        ringing; one ring
ringing    the time of the caller's number                  ringing; the number
ringing    one period after the last ring                   idle; ``CallMissed``: the caller has given up
ringing    the modem answers                                idle
ringing    the modem dials                                  idle; ``CallMissed``
=========  ===============================================  ============================================================

The caller's number comes half a second behind the end of the first ring, or the first ring half a second behind the
number, as exchanges of different countries have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from simisp.facts.line import CallCameIn, CallMissed
from simisp.machine import Output
from simisp.modem.call_control import RING_LENGTH
from simisp.modem.caller import Caller

__all__ = ["SHORTEST_PERIOD", "CallerSent", "IncomingCall", "IncomingCalls", "Rung"]

SHORTEST_PERIOD = 3.0
"""The least time from one ring to the next, in seconds: the caller's number comes in between."""
_PAUSE = 0.5  # between the caller's number and the ring before or after it, in seconds


class _Step(Enum):
    """What happens to a call that comes in, besides its number."""

    RING = "ring"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """One call that comes in.

    Attributes:
        at: When it begins to ring, in seconds since the run began.
        rings: How often it rings before the caller gives up, 1 or more.
        every: The time from one ring to the next, in seconds, at least :data:`SHORTEST_PERIOD`.
        caller: What the exchange sends of the caller; None for nothing.
        number_first: Whether that comes before the first ring.
    """

    at: float
    rings: int = 10
    every: float = 6.0
    caller: Caller | None = None
    number_first: bool = False


@dataclass(frozen=True, slots=True)
class Rung(Output):
    """It rings once."""


@dataclass(frozen=True, slots=True)
class CallerSent(Output):
    """The exchange sends the caller's number."""

    caller: Caller


class IncomingCalls:
    """The calls that come in on one line, one after the other.

    Args:
        calls: The calls. One that is due while an earlier one still rings comes behind it.

    Example:
        >>> calls = IncomingCalls([IncomingCall(5.0, rings=1)])
        >>> calls.next_timer()
        5.0
        >>> calls.handle_timer(is_free=True, now=5.0)
        >>> calls.take_outputs()
        [CallCameIn(number=None)]
        >>> calls.handle_timer(is_free=True, now=5.0)
        >>> calls.take_outputs()
        [Rung()]
    """

    def __init__(self, calls: Sequence[IncomingCall]) -> None:
        self._calls = iter(sorted(calls, key=lambda call: call.at))
        self._next = next(self._calls, None)
        self._outputs: list[Output] = []
        self._steps: Iterator[tuple[float, _Step | Caller]] = iter(())
        self._waiting: tuple[float, _Step | Caller] | None = None
        self._rung = 0

    @property
    def is_ringing(self) -> bool:
        """Whether a call waits for its answer."""
        return self._waiting is not None

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no call comes any more."""
        if self._waiting is not None:
            return self._waiting[0]
        return self._next.at if self._next is not None else None

    def handle_timer(self, *, is_free: bool, now: float) -> None:
        """Begin the call that is due, ring, send the number, or give up: one of these, since a ring may be answered.

        Args:
            is_free: Whether the modem is on hook: a call that begins now can ring.
            now: The time.
        """
        if self._waiting is None:
            if self._next is not None and now >= self._next.at:
                self._begin(self._next, is_free, now)
        elif now >= self._waiting[0]:
            _, step = self._waiting
            self._waiting = next(self._steps, None)
            self._act(step)

    def take_outputs(self) -> list[Output]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def answer(self) -> None:
        """Ring no more: the modem has answered."""
        self._waiting = None

    def miss(self, why: str) -> None:
        """Give up the call that rings, if one does."""
        if self.is_ringing:
            self._waiting = None
            self._outputs.append(CallMissed(self._rung, why))

    def _begin(self, call: IncomingCall, is_free: bool, now: float) -> None:
        self._next = next(self._calls, None)
        self._outputs.append(CallCameIn(call.caller.number if call.caller is not None else None))
        self._rung = 0
        if is_free:
            self._steps = _steps(call, now)
            self._waiting = next(self._steps)
        else:
            self._outputs.append(CallMissed(0, "the line was not free"))

    def _act(self, step: _Step | Caller) -> None:
        match step:
            case Caller():
                self._outputs.append(CallerSent(step))
            case _Step.RING:
                self._rung += 1
                self._outputs.append(Rung())
            case _Step.GIVE_UP:
                self._outputs.append(CallMissed(self._rung, "the caller gave up"))


def _steps(call: IncomingCall, start: float) -> Iterator[tuple[float, _Step | Caller]]:
    """Return what happens until the caller gives up, each with its time."""
    if call.caller is not None and call.number_first:
        yield start, call.caller
        start += _PAUSE
    yield start, _Step.RING
    if call.caller is not None and not call.number_first:
        yield start + RING_LENGTH + _PAUSE, call.caller
    for ring in range(1, call.rings):
        yield start + ring * call.every, _Step.RING
    yield start + call.rings * call.every, _Step.GIVE_UP
