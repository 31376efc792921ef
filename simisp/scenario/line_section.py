"""The section ``line``: its pace, and what few scenarios have: its faults, and what follows what the client does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from simisp.diagnostics import Diagnostic
from simisp.scenario.document import Document
from simisp.scenario.later import BuiltLater, ModelOf
from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import Given, Rate

if TYPE_CHECKING:
    from simisp.line.channel import ChannelMaker, ChannelPlace
    from simisp.scenario.fault_item import FaultItem
    from simisp.scenario.trigger_item import TriggerItem
else:
    FaultItem = ModelOf("simisp.scenario.fault_item", "FaultItem")
    TriggerItem = ModelOf("simisp.scenario.trigger_item", "TriggerItem")

__all__ = ["LineSection", "channels_of_section", "check_line"]


class LineSection(Strict):
    """The line between the client, the modem and the ISP."""

    pace: Annotated[Rate | None, Given] = Field(
        None, description="The rate in bit/s between modem and ISP, at ten bits an octet; without it there is no limit."
    )
    faults: list[BuiltLater[FaultItem]] = Field(default_factory=empty_list, description="What goes wrong.")
    triggers: list[BuiltLater[TriggerItem]] = Field(
        default_factory=empty_list,
        max_length=1000,
        description="What follows what the client does to the port.",
    )


def check_line(section: LineSection, document: Document) -> Iterator[Diagnostic]:
    """Yield the parameters that do not belong to a fault of this kind, and those that it lacks."""
    if section.faults:
        from simisp.scenario.fault_item import check_faults

        yield from check_faults(section.faults, document)


def channels_of_section(section: LineSection) -> "dict[ChannelPlace, ChannelMaker]":
    """Return what makes the channels of a line."""
    if not section.faults and section.pace is None:
        return {}
    from simisp.line.faults.table import channels_of
    from simisp.scenario.fault_item import fault_plan

    return channels_of([fault_plan(item) for item in section.faults], pace=section.pace)
