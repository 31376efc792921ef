"""What a scenario's modem may have at its ports: ``modem.nmea`` and ``modem.unplug``."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, LabelName, YesNo

__all__ = ["MomentText", "NmeaSection", "PositionText", "SentenceInterval", "SentenceText", "UnplugSection"]

_SENTENCE = r"RMC|GGA|[\x20-\x29\x2b-\x7e]{4,80}"
_POSITION = r"\s*(-?[0-9]{1,2}(\.[0-9]+)?)\s*,\s*(-?[0-9]{1,3}(\.[0-9]+)?)\s*"
_SHORTEST_INTERVAL = 0.001


def _position(text: str) -> str:
    match = re.fullmatch(_POSITION, text)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[3])) > 180:
        raise PydanticCustomError(
            "position", "{text} is not a position: write latitude, longitude in degrees, such as 52.52, 13.405",
            {"text": repr(text)},
        )  # fmt: skip
    return text


def _interval(seconds: float) -> float:
    if seconds < _SHORTEST_INTERVAL:
        raise PydanticCustomError("period", "an interval is 1 ms or more")
    return seconds


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise PydanticCustomError(
            "moment", "{text} is not a date and a time of day: write 2000-01-31 12:00:00", {"text": repr(text)}
        )
    return text


def _sentence(text: str) -> str:
    if not re.fullmatch(_SENTENCE, text):
        raise PydanticCustomError(
            "message", "{text} is not a sentence: write RMC, GGA, or the fields of another one, as GPTXT,01,01,02,a",
            {"text": repr(text)},
        )  # fmt: skip
    return text


SentenceText = Annotated[
    str, AfterValidator(_sentence), WithJsonSchema({"type": "string", "pattern": f"^({_SENTENCE})$"})
]
SentenceInterval = Annotated[DurationValue, AfterValidator(_interval)]
PositionText = Annotated[
    str, AfterValidator(_position), WithJsonSchema({"type": "string", "pattern": f"^{_POSITION}$"})
]
MomentText = Annotated[str, AfterValidator(_moment)]


class NmeaSection(Strict):
    """What an NMEA port says."""

    every: SentenceInterval = Field(1.0, description="The interval of the sentences, from 1ms on.")
    sentences: list[SentenceText] = Field(
        default_factory=lambda: ["RMC", "GGA"],
        min_length=1,
        max_length=32,
        description="RMC, GGA, or the fields of any other sentence, without $ and checksum.",
    )
    position: PositionText = Field("0, 0", description="Latitude and longitude in degrees, north and east above 0.")
    fix: YesNo = Field(True, description="Whether the position is known; otherwise the fields are empty.")
    begins: MomentText = Field(
        "2000-01-01 00:00:00", description="The date and the time of day (UTC) when the run begins."
    )


class UnplugSection(Strict):
    """The modem is unplugged while it is in use, and plugged in again."""

    after: DurationValue = Field(description="When, counted from the first opening of any of its ports.")
    for_: DurationValue = Field(alias="for", description="How long it is away.")
    comes_back_as: Literal["same name", "next name"] | LabelName = Field(
        "same name",
        alias="comes back as",
        description="same name; next name: the number in it plus one; or a file name.",
    )
