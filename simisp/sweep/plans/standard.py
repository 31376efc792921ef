"""The plan ``standard``: each fault at each place where it makes a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simisp.line.faults.table import FAULTS
from simisp.scenario.fault_item import FaultItem, fault_plan
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.plans.changes import changes
from simisp.sweep.plans.effect import Effects
from simisp.sweep.plans.rows import AT_EACH_OCTET, AT_EACH_PIECE, FROM_THE_START, FaultRow, delays
from simisp.sweep.plans.spots import Spot, beginnings, spots
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["standard"]

_PLAN = "standard"


def standard(scenario: LoadedScenario, undisturbed: Undisturbed, _seed: int) -> Iterator[Case]:
    """Yield each fault of the table at each place where it makes a difference, then what else can change."""
    effects = Effects(undisturbed)
    for row in AT_EACH_OCTET:
        yield from _different(row, spots(undisturbed, *row.senders), effects)
    for row in (*AT_EACH_PIECE, *delays(undisturbed)):
        yield from _different(row, beginnings(undisturbed, *row.senders), effects)
    for row in FROM_THE_START:
        yield Case(row.name, _PLAN, row.name, 0, {"line": {"faults": [{"fault": row.kind, **row.told}]}})
    yield from changes(scenario, undisturbed)


def _different(row: FaultRow, places: Iterable[Spot], effects: Effects) -> Iterator[Case]:
    """Yield a row's cases at places, those that do the same only once."""
    seen: set[Any] = set()
    kind = FAULTS[row.kind]
    for spot in places:
        if kind.fixed and (spot.side, spot.direction) != (kind.side, kind.direction):
            continue
        fault = spot.fault(row.kind, **row.told)
        effect = effects.effect(fault_plan(FaultItem.model_validate(fault)))
        if effect is not None and effect not in seen:
            seen.add(effect)
            yield Case(f"{row.name} {spot.words}", _PLAN, row.name, spot.position, {"line": {"faults": [fault]}})
