"""The parts of a modem that its commands work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simisp.modem.call_control import CallControl
from simisp.modem.command_line import CommandLine
from simisp.modem.command_row import CommandTable
from simisp.modem.dte import DteInterface
from simisp.modem.marks import MarkingDte
from simisp.modem.outputs import HangUpReason, ModemState
from simisp.modem.profile import ModemProfile
from simisp.modem.settings import ModemSettings
from simisp.modem.suspended import Suspended

if TYPE_CHECKING:
    from simisp.modem.config import ModemConfig
    from simisp.modem.script import ScriptPlay
    from simisp.modem.subsystem import ModemSubsystem
    from simisp.modem.written_answer import ScriptMemory

__all__ = ["MOST_UNSOLICITED", "Unit"]

MOST_UNSOLICITED = 64
"""How many unsolicited results wait for the end of a command or a call; the oldest of more are lost."""


@dataclass(slots=True)
class Unit:
    """One modem as its commands see it.

    Attributes:
        config: The configuration.
        rows: The commands that it knows.
        factory: The settings that ``&F`` restores.
        settings: The settings in force.
        dte: The interface to the DTE.
        call: Call control.
        line: The command line that is being typed.
        stored: The two profiles that ``&W`` stores and ``Z`` restores.
        subsystem: What it has besides the telephone line; None for a dial-up modem.
        numbers: The numbers that ``&Z`` stores and ``DS=n`` dials.
        power_up_profile: Which stored profile is in force at power-up; one that there is not means the factory's.
        last_number: The dial string that ``DL`` redials.
        selected: The register that ``=`` and ``?`` without a number refer to.
        now: The time at which the command runs.
        is_running: Whether a command line is being run.
        suspended: What the line that was begun waits for in its middle; None usually.
        unsolicited: The unsolicited results that wait.
        has_new_rate: Whether the rate to the DTE may have changed; it is in force after the line's answer.
        deaf_until: Until this time octets from the DTE are lost.
        script: What the scenario writes for the modem, being played; None usually.
        memory: What written answers remember; None until one is given.
        agenda: Unsolicited results that are sent at a time, each with it, and what happens then; in that order.
    """

    config: ModemConfig
    rows: CommandTable
    factory: ModemSettings
    settings: ModemSettings
    dte: DteInterface
    call: CallControl
    line: CommandLine
    stored: list[ModemSettings]
    subsystem: ModemSubsystem | None = None
    numbers: dict[int, str] = field(default_factory=dict)
    power_up_profile: int = 0
    last_number: str = ""
    selected: int = 0
    now: float = 0.0
    is_running: bool = False
    suspended: Suspended | None = None
    unsolicited: tuple[str | bytes, ...] = ()
    has_new_rate: bool = False
    deaf_until: float = float("-inf")
    script: ScriptPlay | None = None
    memory: ScriptMemory | None = None
    agenda: tuple[tuple[float, str, Callable[[Unit], None] | None], ...] = ()

    @classmethod
    def of(cls, config: ModemConfig, subsystem: ModemSubsystem | None) -> Unit:
        """Return the parts of a modem with this configuration that was just switched on."""
        if subsystem is not None:
            config = config.with_subsystem(subsystem.rows)
        factory, settings = config.factory_settings, config.new_settings()
        kind = MarkingDte if config.marks_answers else DteInterface
        dte = kind(settings, config.profile.results)
        # &W replaces a stored profile and never modifies one, so all profiles can share the factory's at first.
        stored = config.new_stored_settings() if config.stored else factory
        dte.echoes = config.profile.conduct.echoes
        return cls(
            config,
            config.profile.rows,
            factory,
            settings,
            dte,
            CallControl(settings, dte),
            CommandLine(),
            [stored, stored],
            subsystem,
        )

    @property
    def profile(self) -> ModemProfile:
        """What kind of modem it is."""
        return self.config.profile

    @property
    def hears_unsolicited(self) -> bool:
        """Whether an unsolicited result may go to the DTE now: in a command state, and not within a command line."""
        return (
            self.call.state in (ModemState.COMMAND, ModemState.ONLINE_COMMAND)
            and not self.is_running
            and self.suspended is None
            and (not self.line.is_begun or self.profile.conduct.unsolicited_while_typing)
        )

    def send_unsolicited(self, text: str | bytes) -> None:
        """Send an unsolicited result, such as ``+CREG: 1``, or let it wait for the end of a command line or a call.

        Args:
            text: The text, with LF between lines, and without the line ends around it.
        """
        self.unsolicited = (*self.unsolicited, text)[-MOST_UNSOLICITED:]
        self.release_unsolicited()

    def send_soon(self, text: str) -> None:
        """Send an unsolicited result also while a command runs; let it wait for the end of anything else.

        A scenario says when such a result comes; those of a subsystem wait for the end of the command line.
        """
        if self.hears_scripted:
            self.dte.send_words(text)
        else:
            self.send_unsolicited(text)

    @property
    def hears_scripted(self) -> bool:
        """Whether an unsolicited result of the scenario may go to the DTE now."""
        return (
            self.call.state in (ModemState.COMMAND, ModemState.ONLINE_COMMAND)
            and (self.suspended is None or self.suspended.state is ModemState.RUNNING)
            and (not self.line.is_begun or self.profile.conduct.unsolicited_while_typing)
        )

    def send_at(self, at: float, text: str, act: Callable[[Unit], None] | None = None) -> None:
        """Send an unsolicited result at a time, in seconds since the run began, and let something happen then."""
        if text or act is not None:
            entries = sorted((*self.agenda, (at, text, act)), key=lambda entry: entry[0])
            self.agenda = tuple(entries[:MOST_UNSOLICITED])

    def keep_agenda(self, now: float) -> None:
        """Send the results that are due."""
        while self.agenda and now >= self.agenda[0][0]:
            _, text, act = self.agenda[0]
            self.agenda = self.agenda[1:]
            if text:
                self.send_soon(text)
            if act is not None:
                act(self)

    def release_unsolicited(self) -> None:
        """Send the unsolicited results that wait, if the DTE may get them now."""
        if self.unsolicited and self.hears_unsolicited:
            for text in self.unsolicited:
                self.dte.send_words(text)
            self.unsolicited = ()

    @property
    def profile_at_power_up(self) -> ModemSettings:
        """The settings that are in force when the modem is switched on."""
        number = self.power_up_profile
        return self.stored[number] if number < len(self.stored) else self.factory

    def power_up(self, *, deaf_until: float) -> None:
        """Be switched off and on: what was under way is lost, and the settings are those at power-up.

        Args:
            deaf_until: Until this time octets from the DTE are lost.
        """
        self.call.hang_up(HangUpReason.POWER)
        self.suspended = None
        self.line.clear()
        self.unsolicited = ()
        self.settings.load(self.profile_at_power_up)
        self.has_new_rate = True
        self.call.show_carrier()
        self.deaf_until = deaf_until
