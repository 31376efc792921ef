"""The cellular part of a scenario's modem: ``modem.cellular``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simisp.scenario.steps import Strict
from simisp.scenario.values import DurationValue, Given, YesNo

__all__ = ["CellularChangeSection", "CellularSection", "OperatorSection", "SimSection"]

_MOST = 1000

Name = Annotated[str, Field(pattern=r'^[^"\x00-\x1f]{1,40}$')]
"""What a command gives in quotes."""
Code = Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
Signal = Annotated[int, Field(ge=0, le=99)]
RegistrationName = Literal["home", "roaming", "searching", "denied", "lost"]
AccessName = Literal["gsm", "utran", "lte"]


class SimSection(Strict):
    """The SIM. With a PIN it asks for it, unless it is not locked."""

    present: YesNo = Field(True, description="Whether there is one.")
    pin: Annotated[Code | None, Given] = Field(None, description="Its PIN, which it asks for; 0000 without the key.")
    locked: Annotated[YesNo | None, Given] = Field(None, description="Whether it asks for the PIN.")
    puk: Code = Field("12345678", description="Its PUK.")
    busy_for: DurationValue = Field(0.0, alias="busy for", description="How long it takes to start.")
    imsi: Annotated[str, Field(pattern=r"^[0-9]{6,15}$")] = Field("001010123456789", description="Its IMSI.")
    iccid: Annotated[str, Field(pattern=r"^[0-9]{18,20}$")] = Field(
        "89001012345678901234", description="Its own number."
    )
    number: Annotated[str, Field(pattern=r"^(\+?[0-9]{1,20})?$")] = Field("", description="The subscriber's number.")


class OperatorSection(Strict):
    """A network that can be received."""

    name: Name = Field("Simisp Mobile", description="Its long name.")
    short: Name = Field("simisp", description="Its short name.")
    code: Annotated[str, Field(pattern=r"^[0-9]{5,6}$")] = Field("00101", description="Its number.")
    access: AccessName = Field("lte", description="What kind of network it is.")
    forbidden: YesNo = Field(False, description="Whether it does not let the subscriber in.")


class CellularChangeSection(Strict):
    """What changes at a time."""

    at: DurationValue = Field(description="When, counted from the beginning of the run.")
    registration: Annotated[RegistrationName | None, Given] = Field(
        None, description="What there is of a network from then on."
    )
    signal: Annotated[Signal | None, Given] = Field(None, description="The signal from then on, as in +CSQ.")
    sim: Annotated[Literal["present", "absent"] | None, Given] = Field(
        None, description="Whether there is a SIM from then on."
    )


class CellularSection(Strict):
    """SIM and network of a cellular modem. Without any key all is well: it is registered at once."""

    sim: SimSection = Field(default_factory=dict, validate_default=True)
    registration: RegistrationName = Field("home", description="What a search for the network comes to.")
    registers_after: DurationValue = Field(0.0, alias="registers after", description="How long that search takes.")
    signal: Signal = Field(20, description="The signal as in +CSQ: 0 to 31, or 99 for none.")
    operators: Annotated[list[OperatorSection], Field(max_length=100)] = Field(
        default_factory=list, description="The networks that can be received; the first serves the modem."
    )
    apn: Annotated[Name | None, Given] = Field(
        None, description="The access point of context 1, which is then defined."
    )
    scan_takes: DurationValue = Field(10.0, alias="scan takes", description="How long +COPS=? takes.")
    starts_in: DurationValue = Field(3.0, alias="starts in", description="How long it is deaf after +CFUN=1,1.")
    dials_unregistered: YesNo = Field(
        False, alias="dials unregistered", description="Whether D*99# gives CONNECT although there is no network."
    )
    ussd: Annotated[dict[Name, Name], Field(max_length=_MOST)] = Field(
        default_factory=dict, description="What the network answers to codes such as *100#."
    )
    changes: Annotated[list[CellularChangeSection], Field(max_length=_MOST)] = Field(
        default_factory=list, description="What changes in time."
    )
