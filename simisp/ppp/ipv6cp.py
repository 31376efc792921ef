"""The IPv6 Control Protocol: interface identifiers.

====================  ================================================================================================
identifier asked for  answer
====================  ================================================================================================
other than both       Ack
0, or this side's     Nak with a random one
====================  ================================================================================================

The compression option (2) and any other one are rejected.

See Also:
    RFC 5072, 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from simisp.ppp.automaton import RestartTimers
from simisp.ppp.control import ControlProtocol
from simisp.ppp.frame import ConfigOption, ProtocolNumber

__all__ = ["Ipv6cp"]

_INTERFACE_IDENTIFIER = 1
_LENGTH = 8
_UNIVERSAL = 0x02
"""The bit of the first octet that says that an identifier is one in all the world: a random one must not have it."""


class Ipv6cp(ControlProtocol):
    """IPV6CP of one side.

    Args:
        timers: The timer and the counters of the automaton.
        random: Where identifiers come from.

    Attributes:
        local: This side's interface identifier, eight octets.
        remote: The peer's, once it is agreed on; empty until then.
    """

    protocol = ProtocolNumber.IPV6CP

    def __init__(self, timers: RestartTimers, random: Random) -> None:
        super().__init__(timers)
        self._random = random
        self.local = self._new_identifier()
        self.remote = b""

    def _begin(self) -> None:
        self.remote = b""

    def _new_identifier(self) -> bytes:
        octets = self._random.randbytes(_LENGTH)
        return bytes((octets[0] & ~_UNIVERSAL, *octets[1:-1], octets[-1] | 1))

    def _wanted(self) -> Iterable[ConfigOption]:
        yield ConfigOption(_INTERFACE_IDENTIFIER, self.local)

    def _judge(self, option: ConfigOption) -> ConfigOption | None:
        if option.type != _INTERFACE_IDENTIFIER or len(option.data) != _LENGTH:
            return None
        if any(option.data) and option.data != self.local:
            return option
        return ConfigOption(_INTERFACE_IDENTIFIER, self._new_identifier())

    def _missing(self, types: frozenset[int]) -> Iterable[ConfigOption]:
        if _INTERFACE_IDENTIFIER not in types:
            yield ConfigOption(_INTERFACE_IDENTIFIER, self._new_identifier())

    def _agree(self, options: tuple[ConfigOption, ...]) -> None:
        self.remote = next((option.data for option in options), b"")

    def _take_nak(self, option: ConfigOption) -> None:
        if option.type == _INTERFACE_IDENTIFIER and len(option.data) == _LENGTH and any(option.data):
            self.local = option.data
