"""Plays cases with a command: on a port, in a lock folder and in a process group of its own each.

In virtual time a case takes as long as the command takes to compute; in real time, as long as it takes. A limit in real
seconds ends what computes and never waits, and so it is with a command that starts ever more processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from simisp.errors import FileError
from simisp.runner.clocks import ClockChoice
from simisp.runner.limited import CutShort, limited_files, run_limited
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.command_client import CommandClient
from simisp.sweep.command_outcome import outcome_of
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import joined_line, only_faults, overlaid
from simisp.sweep.undisturbed import Undisturbed, undisturbed_of
from simisp.transcript import Transcript

__all__ = ["CommandPlayer"]

_ORACLE = "at"
"""The plan whose cases must not change what the client does."""


class CommandPlayer:
    """Plays cases of a scenario with a command.

    Args:
        scenario: The scenario.
        client: The command.
    """

    def __init__(self, scenario: LoadedScenario, client: CommandClient) -> None:
        self._scenario = scenario
        self._client = client
        self._clock: ClockChoice | None = None

    def undisturbed(self) -> Undisturbed:
        """Play the scenario as it is, with a transcript.

        Raises:
            ClientError: The command can't be started.
            ClockUnavailableError: The clock that was asked for by name can't be had.
        """
        played = _OneRun(self._scenario, self._client, self._choice()).play()
        return undisturbed_of(played.transcript, played.outcome(with_conduct=True))

    def play(self, case: Case) -> CaseOutcome:
        """Play a case.

        Raises:
            ScenarioError: Its overlay does not go with the scenario, which no case of a plan's does.
            ClientError: The command can't be started any more.
            FileError: The file system of temporary files is full.
        """
        return self._run(case).outcome(with_conduct=case.plan == _ORACLE)

    def transcript(self, case: Case) -> Transcript:
        """Play a case again and return all that happened, which is exact: passwords are in it.

        Raises:
            ClientError: The command can't be started any more.
            FileError: The file system of temporary files is full.
        """
        return self._run(case).transcript

    @property
    def secrets(self) -> Sequence[str]:
        """All passwords."""
        accounts = self._scenario.model.isp.accounts.values()
        return [secret for secret in dict.fromkeys((*self._client.secrets, *accounts)) if secret]

    @property
    def takes_real_time(self) -> bool:
        """Whether a case lasts as long as what happens in it."""
        return self._choice().used != "virtual"

    def _run(self, case: Case) -> _OneRun:
        scenario = self._scenario
        if case.overlay and only_faults(case.overlay):
            line = joined_line(scenario, case.overlay)
            scenario = replace(scenario, model=scenario.model.model_copy(update={"line": line}))
        elif case.overlay:
            scenario = overlaid(scenario, case.overlay)
        return _OneRun(scenario, self._client, self._choice()).play()

    def _choice(self) -> ClockChoice:
        if self._clock is None:
            self._clock = self._client.choice()
            if self._clock.used == "virtual":
                # A case that leaves virtual time is no case of this sweep: it is not to go on for ten real minutes.
                self._clock = replace(self._clock, asked="virtual")
        return self._clock


class _OneRun:
    """One run of a command.

    Attributes:
        transcript: What happened in it.
    """

    def __init__(self, scenario: LoadedScenario, client: CommandClient, clock: ClockChoice) -> None:
        self._scenario, self._client, self._clock = scenario, client, clock
        self._cut_short: CutShort | None = None
        self._verdict: Verdict | None = None
        self.transcript = Transcript()

    def play(self) -> _OneRun:
        """Play it, to its end or to the limits of the client."""
        with _folder() as folder, limited_files(self._client.limits.file_octets):
            self._verdict, self._cut_short = asyncio.run(self._run(folder))
        self._refuse_full_disk()
        return self

    def outcome(self, *, with_conduct: bool) -> CaseOutcome:
        """Return what came of it.

        Args:
            with_conduct: Whether what the client did is to be compared with the undisturbed run.
        """
        assert self._verdict is not None, "it was played"
        words = [secret.encode("latin-1", "replace") for secret in self._secrets]
        cut_short = self._cut_short
        return outcome_of(
            self._verdict, self.transcript, words, name=self._client.name,
            cut_short="" if cut_short is None else cut_short.reason,
            computed=cut_short is not None and cut_short.computed, with_conduct=with_conduct,
        )  # fmt: skip

    @property
    def _secrets(self) -> list[str]:
        accounts = self._scenario.model.isp.accounts.values()
        return [secret for secret in dict.fromkeys((*self._client.secrets, *accounts)) if secret]

    async def _run(self, folder: Path) -> tuple[Verdict, CutShort | None]:
        client = self._client
        with Station(self._scenario, clock=self._clock) as station:
            self.transcript = station.transcript
            limits = client.limits
            return await run_limited(
                station, client.command, self._options(folder), seconds=limits.seconds, processes=limits.processes
            )

    def _options(self, folder: Path) -> RunOptions:
        given, seconds = self._client.options, self._client.limits.seconds
        is_real = self._clock.used != "virtual"
        return replace(
            given,
            # In real time a case is over at its limit; in virtual time only what computes gets there.
            deadline=min(seconds, given.deadline or seconds) if is_real else given.deadline,
            environment={"TMPDIR": str(folder), **given.environment},
            compute_limit=min(given.compute_limit, seconds / 2),
            quiet=True,
        )

    def _refuse_full_disk(self) -> None:
        """Stop a sweep whose next case would find no room.

        Raises:
            FileError: There is none.
        """
        where, least = tempfile.gettempdir(), self._client.limits.free_octets
        if shutil.disk_usage(where).free < least:
            raise FileError(
                f"less than {least >> 20} MiB are left for temporary files: the sweep ends here",
                path=where,
                remedy="see whether the command has filled it",
            )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder for one case, and remove it with all that the command put there."""
    with tempfile.TemporaryDirectory(prefix="simisp-sweep-", ignore_cleanup_errors=True) as name:
        yield Path(name)
