"""The header of a transcript of a scenario's run."""

from __future__ import annotations

import hashlib
from datetime import datetime

import simisp
from simisp.scenario.dump import dumps
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Header

__all__ = ["heading"]


def heading(scenario: LoadedScenario, *, clock: str, began: datetime | None = None) -> Header:
    """Return the transcript's header for a run.

    Args:
        scenario: The scenario played.
        clock: The clock that the run begins with: ``"real"``, ``"virtual"`` or ``"scaled"``.
        began: The wall time at which the run begins, with its zone; None if the run has no wall time.
    """
    said = dumps(scenario.model.model_copy(update={"seed": 0}))
    digest = hashlib.sha256(said.encode()).hexdigest()
    started = "" if began is None else began.isoformat(timespec="milliseconds")
    return Header(scenario.name, digest, scenario.model.seed, clock, started, simisp.__version__)
