"""A chat script as the client of a sweep, in pure time: played as pppd's chat plays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from simisp.chat.coverage import ChatPoint, exercised, point_text, points_of
from simisp.chat.machine import ChatRun
from simisp.chat.meaning import Substitutions
from simisp.chat.program import DEFAULT_LIMIT, ChatFailure, ChatOptions, ChatProgram, compile_chat
from simisp.chat.reader import read_chat
from simisp.machine import Output, SendData
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.sweep.client import CasePlayer, ClientView, Sending
from simisp.sweep.outcome import Stand
from simisp.sweep.overlay import digest_of
from simisp.sweep.play import PurePlayer
from simisp.sweep.token import Replay, option_words, scenario_name

__all__ = ["ChatClient", "WatchedChat"]

_BROKEN = (1, 2)
"""The exit statuses of a chat that can't go on."""


@dataclass(frozen=True)
class ChatClient:
    r"""A chat script, which dials by itself.

    Args:
        text: The script's octets.
        file: The name of its file.
        number: What ``\T`` stands for; None for nothing.
        limit: Seconds of the time-out until the script sets another one; None for none at all (``chat -t 0``).
        options: Patience and deadline.
    """

    text: bytes = field(repr=False)
    file: str
    number: str | None = None
    limit: float | None = DEFAULT_LIMIT
    options: RunOptions = field(default_factory=RunOptions)

    @cached_property
    def program(self) -> ChatProgram:
        """The script, ready to be played; a file that it sends is read now."""
        phone = None if self.number is None else self.number.encode("latin-1", "replace")
        options = ChatOptions(self.limit, Substitutions(phone), read_file=_read_file)
        return compile_chat(read_chat(self.text, self.file), options)

    @cached_property
    def points(self) -> tuple[ChatPoint, ...]:
        """What can happen in it."""
        return points_of(self.program)

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
        """Its waits, met and in vain, and its ABORT texts."""
        return tuple(Stand(point.text, self.file, point.place.line, point.place.column) for point in self.points)

    def stand_of(self, index: int) -> Stand | None:
        """Return a step as a place to stand at; None behind the last one."""
        if index >= len(self.program.steps):
            return None
        step = self.program.steps[index]
        return Stand(point_text(self.program, step), self.file, step.place.line, step.place.column)

    def replay(self, scenario: LoadedScenario) -> Replay:
        """Return what plays a scenario with the script once more."""
        return replace(self._replay(), scenario=scenario_name(scenario), digest=digest_of(scenario))

    def _replay(self) -> Replay:
        return Replay(
            scenario="",
            chat=self.file,
            dial=self.number or "",
            give_up=self.options.give_up,
            deadline=self.options.deadline,
            allow_unopened=self.options.allow_unopened,
        )

    def machine(self, scenario: LoadedScenario) -> WatchedChat:
        """Return the script as a client that has not begun."""
        return WatchedChat(self)

    def player(self, scenario: LoadedScenario) -> CasePlayer:
        """Return what plays cases of a scenario with the script."""
        return PurePlayer(scenario, lambda: WatchedChat(self), self.options)


class WatchedChat(ChatRun):
    """A run of a chat script that knows where it stands, for a sweep.

    Args:
        chat: The script.
    """

    def __init__(self, chat: ChatClient) -> None:
        super().__init__(chat.program, name=chat.file)
        self._chat = chat
        self._output: Output | None = None

    def take_outputs(self) -> list[Output]:
        """Return what was sent since the last call: an octet at most, for the next one is due later."""
        sent = super().take_outputs()
        if sent:
            self._output = sent[-1]
        return sent

    def about(self, output: SendData) -> Sending | None:
        """Return at which step it sent this."""
        stand = self._chat.stand_of(self.last_sent_by) if output is self._output else None
        return None if stand is None else Sending(stand, self.sent_in_vain)

    def view(self) -> ClientView:
        """Return where it stands; after its end that is the last wait, for what is decided there is decided."""
        ended = self.exit_status is not None
        index = self.waited if ended and self.waited is not None else self.at
        if isinstance(self.step, ChatFailure):
            index = self.at
        crashed = self.reason if self.exit_status in _BROKEN else ""
        points = exercised(self._chat.points, self)
        return ClientView(self._chat.stand_of(index), self.wait_was_in_vain, None, crashed, points)


def _read_file(name: str) -> bytes | None:
    """Return the octets of a file that a script sends, as many as chat reads; None if it can't be read."""
    try:
        with Path(name).open("rb") as opened:
            return opened.read(1024)
    except (OSError, ValueError):
        return None
