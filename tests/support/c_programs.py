"""Small C programs of the tests, compiled when they are wanted, and once for all workers of a test run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from support.shared_folder import SHARED_FOLDER, made_once

__all__ = ["compiled"]

_SOURCES = Path(__file__).parents[1] / "preload"


def compiled(source: str, folder: Path, *options: str) -> Path:
    """Return a C file of the preload tests as a program in ``folder``.

    Within a test run it is a copy of the one that whichever test came first has compiled.

    Raises:
        CalledProcessError: The compiler does not take it.
    """
    program = folder / Path(source).stem
    shared = os.environ.get(SHARED_FOLDER)
    if not shared:
        _compile(source, program, options)
        return program
    about = (shutil.which("cc"), *options, (_SOURCES / source).read_text(encoding="utf-8"))
    once = Path(shared, f"{program.name}-{hashlib.sha256(repr(about).encode()).hexdigest()[:16]}")
    with made_once(once) as is_wanted:
        if is_wanted:
            _compile(source, once, options)
    shutil.copy(once, program)
    return program


def _compile(source: str, program: Path, options: tuple[str, ...]) -> None:
    command = ["cc", "-O1", "-Wall", "-Wextra", *options, "-o", str(program), str(_SOURCES / source)]
    subprocess.run([*command, "-lpthread", "-lrt", "-lutil"], check=True)
