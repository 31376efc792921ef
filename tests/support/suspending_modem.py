"""Commands that take time, ask for text or refuse in words, and a subsystem that has them and ticks."""

from __future__ import annotations

from simisp.modem.answers import CommandAnswer, DialOut, FinalText, Later, Prompt
from simisp.modem.command_row import CommandRow, CommandTable
from simisp.modem.result_codes import ResultCode
from simisp.modem.subsystem import ResetKind
from simisp.modem.syntax import ATCommand
from simisp.modem.unit import Unit

__all__ = ["SUSPENDING_ROWS", "Ticking"]


def refuse(_unit: Unit, _row: CommandRow, _command: ATCommand) -> FinalText:
    """End the line with a text."""
    return FinalText("+CME ERROR: 10")


def tell_late(unit: Unit) -> ResultCode:
    """Answer with a text, and OK."""
    unit.dte.send_information("late")
    return ResultCode.OK


def take_time(_unit: Unit, _row: CommandRow, _command: ATCommand) -> Later:
    """Take three seconds."""
    return Later(3.0, tell_late)


def take_time_or_not(_unit: Unit, _row: CommandRow, _command: ATCommand) -> Later:
    """Take three seconds, or less."""
    return Later(3.0, tell_late, abortable=True)


def ask(_unit: Unit, _row: CommandRow, command: ATCommand) -> Prompt:
    """Ask for text; ``=2`` with a prompt for each line."""
    return Prompt(show, each_line=command.text == "2", longest=10)


def show(unit: Unit, text: bytes | None) -> ResultCode:
    """Show the text."""
    unit.dte.send_information("nothing" if text is None else b"got " + text)
    return ResultCode.OK


def announce(unit: Unit, _row: CommandRow, _command: ATCommand) -> ResultCode:
    """Send an unsolicited result."""
    unit.send_unsolicited("+NEWS")
    return ResultCode.OK


SUSPENDING_ROWS = CommandTable(
    CommandRow(name, "test", "of a test", handler)
    for name, handler in (
        ("+NO", refuse),
        ("+SLOW", take_time),
        ("+SLOWER", take_time_or_not),
        ("+ASK", ask),
        ("+SAY", announce),
        ("^SYSINFO", refuse),
    )
)


class Ticking:
    """A subsystem that announces itself each second, dials for ``*99#``, and is counted in its resets."""

    announces = ()

    def __init__(self) -> None:
        self.rows = SUSPENDING_ROWS
        self.due = 1.0
        self.units: list[Unit] = []
        self.resets: list[ResetKind] = []

    def attach(self, unit: Unit) -> None:
        self.units.append(unit)

    def detach(self, unit: Unit) -> None:
        raise AssertionError("its port is never gone")

    def next_timer(self) -> float | None:
        return self.due

    def handle_timer(self, unit: Unit, now: float) -> None:
        self.due = now + 1.0
        for one in self.units:
            one.send_unsolicited(f"+TICK: {now:.0f}")

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        if string == "*99#":
            return Later(0.5, lambda _unit: DialOut("T1"))
        return FinalText("+CME ERROR: 3")

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        self.resets.append(kind)
