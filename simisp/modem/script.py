"""What a scenario writes for one modem: answers of its own, unsolicited results, and what the modem is deaf after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simisp.facts.line import ResultCodeSent
from simisp.machine import Output
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.handlers import parameter
from simisp.modem.outputs import HungUp
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form
from simisp.modem.unsolicited import ModemEvent, UnsolicitedPlay, UnsolicitedRow
from simisp.modem.written_command import WrittenCommands

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["ModemScript", "ScriptPlay", "WrittenHandler"]

_SENT = {ResultCode.CONNECT.words: ModemEvent.CONNECT, ResultCode.RING.words: ModemEvent.RING}


@dataclass(frozen=True, slots=True, eq=False)
class ModemScript:
    """What a scenario writes for the modem. All modems of the scenario share it.

    Attributes:
        commands: Answers that precede those of the profile.
        unsolicited: Unsolicited results.
        deaf: After which events octets from the DTE are lost, and for how many seconds.
    """

    commands: WrittenCommands = field(default_factory=WrittenCommands)
    unsolicited: tuple[UnsolicitedRow, ...] = ()
    deaf: Mapping[ModemEvent, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class WrittenHandler:
    """The handler of a row whose answers are written down.

    Attributes:
        commands: The commands of the row, all with its name, and their answers.
        base: The row that it stands before: it answers what is not written. None for none.
    """

    commands: WrittenCommands
    base: CommandRow | None = None

    def __call__(self, unit: Unit, _row: CommandRow, command: ATCommand) -> CommandAnswer:
        """Answer a command."""
        found = self.commands.find(command)
        if found is not None:
            return found[0].give(unit, found[1])
        base = self.base
        return unit.profile.unknown if base is None else base.handler(unit, base, command)


class ScriptPlay:
    """Plays a script in one modem.

    Args:
        script: The script.
    """

    def __init__(self, script: ModemScript) -> None:
        self._script = script
        self.unsolicited = UnsolicitedPlay(script.unsolicited)

    def begin_command(self, unit: Unit, command: ATCommand) -> None:
        """Take a command that is about to run."""
        self.unsolicited.begin_command(unit, command)

    def answer(self, unit: Unit, command: ATCommand) -> tuple[CommandAnswer] | None:
        """Return the written answer to a command, in a tuple of its own; None if none is written.

        A value that the command sets is set all the same if the answer is OK: ``"+VCID=1": OK`` lets the caller's
        number be reported.
        """
        found = self._script.commands.find(command)
        if found is None:
            return None
        answer = found[0].give(unit, found[1])
        row = unit.rows.get_row(command.name)
        is_set = answer is ResultCode.OK and command.form is Form.SET
        if is_set and row is not None and (row.keeps or row.handler is parameter):
            row.handler(unit, row, command)
        return (answer,)

    def note(self, unit: Unit, event: ModemEvent, now: float) -> None:
        """Take an event."""
        self.unsolicited.note(event, now)
        if (deaf := self._script.deaf.get(event)) is not None:
            unit.deaf_until = max(unit.deaf_until, now + deaf)

    def see(self, unit: Unit, outputs: Iterable[Output]) -> None:
        """Take the events among what the modem has put out."""
        for output in outputs:
            if type(output) is HungUp:
                self.note(unit, ModemEvent.CALL_ENDED, unit.now)
            elif type(output) is ResultCodeSent and (event := _SENT.get(output.code)):
                self.note(unit, event, unit.now)
