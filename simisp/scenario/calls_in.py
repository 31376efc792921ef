"""The calls that come in for a scenario's modem: ``exchange.calls in``."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, Given, Title
from simisp.scenario.whole import Whole

if TYPE_CHECKING:
    from simisp.line.incoming import IncomingCall

__all__ = ["CallInSection", "CallerSection"]

_BEFORE = "before the first ring"


def _period(value: Any) -> Any:
    from simisp.line.incoming import SHORTEST_PERIOD  # most scenarios have no calls in, and need no modem

    if value < SHORTEST_PERIOD:
        raise PydanticCustomError(
            "period",
            "rings come {least} s apart or more: one lasts 2 s, and the caller's number may follow it",
            {"least": f"{SHORTEST_PERIOD:g}"},
        )
    return value


class CallerSection(Strict):
    """What the exchange sends of a caller."""

    number: Title = Field(description="The digits; P if the caller keeps the number private, O if it is not known.")
    name: Annotated[Title | None, Given] = Field(None, description="The name.")
    date: Annotated[Title | None, Given] = Field(None, description="Month and day, such as 0314.")
    time: Annotated[Title | None, Given] = Field(None, description="Hour and minute, such as 0915.")


class CallInSection(Strict):
    """A call that comes in for the modem."""

    at: DurationValue = Field(description="When it begins to ring, from the start of the run.")
    rings: Annotated[int, Whole(1, 1000)] = Field(10, description="How often it rings.")
    every: Annotated[DurationValue, AfterValidator(_period)] = Field(6.0, description="From one ring to the next.")
    caller: Annotated[CallerSection | None, Given] = Field(
        None, description="The caller's number and more, for a modem that reports it (+VCID=1)."
    )
    caller_sent: Literal["after the first ring", "before the first ring"] = Field(
        "after the first ring", alias="caller sent", description="When the exchange sends it."
    )

    def as_incoming(self) -> "IncomingCall":
        """Return the call as the exchange has it."""
        from simisp.line.incoming import IncomingCall
        from simisp.modem.caller import Caller

        caller = self.caller
        return IncomingCall(
            self.at,
            self.rings,
            self.every,
            None if caller is None else Caller(caller.number, caller.name or "", caller.date or "", caller.time or ""),
            number_first=self.caller_sent == _BEFORE,
        )
