"""What follows something that the client does to the port, as it is written: one item of ``line.triggers``."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from simisp.scenario.deeds import DeedSection
from simisp.scenario.strict import Strict
from simisp.scenario.values import CountOrAlways, DurationValue, Given, SentText, SilenceValue

__all__ = ["TriggerItem"]

TriggerResult = Literal["OK", "RING", "NO CARRIER", "ERROR", "NO DIALTONE", "BUSY", "NO ANSWER"]


class TriggerItem(Strict):
    """What follows something that the client does to the port."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("send", "result", "silence", "do")]}
    )

    on: DeedSection = Field(description="What the client does.")
    after: DurationValue = Field(0.0, description="How long after it.")
    send: Annotated[SentText | None, Given] = Field(None, description="The modem sends this unsolicited text.")
    result: Annotated[TriggerResult | None, Given] = Field(None, description="The modem sends this result code.")
    silence: Annotated[SilenceValue | None, Given] = Field(
        None, description="Nothing is answered for so long, or forever, and input is lost."
    )
    do: Annotated[Literal["drop carrier", "hang up"] | None, Given] = Field(
        None, description="The carrier of a call drops, or the ISP hangs up."
    )
    times: Annotated[CountOrAlways, Given] = Field("always", description="How often.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.send, self.result, self.silence, self.do)) != 1:
            raise PydanticCustomError("reply", "expected one of send, result, silence and do, such as do: drop carrier")
        return self
