"""The documents that are made from the code. `make docs` (python -m tests.support.generated_pages) writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simisp.cli import manual as command_line
from simisp.cli.man_page import man_page
from simisp.cli.schemas import schema_text
from simisp.line.faults import manual as faults
from simisp.line.manners import manual as manners
from simisp.modem import manual as modem
from simisp.ppp.behaviours import manual as behaviours
from simisp.reference import manual as python
from simisp.reference.public import signature_lines
from simisp.scenario import profile_manual as profiles
from simisp.transcript import manual as transcript

from . import pictures

DOCS = Path(__file__).resolve().parents[2] / "docs"

PAGES: dict[str, Callable[[], str]] = {
    "cli.md": command_line.manual_page,
    "man/simisp.1": man_page,
    "manners.md": manners.manual_page,
    "faults.md": faults.manual_page,
    "modem.md": modem.manual_page,
    "ppp-behaviours.md": behaviours.manual_page,
    "profiles.md": profiles.manual_page,
    "python.md": python.manual_page,
    "scenario.schema.json": lambda: f"{schema_text()}\n",
    "python-names.txt": lambda: "\n".join(signature_lines()) + "\n",
    "pictures/terminal.svg": pictures.terminal,
    "pictures/time-line.svg": pictures.time_line,
    "transcript.md": transcript.manual_page,
}
"""Each page under its name, with the function that makes its text."""


def main() -> None:
    """Write every page that is not as the code has it."""
    for name, make in PAGES.items():
        page, text = DOCS / name, make()
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
            print(f"written: docs/{name}")


if __name__ == "__main__":
    main()
