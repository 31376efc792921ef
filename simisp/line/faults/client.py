"""Faults of the client itself: its processes are stopped or ended, or a second client comes to the port.

The line only finds the moment and asks for the act (:class:`~simisp.facts.faults.ClientFaultDue`); whatever owns the
client's processes acts on that. Octets that come behind the moment wait for an instant. So in virtual time, in every
run, the client has reacted to all octets before the moment and has seen none of those behind it.

==========  =================================  ==================================================================
state       input                              next state, and effect
==========  =================================  ==================================================================
waiting     what it waits for                  active; the act is asked for
active      octets within the instant          active; they wait for its end
active      octets after that                  active; they pass
active      its time is over                   waiting for the next time, or over; the undoing is asked for
==========  =================================  ==================================================================
"""

from __future__ import annotations

import math
from random import Random
from typing import ClassVar

from simisp.facts.faults import ClientAct, ClientFaultDue, ClientProcesses
from simisp.line.channel import ChannelPlace
from simisp.line.faults.fault import LineFault
from simisp.line.faults.when import When
from simisp.machine import Output, SendData

__all__ = ["INSTANT", "KillClient", "SecondClient", "StopClient"]

INSTANT = 1e-6
"""For how many seconds octets behind the moment wait, for what is asked for to be done."""


class _OfTheClient(LineFault):
    """Asks for something at its moment, and for the opposite when its time is over."""

    _ACT: ClassVar[ClientAct]
    _UNDO: ClassVar[ClientAct | None] = None
    _held_until = -math.inf

    def _begin(self, now: float) -> None:
        self._held_until = now + INSTANT
        self._outputs.append(self._request(self._ACT))
        if self._UNDO is None:
            self._stop(now)

    def _end(self, now: float) -> None:
        if self._UNDO is not None:
            self._outputs.append(self._request(self._UNDO))

    def _request(self, act: ClientAct) -> ClientFaultDue:
        return ClientFaultDue(act)

    def _let_through(self, output: Output, now: float, *, at: float | None = None) -> None:
        if isinstance(output, SendData) and now < self._held_until:
            at = max(self._held_until, now if at is None else at)
        super()._let_through(output, now, at=at)


class StopClient(_OfTheClient):
    """The client's processes are stopped, and continued when its time is over.

    Args:
        process: ``"command"`` for the command alone, ``"all"`` for all processes that it has started, too.
    """

    _ACT, _UNDO = ClientAct.STOP, ClientAct.CONTINUE

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, process: str = "all") -> None:
        super().__init__(name, when, random, place)
        self._process = ClientProcesses(process)

    def _request(self, act: ClientAct) -> ClientFaultDue:
        return ClientFaultDue(act, self._process)


class KillClient(_OfTheClient):
    """The client's processes get a signal.

    Args:
        signal: Its name, such as ``"SIGKILL"``.
        process: As for :class:`StopClient`.
    """

    _ACT = ClientAct.SIGNAL

    def __init__(
        self,
        name: str,
        when: When,
        random: Random,
        place: ChannelPlace,
        *,
        signal: str = "SIGKILL",
        process: str = "all",
    ) -> None:
        super().__init__(name, when, random, place)
        self._signal, self._process = signal, ClientProcesses(process)

    def _request(self, act: ClientAct) -> ClientFaultDue:
        return ClientFaultDue(act, self._process, self._signal)


class SecondClient(_OfTheClient):
    """Another program opens the port, sends something, and closes the port when its time is over.

    Args:
        send: What it sends; empty for nothing.
    """

    _ACT, _UNDO = ClientAct.OPEN, ClientAct.CLOSE

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, send: bytes = b"") -> None:
        super().__init__(name, when, random, place)
        self._text = send

    def _request(self, act: ClientAct) -> ClientFaultDue:
        return ClientFaultDue(act, text=self._text.decode("latin-1") if act is self._ACT else "")
