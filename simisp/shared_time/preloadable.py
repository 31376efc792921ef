"""Whether a preload library can be loaded into a program, judged from its file."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simisp.preload.elf import has_section, is_native, linker_of

__all__ = ["GO_PROGRAM", "Carriage", "carriage"]

_HEAD = 64 * 1024
GO_PROGRAM = "it is a Go program, which makes its system calls itself"
"""The only reason that also holds for a program with the library in it."""
_GO = ".go.buildinfo"
"""The section that Go's linker gives every program, a stripped one too."""
_MOST_SCRIPTS = 4
"""How many interpreters may follow one another; Linux allows four."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """How a program can be timed.

    Attributes:
        program: The file that is executed, after resolving scripts and their interpreters.
        reason: Why the dynamic linker will not load a library into it; empty if it will.
    """

    program: str
    reason: str = ""

    @property
    def shared(self) -> bool:
        """Whether the program can share the clock; if not, only real time is left."""
        return not self.reason


def carriage(command: str, *, path: str | None = None) -> Carriage:
    """Return whether the command's program will load the clock library.

    Args:
        command: A program's name or path, as passed to exec.
        path: Where to search for a name, as in ``PATH``; the environment's by default.

    Example:
        >>> carriage("/bin/sh").shared
        True
        >>> carriage("/nowhere/chat").reason
        'there is no such program'
    """
    program = shutil.which(command, path=path)
    if program is None:
        return Carriage(command, "there is no such program")
    for _ in range(_MOST_SCRIPTS):
        try:
            reason, interpreter = _judge(Path(program))
        except OSError as error:
            return Carriage(program, f"its file can't be read ({os.strerror(error.errno or 0)})")
        if interpreter is None:
            return Carriage(program, reason)
        program = interpreter
    return Carriage(program, "it is a script of a script of a script")


def _judge(program: Path) -> tuple[str, str | None]:
    """Return the reason against it, or the interpreter that has to be judged instead."""
    with program.open("rb") as file:
        head = file.read(_HEAD)
    if head[:2] == b"#!":
        # The shell's own rule for a file without "#!" is execvp's too: sh runs it.
        words = head[2:].split(b"\n", 1)[0].split()
        return "", _interpreter(words)
    if head[:4] != b"\x7fELF":
        return "", "/bin/sh"
    return _judge_elf(head, program.stat(), program), None


def _interpreter(words: list[bytes]) -> str:
    name = os.fsdecode(words[0]) if words else "/bin/sh"
    if Path(name).name == "env":
        named = [os.fsdecode(word) for word in words[1:] if not word.startswith(b"-") and b"=" not in word]
        return shutil.which(named[0]) or named[0] if named else name
    return name


def _judge_elf(head: bytes, status: os.stat_result, program: Path) -> str:
    if not is_native(head):
        return "it is not a 64-bit program for this machine"
    if against := _against_linker(linker_of(head)):
        return against
    if has_section(program, _GO):
        return GO_PROGRAM
    if _changes_identity(status):
        return "it is set-user-ID or set-group-ID, so the linker ignores LD_PRELOAD; run a copy of it"
    if os.geteuid() != 0 and _has_capabilities(program):
        return "it has file capabilities, so the linker ignores LD_PRELOAD"
    return ""


def _against_linker(linker: str) -> str:
    if not linker:
        return "it is linked statically, so no library can be loaded into it"
    if _own_linker() not in ("", Path(linker).name):
        return f"its dynamic linker is {linker}, that of another libc than the clock library's"
    return ""


@cache
def _own_linker() -> str:
    """The name of the dynamic linker that started Python, if any: the clock library is for the same libc."""
    with Path(sys.executable).open("rb") as file:
        head = file.read(_HEAD)
    return Path(linker_of(head)).name if is_native(head) else ""


def _changes_identity(status: os.stat_result) -> bool:
    changes_user = bool(status.st_mode & stat.S_ISUID) and status.st_uid != os.getuid()
    changes_group = bool(status.st_mode & stat.S_ISGID) and status.st_gid != os.getgid()
    return changes_user or changes_group


def _has_capabilities(program: Path) -> bool:
    try:
        return bool(os.getxattr(program, "security.capability"))
    except OSError:
        return False
