"""The plans: which cases a sweep tries. Each is a pure function of the scenario, the undisturbed run and a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.plans.at import at
from simisp.sweep.plans.at_random import at_random
from simisp.sweep.plans.process import process
from simisp.sweep.plans.stalls import stalls
from simisp.sweep.plans.standard import standard
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["PLANS", "Plan"]

Plan = Callable[[LoadedScenario, Undisturbed, int], Iterator[Case]]
"""Makes the cases from the scenario, its undisturbed run and the seed of everything random."""

PLANS: Mapping[str, Plan] = MappingProxyType(
    {"stalls": stalls, "standard": standard, "at": at, "process": process, "random": at_random}
)
"""Every plan by its name. That of ``random`` has no end."""
