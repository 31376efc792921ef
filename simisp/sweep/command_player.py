"""Plays cases with a command: on a port, in a lock folder and in a process group of its own each.

In virtual time a case takes as long as the command takes to compute; in real time, as long as it takes. A limit in real
seconds ends what computes and never waits, and so it is with a command that starts ever more processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from simisp.errors import FileError
from simisp.forensics.family import descendants
from simisp.runner.clocks import ClockChoice
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.command_client import LOCKS_PLACEHOLDER, CommandClient
from simisp.sweep.command_outcome import outcome_of
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import joined_line, only_faults, overlaid
from simisp.sweep.undisturbed import Undisturbed, undisturbed_of
from simisp.transcript import Transcript

__all__ = ["CommandPlayer"]

_LOOK = 0.2
"""Real seconds between two looks at what a command takes."""
_PATIENCE = 15.0
"""Real seconds by which a run in real time may miss its deadline, for the clean-up."""
_NOT_OVER = "it was not over after"
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
        scenario = self._scenario
        if case.overlay and only_faults(case.overlay):
            line = joined_line(scenario, case.overlay)
            scenario = replace(scenario, model=scenario.model.model_copy(update={"line": line}))
        elif case.overlay:
            scenario = overlaid(scenario, case.overlay)
        return _OneRun(scenario, self._client, self._choice()).play().outcome(with_conduct=case.plan == _ORACLE)

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
        self._cut_short = ""
        self._interrupted: Verdict | None = None
        self._verdict: Verdict | None = None
        self.transcript = Transcript()

    def play(self) -> _OneRun:
        """Play it, to its end or to the limits of the client."""
        with _folder() as folder, _limited_files(self._client.limits.file_octets):
            self._verdict = asyncio.run(self._run(folder))
        self._refuse_full_disk()
        return self

    def outcome(self, *, with_conduct: bool) -> CaseOutcome:
        """Return what came of it.

        Args:
            with_conduct: Whether what the client did is to be compared with the undisturbed run.
        """
        assert self._verdict is not None, "it was played"
        words = [secret.encode("latin-1", "replace") for secret in self._secrets]
        return outcome_of(
            self._verdict, self.transcript, words, name=self._client.name, cut_short=self._cut_short,
            computed=self._cut_short.startswith(_NOT_OVER), with_conduct=with_conduct,
        )  # fmt: skip

    @property
    def _secrets(self) -> list[str]:
        accounts = self._scenario.model.isp.accounts.values()
        return [secret for secret in dict.fromkeys((*self._client.secrets, *accounts)) if secret]

    async def _run(self, folder: Path) -> Verdict:
        locks = folder / "locks"
        has_own_locks = any(LOCKS_PLACEHOLDER in word for word in self._client.command)
        command = [word.replace(LOCKS_PLACEHOLDER, str(locks)) for word in self._client.command]
        options = self._options(folder, locks if has_own_locks else None)
        with Station(self._scenario, clock=self._clock) as station:
            self.transcript = station.transcript
            run = asyncio.ensure_future(run_client(station, command, options))
            watch = asyncio.ensure_future(self._watch(run))
            try:
                return await run
            except asyncio.CancelledError:
                if self._interrupted is None or not self._cut_short:
                    raise
                return self._interrupted
            finally:
                watch.cancel()

    def _options(self, folder: Path, locks: Path | None) -> RunOptions:
        given, seconds = self._client.options, self._client.limits.seconds
        is_real = self._clock.used != "virtual"
        return replace(
            given,
            # In real time a case is over at its limit; in virtual time only what computes gets there.
            deadline=min(seconds, given.deadline or seconds) if is_real else given.deadline,
            lock_directories=given.lock_directories if locks is None else (locks, *given.lock_directories),
            environment={"TMPDIR": str(folder), **given.environment},
            compute_limit=min(given.compute_limit, seconds / 2),
            on_interrupted=self._keep,
            quiet=True,
        )

    def _keep(self, verdict: Verdict) -> None:
        self._interrupted = verdict

    async def _watch(self, run: asyncio.Future[Verdict]) -> None:
        """End a run that takes more than a case may."""
        limits, loop = self._client.limits, asyncio.get_running_loop()
        ends = loop.time() + limits.seconds + (_PATIENCE if self._clock.used != "virtual" else 0.0)
        while True:
            await asyncio.sleep(min(_LOOK, max(0.0, ends - loop.time())))
            family = [process for process in descendants(os.getpid()) if not process.ended]
            if len(family) > limits.processes:
                self._cut_short = f"it starts process after process: more than {limits.processes} at once"
                for group in {process.group for process in family} - {os.getpgrp()}:
                    # All at once: one by one, they would start others meanwhile.
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(group, signal.SIGKILL)
            elif loop.time() >= ends:
                self._cut_short = f"{_NOT_OVER} {limits.seconds:g} s of real time"
            if self._cut_short:
                run.cancel()
                return

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
    """Make a folder for one case, with one for lock files in it, and remove it with all that the command put there."""
    with tempfile.TemporaryDirectory(prefix="simisp-sweep-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "locks").mkdir()
        yield folder


@contextlib.contextmanager
def _limited_files(octets: int) -> Iterator[None]:
    """Let no file grow beyond a size: what the command starts inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    known = [each for each in (octets, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(known), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
