"""Playing cases in pure time, and what a run is watched for.

A case costs a few hundred microseconds more than the run itself: what a scenario is worked out to is shared by all
cases that only add faults to the line, and a run is watched without a transcript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simisp.runner.hang import WhoWaits
from simisp.runner.pure import PureRunner
from simisp.runner.run_options import RunOptions
from simisp.scenario.line_section import channels_of_section
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case, Overlay
from simisp.sweep.client import WatchedClient
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import joined_line, only_faults, overlaid
from simisp.sweep.undisturbed import Undisturbed, undisturbed_of
from simisp.sweep.waits_seen import WaitsSeen
from simisp.sweep.watch import PureWatch
from simisp.transcript import Transcript

__all__ = ["PurePlayer"]


class PurePlayer:
    """Plays cases of a scenario in pure time, with a new client for each.

    Args:
        scenario: The scenario.
        make_client: Makes a client that has not begun.
        options: Patience and deadline.
        secrets: Passwords that the client has, besides those of the scenario's accounts.

    Attributes:
        secrets: All passwords.
    """

    def __init__(
        self,
        scenario: LoadedScenario,
        make_client: Callable[[], WatchedClient],
        options: RunOptions | None = None,
        *,
        secrets: Iterable[str] = (),
    ) -> None:
        self._scenario = scenario
        self._make_client = make_client
        self._options = options or RunOptions()
        self._runner = PureRunner(scenario, self._options)
        accounts = scenario.model.isp.accounts.values()
        self.secrets = tuple(dict.fromkeys(secret for secret in (*secrets, *accounts) if secret))

    def undisturbed(self) -> Undisturbed:
        """Play the scenario as it is, with a transcript."""
        transcript = Transcript()
        client = WaitsSeen(self._make_client())
        outcome = self._outcome(self._runner, client, PureWatch(client, self.secrets), transcript)
        return undisturbed_of(transcript, outcome, client.waits)

    def play(self, case: Case) -> CaseOutcome:
        """Play a case.

        Raises:
            ScenarioError: Its overlay does not go with the scenario, which no case of a plan's does.
        """
        client = self._make_client()
        return self._outcome(self._runner_for(case.overlay), client, PureWatch(client, self.secrets), None)

    def transcript(self, case: Case) -> Transcript:
        """Play a case again and return all that happened, which is exact: passwords are in it."""
        transcript = Transcript()
        client = self._make_client()
        self._outcome(self._runner_for(case.overlay), client, PureWatch(client, self.secrets), transcript)
        return transcript

    def _runner_for(self, overlay: Overlay) -> PureRunner:
        if not overlay:
            return self._runner
        if only_faults(overlay):
            line = joined_line(self._scenario, overlay)
            return self._runner.with_channels(channels_of_section(line))
        return PureRunner(overlaid(self._scenario, overlay), self._options)

    def _outcome(
        self, runner: PureRunner, client: WatchedClient, watch: PureWatch, transcript: Transcript | None
    ) -> CaseOutcome:
        verdict = runner.play(client, transcript=transcript, watch=watch)
        hang, report, view = verdict.hang, verdict.client, client.view()
        assert report is not None
        return CaseOutcome(
            verdict.kind,
            verdict.reason,
            verdict.at,
            report.exit_status,
            report.signal,
            waits="" if hang is None else hang.waits.value,
            proven=hang is not None and bool(hang.proven),
            until=None if hang is None else hang.until,
            calls=verdict.calls,
            dialled=watch.dialled,
            reached=tuple(watch.reached),
            broken=tuple(result.expectation for result in verdict.expectations if result.held is False),
            stand=view.stand,
            timed_out=view.timed_out,
            secrets=tuple(watch.secrets),
            spinning=view.stand if hang is not None and hang.waits is WhoWaits.LIVE_LOCK else view.spinning,
            crashed=view.crashed,
            exercised=view.exercised,
        )
