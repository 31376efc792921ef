"""What a scenario expects of the client's PPP, as written."""

from pydantic import Field

from simisp.scenario.expectation_base import AboutConduct, WordAlone
from simisp.scenario.ppp_section import IpAddress
from simisp.scenario.strict import Strict
from simisp.scenario.values import CredentialText, DurationValue

__all__ = [
    "AgreedAddress",
    "AuthenticatedAs",
    "GaveUpWithin",
    "PppConduct",
    "PppUpWithin",
    "TerminatedCleanly",
]


class PppUpWithin(Strict, AboutConduct):
    """IP must be up within this time after PPP has begun, in each call that comes to PPP."""

    ppp_up_within: DurationValue = Field(alias="ppp up within")


class AgreedAddress(Strict, AboutConduct):
    """Whenever PPP comes up, the client must have this address."""

    address: IpAddress


class GaveUpWithin(Strict, AboutConduct):
    """In each call in which PPP begins and never comes up, the client must end the attempt within this time."""

    client_gave_up_within: DurationValue = Field(alias="client gave up within")


class TerminatedCleanly(WordAlone, AboutConduct):
    """Each PPP link that was up must end by Terminate-Request and Terminate-Ack, before the call ends."""

    terminated_cleanly: None = Field(alias="terminated cleanly")


class AuthenticatedAs(Strict, AboutConduct):
    """The client must log in to PPP under this name, and under no other one."""

    authenticated_as: CredentialText = Field(alias="authenticated as")


PppConduct = PppUpWithin | AgreedAddress | GaveUpWithin | TerminatedCleanly | AuthenticatedAs
"""What is expected of PPP."""
