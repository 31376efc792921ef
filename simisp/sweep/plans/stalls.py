"""The plan ``stalls``: the ISP or the modem falls silent after each octet that it sends."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.facts.sources import Source
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.plans.spots import spots
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["stalls"]


def stalls(_scenario: LoadedScenario, undisturbed: Undisturbed, _seed: int) -> Iterator[Case]:
    """Yield silence from the start, and after each octet of modem and ISP.

    What the ISP sends stops between ISP and modem, so the modem still answers; what the modem itself sends stops at the
    port.
    """
    for spot in spots(undisturbed, Source.MODEM, Source.ISP):
        overlay = {"line": {"faults": [spot.fault("silence")]}}
        yield Case(f"silence {spot.words}", "stalls", "silence", spot.position, overlay)
