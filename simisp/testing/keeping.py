"""Keeping what a test's line was: transcript and page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from simisp.report.json_lines import JsonLines
from simisp.report.products import Products
from simisp.runner.station import Station
from simisp.scenario.heading import heading
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Record, Redactor

__all__ = ["keep_line", "keep_records"]


def keep_line(station: Station, path: Path) -> None:
    """Write transcript and page of a line, secrets masked. See :func:`keep_records`."""
    keep_records(station.scenario, station.transcript, station.session.secrets, path, clock=station.clock_choice.used)


def keep_records(
    scenario: LoadedScenario, records: Iterable[Record], secrets: Iterable[bytes], path: Path, *, clock: str
) -> None:
    """Write transcript and page of a run, secrets masked.

    Args:
        scenario: The scenario.
        records: Its records.
        secrets: The known secrets.
        path: Where, without ``.jsonl`` and ``.html``. Its folder is made.
        clock: The clock of the run.

    Raises:
        FileError: A file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    header = heading(scenario, clock=clock, began=datetime.now().astimezone())
    redactor, lines = Redactor(secrets), JsonLines(f"{path}.jsonl")
    try:
        lines.begin(header)
        with Products({"html": f"{path}.html"}) as products:
            products.begin(header)
            for record in records:
                for ready in redactor.feed(record):
                    lines(ready)
                    products(ready)
            for ready in redactor.flush():
                lines(ready)
                products(ready)
    finally:
        lines.close()
