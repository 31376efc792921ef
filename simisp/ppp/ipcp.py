"""The IP Control Protocol: addresses and name servers.

===  ==================  ==============================================================================================
no   option              the peer's request is answered with
===  ==================  ==============================================================================================
1    both addresses      Reject: replaced by option 3
2    compression         Reject: VJ is not used
3    address             Ack of the one it is to have, else a Nak with that; 0.0.0.0 where there is none for it: Reject
129  first name server   Ack of what is set, else a Nak with that; Reject if none is set
131  second name server  the same
..   any other           Reject: NBNS (130, 132) and the rest
===  ==================  ==============================================================================================

A peer that does not ask for an address, though there is one for it, gets a Nak with that.

See Also:
    RFC 1332, 3; RFC 1877, 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from simisp.ppp.config import PppConfig
from simisp.ppp.control import ControlProtocol
from simisp.ppp.frame import ConfigOption, ProtocolNumber

__all__ = ["Ipcp", "IpcpOption"]


class IpcpOption:
    """The numbers of the options (RFC 1332, 3; RFC 1877, 1)."""

    ADDRESSES = 1
    COMPRESSION = 2
    ADDRESS = 3
    FIRST_DNS = 129
    FIRST_NBNS = 130
    SECOND_DNS = 131
    SECOND_NBNS = 132


_DNS = (IpcpOption.FIRST_DNS, IpcpOption.SECOND_DNS)
_NOWHERE = IPv4Address(0)


class Ipcp(ControlProtocol):
    """IPCP of one side.

    Args:
        config: What this side is set to.

    Attributes:
        local: The address of this side, as far as it is known.
        remote: The address of the peer, as agreed; None if there is none.
        name_servers: The name servers that the peer has given this side.
    """

    protocol = ProtocolNumber.IPCP

    def __init__(self, config: PppConfig) -> None:
        super().__init__(config.timers)
        self._config = config
        self._begin()

    def _begin(self) -> None:
        self.local = self._config.local or _NOWHERE
        self.remote: IPv4Address | None = None
        self._dns = dict.fromkeys(_DNS, _NOWHERE)

    @property
    def name_servers(self) -> tuple[IPv4Address, ...]:
        """The name servers that the peer has given this side."""
        return tuple(address for number, address in self._dns.items() if address != _NOWHERE and self._asks(number))

    def _asks(self, number: int) -> bool:
        return self._config.asks_dns and number not in self._refused

    def _wanted(self) -> Iterable[ConfigOption]:
        yield ConfigOption(IpcpOption.ADDRESS, self.local.packed)
        if self._config.asks_dns:
            for number, address in self._dns.items():
                yield ConfigOption(number, address.packed)

    def _judge(self, option: ConfigOption) -> ConfigOption | None:
        if len(option.data) != 4:
            return None
        given = self._given(option.type, IPv4Address(option.data))
        return None if given is None else ConfigOption(option.type, given.packed)

    def _given(self, number: int, asked: IPv4Address) -> IPv4Address | None:
        """Return the address that the peer gets where it asks for one; None to reject the option."""
        if number == IpcpOption.ADDRESS:
            return self._config.remote or (asked if asked != _NOWHERE else None)
        index = _DNS.index(number) if number in _DNS else len(self._config.dns)
        return self._config.dns[index] if index < len(self._config.dns) else None

    def _missing(self, types: frozenset[int]) -> Iterable[ConfigOption]:
        if self._config.remote is not None and IpcpOption.ADDRESS not in types:
            yield ConfigOption(IpcpOption.ADDRESS, self._config.remote.packed)

    def _agree(self, options: tuple[ConfigOption, ...]) -> None:
        self.remote = None
        for option in options:
            if option.type == IpcpOption.ADDRESS:
                self.remote = IPv4Address(option.data)

    def _take_nak(self, option: ConfigOption) -> None:
        if len(option.data) != 4:
            return
        suggested = IPv4Address(option.data)
        if option.type == IpcpOption.ADDRESS and self._config.local is None:
            self.local = suggested
        elif option.type in self._dns:
            self._dns[option.type] = suggested
