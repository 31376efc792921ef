"""The facts of a cellular modem: its SIM, its network, its packet data contexts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = ["ContextSwitched", "RadioSwitched", "RegistrationChanged", "ServiceAnswered", "SimChanged"]


@dataclass(frozen=True, slots=True)
class RegistrationChanged(Fact):
    """What the network is to the modem has changed, in one of its domains.

    Attributes:
        domain: The domain: CS, PS or EPS.
        state: What it is now, in words.
        operator: The operator's name; empty without service.
    """

    kind: ClassVar = "registration changed"
    source: ClassVar = Source.MODEM

    domain: str
    state: str
    operator: str


@dataclass(frozen=True, slots=True)
class SimChanged(Fact):
    """The SIM waits for something else than before, was put in, or was taken out.

    Attributes:
        state: Its state, in words.
    """

    kind: ClassVar = "sim changed"
    source: ClassVar = Source.MODEM

    state: str


@dataclass(frozen=True, slots=True)
class RadioSwitched(Fact):
    """The modem's function was set (+CFUN), or the modem was restarted.

    Attributes:
        function: The value of +CFUN that is in force.
        restarted: Whether the modem was switched off and on.
    """

    kind: ClassVar = "radio switched"
    source: ClassVar = Source.MODEM

    function: int
    restarted: bool


@dataclass(frozen=True, slots=True)
class ContextSwitched(Fact):
    """A packet data context was activated or deactivated.

    Attributes:
        context: Its number.
        active: Whether it is active now.
        by_network: Whether the network did it.
        apn: Its access point.
    """

    kind: ClassVar = "context switched"
    source: ClassVar = Source.MODEM

    context: int
    active: bool
    by_network: bool
    apn: str


@dataclass(frozen=True, slots=True)
class ServiceAnswered(Fact):
    """The network has answered a USSD code, or sent a text by itself.

    Attributes:
        code: The code that was sent to it; empty if it began.
        text: What it has answered; empty if it does not know the code.
    """

    kind: ClassVar = "ussd answered"
    source: ClassVar = Source.EXCHANGE

    code: str
    text: str
