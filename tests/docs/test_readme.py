"""What the README shows is what comes out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import library

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
CONSOLE = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def normal(text: str) -> str:
    """Take out of an output what is another each time: processes, real times, in which system call a program waits."""
    text = re.sub(r"pid \d+", "pid N", text)
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
    return [re.sub(r"\d+\.\d+", "T", line) for line in text.splitlines() if re.match(r"(released|failed|hang): ", line)]


def commands(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.runner("chat")
@pytest.mark.parametrize("block", CONSOLE, ids=[f"block {number}" for number, _ in enumerate(CONSOLE, 1)])
def test_what_the_readme_shows_on_the_console_is_what_comes_out(block: str, tmp_path: Path) -> None:
    try:
        library()
    except PreloadUnavailableError as reason:
        pytest.skip(str(reason))
    shutil.copytree(ROOT / "docs" / "examples", tmp_path, dirs_exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    status = 0
    for command, shown in commands(block):
        if command == "echo $?":
            assert int(shown) == status
            continue
        ran = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
        )
        status = ran.returncode
        if "--clock virtual" in command:  # the same each time
            assert in_order(ran.stdout) == in_order(shown), ran.stdout
        else:  # in real time the machine has a say in how octets are cut, and in what comes first
            assert verdict_of(ran.stdout) == verdict_of(shown), ran.stdout


def test_every_chat_script_that_the_readme_names_is_in_the_folder_that_it_names() -> None:
    for name in set(re.findall(r"\b[a-z]+\.chat\b", README)):
        assert (ROOT / "docs" / "examples" / name).is_file(), name
