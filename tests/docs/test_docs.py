"""What the documents say is true: examples load, commands exist, links lead somewhere, generated pages are fresh."""

from __future__ import annotations

import re
import shlex
import tomllib
from itertools import takewhile
from pathlib import Path

import click
import pytest

from simisp.cli import main
from simisp.dialling.files.mail_file import load_mail
from simisp.dialling.files.phonebook_file import load_phonebook
from simisp.scenario.expectations import EXPECTATION_WORDS
from simisp.scenario.load import bundled, loads
from simisp.scenario.steps import STEP_WORDS
from support.generated_pages import PAGES as PAGES_FROM_CODE

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def blocks(language: str) -> list[tuple[Path, str]]:
    return [(page, text) for page in PAGES for found, text in BLOCK.findall(page.read_text()) if found == language]


@pytest.mark.parametrize("word", [*STEP_WORDS, *EXPECTATION_WORDS])
def test_every_step_and_every_expectation_has_its_row_in_the_description_of_scenarios(word: str) -> None:
    rows = re.findall(r"^\| (.*?) \|", (ROOT / "docs/scenarios.md").read_text(), re.MULTILINE)
    assert any(re.search(rf"`{word}[:`]", row) for row in rows)


@pytest.mark.parametrize(("page", "text"), blocks("yaml"), ids=lambda value: getattr(value, "name", ""))
def test_every_yaml_file_in_the_documents_loads(page: Path, text: str, tmp_path: Path) -> None:
    if text.startswith("# phonebook.yaml"):
        (tmp_path / "phonebook.yaml").write_text(text)
        assert len(load_phonebook(tmp_path / "phonebook.yaml").book) == 1
    elif text.startswith("# mail.yaml"):
        (tmp_path / "phonebook.yaml").write_text("OzEmail: {number: '1', port: /dev/ttyS0}\n")
        (tmp_path / "mail.yaml").write_text(text)
        assert load_mail(tmp_path / "mail.yaml").config.entry == "OzEmail"
    else:
        assert loads(text, name=page.name).model.title


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        assert (page.parent / link).exists(), link


def command_lines() -> list[str]:
    lines = []
    for language in ("sh", "console"):
        for _, text in blocks(language):
            lines += [line.removeprefix("$ ") for line in text.splitlines() if "simisp " in line]
    return [line for line in lines if line.startswith("simisp ")]


@pytest.mark.parametrize("line", command_lines())
def test_every_command_in_the_documents_exists_with_its_options(line: str) -> None:
    said = line.partition("  #")[0].replace("…", "").rstrip("\\")
    words = list(takewhile(lambda word: word != "--", shlex.split(said)))[1:]
    command: click.Command | None = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, word


def test_the_readme_names_its_two_commands_and_the_makefile_has_them() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("demo", "test"):
        assert f"make {target}" in (ROOT / "README.md").read_text()
        assert f"\n{target}:" in makefile


@pytest.mark.parametrize("page", PAGES_FROM_CODE)
def test_a_page_that_is_made_from_the_code_is_fresh(page: str) -> None:
    stale = f"docs/{page} is stale. If the change is meant, write it anew with `make docs` and review the difference."
    assert (ROOT / "docs" / page).read_text() == PAGES_FROM_CODE[page](), stale


def test_the_changelog_counts_the_scenarios_right() -> None:
    words = {13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
    assert f"of which {words[len(bundled())]} come" in " ".join((ROOT / "CHANGELOG.md").read_text().split())


def test_every_bundled_scenario_says_first_what_it_shows() -> None:
    for path in bundled():
        assert path.read_text().startswith("# "), path.name


def test_every_room_in_the_architecture_page_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    for room in re.findall(r"`((?:\w+/)+(?:\w+\.py)?)`", page):
        base = ROOT / "simisp" / room
        assert base.exists() or (ROOT / room).exists(), room


ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
FILE = re.compile(r"`([a-z_]+(?:/[a-z_]+)+(?:\.\w+|/)?)`")


def test_each_file_and_folder_that_the_architecture_names_exists() -> None:
    named = set(FILE.findall(ARCHITECTURE))
    assert len(named) > 50
    missing = {name for name in named if not (ROOT / name).exists() and not (ROOT / "simisp" / name).exists()}
    assert not missing


def test_the_layers_in_the_architecture_are_those_that_the_code_is_held_to() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [set(re.split(r" [|:] ", layer)) for layer in contracts[0]["layers"]]
    drawn = ARCHITECTURE.split("```")[1].strip().splitlines()
    assert [set(re.split(r" [|:] ", re.split(r"  +", line)[0])) for line in drawn] == layers
