"""The dialogue of some cases, played again to be shown."""

from __future__ import annotations

from simisp.report.live import LiveLine, LiveView
from simisp.sweep.play import PurePlayer
from simisp.sweep.result import SweepResult
from simisp.sweep.sweep import Sweep
from simisp.transcript import Transcript
from simisp.transcript.redaction import Redactor

__all__ = ["dialogue_of", "transcripts_of"]

_MOST_A_CAUSE = 25
_MOST = 400


def transcripts_of(sweep: Sweep, result: SweepResult) -> dict[str, str]:
    """Return the dialogue of the first cases of each cause, by the names of the cases, without secrets.

    Only a client in pure time is played again; what a command does is not the same each time, and takes longer.
    """
    player = sweep.client.player(sweep.scenario)
    if not isinstance(player, PurePlayer):
        return {}
    wanted = {name for group in result.groups for name in group.cases[:_MOST_A_CAUSE]}
    cases = [each.case for each in result.results if each.case.name in wanted and not each.case.process][:_MOST]
    secrets = [secret.encode("latin-1", "replace") for secret in player.secrets]
    return {case.name: dialogue_of(player.transcript(case), secrets) for case in cases}


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
