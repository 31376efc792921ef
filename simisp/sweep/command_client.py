"""A command as the client of a sweep: each case is a run of its own, in virtual time where the command can share it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from simisp.runner.clocks import ClockChoice, choose_clock
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.sweep.client import CasePlayer
from simisp.sweep.outcome import Stand
from simisp.sweep.overlay import digest_of
from simisp.sweep.token import Replay, option_words, scenario_name, without_passwords
from simisp.transcript.redaction import mask_text

__all__ = ["CommandClient", "CommandLimits"]


@dataclass(frozen=True, slots=True)
class CommandLimits:
    """What one case of a command may take. Whatever takes more is ended, and its outcome says so.

    Attributes:
        seconds: Real seconds.
        processes: Processes at once.
        file_octets: Octets in one file: RLIMIT_FSIZE of getrlimit(2).
        free_octets: The file system of temporary files has to keep so much room.
    """

    seconds: float = 60.0
    processes: int = 200
    file_octets: int = 1 << 30
    free_octets: int = 16 << 20


@dataclass(frozen=True)
class CommandClient:
    """A command, as ``simisp run`` starts it: ``{port}`` is its port, or its standard input and output are.

    ``{locks}`` in it stands for a lock folder that each case has to itself; where it does not occur, lock files are
    looked for where the options say.

    Args:
        command: The program and its arguments.
        clock: As in ``simisp run --clock``.
        options: Patience and deadline of each case.
        limits: What a case may take.
        secrets: Passwords, which are masked in the command when it is shown.
    """

    command: tuple[str, ...]
    clock: str = "auto"
    options: RunOptions = field(default_factory=RunOptions)
    limits: CommandLimits = field(default_factory=CommandLimits)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The name of the program."""
        return Path(self.command[0]).name

    @property
    def recipe(self) -> Sequence[str]:
        """The words by which it is asked for, with passwords masked."""
        secrets = [secret.encode("latin-1", "replace") for secret in self.secrets]
        options = option_words(self._replay(self.clock, self.options.deadline))
        return (*options, "--", *(mask_text(word, secrets) for word in self.command))

    @property
    def shown(self) -> str:
        """The command, quoted as for a shell, with passwords masked."""
        return shlex.join(self.recipe[self.recipe.index("--") + 1 :])

    @property
    def statements(self) -> Sequence[Stand]:
        """Nothing: which statements a program has is not known."""
        return ()

    def replay(self, scenario: LoadedScenario) -> Replay:
        """Return what plays a scenario with it once more, in the clock that it had.

        The command is in it unless a password in it can't be put in again from the scenario's accounts.
        """
        choice, seconds = self.choice(), self.limits.seconds
        is_virtual = choice.used == "virtual"
        deadline = self.options.deadline if is_virtual else min(seconds, self.options.deadline or seconds)
        accounts = scenario.model.isp.accounts
        return replace(
            self._replay("virtual" if is_virtual else self.clock, deadline),
            scenario=scenario_name(scenario),
            digest=digest_of(scenario),
            command=without_passwords(self.command, accounts),
            timeout=seconds,
        )

    def _replay(self, clock: str, deadline: float | None) -> Replay:
        options = self.options
        return Replay(
            scenario="", clock=clock, give_up=options.give_up, deadline=deadline, allow_unopened=options.allow_unopened
        )

    def choice(self) -> ClockChoice:
        """Return the clock that its runs have.

        Raises:
            ClockUnavailableError: The one asked for by name can't be had.
        """
        return choose_clock(self.clock, self.command)

    def player(self, scenario: LoadedScenario) -> CasePlayer:
        """Return what plays cases of a scenario with it."""
        from simisp.sweep.command_player import CommandPlayer

        return CommandPlayer(scenario, self)
