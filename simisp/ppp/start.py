r"""PPP without a log-in: a frame at the prompt starts it, as at most terminal servers.

=========  ===================================================  =======================================================
state      input                                                next state, and effect
=========  ===================================================  =======================================================
open       a flag                                               in doubt: it is held
open       any other octet                                      open: the far end at the prompt gets it
in doubt   an octet with which a frame of LCP may begin         in doubt: it is held
in doubt   the octet that completes such a beginning            handed over to PPP, from the flag on
in doubt   any other octet, or no octet for a second            open: the far end at the prompt gets all that was held
=========  ===================================================  =======================================================

A frame of LCP begins with address, control and protocol, each octet of which its sender may escape (RFC 1662, 4.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.far_end import FarEnd, HandedOver
from simisp.machine import Output, earliest
from simisp.ppp.hdlc import FLAG
from simisp.spans import Spans

__all__ = ["PppStart"]


def _written(octet: int) -> bytes:
    """Return a pattern for an octet as it may be written in a frame."""
    return b"(?:%b|\x7d%b)" % (re.escape(bytes((octet,))), re.escape(bytes((octet ^ 0x20,))))


_PIECES = [_written(octet) for octet in b"\xff\x03\xc0\x21"]
_BEGINNING = re.compile(FLAG + b"".join(_PIECES))
_MAY_BEGIN = re.compile(
    FLAG + b"(?:%b)" % b"|".join(b"".join(_PIECES[:count]) + b"\x7d?" for count in range(len(_PIECES)))
)
_DOUBT = 1.0
"""Seconds after which held octets are what was typed."""


class PppStart:
    """The far end at a prompt, and PPP as soon as a frame of LCP begins. It is a :class:`~simisp.far_end.FarEnd`.

    Args:
        prompt: The far end at the prompt.
        make: Makes what the call is handed over to.
    """

    def __init__(self, prompt: FarEnd, make: Callable[[], FarEnd]) -> None:
        self._prompt = prompt
        self._make = make
        self._held = b""
        self._until: float | None = None
        self._next: HandedOver | None = None
        self._outputs: list[Output] = []

    has_eight_bits = False

    @property
    def unread(self) -> int:
        """How many of the caller's octets wait behind the prompt."""
        return self._prompt.unread

    @property
    def name(self) -> str:
        """The name of the far end at the prompt."""
        return self._prompt.name

    @property
    def doing(self) -> str:
        """What the far end at the prompt is doing."""
        return self._prompt.doing

    @property
    def waits_for_caller(self) -> bool:
        """Whether nothing happens until the caller sends something."""
        return self._prompt.waits_for_caller and self._until is None

    @property
    def is_through(self) -> bool:
        """Whether the far end at the prompt has completed."""
        return self._prompt.is_through

    @property
    def reads_lines(self) -> bool:
        """Whether the far end at the prompt reads lines."""
        return self._prompt.reads_lines

    def secrets_in(self, data: bytes) -> Spans:
        """Return which octets are a secret for the far end at the prompt."""
        return self._prompt.secrets_in(data)

    def start(self, *, now: float) -> None:
        """Start the far end at the prompt."""
        self._prompt.start(now=now)
        self._collect()

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller."""
        if self._until is not None and now >= self._until:
            self._release(now)
        octets, self._held, self._until = self._held + data, b"", None
        position = 0
        while position < len(octets) and self._next is None:
            flag = octets.find(FLAG, position)
            if flag != position:
                end = len(octets) if flag < 0 else flag
                self._give(octets[position:end], now)
                position = end
            elif _BEGINNING.match(octets, position):
                self._next = HandedOver(self._make())
            elif _MAY_BEGIN.fullmatch(octets, position):
                self._held, self._until = octets[position:], now + _DOUBT
                return
            else:
                self._give(FLAG, now)
                position += 1
        if self._next is not None:
            self._next = replace(self._next, unread=self._next.unread + octets[position:])

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: the call's end is the end of this far end."""

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Do nothing: only octets are for PPP."""

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        if self._until is not None and now >= self._until:
            self._release(now)
        if self._next is None:
            self._prompt.handle_timer(now=now)
            self._collect()

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return earliest((self._prompt.next_timer(), self._until))

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        if self._next is not None:
            outputs.append(self._next)
            self._next = None
        return outputs

    def _release(self, now: float) -> None:
        held, self._held, self._until = self._held, b"", None
        self._give(held, now)

    def _give(self, octets: bytes, now: float) -> None:
        self._prompt.receive_data(octets, now=now)
        self._collect()

    def _collect(self) -> None:
        """Take the outputs of the far end at the prompt, which may hand over itself."""
        for output in self._prompt.take_outputs():
            if isinstance(output, HandedOver):
                self._next = output
            else:
                self._outputs.append(output)
