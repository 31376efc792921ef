"""The programs that the calls of one line are joined to: started, fed and ended as the line's machine asks for it."""

from __future__ import annotations

from collections.abc import Callable

from simisp.facts.fact import Fact
from simisp.joined_program import JoinedProgram, ProgramFed, ProgramJoined, ProgramLeft
from simisp.machine import OnLine, Output
from simisp.runtime.program_process import ProgramProcess

__all__ = ["Programs"]


class Programs:
    """Acts on the outputs of a machine that are about programs. Use it inside a running event loop.

    Args:
        note: Called with what is to be recorded.
        stirred: Called when a machine's half has something new, or the backlog has changed.
        now: Returns the time.
    """

    def __init__(self, note: Callable[[Fact], None], stirred: Callable[[], None], now: Callable[[], float]) -> None:
        self._note = note
        self._now = now
        self._stirred = stirred
        self._processes: dict[JoinedProgram, ProgramProcess] = {}

    def act(self, output: Output) -> None:
        """Act on an output, if it is about a program."""
        if type(output) is OnLine:
            output = output.output
        match output:
            case ProgramJoined(program):
                self._processes[program] = process = ProgramProcess(program, self._note, self._stirred, self._now)
                process.start()
            case ProgramFed(program, data):
                if program in self._processes:
                    self._processes[program].feed(data)
            case ProgramLeft(program):
                if program in self._processes:
                    self._processes[program].hang_up()
            case _:
                pass

    def look(self) -> None:
        """Read from the programs for which there is room again, and forget those that are over."""
        for program, process in list(self._processes.items()):
            process.mind_room()
            if process.is_over:
                del self._processes[program]

    def stop(self) -> None:
        """End all programs at once. Calling it again does nothing."""
        for process in self._processes.values():
            process.stop()
        self._processes.clear()
