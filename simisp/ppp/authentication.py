"""What both sides of an authentication have in common: one that proves a name, one that checks it."""

from __future__ import annotations

from simisp.ppp.automaton import RestartTimers
from simisp.ppp.config import AuthMethod
from simisp.ppp.frame import ControlPacket

__all__ = ["AuthenticationSide"]


class AuthenticationSide:
    """One side of an authentication.

    Args:
        method: How it is done.
        timers: The restart timer; the number of Configure-Requests is that of requests and challenges here as well.

    Attributes:
        method: How it is done.
        outputs: Packets to send, in order; the owner takes them away.
        succeeded: Whether the name was proven; None while that is open.
        timed_out: Whether it failed because the other side did not answer.
        name: The name that was proven, or was not.
        why: What was wrong, in words.
        codes: The codes of the packets that are for this side.
    """

    codes: frozenset[int] = frozenset()

    def __init__(self, method: AuthMethod, timers: RestartTimers) -> None:
        self.method = method
        self.outputs: list[ControlPacket] = []
        self.succeeded: bool | None = None
        self.timed_out = False
        self.name = ""
        self.why = ""
        self._timers = timers
        self._tries = 0
        self._deadline: float | None = None
        self._repeated: ControlPacket | None = None

    @property
    def protocol(self) -> int:
        """The number of the protocol."""
        return int.from_bytes(self.method.option[:2], "big")

    def start(self, *, now: float) -> None:
        """Begin."""

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a packet of the peer with one of :attr:`codes`."""

    def next_timer(self) -> float | None:
        """Return when a packet is repeated, or the other side is given up."""
        return self._deadline

    def handle_timer(self, *, now: float) -> None:
        """Repeat what was not answered, or give up."""
        while self._deadline is not None and now >= self._deadline:
            if self._repeated is None or self._tries >= self._timers.max_configure:
                self.timed_out = True
                self._end(False, "no answer")
            else:
                self._send_repeatedly(self._repeated, self._deadline)

    def _send_repeatedly(self, packet: ControlPacket, now: float) -> None:
        """Send a packet, and once more whenever the restart timer expires, until there is an answer."""
        self._repeated = packet
        self._tries += 1
        self._deadline = now + self._timers.restart
        self.outputs.append(packet)

    def _wait(self, now: float) -> None:
        """Wait for the other side as long as it would be asked."""
        self._deadline = now + self._timers.restart * self._timers.max_configure

    def _end(self, succeeded: bool, why: str = "") -> None:
        self._deadline = self._repeated = None
        self.succeeded = succeeded
        self.why = why
