"""The cellular part of a scenario's modem: ``modem.cellular``."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import DurationValue, Given, YesNo
from simisp.scenario.whole import Whole

__all__ = [
    "CellularChangeSection",
    "CellularSection",
    "CellularStateSection",
    "DomainSection",
    "OperatorSection",
    "Signal",
    "SimSection",
    "UssdCode",
]

_MOST = 1000
_CLOCK = r"[0-9]{2}/[0-9]{2}/[0-9]{2},[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}"


def _signal(value: int) -> int:
    if 31 < value != 99:
        raise PydanticCustomError("message", "expected 0 to 31, or 99 for an unknown signal")
    return value


def _of_form(pattern: str, what: str) -> BeforeValidator:
    """Refuse a text that does not have a form, and say what was meant."""
    form = re.compile(pattern)

    def check(text: object) -> object:
        if isinstance(text, str) and not form.fullmatch(text):
            raise PydanticCustomError("message", "{what}", {"what": f"expected {what}"})
        return text

    return BeforeValidator(check)


_NAME, _CODE, _IMSI, _ICCID = r'[^"\x00-\x1f]{1,40}', r"[0-9]{4,8}", r"[0-9]{6,15}", r"[0-9]{18,20}"
_USSD = r"[0-9*#+]{1,40}"
_PHONE_NUMBER, _NETWORK_CODE = r"(\+?[0-9]{1,20})?", r"[0-9]{5,6}"


def _some_time(text: str) -> str:
    """Refuse a time that there is not."""
    from simisp.cellular.clock import LocalClock  # a scenario without a clock need not load it

    try:
        LocalClock(text)
    except ValueError:
        raise PydanticCustomError("message", "there is no such time") from None
    return text


Name = Annotated[str, _of_form(_NAME, "1 to 40 characters without a quote"), Field(pattern=f"^{_NAME}$")]
"""What a command gives in quotes."""
ClockText = Annotated[
    str,
    _of_form(_CLOCK, "a time such as 26/01/31,12:00:00+04"),
    Field(pattern=f"^{_CLOCK}$"),
    AfterValidator(_some_time),
]
"""A time as +CCLK has it."""
Code = Annotated[str, _of_form(_CODE, "4 to 8 digits"), Field(pattern=f"^{_CODE}$")]
UssdCode = Annotated[str, _of_form(_USSD, "a code such as *100#, of digits, * and #"), Field(pattern=f"^{_USSD}$")]
Signal = Annotated[
    int,
    Whole(0, 99),
    AfterValidator(_signal),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": 31}, {"const": 99}]}),
]
"""The signal as in +CSQ (3GPP TS 27.007, 8.5)."""
RegistrationName = Literal["home", "roaming", "searching", "denied", "lost"]
AccessName = Literal["gsm", "utran", "lte"]
DomainName = Literal["cs", "ps", "eps"]
"""Circuits, packets, EPS: what +CREG, +CGREG and +CEREG ask for."""


class SimSection(Strict):
    """The SIM. With a PIN it asks for it, unless it is not locked."""

    present: YesNo = Field(True, description="Whether there is one.")
    pin: Annotated[Code | None, Given] = Field(None, description="Its PIN, which it asks for; 0000 without the key.")
    locked: Annotated[YesNo | None, Given] = Field(None, description="Whether it asks for the PIN.")
    puk: Code = Field("12345678", description="Its PUK.")
    busy_for: DurationValue = Field(0.0, alias="busy for", description="How long it takes to start.")
    imsi: Annotated[str, _of_form(_IMSI, "6 to 15 digits"), Field(pattern=f"^{_IMSI}$")] = Field(
        "001010123456789", description="Its IMSI."
    )
    iccid: Annotated[str, _of_form(_ICCID, "18 to 20 digits"), Field(pattern=f"^{_ICCID}$")] = Field(
        "89001012345678901234", description="Its own number."
    )
    number: Annotated[
        str, _of_form(_PHONE_NUMBER, "up to 20 digits, behind + or not"), Field(pattern=f"^{_PHONE_NUMBER}$")
    ] = Field("", description="The subscriber's number.")


class OperatorSection(Strict):
    """A network that can be received."""

    name: Name = Field("Simisp Mobile", description="Its long name.")
    short: Name = Field("simisp", description="Its short name.")
    code: Annotated[str, _of_form(_NETWORK_CODE, "5 or 6 digits"), Field(pattern=f"^{_NETWORK_CODE}$")] = Field(
        "00101", description="Its number."
    )
    access: AccessName = Field("lte", description="What kind of network it is.")
    forbidden: YesNo = Field(False, description="Whether it does not let the subscriber in.")


class DomainSection(Strict):
    """What is different in one domain of the network."""

    registration: Annotated[RegistrationName | None, Given] = Field(
        None, description="What a search comes to there; as in the others without the key."
    )
    registers_after: Annotated[DurationValue | None, Given] = Field(
        None, alias="registers after", description="How long that search takes; as in the others without the key."
    )


class CellularStateSection(Strict):
    """What changes of network and SIM."""

    registration: Annotated[RegistrationName | None, Given] = Field(
        None, description="What there is of a network from then on."
    )
    domain: Annotated[DomainName | None, Given] = Field(
        None, description="In which domain there is; in all of them without the key."
    )
    signal: Annotated[Signal | None, Given] = Field(None, description="The signal from then on, as in +CSQ.")
    sim: Annotated[Literal["present", "absent"] | None, Given] = Field(
        None, description="Whether there is a SIM from then on."
    )
    time_zone: Annotated[Annotated[int, Whole(-48, 56)] | None, Given] = Field(
        None, alias="time zone", description="The time zone that the network says, in quarters of an hour from UTC."
    )
    ussd: Annotated[Name | None, Given] = Field(None, description="A text that the network sends by itself (+CUSD).")


class CellularChangeSection(CellularStateSection):
    """What changes at a time."""

    written_first = ("at",)

    at: DurationValue = Field(description="When, counted from the beginning of the run.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_fields_set == {"at"}:
            raise PydanticCustomError("message", "expected what changes, such as signal: 9")
        return self


class CellularSection(Strict):
    """SIM and network of a cellular modem. Without any key all is well: it is registered at once."""

    sim: SimSection = Field(default_factory=dict, validate_default=True)
    registration: RegistrationName = Field("home", description="What a search for the network comes to.")
    registers_after: DurationValue = Field(0.0, alias="registers after", description="How long that search takes.")
    domains: dict[DomainName, DomainSection] = Field(
        default_factory=dict, description="What is different for circuits (cs), packets (ps) or EPS (eps)."
    )
    signal: Signal = Field(20, description="The signal as in +CSQ: 0 to 31, or 99 if it is unknown.")
    operators: Annotated[list[OperatorSection], Field(max_length=100)] = Field(
        default_factory=empty_list, description="The networks that can be received; the first serves the modem."
    )
    apn: Annotated[Name | None, Given] = Field(
        None, description="The access point of context 1, which is then defined."
    )
    scan_takes: DurationValue = Field(10.0, alias="scan takes", description="How long +COPS=? takes.")
    powers_up_in: DurationValue = Field(
        0.0, alias="powers up in", description="How long it is deaf when the run begins: it was just switched on."
    )
    starts_in: DurationValue = Field(3.0, alias="starts in", description="How long it is deaf after +CFUN=1,1.")
    announces: Annotated[list[Name], Field(max_length=20)] = Field(
        default=["RDY", "+CFUN: 1"],
        description="What it sends when it takes commands again; then +CPIN, unless the list is empty.",
    )
    clock: ClockText = Field("26/01/01,00:00:00+00", description="Local time when the run begins, as +CCLK has it.")
    dials_unregistered: YesNo = Field(
        False, alias="dials unregistered", description="Whether D*99# gives CONNECT although there is no network."
    )
    ussd: Annotated[dict[UssdCode, Name], Field(max_length=_MOST)] = Field(
        default_factory=dict, description="What the network answers to codes such as *100#."
    )
    changes: Annotated[list[CellularChangeSection], Field(max_length=_MOST)] = Field(
        default_factory=empty_list, description="What changes in time."
    )
