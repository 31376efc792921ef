"""What a client does to the port, as scenarios write it: in triggers (``on``) and in a dialogue (``wait for``)."""

from typing import Annotated, Literal, Self, assert_never

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from simisp.circuits import Circuit
from simisp.client_deeds import CircuitTurned, ClientDeed, PortAct, RateTaken
from simisp.scenario.steps import BaseStep, Target
from simisp.scenario.strict import Strict
from simisp.scenario.values import Given, Rate, TimeLimit, YesNo

__all__ = ["DeedSection", "WaitForStep", "deed_of_section", "told_deed"]


def _on_off(value: object) -> object:
    if not isinstance(value, bool) and (not isinstance(value, str) or value.lower() not in {"on", "off", "yes", "no"}):
        raise PydanticCustomError("reply", "expected on or off")
    return value


_OnOff = Annotated[YesNo, BeforeValidator(_on_off)]


class DeedSection(Strict):
    """What the client does to the port; one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    dtr: Annotated[_OnOff | None, Given] = Field(None, description="It turns DTR on or off.")
    rts: Annotated[_OnOff | None, Given] = Field(None, description="It turns RTS on or off.")
    speed: Annotated[Rate | None, Given] = Field(None, description="It sets the port to this rate in bit/s.")
    break_: Annotated[Literal["sent"] | None, Given] = Field(None, alias="break", description="It sends a break.")
    port: Annotated[Literal["opened", "closed"] | None, Given] = Field(
        None, description="It opens the port that was closed, or closes it completely."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("reply", "expected one of dtr, rts, speed, break and port, such as {dtr: off}")
        return self


def deed_of_section(section: DeedSection) -> ClientDeed:
    """Return what a section names."""
    for circuit, turned in ((Circuit.DTR, section.dtr), (Circuit.RTS, section.rts)):
        if turned is not None:
            return CircuitTurned(circuit, turned)
    if section.speed is not None:
        return RateTaken(section.speed)
    return PortAct.BREAK if section.break_ is not None else PortAct(section.port)


def told_deed(section: DeedSection) -> str:
    """Return what a section names, as a clause.

    Example:
        >>> told_deed(DeedSection(dtr=False)), told_deed(DeedSection(port="closed"))
        ('the client turns DTR off', 'the client closes the port')
    """
    match deed_of_section(section):
        case CircuitTurned(circuit, on):
            return f"the client turns {circuit.value} {'on' if on else 'off'}"
        case RateTaken(rate):
            return f"the client sets the port to {rate} bit/s"
        case PortAct.BREAK:
            return "the client sends a break"
        case PortAct.OPENED:
            return "the client opens the port"
        case PortAct.CLOSED:
            return "the client closes the port"
        case deed:
            assert_never(deed)


class WaitForStep(BaseStep):
    """Wait until the client does something to the port; input is kept meanwhile."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"too late": ["within"]}})

    wait_for: DeedSection = Field(alias="wait for", description="What the client does, from now on.")
    within: Annotated[TimeLimit | None, Given] = Field(None, description="How long the client may take for it.")
    too_late: Annotated[Target | None, Given] = Field(
        None, alias="too late", description="What follows the end of that time; by default, hang up."
    )
