"""PPP or SLIP of the dialling side, brought up in earnest: what the Remote Access Service does after the script.

Which error stands for which end of a link:

======================================  ==========================  ======================================
end of the link                         before it was up            when it was up
======================================  ==========================  ======================================
not one packet came                     721                         -
no answer any more                      718                         629
up neither nor ended after 150 s        718                         629
the peer ended it, LCP was not up       719                         -
the peer ended it, LCP was up           734                         629
the peer refused the name               691                         -
no network protocol, no address         720                         629
the negotiation does not converge       732                         732
the line is looped back                 737                         737
======================================  ==========================  ======================================

SLIP has nothing to negotiate and is up at once.

Each side may have the other begin anew for as long as it likes (RFC 1661, 4.6, bounds silence alone), so the whole
negotiation has a limit, as it had in Windows NT (``NegotiateTime``).

See Also:
    RFC 1661, 4.6: ten requests, three seconds apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simisp.circuits import Circuit
from simisp.facts.ppp import LinkEnding, LinkPhase, PacketReceived, PhaseEntered
from simisp.machine import Output, SendData, earliest
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.config import PppConfig, PppRole
from simisp.ppp.link import PppLink
from simisp.ras.error_codes import Cause
from simisp.ras.phonebook import Protocol

__all__ = ["RasLink"]

_CAUSES: Mapping[LinkEnding, Cause] = {
    LinkEnding.NO_RESPONSE: Cause.PPP_TIME_OUT,
    LinkEnding.NOT_CONVERGING: Cause.PPP_NOT_CONVERGING,
    LinkEnding.LOOPED_BACK: Cause.PPP_LOOPED_BACK,
    LinkEnding.AUTHENTICATION_TIMEOUT: Cause.PPP_TIME_OUT,
    LinkEnding.NOT_AUTHENTICATED: Cause.AUTHENTICATION_FAILED,
    LinkEnding.AUTHENTICATION_REFUSED: Cause.AUTHENTICATION_FAILED,
    LinkEnding.PEER_NOT_AUTHENTICATED: Cause.AUTHENTICATION_FAILED,
    LinkEnding.PROTOCOL_REJECTED: Cause.PPP_NO_PROTOCOL,
    LinkEnding.NO_NETWORK: Cause.PPP_NO_PROTOCOL,
    LinkEnding.ADDRESS_REFUSED: Cause.PPP_NO_PROTOCOL,
    LinkEnding.PEER_TERMINATED: Cause.PPP_ENDED,
    LinkEnding.ECHO_LOST: Cause.PPP_TIME_OUT,
    LinkEnding.CARRIER_LOST: Cause.CARRIER_LOST,
}
_WHATEVER_WAS_UP = (Cause.PPP_NOT_CONVERGING, Cause.PPP_LOOPED_BACK)
_LIMIT = 150.0
"""Seconds for a negotiation, whatever the far end says."""
_TIMERS = RestartTimers(max_terminate=1)
"""pppd's, but for one Terminate-Request: the call is ended in any case."""


class RasLink:
    """The dialling side's end of a link. Its peer is the far end of the call.

    Args:
        protocol: PPP or SLIP.
        user: The user name; empty to refuse authentication.
        password: The password.
        seed: The seed of magic numbers.

    Attributes:
        is_up: Whether packets can pass.
        cause: Why it did not come up, or went down; None until then, and where this side has closed it.
    """

    def __init__(self, protocol: Protocol, *, user: str, password: str, seed: int = 0) -> None:
        self.is_up = False
        self.cause: Cause | None = None
        config = PppConfig(
            role=PppRole.CLIENT,
            user=user or None,
            password=password,
            asks_dns=True,
            timers=_TIMERS,
            seed=seed,
        )
        self._link = PppLink(config) if protocol is Protocol.PPP else None
        self._heard = False
        self._was_up = False
        self._lcp_was_up = False
        self._lacks_address = False
        self._until: float | None = None
        """When the negotiation is given up; None where none is under way."""

    @property
    def is_over(self) -> bool:
        """Whether the link has ended, on whatever side."""
        return self._link is not None and self._link.is_over

    def start(self, unread: bytes = b"", *, now: float) -> None:
        """Begin to negotiate.

        Args:
            unread: Octets from the far end that the script has not read.
            now: The time.
        """
        if self._link is None:
            self.is_up = True
            return
        self._link.start(now=now)
        self._until = now + _LIMIT
        self.receive_data(unread, now=now)

    def close(self, *, now: float) -> None:
        """End the link in good order: a Terminate-Request, and three seconds for the answer."""
        if self._link is not None:
            self._link.close(b"User request", now=now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the far end."""
        if self._link is not None:
            self._link.receive_data(data, now=now)
            self._look_for_address(now)
            self._look_for_end(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: the attempt to dial minds the carrier."""

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        if self._link is not None:
            self._link.handle_timer(now=now)
            self._look_for_end(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return None if self._link is None else earliest((self._link.next_timer(), self._until))

    def take_outputs(self) -> Sequence[Output]:
        """Return the octets for the far end since the last call; the attributes are up to date then."""
        outputs = self._link.take_outputs() if self._link is not None else []
        for output in outputs:
            if isinstance(output, PacketReceived):
                self._heard = True
            elif isinstance(output, PhaseEntered):
                self._lcp_was_up |= output.phase in (LinkPhase.AUTHENTICATE, LinkPhase.NETWORK)
        self._judge()
        return [output for output in outputs if isinstance(output, SendData)]

    def _look_for_address(self, now: float) -> None:
        """End a link on which the far end has let this side have no address: IP needs one."""
        assert self._link is not None
        if self._link.is_up and not int(self._link.ipcp.local):
            self._lacks_address = True
            self._link.close(b"No address", now=now)

    def _look_for_end(self, now: float) -> None:
        """End a negotiation that takes too long."""
        assert self._link is not None
        if self._link.is_up or self._link.outcome is not None:
            self._until = None
        elif self._until is None:
            self._until = now + _LIMIT  # the far end has begun anew
        elif now >= self._until:
            self._until = None
            self._link.close(b"The negotiation takes too long", ending=LinkEnding.NO_RESPONSE, now=now)

    def _judge(self) -> None:
        if self._link is None:
            return
        self.is_up = self._link.is_up and not self._lacks_address
        self._was_up |= self.is_up
        if self._lacks_address:
            self.cause = Cause.PPP_NO_PROTOCOL
            return
        ending = self._link.outcome
        if ending is None or ending is LinkEnding.CLOSED:
            return
        cause = _CAUSES[ending]
        if self._was_up and cause not in _WHATEVER_WAS_UP:
            cause = Cause.CARRIER_LOST
        elif ending is LinkEnding.NO_RESPONSE and not self._heard:
            cause = Cause.PPP_NO_RESPONSE
        elif ending is LinkEnding.PEER_TERMINATED and self._lcp_was_up:
            cause = Cause.PPP_TERMINATED
        self.cause = cause
