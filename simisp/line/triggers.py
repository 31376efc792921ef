"""What a line does because of what its client did to the port: DTR dropped, a break, another speed, a closing.

A :class:`TriggeredLine` stands between a port and a Session. Each trigger is by itself:

==========  =============================  ==========================================================================
state       input                          next state, and effect
==========  =============================  ==========================================================================
waiting     its event, ``after`` is 0      waiting; it acts
waiting     its event                      due, ``after`` from now on
due         its event                      due, ``after`` from now on: the time counts anew
due         its time                       waiting; it acts
waiting     its event, ``times`` are over  waiting; nothing
==========  =============================  ==========================================================================

What a trigger does is an act: something is sent, the carrier drops, the far end hangs up, or the line falls silent.
While it is silent what the client sends is lost, and so is everything that the modem sends; circuits are as always.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from simisp.circuits import Circuit
from simisp.client_deeds import CircuitTurned, ClientDeed, RateTaken, deed_in_words
from simisp.facts.fact import Fact
from simisp.facts.faults import TriggerFired
from simisp.line.deeds import deed_of
from simisp.line.session import Session
from simisp.machine import Output, Received, SendData, SendUnrecorded, earliest
from simisp.modem.known_answers import KnownAnswer
from simisp.modem.result_codes import ResultCode

__all__ = ["Act", "Fall", "Loss", "Report", "Say", "Trigger", "TriggeredLine"]


@dataclass(frozen=True, slots=True)
class Say:
    """Send a text as an unsolicited result, with LF between its lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Send a result code, in words or as a number, as the modem is set."""

    code: ResultCode


@dataclass(frozen=True, slots=True)
class Fall:
    """Fall silent, for some seconds; infinity is forever."""

    seconds: float


class Loss(Enum):
    """Lose a call that is up."""

    CARRIER = "drop carrier"
    """The carrier is gone: no side has hung up."""
    HANG_UP = "hang up"
    """The far end hangs up."""


Act = Say | Report | Fall | Loss


@dataclass(frozen=True, slots=True)
class Trigger:
    """What follows something that the client does.

    Attributes:
        on: What the client does.
        act: What follows.
        after: How long after it, in seconds, 0.0 or more.
        times: How often; None for always.
    """

    on: ClientDeed
    act: Act
    after: float = 0.0
    times: int | None = None

    @property
    def told(self) -> str:
        """The act, in words."""
        match self.act:
            case Say(text):
                return f"send {text!r}"
            case Report(code):
                return f"result {code.words}"
            case Fall(seconds):
                return "silence" if math.isinf(seconds) else f"silence for {seconds:g} s"
            case _:
                return self.act.value


class TriggeredLine:
    """A Session with triggers, as the machine behind a port.

    Args:
        session: The Session.
        triggers: Its triggers; those of one event act in their order.
    """

    def __init__(self, session: Session, triggers: Iterable[Trigger]) -> None:
        self.session = session
        self._triggers = [_Armed(trigger, trigger.times) for trigger in triggers]
        self._silent_until = 0.0
        self._outputs: list[Output] = []

    # What the client does --------------------------------------------------------------------------------------------

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take what the client did to the port that is neither octets nor a circuit nor a rate."""
        self.session.notice(fact, now=now)
        deed = deed_of(fact)
        if deed is not None:
            self._fire(deed, now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the client."""
        self.session.set_circuit(circuit, on, now=now)
        self._fire(CircuitTurned(circuit, on), now)

    def see_rate(self, rate: int, *, now: float) -> None:
        """Take the client's rate, in bit/s."""
        self.session.see_rate(rate, now=now)
        self._fire(RateTaken(rate), now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the client; while the line is silent they are lost."""
        if self._is_silent(now):
            self._outputs.append(Received(data))
        else:
            self.session.receive_data(data, now=now)

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take octets from the client, as the Session does; return the next index."""
        if self._is_silent(now):
            self._outputs.append(Received(data[start:]))
            return len(data)
        return self.session.receive_some(data, start, now=now)

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Take a whole line whose answer is known, unless the line is silent."""
        return None if self._is_silent(now) or self._outputs else self.session.answer_known(data, now=now)

    # The rest of the contract ----------------------------------------------------------------------------------------

    def settle(self, *, now: float) -> None:
        """Pass on what another line has caused here."""
        self.session.settle(now=now)
        self._take(now)

    def lose_power(self, *, now: float) -> None:
        """Be unplugged."""
        self.session.lose_power(now=now)

    def power_up(self, *, now: float) -> None:
        """Be plugged in again."""
        self.session.power_up(now=now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline: the Session's, or when a trigger acts or a silence ends."""
        silence = self._silent_until if 0.0 < self._silent_until < math.inf else None
        return earliest((self.session.next_timer(), silence, *(armed.due for armed in self._triggers)))

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due. What the modem does at this time comes first."""
        self.session.handle_timer(now=now)
        self._take(now)
        for armed in sorted(self._triggers, key=lambda armed: math.inf if armed.due is None else armed.due):
            if armed.due is not None and now >= armed.due:
                armed.due = None
                self._act(armed.trigger, now)

    def take_outputs(self) -> Sequence[Output]:
        """Return the outputs since the last call; what the client can't hear is not among them."""
        self._keep(self.session.take_outputs(), is_silent=self._silent_until > 0.0)
        outputs, self._outputs = self._outputs, []
        return outputs

    # ---------------------------------------------------------------------------------------------------------------

    def _fire(self, deed: ClientDeed, now: float) -> None:
        for armed in self._triggers:
            if armed.trigger.on != deed or armed.left == 0:
                continue
            armed.left = None if armed.left is None else armed.left - 1
            if armed.trigger.after:
                armed.due = now + armed.trigger.after
            else:
                self._act(armed.trigger, now)

    def _act(self, trigger: Trigger, now: float) -> None:
        self._take(now)
        self._outputs.append(TriggerFired(deed_in_words(trigger.on), trigger.told))
        match trigger.act:
            case Say(text):
                self.session.send_unasked(text, now=now)
            case Report(code):
                self.session.send_unasked(code, now=now)
            case Fall(seconds):
                self._silent_until = now + seconds
            case Loss.CARRIER:
                self.session.lose_carrier(now=now)
            case Loss.HANG_UP:
                self.session.lose_far_end(now=now)
            case _:
                assert_never(trigger.act)
        self._take(now)

    def _take(self, now: float) -> None:
        self._keep(self.session.take_outputs(), is_silent=self._is_silent(now))

    def _is_silent(self, now: float) -> bool:
        """Return whether the line is silent; a silence that is over is forgotten."""
        if now >= self._silent_until:
            self._silent_until = 0.0
        return self._silent_until > 0.0

    def _keep(self, outputs: Iterable[Output], *, is_silent: bool) -> None:
        if is_silent:
            outputs = (each for each in outputs if not isinstance(each, SendData | SendUnrecorded))
        self._outputs.extend(outputs)


@dataclass(slots=True)
class _Armed:
    """A trigger, how often it may still act, and when it acts next."""

    trigger: Trigger
    left: int | None
    due: float | None = None
