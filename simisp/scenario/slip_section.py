"""The SLIP that an ISP speaks: the step ``slip``."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simisp.far_end import FarEnd
from simisp.scenario.steps import BaseStep, with_all_defaults
from simisp.scenario.strict import Strict
from simisp.scenario.values import Given

__all__ = ["SlipMaker", "SlipSection", "SlipStep"]


class SlipSection(Strict):
    """How the ISP speaks SLIP, which has nothing to negotiate. Every key may be left out."""

    network: Annotated[Literal["none", "echo"] | None, Given] = Field(
        None, description="What is behind the line: nothing, or what answers to ICMP echo alone."
    )


@dataclass(frozen=True, slots=True)
class SlipMaker:
    """Makes a far end that speaks SLIP, anew for each call.

    Attributes:
        answers_ping: Whether ICMP echo requests are answered.
    """

    answers_ping: bool

    def __call__(self) -> FarEnd:
        """Return a new far end."""
        from simisp.ppp.slip import SlipFarEnd  # few dialogues come to it

        return SlipFarEnd(answers_ping=self.answers_ping)


class SlipStep(BaseStep):
    """Speak SLIP from here on."""

    slip: SlipSection

    @model_validator(mode="before")
    @classmethod
    def _all_defaults(cls, value: Any) -> Any:
        """Accept ``- slip`` without a value."""
        return with_all_defaults("slip", value)
