"""Keeping what a test's line was: transcript, page, and frames where there were any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from simisp.facts.cmux import MultiplexerBegan
from simisp.facts.ppp import PacketReceived, PacketSent
from simisp.report.json_lines import JsonLines
from simisp.report.products import Products
from simisp.runner.station import Station
from simisp.scenario.heading import heading
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Record, Redactor

__all__ = ["keep_line", "keep_records"]

_WITH_FRAMES = (MultiplexerBegan, PacketReceived, PacketSent)


def keep_line(station: Station, path: Path) -> None:
    """Write transcript, page and frames of a line, secrets masked. See :func:`keep_records`."""
    keep_records(station.scenario, station.transcript, station.session.secrets, path, clock=station.clock_choice.used)


def keep_records(
    scenario: LoadedScenario, records: Iterable[Record], secrets: Iterable[bytes], path: Path, *, clock: str
) -> None:
    """Write transcript and page of a run, secrets masked, and its frames if it has any.

    Args:
        scenario: The scenario.
        records: Its records.
        secrets: The known secrets.
        path: Where, without ``.jsonl``, ``.html`` and ``.pcapng``. Its folder is made.
        clock: The clock of the run.

    Raises:
        FileError: A file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    began = datetime.now().astimezone()
    header = heading(scenario, clock=clock, began=began)
    redactor, lines = Redactor(secrets), JsonLines(f"{path}.jsonl")
    shown: list[Record] = []
    try:
        lines.begin(header)
        with Products({"html": f"{path}.html"}) as products:
            products.begin(header)
            for record in records:
                shown += redactor.feed(record)
            shown += redactor.flush()
            for record in shown:
                lines(record)
                products(record)
    finally:
        lines.close()
    _keep_frames(shown, path, began.timestamp())


def _keep_frames(records: Iterable[Record], path: Path, began: float) -> None:
    """Write the frames of a run, if it has any. Most runs have none, and then nothing of theirs is loaded."""
    if not any(isinstance(record.fact, _WITH_FRAMES) for record in records):
        return
    from simisp.capture.pcap_file import PcapFile

    frames = PcapFile(f"{path}.pcapng", began)
    try:
        for record in records:
            frames(record)
    finally:
        frames.close()
