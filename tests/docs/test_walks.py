"""The tutorial and the how-tos, walked as a reader walks them: files written, commands run, outputs compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.shared_library import needs_library
from support.walks import ROOT, commands, examples_in, named_files, normal, run

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEEDS = {
    "docs/tutorial.md": (),
    "docs/sweep.md": (),
    "docs/how-to/pppd-and-chat.md": ("chat",),
    "docs/how-to/programs-in-ci.md": ("cc",),
    "docs/how-to/kermit-and-minicom.md": ("kermit",),
    "docs/how-to/two-programs.md": ("chat",),
}
"""The pages that are walked, and the programs that they need."""


def in_any_order(text: str) -> list[str]:
    """Return an output's lines; what the client prints and what simisp reports come from two processes."""
    lines = (re.sub(r" in \d+\.\d+s$", "", re.sub(r" +", " ", line)) for line in normal(text).splitlines())
    return sorted(line for line in lines if line)


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.runner(*needs)) for page, needs in NEEDS.items()]
)
def test_a_reader_who_follows_a_page_sees_what_it_shows(page: str, tmp_path: Path) -> None:
    needs_library()
    text = (ROOT / page).read_text()
    examples_in(tmp_path)
    for name, content in named_files(text).items():
        (tmp_path / name).write_text(content)
    status = 0
    for block in CONSOLE.findall(text):
        for command in commands(block):
            if command.line == "echo $?":
                assert int(command.shown) == status
                continue
            status, came = run(command.line, tmp_path)
            if "pytest" in command.line:  # which has warnings of its own about plugins' versions
                assert set(in_any_order(command.shown)) <= set(in_any_order(came)), came
            else:
                assert in_any_order(came) == in_any_order(command.shown), came


def test_every_page_that_shows_a_console_is_walked() -> None:
    shown = [page for page in (ROOT / "docs").glob("how-to/*.md") if CONSOLE.search(page.read_text())]
    assert {str(page.relative_to(ROOT)) for page in shown} | {"docs/tutorial.md", "docs/sweep.md"} == set(NEEDS)
