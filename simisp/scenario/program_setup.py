"""Programs of a scenario that have the line. Only a scenario with one loads this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simisp.isp.program import ProgramFarEnd
from simisp.joined_program import ProgramCommand, ProgramTerminal
from simisp.ppp.passwords import PasswordSpans
from simisp.scenario.program_section import ProgramSection

__all__ = ["ProgramMaker", "program_command"]


@dataclass(frozen=True, slots=True)
class ProgramMaker:
    """Makes a program the far end of a call, anew for each call. Both may speak PPP, whose passwords are masked.

    Attributes:
        program: The program.
    """

    program: ProgramCommand

    def __call__(self) -> ProgramFarEnd:
        """Return a new far end."""
        to_program, to_caller = PasswordSpans(), PasswordSpans()
        return ProgramFarEnd(self.program, to_program=to_program.find, to_caller=to_caller.find)


def program_command(section: ProgramSection, file: str, terminal: ProgramTerminal) -> ProgramCommand:
    """Return the program of a section.

    Args:
        section: The section.
        file: The path of the file that it stands in, from which its folder is meant.
        terminal: What it has where the section does not say.
    """
    return ProgramCommand(
        tuple(section.command),
        environment=section.environment or {},
        folder=section.folder,
        beside=Path(file).parent,
        terminal=terminal if section.terminal is None else ProgramTerminal(section.terminal),
        errors_to_caller=bool(section.errors_to_caller),
    )
