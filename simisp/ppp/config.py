"""What a side of a link is set to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address

from simisp.ppp.automaton import RestartTimers

__all__ = ["AuthMethod", "PppConfig", "PppRole"]


class PppRole(Enum):
    """Which side of a call a link is."""

    __hash__ = object.__hash__

    SERVER = "server"
    """It asks for authentication, assigns addresses, and ends the call with the link."""
    CLIENT = "client"
    """It authenticates itself and asks for an address."""


class AuthMethod(Enum):
    """How a side authenticates itself. The value is its word in a scenario."""

    __hash__ = object.__hash__

    PAP = "pap"
    CHAP = "chap"
    MSCHAP_V2 = "mschap-v2"

    @property
    def option(self) -> bytes:
        r"""The value of LCP's authentication option.

        Example:
            >>> AuthMethod.CHAP.option
            b'\xc2#\x05'

        See Also:
            RFC 1334, 2.1; RFC 1994, 3; RFC 2759, 3.
        """
        return _OPTIONS[self]


_OPTIONS = {
    AuthMethod.PAP: b"\xc0\x23",
    AuthMethod.CHAP: b"\xc2\x23\x05",
    AuthMethod.MSCHAP_V2: b"\xc2\x23\x81",
}


@dataclass(frozen=True, slots=True)
class PppConfig:
    """What one side of a link is set to.

    Attributes:
        role: Which side it is.
        auth: How the peer may authenticate itself; the first is asked for, the others are taken where the peer
            suggests them. If empty, it need not.
        accounts: The peers that may, with their passwords.
        name: This side's name in a challenge.
        user: The name under which this side authenticates itself; None if it refuses to.
        password: Its password.
        agrees: How this side authenticates itself, the best first.
        local: The address of this side; None to take the one that the peer suggests.
        remote: The peer's address; None to take the one that the peer asks for.
        dns: The name servers that the peer is given, at most two.
        asks_dns: Whether this side asks for name servers.
        mru: The longest information field that comes, in octets.
        accm: The map of the control characters that the peer has to escape.
        magic: Whether a magic number is asked for.
        pfc: Whether the protocol field may be one octet.
        acfc: Whether address and control fields may be left out.
        echo_every: Seconds between Echo-Requests; None to send none.
        echo_failures: How many stay unanswered before the link is ended.
        ipv6: Whether IPV6CP is opened; otherwise it is refused.
        ccp: Whether CCP is opened, with every option rejected; otherwise it is refused.
        answers_ping: Whether ICMP echo requests are answered.
        timers: Restart timer and counters.
        seed: The seed of magic numbers, challenges and interface identifiers.
    """

    role: PppRole = PppRole.SERVER
    auth: tuple[AuthMethod, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str = "simisp"
    user: str | None = None
    password: str = field(default="", repr=False)
    agrees: tuple[AuthMethod, ...] = (AuthMethod.MSCHAP_V2, AuthMethod.CHAP, AuthMethod.PAP)
    local: IPv4Address | None = None
    remote: IPv4Address | None = None
    dns: tuple[IPv4Address, ...] = ()
    asks_dns: bool = False
    mru: int = 1500
    accm: int = 0
    magic: bool = True
    pfc: bool = True
    acfc: bool = True
    echo_every: float | None = None
    echo_failures: int = 4
    ipv6: bool = False
    ccp: bool = False
    answers_ping: bool = False
    timers: RestartTimers = field(default_factory=RestartTimers)
    seed: int = 0
