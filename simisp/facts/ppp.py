"""The facts of PPP, as the far end of a call sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "AddressAgreed",
    "Authenticated",
    "AuthenticationFailed",
    "FrameError",
    "LinkDown",
    "LinkEnding",
    "LinkPhase",
    "LinkUp",
    "Network",
    "PacketReceived",
    "PacketSent",
    "PhaseEntered",
]


class LinkPhase(Enum):
    """The phase of a link; :mod:`simisp.ppp.link` has the transitions."""

    __hash__ = object.__hash__

    DEAD = "dead"
    ESTABLISH = "establish"
    AUTHENTICATE = "authenticate"
    NETWORK = "network"
    TERMINATE = "terminate"


class LinkEnding(Enum):
    """Why a link has ended, or did not come up."""

    __hash__ = object.__hash__

    NO_RESPONSE = "the peer does not respond"
    NOT_CONVERGING = "the negotiation does not converge"
    LOOPED_BACK = "the line is looped back"
    AUTHENTICATION_REFUSED = "the peer refuses to authenticate itself"
    PEER_NOT_AUTHENTICATED = "the peer's authentication failed"
    NOT_AUTHENTICATED = "the peer refused this side's authentication"
    AUTHENTICATION_TIMEOUT = "the authentication took too long"
    PROTOCOL_REJECTED = "the peer rejects what is needed"
    NO_NETWORK = "no network protocol is left"
    ADDRESS_REFUSED = "no address was agreed on"
    ECHO_LOST = "the peer does not answer echo requests"
    PEER_TERMINATED = "the peer ended the link"
    CLOSED = "this side ended the link"
    CARRIER_LOST = "the carrier was lost"


class Network(Enum):
    """A network whose packets a link carries."""

    IP = "IP"
    IPV6 = "IPv6"


@dataclass(frozen=True, slots=True)
class PhaseEntered(Fact):
    """A PPP link is in another phase.

    Attributes:
        phase: The new phase.

    See Also:
        RFC 1661, 3.2.
    """

    kind: ClassVar = "PPP phase"
    source: ClassVar = Source.ISP

    phase: LinkPhase


@dataclass(frozen=True, slots=True)
class PacketReceived(Fact):
    """A PPP packet came from the caller.

    Attributes:
        protocol: What its protocol is called, such as ``LCP``.
        code: What it is, such as ``Configure-Request``; empty where packets of the protocol have no code.
        id: Its identifier, 0 to 255; 0 where packets of the protocol have none.
        summary: What it says, in words; passwords are left out.
    """

    kind: ClassVar = "PPP packet received"
    source: ClassVar = Source.ISP

    protocol: str
    code: str
    id: int
    summary: str


@dataclass(frozen=True, slots=True)
class PacketSent(Fact):
    """A PPP packet went to the caller.

    Attributes:
        protocol: What its protocol is called, such as ``LCP``.
        code: What it is, such as ``Configure-Ack``; empty where packets of the protocol have no code.
        id: Its identifier, 0 to 255; 0 where packets of the protocol have none.
        summary: What it says, in words; passwords are left out.
    """

    kind: ClassVar = "PPP packet sent"
    source: ClassVar = Source.ISP

    protocol: str
    code: str
    id: int
    summary: str


@dataclass(frozen=True, slots=True)
class Authenticated(Fact):
    """One side of a PPP link has proven its name to the other.

    Attributes:
        name: The name.
        method: ``pap``, ``chap`` or ``mschap-v2``.
        of_peer: Whether it is the caller that has; otherwise this side.
    """

    kind: ClassVar = "PPP authenticated"
    source: ClassVar = Source.ISP

    name: str
    method: str
    of_peer: bool


@dataclass(frozen=True, slots=True)
class AuthenticationFailed(Fact):
    """One side of a PPP link has not proven its name to the other.

    Attributes:
        name: The name; empty if none was given.
        method: ``pap``, ``chap`` or ``mschap-v2``.
        of_peer: Whether it is the caller that has not; otherwise this side.
        why: What was wrong.
    """

    kind: ClassVar = "PPP authentication failed"
    source: ClassVar = Source.ISP

    name: str
    method: str
    of_peer: bool
    why: str


@dataclass(frozen=True, slots=True)
class AddressAgreed(Fact):
    """Both sides of a PPP link have agreed on the addresses.

    Attributes:
        local: The address of this side; empty if it has none.
        remote: The address of the caller; empty if it has none.
    """

    kind: ClassVar = "PPP addresses"
    source: ClassVar = Source.ISP

    local: str
    remote: str


@dataclass(frozen=True, slots=True)
class LinkUp(Fact):
    """A PPP link can carry packets of a network.

    Attributes:
        network: Which network.
    """

    kind: ClassVar = "PPP up"
    source: ClassVar = Source.ISP

    network: Network


@dataclass(frozen=True, slots=True)
class LinkDown(Fact):
    """A PPP link is over, or the attempt to bring it up.

    Attributes:
        reason: Why.
        was_up: Whether it has been up.
        message: What the caller gave as a reason, if it did.
    """

    kind: ClassVar = "PPP down"
    source: ClassVar = Source.ISP

    reason: LinkEnding
    was_up: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class FrameError(Fact):
    """Octets came that are no PPP frame.

    Attributes:
        why: What is wrong with them.
        octets: How many there are.
    """

    kind: ClassVar = "PPP frame error"
    source: ClassVar = Source.ISP

    why: str
    octets: int
