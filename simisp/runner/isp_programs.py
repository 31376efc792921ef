"""The programs that a scenario's ISP leaves the line to, looked for before a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from simisp.errors import ClientError
from simisp.isp.steps import HandOver
from simisp.joined_program import ProgramCommand
from simisp.scenario.load import LoadedScenario

__all__ = ["refuse_missing_programs"]


def refuse_missing_programs(scenario: LoadedScenario) -> None:
    """Raise where a program of the ISP's is not there, can't be executed, or has no folder to run in.

    Raises:
        ClientError: So it is.
    """
    if not scenario.started_programs:
        return
    import shutil  # most scenarios start no program

    for command in _programs(scenario):
        program, folder = command.argv[0], command.working_folder
        if folder is not None and not folder.is_dir():
            raise ClientError(f"the ISP's program can't be started: {program}: its folder is not there: {folder}")
        path = command.environment.get("PATH", os.environ.get("PATH"))
        # A path is meant from the folder in which the program will run.
        sought = program if "/" not in program else str((folder or Path()).absolute() / program)
        if shutil.which(sought, path=path) is None:
            lacks = "it can't be executed" if "/" in program and Path(sought).exists() else "no such program"
            raise ClientError(f"the ISP's program can't be started: {program}: {lacks}")


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
