"""Small C programs of the tests, compiled when they are wanted."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["compiled"]

_SOURCES = Path(__file__).parents[1] / "preload"


def compiled(source: str, folder: Path, *options: str) -> Path:
    """Compile a C file of the preload tests into ``folder``; return the program."""
    program = folder / Path(source).stem
    command = ["cc", "-O1", "-Wall", "-Wextra", *options, "-o", str(program), str(_SOURCES / source)]
    subprocess.run([*command, "-lpthread", "-lrt", "-lutil"], check=True)
    return program
