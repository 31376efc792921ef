"""What the README shows is what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.shared_library import needs_library
from support.walks import ROOT, commands, examples_in, in_order, run, verdict_of

README = (ROOT / "README.md").read_text()
CONSOLE = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.runner("chat")
@pytest.mark.parametrize("block", CONSOLE, ids=[f"block {number}" for number, _ in enumerate(CONSOLE, 1)])
def test_what_the_readme_shows_on_the_console_is_what_comes_out(block: str, tmp_path: Path) -> None:
    needs_library()
    examples_in(tmp_path)
    status = 0
    for command in commands(block):
        if command.line == "echo $?":
            assert int(command.shown) == status
            continue
        status, came = run(command.line, tmp_path)
        if "--clock virtual" in command.line:  # the same each time
            assert in_order(came) == in_order(command.shown), came
        else:  # in real time the machine has a say in how octets are cut, and in what comes first
            assert verdict_of(came) == verdict_of(command.shown), came


def test_every_chat_script_that_the_readme_names_is_in_the_folder_that_it_names() -> None:
    for name in set(re.findall(r"\b[a-z]+\.chat\b", README)):
        assert (ROOT / "docs" / "examples" / name).is_file(), name
