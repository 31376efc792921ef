"""PPP as the far end of a call: what a log-in hands over to, or what answers a call at once."""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.facts.ppp import LinkPhase
from simisp.far_end import HangUpRequested
from simisp.machine import Output
from simisp.ppp.behaviour import LinkBehaviour
from simisp.ppp.config import PppConfig
from simisp.ppp.link import PppLink
from simisp.ppp.passwords import PasswordSpans
from simisp.spans import Spans

__all__ = ["PppFarEnd"]

_DOING = {
    LinkPhase.DEAD: "has ended PPP",
    LinkPhase.ESTABLISH: "negotiates LCP",
    LinkPhase.AUTHENTICATE: "waits for the caller's authentication",
    LinkPhase.TERMINATE: "ends PPP",
}


class PppFarEnd:
    """A link that answers a caller. It is a :class:`~simisp.far_end.FarEnd`.

    It ends the call when the link is over.

    Args:
        config: What its side of the link is set to.
        behaviour: How it behaves badly; None if it does not.

    Attributes:
        name: Its name in records.
        link: The link.

    Raises:
        MissingPackageError: MS-CHAP v2 is asked for, and PyCryptodome is not installed.
    """

    reads_lines = False
    has_eight_bits = True

    def __init__(self, config: PppConfig, behaviour: LinkBehaviour | None = None, *, name: str = "PPP") -> None:
        self.name = name
        self.link = PppLink(config, behaviour)
        self._passwords = PasswordSpans()
        self._hung_up = False

    @property
    def doing(self) -> str:
        """What it is doing, as the end of a sentence that begins with "the ISP"."""
        if self.link.phase is not LinkPhase.NETWORK:
            return _DOING[self.link.phase]
        return "has PPP up" if self.link.is_up else "negotiates IPCP"

    @property
    def waits_for_caller(self) -> bool:
        """Whether no timer of the link runs."""
        return self.link.next_timer() is None

    @property
    def is_through(self) -> bool:
        """Whether IP packets can pass."""
        return self.link.is_up

    @property
    def unread(self) -> int:
        """Nothing: nothing is behind the link."""
        return 0

    def secrets_in(self, data: bytes) -> Spans:
        """Return where the caller's next octets are a password."""
        return self._passwords.find(data)

    def start(self, *, now: float) -> None:
        """Start: the call is connected, or was handed over."""
        self.link.start(now=now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller."""
        self.link.receive_data(data, now=now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the end of the call: the link is over at once, if it is not yet."""
        if circuit is Circuit.DCD:
            self.link.set_circuit(circuit, on, now=now)

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Do nothing: only octets are for PPP."""

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        self.link.handle_timer(now=now)

    def next_timer(self) -> float | None:
        """Return the link's earliest deadline."""
        return self.link.next_timer()

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs = self.link.take_outputs()
        if self.link.is_over and not self._hung_up:
            self._hung_up = True
            outputs.append(HangUpRequested())
        return outputs
