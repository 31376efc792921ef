"""Channels for tests: one that is late, and one that loses octets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

from simisp.circuits import Circuit
from simisp.line.channel import Channel, ChannelMaker
from simisp.machine import Output, SendData, SetCircuit
from simisp.spans import Spans

__all__ = ["CHANNELS", "Delay", "Drop", "delay_of", "drop_of"]


class Delay:
    """Lets everything pass, each piece so many seconds after it came."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._under_way: deque[tuple[float, Output]] = deque()
        self._outputs: list[Output] = []

    @property
    def held(self) -> int:
        return sum(len(output.data) for _, output in self._under_way if isinstance(output, SendData))

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        self._under_way.append((now + self._seconds, SendData(data, secrets, relayed)))

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        self._under_way.append((now + self._seconds, SetCircuit(circuit, on)))

    def handle_timer(self, *, now: float) -> None:
        while self._under_way and now >= self._under_way[0][0]:
            self._outputs.append(self._under_way.popleft()[1])

    def next_timer(self) -> float | None:
        return self._under_way[0][0] if self._under_way else None

    def take_outputs(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def clear(self) -> None:
        self._under_way.clear()


class Drop:
    """Loses one octet in so many, at random; circuits pass."""

    held = 0

    def __init__(self, random: Random, one_in: int) -> None:
        self._random = random
        self._one_in = one_in
        self._outputs: list[Output] = []

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        whole = SendData(data, secrets, relayed)
        kept = [index for index in range(len(data)) if self._random.randrange(self._one_in)]
        self._outputs += [whole.part(index, index + 1) for index in kept]

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        self._outputs.append(SetCircuit(circuit, on))

    def handle_timer(self, *, now: float) -> None:
        pass

    def next_timer(self) -> float | None:
        return None

    def take_outputs(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def clear(self) -> None:
        pass


def delay_of(seconds: float) -> Callable[[Random], Channel]:
    return lambda _: Delay(seconds)


def drop_of(one_in: int) -> Callable[[Random], Channel]:
    return lambda random: Drop(random, one_in)


CHANNELS: dict[str, ChannelMaker] = {"delay": delay_of(0.25), "no delay": delay_of(0.0), "drop": drop_of(4)}
"""Each kind of channel, by name. A new kind is added here, so that it is held to what every channel has to keep."""
