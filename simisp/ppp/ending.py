"""Why a link has ended."""

from __future__ import annotations

from enum import Enum

__all__ = ["LinkEnding"]


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
