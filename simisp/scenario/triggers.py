"""What a scenario's triggers come to, as a line plays them, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.scenario.line_section import LineSection
from simisp.scenario.wording import how_long, quoted

if TYPE_CHECKING:  # few scenarios have triggers
    from simisp.line.port_machine import PortMachine
    from simisp.line.session import Session
    from simisp.line.triggers import Act, Trigger
    from simisp.scenario.trigger_item import TriggerItem

__all__ = ["told_trigger", "with_triggers"]


def with_triggers(section: LineSection, session: Session) -> PortMachine:
    """Return what is behind the port of a line: its Session, with the line's triggers if it has some."""
    if not section.triggers:
        return session
    from simisp.line.triggers import TriggeredLine

    return TriggeredLine(session, map(_trigger, section.triggers))


def told_trigger(item: TriggerItem) -> str:
    """Return a trigger as a sentence."""
    from simisp.client_deeds import deed_in_words
    from simisp.scenario.deeds import deed_of_section

    after = f", {how_long(item.after)} later" if item.after else ""
    if item.send is not None:
        act = f"the modem sends {quoted(item.send)}"
    elif item.result is not None:
        act = f"the modem reports {item.result}"
    elif item.silence is not None:
        lasts = "forever" if item.silence == float("inf") else f"for {how_long(item.silence)}"
        act = f"nothing is answered {lasts}, and input is lost"
    else:
        act = "the carrier drops" if item.do == "drop carrier" else "the ISP hangs up"
    times = "" if item.times == "always" else f" ({'once' if item.times == 1 else f'{item.times} times'})"
    return f"After {deed_in_words(deed_of_section(item.on))}{after}: {act}{times}."


def _trigger(item: TriggerItem) -> Trigger:
    from simisp.line.triggers import Trigger
    from simisp.scenario.deeds import deed_of_section

    times = None if item.times == "always" else item.times
    return Trigger(deed_of_section(item.on), _act(item), item.after, times)


def _act(item: TriggerItem) -> Act:
    from simisp.line.triggers import Fall, Loss, Report, Say
    from simisp.modem.result_codes import ResultCode

    if item.send is not None:
        return Say(item.send.replace("\r\n", "\n").strip("\n"))
    if item.result is not None:
        return Report(ResultCode[item.result.replace(" ", "_")])
    if item.silence is not None:
        return Fall(item.silence)
    return Loss(item.do)
