"""A dial-up script as the client of a sweep, in pure time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from simisp.machine import Output, SendData
from simisp.runner.pure_clients import ScriptClient
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.scenario.profile_names import LEASED_LINE
from simisp.scp import outputs
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.scp.interpreter import PAUSE
from simisp.scp.options import Options
from simisp.scp.printer import statement_text
from simisp.scp.state import State
from simisp.scp.syntax import Label, walk_statements
from simisp.sweep.client import CasePlayer, ClientView, Sending
from simisp.sweep.outcome import Stand
from simisp.sweep.overlay import digest_of
from simisp.sweep.play import PurePlayer
from simisp.sweep.token import Replay, option_words, scenario_name

__all__ = ["NUMBER", "ScpClient"]

NUMBER = "T5551234"
"""What is dialled unless something else is asked for."""

_TRACED = Options(trace=True)
_FULL_BURSTS = 5
"""How many bursts of a spinning script have its usual pace; after each further one it pauses twice as long."""
_TIME_RAN_OUT = "time ran out"
_At = tuple[int, int]


@dataclass(frozen=True)
class ScpClient:
    """A script of the Windows dial-up language that dials first, as ``simisp script run --dial`` does.

    Args:
        text: The script's octets.
        file: The name of its file.
        number: What to dial; None leaves that to the script.
        user: ``$USERID``; None for that of the scenario's first account.
        password: ``$PASSWORD``; None for that of the account.
        options: Patience and deadline.
        password_file: The file that the password came from, for what plays the script once more; empty for none.

    Raises:
        ScriptError: The script can't be run.
    """

    text: bytes = field(repr=False)
    file: str
    number: str | None = NUMBER
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    options: RunOptions = field(default_factory=RunOptions)
    password_file: str = ""

    def __post_init__(self) -> None:
        """Refuse a script that can't be run.

        Raises:
            ScriptError: It can't.
        """
        self.program  # noqa: B018 - compiles it

    @cached_property
    def program(self) -> Program:
        """The script, compiled."""
        return compile_script(self.text, self.file)

    @property
    def name(self) -> str:
        """The name of the script's file."""
        return self.file

    @property
    def recipe(self) -> Sequence[str]:
        """The options that ask for it."""
        return option_words(self._replay())

    @cached_property
    def statements(self) -> Sequence[Stand]:
        """The statements of ``proc main``, in the order of the text; labels do nothing and are left out."""
        return tuple(
            Stand(statement_text(each), self.file, each.place.line, each.place.column)
            for each in walk_statements(self.program.main.body)
            if not isinstance(each, Label)
        )

    @cached_property
    def numbers(self) -> Mapping[_At, int]:
        """The number of each statement, by its line and column."""
        return {(each.line, each.column): number for number, each in enumerate(self.statements)}

    def replay(self, scenario: LoadedScenario) -> Replay:
        """Return what plays a scenario with the script once more."""
        return replace(self._replay(), scenario=scenario_name(scenario), digest=digest_of(scenario))

    def _replay(self) -> Replay:
        return Replay(
            scenario="",
            script=self.file,
            dial=self.number or "",
            user=self.user,
            password_file=self.password_file,
            give_up=self.options.give_up,
            deadline=self.options.deadline,
            allow_unopened=self.options.allow_unopened,
        )

    def machine(self, scenario: LoadedScenario) -> WatchedScript:
        """Return the script as a client that has not begun, with the user and the password that it has there."""
        user, password = self._credentials(scenario)
        number = None if scenario.model.modem.profile == LEASED_LINE else self.number
        return WatchedScript(self, number, user, password)

    def player(self, scenario: LoadedScenario) -> CasePlayer:
        """Return what plays cases of a scenario with the script."""
        _, password = self._credentials(scenario)
        return PurePlayer(scenario, lambda: self.machine(scenario), self.options, secrets=(password,))

    def _credentials(self, scenario: LoadedScenario) -> tuple[str, str]:
        accounts = scenario.model.isp.accounts
        user = next(iter(accounts), "") if self.user is None else self.user
        return user, accounts.get(user, "") if self.password is None else self.password


class WatchedScript(ScriptClient):
    """A script that remembers where it stands.

    Args:
        script: The script.
        number: What to dial first; None for nothing.
        user: ``$USERID``.
        password: ``$PASSWORD``.
    """

    def __init__(self, script: ScpClient, number: str | None, user: str, password: str) -> None:
        super().__init__(
            script.program, number=number, user=user, password=password, options=_TRACED, on_output=self._take
        )
        self._statements, self._numbers = script.statements, script.numbers
        self._stand: Stand | None = None if number is None else Stand(f"dialling {number}")
        self._wait: Stand | None = self._stand
        self._timed_out = False
        self._bursts, self._rests_until = 0, 0.0
        self._spinning: Stand | None = None
        self._crashed = ""
        self._has_ended = False
        self._exercised: set[int] = set()
        self._sendings: list[tuple[SendData, Sending]] = []
        self._asked_about: list[tuple[SendData, Sending]] = []

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due. A script that spins gets ever less of the time, or its hours would be minutes of ours."""
        if now < self._rests_until:
            return
        super().handle_timer(now=now)
        if self._script.state is State.SPINNING:
            self._bursts += 1
            if self._bursts > _FULL_BURSTS:
                self._rests_until = now + PAUSE * 2.0 ** (self._bursts - _FULL_BURSTS)

    def next_timer(self) -> float | None:
        """Return when the script's wait, delay or pause ends."""
        due = super().next_timer()
        return due if due is None or self._script.state is not State.SPINNING else max(due, self._rests_until)

    def take_outputs(self) -> list[Output]:
        """Return what the script has put out since the last call: it is this that is asked about next, in order."""
        self._asked_about, self._sendings = self._sendings, []
        return super().take_outputs()

    def about(self, output: SendData) -> Sending | None:
        """Return where the script stood when it sent this."""
        for index, (sent, sending) in enumerate(self._asked_about):
            if sent is output:
                del self._asked_about[: index + 1]  # a literal is the same output each time it is sent
                return sending
        return None

    def view(self) -> ClientView:
        """Return where it stands; after its end that is the last wait, for what is decided there is decided."""
        stand = self._wait if self._has_ended else self._stand
        exercised = tuple(sorted(self._exercised))
        return ClientView(stand, self._timed_out, self._spinning, self._crashed, exercised)

    def _take(self, output: Output) -> None:
        match output:
            case outputs.Traced(place, _, outcome):
                number = self._numbers.get((place.line, place.column))
                if number is None:
                    return
                self._exercised.add(number)
                self._stand = self._statements[number]
                if outcome:
                    self._wait, self._timed_out = self._stand, outcome == _TIME_RAN_OUT
            case SendData() if self._stand is not None:
                self._sendings.append((output, Sending(self._stand, self._timed_out)))
            case outputs.Spinning(place):
                number = self._numbers.get((place.line, place.column))
                self._spinning = self._stand if number is None else self._statements[number]
            case outputs.Failed(_, message):
                self._crashed = message
            case outputs.Ended() | outputs.Halted():
                self._has_ended = True
