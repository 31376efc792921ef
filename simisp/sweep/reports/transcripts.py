"""The dialogue of some cases, played again to be shown."""

from __future__ import annotations

from simisp.report.live import LiveLine, LiveView
from simisp.sweep.play import PurePlayer
from simisp.sweep.reports.strip import strip_of
from simisp.sweep.result import SweepResult
from simisp.sweep.sweep import Sweep
from simisp.transcript import Transcript
from simisp.transcript.redaction import Redactor

__all__ = ["dialogue_of", "transcripts_of"]

_MOST = 500


def transcripts_of(sweep: Sweep, result: SweepResult) -> dict[str, str]:
    """Return the dialogue of cases that have findings, by their names, without secrets.

    If there are very many, each cell of the heat strip has one first. Only a client in pure time is played again; what
    a command does is not the same each time, and takes longer.
    """
    player = sweep.client.player(sweep.scenario)
    if not isinstance(player, PurePlayer):
        return {}
    cases = [result.results[number].case for number in _wanted(result)]
    secrets = [secret.encode("latin-1", "replace") for secret in player.secrets]
    return {case.name: dialogue_of(player.transcript(case), secrets) for case in cases}


def _wanted(result: SweepResult) -> list[int]:
    """Return the numbers of the cases to be shown."""
    cells = [
        [number for number in cell.cases if result.results[number].findings]
        for row in strip_of(result).rows
        for cell in row.cells
    ]
    first = [numbers[0] for numbers in cells if numbers]
    others = [number for numbers in cells for number in numbers[1:]]
    return [*first, *others][:_MOST]


def dialogue_of(transcript: Transcript, secrets: list[bytes]) -> str:
    """Return a transcript as lines of text, with passwords masked."""
    lines: list[str] = []

    def take(line: LiveLine) -> None:
        lines.append(str(line))

    redactor, view = Redactor(secrets), LiveView(take)
    for record in transcript:
        for ready in redactor.feed(record):
            view(ready)
    for ready in redactor.flush():
        view(ready)
    view.flush()
    return "\n".join(lines)
