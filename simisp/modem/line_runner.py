"""The command lines of a modem while they run: command by command, with waits, to the answer that ends each line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from simisp.facts.line import CommandRun
from simisp.modem.answers import CommandAnswer, DialOut, FinalText, Later, LineEnd, Prompt
from simisp.modem.commands import run_command
from simisp.modem.handlers import dial_out
from simisp.modem.known_answers import KnownAnswer
from simisp.modem.result_codes import ResultCode
from simisp.modem.suspended import RunningCommand, Suspended, TextEntry
from simisp.modem.syntax import ATCommand
from simisp.modem.unit import Unit

__all__ = ["ABORT_DELAY", "LineRunner"]

ABORT_DELAY = 0.125
"""For this many seconds after a command line, octets do not abort it: a DTE may end its lines with CR LF."""

_OK = ResultCode.OK


@lru_cache(maxsize=32)
def _command_noted(line: str, result: ResultCode | None) -> CommandRun:
    """Return the fact that a command line was run, cached since software sends the same few lines again and again."""
    return CommandRun(line, result and result.words)


class LineRunner:
    """Runs the command lines of a modem.

    A line whose command takes time, or asks for text, is suspended: ``unit.suspended`` has the rest of it. A line that
    dials with ``;`` waits in :attr:`waiting` until the dialling is over.

    Args:
        unit: The modem's parts.

    Attributes:
        waiting: The rest of a line that waits for the end of dialling with ``;``; None if none does.
        answered: The lines whose answers are known. They are valid until anything else is run.
    """

    __slots__ = ("_abortable_from", "_line", "_unit", "answered", "waiting")

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._line = ""
        self._abortable_from = 0.0
        self.waiting: Iterator[ATCommand] | None = None
        self.answered: dict[bytes, KnownAnswer] = {}

    def begin(self, line: str, now: float) -> None:
        """Note that a line has come, with its ``AT``."""
        self._line = line
        self._abortable_from = now + ABORT_DELAY

    def is_abortable(self, now: float) -> bool:
        """Return whether octets may already abort what the last line does."""
        return now >= self._abortable_from

    def drop(self) -> None:
        """Forget the line that waits, if there is one: it gets no answer."""
        self.waiting = self._unit.suspended = None

    def run(self, commands: Iterator[ATCommand], now: float) -> None:
        """Run the commands of a line. If dialling with ``;`` takes time, the rest of the line waits for its end."""
        self.waiting = None
        self.answered = {}
        unit = self._unit
        unit.now = now
        unit.is_running = True
        answer: CommandAnswer = _OK
        for command in commands:
            answer = run_command(unit, command)
            if answer is not _OK:
                break
        unit.is_running = False
        self._conclude(answer, commands, now)

    def finish(self, result: ResultCode | None) -> None:
        """Send the result code of a line, unless it is sent separately later."""
        if result is not None:
            self._unit.dte.send_result(result)
        self._unit.dte.emit(_command_noted(self._line, result))

    def take_while_running(self, running: RunningCommand, data: bytes, start: int, now: float) -> int:
        """Let octets wait for the end of the command that takes time, or end it by the first one.

        Returns:
            The index of the next octet.
        """
        if not running.later.abortable:
            running.type_ahead(data[start:])
            return len(data)
        if not self.is_abortable(now):
            return len(data)
        aborted = running.later.aborted
        self._resume()
        self._conclude(_OK if aborted is None else aborted(self._unit), iter(()), now)
        return start + 1

    def take_text(self, entry: TextEntry, data: bytes, start: int, now: float) -> int:
        """Take text for the command that asked for it; return the index of the next octet."""
        unit = self._unit
        end, is_ended = entry.take(data, start, unit.dte, s5=unit.settings.registers[5])
        if is_ended:
            self._resume()
            unit.now = now
            unit.is_running = True
            answer = entry.prompt.take(unit, None if entry.is_cancelled else bytes(entry.text))
            unit.is_running = False
            self._go_on(answer, entry.commands, now)
        return end

    def end_running(self, running: RunningCommand, now: float) -> None:
        """Act on the end of a command that took time."""
        unit = self._unit
        self._resume()
        unit.now = now
        unit.is_running = True  # what the command sets off is reported behind its answer
        answer = running.later.then(unit)
        unit.is_running = False
        self._go_on(answer, running.commands, now)

    def _conclude(self, answer: CommandAnswer, commands: Iterator[ATCommand], now: float) -> None:
        """Act on the answer that ends a line, or lets it wait. ``commands`` is the rest of the line."""
        unit = self._unit
        match answer:
            case None | ResultCode():
                if answer is None and unit.call.is_dialling_part:
                    self.waiting = commands
                self.finish(answer)
            case LineEnd(code):
                self.finish(code)
            case FinalText(text):
                unit.dte.send_final(text)
                unit.dte.emit(CommandRun(self._line, text))
            case DialOut():
                self._abortable_from = now + ABORT_DELAY
                self._go_on(dial_out(unit, answer.string), commands, now)
            case Later():
                self._suspend(RunningCommand(answer, commands, now))
            case Prompt():
                prompt = unit.config.profile.conduct.prompt if answer.text is None else answer.text
                entry = TextEntry(answer, commands, prompt)
                self._suspend(entry)
                entry.begin(unit.dte)

    def _go_on(self, answer: CommandAnswer, commands: Iterator[ATCommand], now: float) -> None:
        """Act on the answer of a command that was suspended: run the rest of its line if it is OK."""
        if not isinstance(answer, (Later, Prompt)):
            self._unit.dte.end_interruption()
        if answer is _OK:
            self.run(commands, now)
        else:
            self._conclude(answer, commands, now)

    def _suspend(self, suspended: Suspended) -> None:
        """Let the line wait."""
        self._unit.suspended = suspended
        self._unit.call.note_state(suspended.state)

    def _resume(self) -> None:
        """Come back to the state before the line was suspended."""
        self._unit.suspended = None
        self._unit.call.note_state(self._unit.call.state)
