"""The network phase of a link: its control protocols (IPCP, IPV6CP, CCP), and the packets that they let pass.

See Also:
    RFC 1661, 3.6.
"""

from __future__ import annotations

from random import Random

from simisp.facts.ppp import AddressAgreed, LinkEnding, Network
from simisp.ppp.ccp import Ccp
from simisp.ppp.config import PppConfig
from simisp.ppp.control import ControlProtocol
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.ipcp import Ipcp
from simisp.ppp.ipv6cp import Ipv6cp
from simisp.ppp.network import echo_reply

__all__ = ["LinkNetworks"]

_NETWORKS = {
    ProtocolNumber.IPCP: (Network.IP, ProtocolNumber.IP),
    ProtocolNumber.IPV6CP: (Network.IPV6, ProtocolNumber.IPV6),
}
_MOST_KEPT = 100
"""How many packets of the network are kept for the owner; the oldest go first."""
_SHORTEST = 20


class LinkNetworks:
    """The network protocols of one side of a link.

    Args:
        config: What this side is set to.
        random: Where interface identifiers come from.

    Attributes:
        ipcp: IPCP.
        controls: All of its control protocols, by number.
        packets: IP packets that have come and were not answered here: the newest, until they are taken.
    """

    def __init__(self, config: PppConfig, random: Random) -> None:
        self.ipcp = Ipcp(config)
        self.controls: dict[int, ControlProtocol] = {ProtocolNumber.IPCP: self.ipcp}
        if config.ipv6:
            self.controls[ProtocolNumber.IPV6CP] = Ipv6cp(config.timers, random)
        if config.ccp:
            self.controls[ProtocolNumber.CCP] = Ccp(config.timers)
        self.packets: list[bytes] = []
        self._answers_ping = config.answers_ping

    def begin(self, now: float) -> None:
        """Open all protocols: the phase has begun."""
        for control in self.controls.values():
            control.open(now=now)
            control.lower_up(now=now)

    def lower_down(self, now: float) -> None:
        """Take note that LCP is down."""
        for control in self.controls.values():
            control.lower_down(now=now)

    def carries(self, protocol: int) -> bool:
        """Return whether packets of a network belong to a protocol that this side opens."""
        return any(number == protocol for control, (_, number) in _NETWORKS.items() if control in self.controls)

    @staticmethod
    def carried_by(control: ControlProtocol) -> Network | None:
        """Return the network whose packets a protocol lets pass; None for a protocol that lets none pass."""
        network = _NETWORKS.get(control.protocol)
        return None if network is None else network[0]

    @property
    def agreed(self) -> AddressAgreed:
        """The addresses that IPCP has agreed on."""
        remote = self.ipcp.remote
        local = str(self.ipcp.local) if int(self.ipcp.local) else ""
        return AddressAgreed(local, "" if remote is None else str(remote))

    def ending_without(self, finished: ControlProtocol) -> LinkEnding | None:
        """Return how the link ends now that a protocol has finished; None if one that carries a network is left."""
        if finished.protocol not in _NETWORKS:
            return None
        others = (control for control in self.controls.values() if control.protocol in _NETWORKS)
        if any(each.is_open or (each is not finished and each.next_timer() is not None) for each in others):
            return None
        return LinkEnding.NO_NETWORK if finished.converges else LinkEnding.ADDRESS_REFUSED

    def take_packets(self) -> list[bytes]:
        """Return the IP packets that have come since the last call, and forget them."""
        packets, self.packets = self.packets, []
        return packets

    def answer(self, packet: bytes, peer_mru: int) -> bytes | None:
        """Take an IP packet; return what it is answered with here, or None, and it is kept for the owner."""
        if self._answers_ping:
            answer = echo_reply(packet)
            return answer if answer is not None and len(answer) <= peer_mru else None
        if len(packet) >= _SHORTEST:
            self.packets = [*self.packets[1 - _MOST_KEPT :], packet]
        return None
