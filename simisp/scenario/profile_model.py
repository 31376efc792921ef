"""The typed model of a modem profile's file. The meaning of each key is in its description."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from simisp.scenario.modem_rows import (
    CommandReply,
    CommandText,
    ProfileConductSection,
    RegisterName,
    RegisterValue,
    ResultCodeName,
    ResultCodeValue,
    SettingText,
)
from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import DurationValue, Given, Text, Words, YesNo
from simisp.scenario.whole import Whole

__all__ = [
    "IdentitySection",
    "ProfileFile",
    "RowDisposition",
    "RowSection",
    "RowSource",
    "TimingSection",
    "ValuesText",
]

RowDisposition = Literal["implemented", "accepted", "declined", "unknown"]
RowSource = Literal["standard", "manual", "capture", "unverified"]

_EXTENDED = r"^[+^$*!_#%][A-Za-z][A-Za-z0-9!%./:_-]*$"
_VALUES = re.compile(r"[0-9]{1,9}-[0-9]{1,9}|[^,\s]+(,[^,\s]+)*")


def _name(text: str) -> str:
    if not re.fullmatch(_EXTENDED, text):
        raise PydanticCustomError("command", "{text} is not a name, such as +CSUB", {"text": repr(text)})
    return text.upper()


def _values(text: str) -> str:
    if not _VALUES.fullmatch(text):
        raise PydanticCustomError(
            "command", "{text} is neither a range, 0-3, nor a list, 2,13,38", {"text": repr(text)}
        )
    return text


CommandName = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": _EXTENDED})]
ValuesText = Annotated[
    str, Field(min_length=1, max_length=500), AfterValidator(_values), WithJsonSchema({"type": ["string", "integer"]})
]
"""The values that a command takes in one place: ``0-3``, or ``2,13,38``."""


class IdentitySection(Strict):
    """What the modem says of itself."""

    manufacturer: Annotated[Text | None, Given] = Field(None, description="AT+GMI.")
    model: Annotated[Text | None, Given] = Field(None, description="AT+GMM.")
    revision: Annotated[Text | None, Given] = Field(None, description="AT+GMR.")
    serial_number: Annotated[Text | None, Given] = Field(None, alias="serial number", description="AT+GSN.")
    information: Annotated[dict[Annotated[int, Whole(0, 255)], Text] | None, Given] = Field(
        None, description="The answers to ATI by number; a number that is not there gives only OK."
    )
    capabilities: Annotated[list[Text] | None, Given] = Field(None, description="What AT+GCAP names.")


class TimingSection(Strict):
    """How long the modem takes."""

    deaf_after_reset: Annotated[DurationValue | None, Given] = Field(
        None, alias="deaf after reset", description="How long it hears nothing after ATZ."
    )


class RowSection(Strict):
    """A command that the profile adds, or changes."""

    model_config = ConfigDict(json_schema_extra={"required": ["meaning", "source"]})

    meaning: Words = Field(min_length=1, description="What it does, in a few words.")
    source: RowSource = Field(
        description="Where the row comes from: a standard, a manual, a capture of a modem's octets; or unverified."
    )
    clause: Words = Field("", description="The clause of the standard, or the manual.")
    disposition: RowDisposition = Field(
        "accepted",
        description="implemented: it does what it says; accepted: answered, without an effect; declined: ERROR.",
    )
    values: list[ValuesText] = Field(
        default_factory=empty_list,
        max_length=32,
        description="The values that it keeps: for each place 0-3, or 2,13,38.",
    )
    factory: list[SettingText] = Field(default_factory=empty_list, description="Their factory values.")
    answers: dict[CommandText, CommandReply] = Field(
        default_factory=dict, max_length=100, description="Its forms, or /patterns/, with their answers."
    )
    tried: list[CommandText] = Field(
        default_factory=empty_list, description="Commands that the patterns are for; tests of the profile send them."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.values) != len(self.factory):
            raise PydanticCustomError("reply", "expected one factory value for each of its values")
        has_answer = bool(self.values or self.answers)
        if self.disposition == "declined" and has_answer:
            raise PydanticCustomError("reply", "a command that is declined has no values and no answers")
        if self.disposition in ("accepted", "implemented") and not has_answer:
            raise PydanticCustomError("reply", "expected answers, or values with factory values, or declined")
        return self


class ProfileFile(Strict):
    """A kind of modem."""

    about: Words = Field("", description="What modem it is, and where the facts come from.")
    extends: Annotated[Words | None, Given] = Field(
        None, description="The profile that this one adds to: a name, or a file beside this one; by default v250."
    )
    cellular: Annotated[YesNo | None, Given] = Field(None, description="Whether it has a SIM and a radio network.")
    identity: IdentitySection = Field(default_factory=dict, validate_default=True)
    registers: dict[RegisterName, RegisterValue] = Field(
        default_factory=dict, description="S-registers with other factory values."
    )
    factory: dict[CommandText, SettingText] = Field(
        default_factory=dict, description="Commands with other factory values."
    )
    result_codes: dict[ResultCodeName, ResultCodeValue] = Field(
        default_factory=dict, alias="result codes", description="Result codes with other numbers, or other words."
    )
    connect: Annotated[Text | None, Given] = Field(
        None, description="CONNECT as it is sent: {rate} is its rate, {link} one of the next two."
    )
    reliable: Annotated[Text | None, Given] = Field(
        None,
        description="What {link} is with error control; {carrier}, {protocol}, {compression} stand for the link's own.",
    )
    unreliable: Annotated[Text | None, Given] = Field(None, description="What {link} is without error control.")
    unknown_command: Annotated[Text | None, Given] = Field(
        None, alias="unknown command", description="The answer to a command that it does not know."
    )
    timing: TimingSection = Field(default_factory=dict, validate_default=True)
    conduct: ProfileConductSection = Field(default_factory=dict, validate_default=True)
    without: list[CommandText] = Field(
        default_factory=empty_list, description="Commands of the extended profile that this one does not have."
    )
    commands: dict[CommandName, RowSection] = Field(default_factory=dict, max_length=1000)
