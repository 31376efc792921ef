"""A case as a scenario of its own, and where such files go."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

from simisp.errors import FileError, reason_of
from simisp.scenario.dump import dumps
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.overlay import overlaid
from simisp.sweep.result import Group

__all__ = ["file_name", "require_folder", "scenario_text", "write_file"]

_LONGEST_NAME = 80


def scenario_text(scenario: LoadedScenario, case: Case, *, title: str, about: str, folder: Path) -> str:
    """Return a case as a whole scenario in YAML, which plays as the case does.

    Args:
        scenario: The scenario that the case is laid over.
        case: The case.
        title: What it shows, in one line.
        about: How it was found, and how it is played.
        folder: Where it will be: a profile that the scenario names as a file is named from there.
    """
    model = overlaid(scenario, case.overlay).model
    profile = model.modem.profile
    if "/" in profile and not os.path.isabs(profile):  # noqa: PTH117 - a text
        beside = os.path.relpath(Path(scenario.path).resolve().parent / profile, folder.resolve())
        profile = beside if beside.startswith("../") else f"./{beside}"
    modem = model.modem.model_copy(update={"profile": profile}) if profile != model.modem.profile else model.modem
    return dumps(model.model_copy(update={"title": title, "about": about, "modem": modem}))


def file_name(group: Group, taken: set[str]) -> str:
    """Return a name for a group's scenario that is not taken yet, and take it.

    Example:
        >>> from simisp.sweep.findings import FindingClass
        >>> from simisp.sweep.outcome import Stand
        >>> file_name(Group(FindingClass.HANG_PROVEN, Stand("waitfor", "scripts/isp.scp", 8), "", ()), set())
        'hang-proven-isp-8.yaml'
    """
    stand = group.stand
    where = "" if stand is None else f"{Path(stand.file).stem} {stand.line}" if stand.line else stand.text
    words = re.sub(r"[^a-z0-9]+", "-", f"{group.kind.value} {where}".lower()).strip("-")[:_LONGEST_NAME]
    name, number = f"{words}.yaml", 2
    while name in taken:
        name, number = f"{words}-{number}.yaml", number + 1
    taken.add(name)
    return name


def require_folder(path: Path) -> None:
    """Refuse a file that is to be written when a sweep is through, and whose folder is not there: it is a misspelt one.

    Raises:
        FileError: There is no such folder.
    """
    if not path.parent.is_dir():
        raise FileError("there is no such folder", path=str(path.parent), remedy=f"{path.name} is to be written there")


def write_file(path: Path, text: str) -> None:
    """Write a file that only this user may read, whole or not at all; its folder is made if there is none.

    Raises:
        FileError: It can't be written; nothing is left of it then, and what was there before stays.
    """
    temporary = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise FileError(f"it can't be written ({reason_of(error)})", path=str(path), errno=error.errno) from error
