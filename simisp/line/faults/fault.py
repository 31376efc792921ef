"""What the kinds of faults have in common: when they come, when they are over, and the order of what they let through.

==========  =================================  ==================================================================
state       input                              next state, and effect
==========  =================================  ==================================================================
waiting     octets                             waiting; they pass
waiting     what it waits for                  active, if chance says so
active      octets                             active; affected, as the kind of fault does
active      its time, or its octets, are over  waiting for the next time; over, if there is none
over        octets                             over; they pass
==========  =================================  ==================================================================

Whatever a fault delays, what comes after it waits behind it: octets and circuits keep their order, unless a kind of
fault is about the order itself.
"""

from __future__ import annotations

import math
from collections import deque
from random import Random

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.faults import FaultBegan, FaultOver
from simisp.line.channel import ChannelPlace
from simisp.line.faults.when import When, WhenWatch
from simisp.machine import Output, SendData, SetCircuit, earliest
from simisp.spans import Spans

__all__ = ["LineFault"]


class LineFault:
    """A channel (:class:`~simisp.line.channel.Channel`) that lets everything pass until its time has come.

    A kind of fault overrides :meth:`_affect`, and where it needs them :meth:`_begin` and :meth:`_end`.

    Args:
        name: The kind of fault, for the transcript.
        when: When it comes.
        random: The generator of everything random.
        place: Where it is, for the transcript.
    """

    _span: int | None = None
    """How many octets it affects each time, if that is limited."""

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace) -> None:
        self._name, self._place = name, place
        self._when = when
        self._random = random
        self._watch = WhenWatch(when)
        self._is_active = False
        self._was_tried = False
        """Whether chance has been asked since the fault was last over, for one that waits for nothing."""
        self._over_at: float | None = None
        self._octets_left: int | None = None
        self._times_left = when.times
        self._outputs: list[Output] = []
        self._under_way: deque[tuple[float, Output]] = deque()
        self._held = 0
        self._kept = SendData(b"")
        """Octets for which a fault waits for more, and until when."""
        self._kept_until = 0.0

    # The channel -----------------------------------------------------------------------------------------------------

    @property
    def held(self) -> int:
        """How many octets are under way."""
        return self._held + len(self._kept.data)

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        """Take octets."""
        self._start_if_due_at_once(now)
        everything = SendData(data, secrets, relayed)
        position = 0
        while position < len(data):
            position = self._take(everything, position, now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit, which keeps its place among the octets."""
        self._start_if_due_at_once(now)
        self._give_back(now)
        if not (self._is_active and self._swallows(circuit, on)):
            self._let_through(SetCircuit(circuit, on), now)

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take a fact of the call: it was answered, or its dialogue has reached a mark."""
        if not self._is_active and self._watch.notice(fact, now=now):
            self._start(now)

    def overhear(self, data: bytes, *, now: float) -> None:
        """Take octets that pass in the other direction."""
        if not self._is_active and self._may_come and self._watch.overhear(data):
            self._watch.begin_anew()
            self._start(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if not self._is_active and self._watch.is_due(now):
            self._start(now)
        if self._over_at is not None and now >= self._over_at:
            self._stop(now)
        if self._kept.data and now >= self._kept_until:
            self._give_back(now)
        while self._under_way and now >= self._under_way[0][0]:
            output = self._under_way.popleft()[1]
            self._held -= len(output.data) if isinstance(output, SendData) else 0
            self._outputs.append(output)

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return earliest(
            (
                self._under_way[0][0] if self._under_way and self._under_way[0][0] < math.inf else None,
                self._kept_until if self._kept.data else None,
                self._over_at,
                None if self._is_active else self._watch.next_timer(),
            )
        )

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def clear(self) -> None:
        """Drop what is under way."""
        self._under_way.clear()
        self._held = 0
        self._kept = SendData(b"")

    # What a kind of fault does ---------------------------------------------------------------------------------------

    def _affect(self, piece: SendData, now: float) -> None:
        """Do to a piece what the fault does."""
        self._let_through(piece, now)

    def _begin(self, now: float) -> None:
        """Do what the fault does when it begins."""

    def _end(self, now: float) -> None:
        """Do what the fault does when it is over."""

    def _swallows(self, circuit: Circuit, on: bool) -> bool:
        """Return whether a circuit does not come through while the fault is active."""
        return False

    def _give_back(self, now: float) -> None:
        """Let through what is kept for want of more."""
        kept, self._kept = self._kept, SendData(b"")
        if kept.data:
            self._let_through(kept, now)

    def _let_all_through(self, now: float) -> None:
        """Let everything that is under way come out now."""
        self._under_way = deque((min(due, now), output) for due, output in self._under_way)

    def _let_through(self, output: Output, now: float, *, at: float | None = None) -> None:
        """Let an output come out at a time, or now, and not before what is under way."""
        due = now if at is None else at
        if not self._under_way and due <= now:
            self._outputs.append(output)
            return
        if self._under_way:
            due = max(due, self._under_way[-1][0])
        self._under_way.append((due, output))
        self._held += len(output.data) if isinstance(output, SendData) else 0

    def _stop(self, now: float) -> None:
        """The fault is over; it may come again."""
        self._is_active = self._was_tried = False
        self._over_at = None
        self._give_back(now)
        self._end(now)
        self._outputs.append(FaultOver(self._name, self._place))
        self._watch.begin_anew()

    # Details ---------------------------------------------------------------------------------------------------------

    @property
    def _may_come(self) -> bool:
        return self._times_left is None or self._times_left > 0

    def _take(self, everything: SendData, start: int, now: float) -> int:
        """Take octets up to where the fault begins or ends; return the index of the next one."""
        length = len(everything.data)
        if self._is_active:
            end = length if self._octets_left is None else min(length, start + self._octets_left)
            self._affect(everything.part(start, end), now)
            if self._octets_left is not None:
                self._octets_left -= end - start
                if not self._octets_left:
                    self._stop(now)
                    self._start_if_due_at_once(now)
            return end
        found = self._watch.find(everything.data, start) if self._may_come else None
        end = length if found is None else found
        if end > start:
            self._let_through(everything.part(start, end), now)
        if found is not None:
            self._watch.begin_anew()
            self._start(now)
        return end

    def _start_if_due_at_once(self, now: float) -> None:
        if not (self._is_active or self._was_tried) and self._watch.is_due_at_once:
            self._start(now)

    def _start(self, now: float) -> None:
        self._was_tried = True
        if not self._may_come:
            return
        if self._times_left is not None:
            self._times_left -= 1
        if self._when.probability < 1 and self._random.random() >= self._when.probability:
            return
        self._is_active = True
        self._over_at = None if self._when.lasts is None else now + self._when.lasts
        self._octets_left = self._span
        self._outputs.append(FaultBegan(self._name, self._place))
        self._begin(now)
