"""Pages that a reader walks through: their files are written into an empty folder, and their commands run there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.ready_simisp import ready_simisp

__all__ = ["ROOT", "Command", "commands", "in_order", "named_files", "normal", "run", "verdict_of"]

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"[|&;<>$`*?\[\]~#\\]|^\w+=")
"""What a shell acts upon; where a quoted word has it, the shell is asked too."""
_NAME = re.compile(r"(?:[#;]|//) (\S+\.\w+)\n")


@dataclass(frozen=True)
class Command:
    """A command that a page shows, and what it shows of its output."""

    line: str
    shown: str


def commands(block: str) -> list[Command]:
    """Return the commands of a block of a console."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return [Command(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def named_files(page: str) -> dict[str, str]:
    """Return the files of a page: blocks whose first line is a comment with a file's name."""
    found = {}
    for _, text in _BLOCK.findall(page):
        if name := _NAME.match(text):
            found[name[1]] = text
    return found


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command as a reader does; return its exit status and its whole output."""
    environment = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    if command.startswith("simisp ") and not _SHELL.search(command):
        ready = ready_simisp(
            *shlex.split(command)[1:], cwd=folder, env=environment, stderr=subprocess.STDOUT, new_session=True,
            name="simisp", timeout=300,
        )  # fmt: skip
        return ready.returncode, ready.stdout
    ran = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
    )
    return ran.returncode, ran.stdout


def examples_in(folder: Path) -> None:
    """Put the examples of the documents into a folder."""
    shutil.copytree(ROOT / "docs" / "examples", folder, dirs_exist_ok=True)


def normal(text: str) -> str:
    """Take out of an output what is another each time: processes, real times, in which system call a program waits.

    Real pace is taken out as well: any program of the machine that passes descriptors about causes it.
    """
    text = re.sub(r"^ *for [\d.]+ s time passed no faster than real, .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"pid \d+", "pid N", text)
    text = re.sub(r"/\S+/modem\d+", "PORT", text)
    text = re.sub(r"blocked in \S+\(.*?, …\)", "blocked in a call", text)
    text = re.sub(r" for at least [\d.]+ s", "", text)
    text = re.sub(r"started [\d.]+ s ago", "started T s ago", text)
    return re.sub(r"passed the port for [\d.]+ s", "passed the port for T s", text)


def in_order(text: str) -> list[str]:
    """Return an output's lines; which comes first, a child or its opening of the port, is the kernel's matter."""
    lines = normal(text).splitlines()
    begun = [re.sub(r"\[.*", "", line) for line in lines[:2] if "---" in line]
    return sorted(begun) + lines[len(begun) :]


def verdict_of(text: str) -> list[str]:
    """Return the lines of an output that say the verdict, without their times."""
    return [re.sub(r"\d+\.\d+", "T", line) for line in text.splitlines() if re.match(r"(released|failed|hang): ", line)]
