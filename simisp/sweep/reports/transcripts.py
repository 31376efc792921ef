"""The dialogue of some cases, played again to be shown."""

from __future__ import annotations

import contextlib

from simisp.errors import SimispError
from simisp.report.live import LiveLine, LiveView
from simisp.sweep.command_player import CommandPlayer
from simisp.sweep.play import PurePlayer
from simisp.sweep.reports.strip import strip_of
from simisp.sweep.result import SweepResult
from simisp.sweep.sweep import Sweep
from simisp.transcript import Transcript
from simisp.transcript.redaction import Redactor

__all__ = ["dialogue_of", "transcripts_of"]

_MOST = 500
_MOST_OF_COMMANDS = 40


def transcripts_of(sweep: Sweep, result: SweepResult) -> dict[str, str]:
    """Return the dialogue of cases that have findings, by their names, without secrets.

    If there are very many, each cause has one first, then each cell of the heat strip. A command is played again for a
    few only, and in real time not at all.
    """
    player = sweep.client.player(sweep.scenario)
    assert isinstance(player, PurePlayer | CommandPlayer)
    most = _MOST
    if isinstance(player, CommandPlayer):
        most = 0 if player.takes_real_time else _MOST_OF_COMMANDS
    secrets = [secret.encode("latin-1", "replace") for secret in player.secrets]
    found = {}
    # That the machine has no room left for one more run takes no report away.
    with contextlib.suppress(SimispError, OSError):
        for number in _wanted(result)[:most]:
            case = result.results[number].case
            found[case.name] = dialogue_of(player.transcript(case), secrets)
    return found


def _wanted(result: SweepResult) -> list[int]:
    """Return the numbers of the cases to be shown, the most important first."""
    numbers = {each.case.name: number for number, each in enumerate(result.results)}
    of_causes = [numbers[group.cases[0]] for group in result.groups if group.cases]
    cells = [
        [number for number in cell.cases if result.results[number].findings]
        for row in strip_of(result).rows
        for cell in row.cells
    ]
    first = [found[0] for found in cells if found]
    others = [number for found in cells for number in found[1:]]
    return list(dict.fromkeys([*of_causes, *first, *others]))


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
