"""The SLIP that an ISP speaks: the step ``slip``."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from simisp.far_end import FarEnd
from simisp.scenario.strict import Strict
from simisp.scenario.values import Given

__all__ = ["SlipMaker", "SlipSection"]


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
