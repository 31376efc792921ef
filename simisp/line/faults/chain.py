"""Several channels at one place, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.line.channel import Channel, enter
from simisp.machine import Output, earliest
from simisp.spans import Spans

__all__ = ["Chain"]


class Chain:
    """A channel made of channels: what comes out of one goes into the next.

    Args:
        links: The channels, at least one, from the sender to the receiver.
    """

    def __init__(self, links: Sequence[Channel]) -> None:
        self._links = tuple(links)
        self._outputs: list[Output] = []

    @property
    def held(self) -> int:
        """How many octets are under way in all of them."""
        return sum(link.held for link in self._links)

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        """Take octets at the beginning of the first one."""
        self._links[0].receive_data(data, now=now, secrets=secrets, relayed=relayed)
        self._pass_on(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit at the beginning of the first one."""
        self._links[0].set_circuit(circuit, on, now=now)
        self._pass_on(now)

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take a fact of the call."""
        for link in self._links:
            link.notice(fact, now=now)
            self._pass_on(now)

    def overhear(self, data: bytes, *, now: float) -> None:
        """Take octets that pass in the other direction."""
        for link in self._links:
            link.overhear(data, now=now)
            self._pass_on(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines, those nearest to the receiver first: what they hold is older."""
        for link in reversed(self._links):
            due = link.next_timer()
            if due is not None and now >= due:
                link.handle_timer(now=now)
        self._pass_on(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all of them."""
        return earliest(link.next_timer() for link in self._links)

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def clear(self) -> None:
        """Drop what is under way in all of them."""
        for link in self._links:
            link.clear()

    def _pass_on(self, now: float) -> None:
        last = len(self._links) - 1
        for index, link in enumerate(self._links):
            for output in link.take_outputs():
                if index == last or not enter(self._links[index + 1], output, now=now):
                    self._outputs.append(output)
