"""From the section of bad manners to the configuration of their machine. Loaded only if there are any."""

from __future__ import annotations

from dataclasses import replace

from simisp.line.manners.altered import ChosenManner
from simisp.line.manners.table import MANNERS
from simisp.scenario.manners import MannersSection
from simisp.scenario.strict import Strict
from simisp.scenario.wording import how_long, shown

__all__ = ["chosen_manners", "told_manners"]


def chosen_manners(section: MannersSection) -> list[ChosenManner]:
    """Return the manners that a section switches on, in the order of the table, with their options."""
    chosen = []
    for name, field in MannersSection.model_fields.items():
        value = getattr(section, name)
        if not value and not isinstance(value, Strict):
            continue
        row = MANNERS[field.alias or name]
        given = value.model_dump(exclude_none=True) if isinstance(value, Strict) else {}
        chosen.append((row, replace(row.defaults, **given)))
    return chosen


def told_manners(section: MannersSection) -> str:
    """Return a sentence about each manner that a section switches on, with the options that it gives."""
    told = []
    for name, field in MannersSection.model_fields.items():
        value = getattr(section, name)
        if not value and not isinstance(value, Strict):
            continue
        given = value.model_dump(exclude_none=True) if isinstance(value, Strict) else {}
        options = ", ".join(f"{option} {shown(_told(said))}" for option, said in given.items())
        told.append(MANNERS[field.alias or name].what + (f" ({options})" if options else ""))
    return "Its manners are bad: " + "; ".join(told) + "." if told else "Its manners are good."


def _told(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return how_long(value) if isinstance(value, float) else str(value)
