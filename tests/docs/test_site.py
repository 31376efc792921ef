"""The site of the documents: every page has its place in the navigation, every link leads somewhere, and it builds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")


def in_navigation(entry: object) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, list):
        for part in entry:
            yield from in_navigation(part)
    elif isinstance(entry, dict):
        for part in entry.values():
            yield from in_navigation(part)


def anchors(page: Path) -> set[str]:
    """Return the names that a page's headings can be linked by."""
    plain = [re.sub(r"[`*]", "", heading) for heading in HEADING.findall(page.read_text())]
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in plain}


def test_every_page_has_one_place_in_the_navigation() -> None:
    named = list(in_navigation(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))
    assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_every_link_into_a_page_leads_to_a_heading() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {name}#{anchor}"
        for page in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
        for name, anchor in LINK.findall(page.read_text())
        if anchor not in anchors(page.parent / name if name else page)
    ]
    assert not dead


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    zensical = Path(sys.executable).with_name("zensical")
    built = subprocess.run([zensical, "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "Catch a hang of your own client" in (tmp_path / "site" / "tutorial" / "index.html").read_text()
