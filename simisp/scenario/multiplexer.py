"""The multiplexer of a scenario's modem: ``modem.cmux``."""

from typing import Annotated, Literal

from pydantic import Field

from simisp.cmux.frame import HIGHEST_DLCI
from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import DurationValue, Given, Text, YesNo
from simisp.scenario.whole import Whole

__all__ = ["MultiplexerSection"]

Dlci = Annotated[int, Whole(0, HIGHEST_DLCI)]


class MultiplexerSection(Strict):
    """The multiplexer that AT+CMUX begins, and its bad manners. Without any key it is well-behaved."""

    channels: Annotated[int, Whole(1, HIGHEST_DLCI)] = Field(
        HIGHEST_DLCI, description="How many channels it has, from DLCI 1 on; others are refused."
    )
    sabm_unanswered: list[Dlci] = Field(
        default_factory=empty_list, alias="sabm unanswered", description="The DLCIs on which SABM gets no answer."
    )
    disc_answered_with: Literal["UA", "DM", "UIH", "nothing"] = Field(
        "UA", alias="disc answered with", description="What DISC is answered with."
    )
    final_bit: YesNo = Field(True, alias="final bit", description="Whether answers have the F bit.")
    command_bit: Literal["ignored", "strict", "inverted"] = Field(
        "ignored",
        alias="command bit",
        description="The C/R bit: ignored, strict (a frame with a false one is dropped), or inverted in what is sent.",
    )
    msc: Literal["at once", "after the client's", "never"] = Field(
        "at once", description="When a channel's first MSC is sent: behind UA, after the client's, or never."
    )
    greeting: Text = Field("", description="What comes on each channel in the first frame behind UA.")
    length_lost_in: Annotated[int, Whole(0, 1_000_000)] = Field(
        0, alias="length lost in", description="Which frame, counted from 1, has lost its length octet; 0 for none."
    )
    octet_a_frame: YesNo = Field(False, alias="octet a frame", description="Whether each octet has its own frame.")
    fc_never_released: YesNo = Field(
        False, alias="fc never released", description="Whether FC is set after the first octets and stays so."
    )
    flags_ignored: YesNo = Field(
        False, alias="flags ignored", description="Whether three flags in succession get no flags in answer."
    )
    restarts_after: Annotated[DurationValue | None, Given] = Field(
        None, alias="restarts after", description="How long after AT+CMUX the modem starts anew, as an AT modem."
    )
    banner: Text = Field("\r\nRDY\r\n", description="What it sends when it starts anew.")
