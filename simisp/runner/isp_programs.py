"""The programs that a scenario's ISP leaves the line to, looked for before a run."""

from __future__ import annotations

import os
from collections.abc import Iterator

from simisp.errors import ClientError
from simisp.isp.steps import HandOver
from simisp.joined_program import ProgramCommand
from simisp.scenario.load import LoadedScenario

__all__ = ["refuse_missing_programs"]


def refuse_missing_programs(scenario: LoadedScenario) -> None:
    """Raise where a program of the ISP's is nowhere on the path; one that is named by its path is not looked for.

    Raises:
        ClientError: There is no such program.
    """
    if not scenario.started_programs:
        return
    import shutil  # most scenarios start no program

    for command in _programs(scenario):
        program = command.argv[0]
        path = command.environment.get("PATH", os.environ.get("PATH"))
        if "/" not in program and shutil.which(program, path=path) is None:
            raise ClientError(f"the ISP's program can't be started: {program}: no such program")


def _programs(scenario: LoadedScenario) -> Iterator[ProgramCommand]:
    from simisp.scenario.ppp_setup import PppMaker
    from simisp.scenario.program_setup import ProgramMaker

    for dialogue in scenario.programs.values():
        for step in dialogue.code:
            if isinstance(step, HandOver) and isinstance(step.make, PppMaker | ProgramMaker):
                command = step.make.program
                if command is not None:
                    yield command
    for line in scenario.own:
        if line is not None:
            yield from _programs(line)
