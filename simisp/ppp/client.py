"""Software that brings up a link on a line that is connected: the client side, as a machine in the same process.

============  ====================================  ===================================================================
state         input                                 next state, and effect
============  ====================================  ===================================================================
negotiating   the link is up                        pinging if there is something to ping, else up
pinging       the reply                             up
pinging       no reply in time                      leaving, with status 1
up            so long as it is to stay              leaving: the link is closed
any           the link is over                      ended, with the status of :data:`EXIT_STATUSES`
============  ====================================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address

from simisp.circuits import Circuit
from simisp.facts.ppp import LinkEnding
from simisp.machine import Output, earliest
from simisp.ppp.behaviour import LinkBehaviour
from simisp.ppp.config import PppConfig
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.link import PppLink
from simisp.ppp.network import echo_request, is_echo_reply

__all__ = ["EXIT_STATUSES", "PppClient"]

EXIT_STATUSES: Mapping[LinkEnding, int] = {
    LinkEnding.NO_RESPONSE: 10,
    LinkEnding.NOT_CONVERGING: 10,
    LinkEnding.PROTOCOL_REJECTED: 10,
    LinkEnding.NO_NETWORK: 10,
    LinkEnding.ADDRESS_REFUSED: 10,
    LinkEnding.AUTHENTICATION_REFUSED: 11,
    LinkEnding.PEER_NOT_AUTHENTICATED: 11,
    LinkEnding.ECHO_LOST: 15,
    LinkEnding.CARRIER_LOST: 16,
    LinkEnding.PEER_TERMINATED: 16,
    LinkEnding.LOOPED_BACK: 17,
    LinkEnding.NOT_AUTHENTICATED: 19,
    LinkEnding.AUTHENTICATION_TIMEOUT: 19,
    LinkEnding.CLOSED: 0,
}
"""The exit status for each ending: the number that pppd has for it."""
_PING_DATA = bytes(range(56))


class PppClient:
    """A client that brings up a link, may ping, stays for a while, and ends the link.

    Args:
        config: What its side is set to.
        ping: The address to ping once the link is up; None to ping nothing.
        ping_wait: Seconds to wait for the reply.
        stay: Seconds to stay up after that; None to stay until the other side ends the link.
        behaviour: How it behaves badly; None if it does not.
        name: What a verdict calls it.

    Attributes:
        name: What a verdict calls it.
        exit_status: Its exit status; None while it runs.
        link: The link.
        pinged: Whether the ping was answered.
    """

    def __init__(
        self,
        config: PppConfig,
        *,
        ping: IPv4Address | None = None,
        ping_wait: float = 10.0,
        stay: float | None = 0.0,
        behaviour: LinkBehaviour | None = None,
        name: str = "ppp",
    ) -> None:
        self.name = name
        self.exit_status: int | None = None
        self.link = PppLink(config, behaviour)
        self.pinged = False
        self._ping = ping
        self._ping_wait = ping_wait
        self._stay = stay
        self._request: bytes | None = None
        self._until: float | None = None
        self._reached = False
        self._status = 0

    @property
    def reads(self) -> bool:
        """Whether it waits for octets from the line: always, while it runs."""
        return self.exit_status is None

    def start(self, *, now: float) -> None:
        """Begin to negotiate."""
        self.link.start(now=now)
        self._after(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        self.link.receive_data(data, now=now)
        self._after(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the modem: the link ends with DCD."""
        self.link.set_circuit(circuit, on, now=now)
        self._after(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        self.link.handle_timer(now=now)
        if self._until is not None and now >= self._until:
            self._until = None
            if self._request is not None:
                self._status = 1
            self.link.close(b"User request", now=now)
        self._after(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return earliest((self.link.next_timer(), self._until))

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call: octets for the line, and facts."""
        return self.link.take_outputs()

    def _after(self, now: float) -> None:
        """Go on as far as the link allows."""
        if self.link.is_over:
            assert self.link.ending is not None
            self._until = None
            self.exit_status = EXIT_STATUSES[self.link.ending] or self._status
        elif self.link.is_up and not self._reached:
            self._reached = True
            self._begin(now)
        elif self._request is not None and self.link.networks.packets:
            self._look_for_reply(now)

    def _begin(self, now: float) -> None:
        if self._ping is None:
            self._remain(now)
            return
        self._request = echo_request(self.link.ipcp.local, self._ping, identifier=1, sequence=1, data=_PING_DATA)
        self._until = now + self._ping_wait
        self.link.send(ProtocolNumber.IP, self._request, now=now)

    def _look_for_reply(self, now: float) -> None:
        assert self._request is not None
        packets = self.link.networks.take_packets()
        if any(is_echo_reply(packet, self._request) for packet in packets):
            self.pinged = True
            self._request = None
            self._remain(now)

    def _remain(self, now: float) -> None:
        self._until = None if self._stay is None else now + self._stay
