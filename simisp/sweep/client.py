"""What a sweep plays: the contract of a client, of its player, and of a client in pure time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simisp.machine import SendData
from simisp.runner.pure_clients import PureClient
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.outcome import CaseOutcome, Stand
from simisp.sweep.token import Replay
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["CasePlayer", "ClientView", "KnowsSendings", "Sending", "SweepClient", "WatchedClient"]


class CasePlayer(Protocol):
    """Plays cases of one scenario with one client, one after the other."""

    def undisturbed(self) -> Undisturbed:
        """Play the scenario as it is."""

    def play(self, case: Case) -> CaseOutcome:
        """Play one case. Whatever the client does is an outcome: nothing of it raises."""


class SweepClient(Protocol):
    """A client that a sweep plays. It can be pickled: what it needs while it runs is made by :meth:`player`."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def recipe(self) -> Sequence[str]:
        """The words by which ``simisp run`` and ``simisp sweep`` are asked for it, without any secret."""

    @property
    def statements(self) -> Sequence[Stand]:
        """What it can come to, where that is known: the statements of a script, in their order."""

    def replay(self, scenario: LoadedScenario) -> Replay:
        """Return what plays the scenario with it once more; a case's overlay is put into it."""

    def player(self, scenario: LoadedScenario) -> CasePlayer:
        """Return what plays cases of a scenario with it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is known of the moment at which a client sent something.

    Attributes:
        stand: The statement that sent it.
        after_time_out: Whether the last wait before it had ended with its time.
    """

    stand: Stand
    after_time_out: bool


@dataclass(frozen=True, slots=True)
class ClientView:
    """What is known of a client in pure time when its run is over.

    Attributes:
        stand: Where it stands, or stood when it ended; after its end that is its last wait. None if it has not begun.
        timed_out: Whether its last wait ended with its time.
        spinning: Where it ran on without a wait; None if it did not.
        crashed: Why it could not go on; empty if it could.
        exercised: The numbers of the statements that it came to, in ``SweepClient.statements``.
    """

    stand: Stand | None = None
    timed_out: bool = False
    spinning: Stand | None = None
    crashed: str = ""
    exercised: tuple[int, ...] = ()


class KnowsSendings(Protocol):
    """Knows at which moments a client sent something."""

    def about(self, output: SendData) -> Sending | None:
        """Return what is known of the moment at which it put out this very output; None for what it dials with.

        It is asked before its outputs are taken again, about one at most once, and about them in their order.
        """


class WatchedClient(PureClient, KnowsSendings, Protocol):
    """A client in pure time that knows where it stands."""

    def view(self) -> ClientView:
        """Return where it stands, and what it has come to."""
