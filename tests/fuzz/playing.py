"""A machine on a stage: events in, outputs out, and what the machine contract says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fuzz.inputs import cut
from fuzz.memory import octets_kept
from simisp.circuits import Circuit
from simisp.machine import Machine, OnLine, Output, Received, SendData, SendUnrecorded
from simisp.modem import RelayData

__all__ = ["Acts", "Event", "Played", "check_cutting", "play"]

Acts = Mapping[str, Callable[..., object]]
"""What a machine's own events do; called with ``now`` and what stands behind the event's name."""
Event = tuple[Any, ...]
"""``("octets", data, cuts)``, ``("wait", seconds)``, ``("circuit", name, on)``, or something of the machine's own."""

_OCTETS = (SendData, SendUnrecorded, Received, RelayData)
_MUCH = 2000  # octets; to look at what a machine keeps takes longer than to feed it less than that
_MOST_TIMERS = 20  # during one wait: a script that spins has ten in a second


@dataclass
class Played:
    """What a machine put out.

    Attributes:
        octets: The octets of each kind of output, in one piece.
        secret: For each of these octets whether it is a secret.
        facts: All other outputs.
    """

    octets: dict[str, bytearray] = field(default_factory=dict)
    secret: dict[str, bytearray] = field(default_factory=dict)
    facts: list[Output] = field(default_factory=list)

    def take(self, outputs: Iterable[Output]) -> None:
        """Add outputs."""
        for each in outputs:
            output, line = (each.output, f"{each.line}: ") if isinstance(each, OnLine) else (each, "")
            if isinstance(output, _OCTETS):
                name = line + type(output).__name__
                self.octets.setdefault(name, bytearray()).extend(output.data)
                marks = bytearray(len(output.data))
                for start, end in getattr(output, "secrets", ()):
                    marks[start:end] = b"\1" * (end - start)
                self.secret.setdefault(name, bytearray()).extend(marks)
            else:
                self.facts.append(each)


def play(
    machine: Machine,
    events: Sequence[Event],
    *,
    whole: bool,
    room: int,
    acts: Acts | None = None,
) -> Played:
    """Play events to a machine and return what came of them.

    Args:
        machine: The machine, started.
        events: What happens, in order.
        whole: Whether octets come in one piece, or cut as the event says.
        room: How much the machine may keep beyond what it keeps now.
        acts: What the machine's own events do; called with ``now`` and what stands behind the event's name.
    """
    played = Played()
    played.take(machine.take_outputs())
    is_much = sum(len(event[1]) for event in events if event[0] in ("octets", "remote", "flood")) > _MUCH
    most, now = octets_kept(machine) + room if is_much else 0, 0.0
    for kind, *values in events:
        match kind, values:
            case "octets", [bytes(data), cuts]:
                for piece in [data] if whole else cut(data, cuts):
                    machine.receive_data(piece, now=now)
                    played.take(machine.take_outputs())
            case "wait", [float(seconds)]:
                now = _wait(machine, now, now + seconds, played)
            case "circuit", [str(name), bool(on)]:
                machine.set_circuit(Circuit(name), on, now=now)
            case _:
                assert acts is not None
                acts[kind](*values, now=now)
        played.take(machine.take_outputs())
        if not is_much:
            continue
        kept = octets_kept(machine)
        assert kept <= most, f"the machine keeps {kept}, {kept - most} more than it may"
    return played


def check_cutting(make: Callable[[], tuple[Machine, Acts]], events: Sequence[Event], room: int) -> Played:
    """Play events to two new machines, cut and whole, and hold them to the same; return what came of it."""
    told = []
    for whole in (True, False):
        machine, acts = make()
        told.append(play(machine, events, whole=whole, room=room, acts=acts))
    assert told[1] == told[0], "cutting changed something"
    return told[0]


def _wait(machine: Machine, now: float, end: float, played: Played) -> float:
    """Let time pass; return when it is now: earlier than asked for when there is much to do."""
    for _ in range(_MOST_TIMERS):
        due = machine.next_timer()
        if due is None or due > end:
            return end
        assert due >= now, f"a deadline in the past: {due}, at {now}"
        now = due
        machine.handle_timer(now=now)
        played.take(machine.take_outputs())
        after = machine.next_timer()
        assert after is None or after > now, f"what was due at {now} is still due: time would stop"
    return now
