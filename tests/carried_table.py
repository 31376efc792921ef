"""The table of programs in docs/virtual-time.md, as it is written by a test run and read by a test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from carried_programs import Program
from carried_time import Sharing, Way, version_of

__all__ = ["PAGE", "in_the_documents", "table", "with_table"]

PAGE = Path(__file__).parents[1] / "docs" / "virtual-time.md"
_BEGIN, _END = "<!-- programs -->\n", "<!-- end of programs -->\n"
_HEADER = ("program", "version", "time", "why")


def table(found: Iterable[tuple[Program, Sharing]]) -> str:
    """Return the table, a row for each program."""
    rows = [(program.name, version_of(program), sharing.way.value, sharing.why) for program, sharing in found]
    return "".join(f"| {' | '.join(row)} |\n" for row in [_HEADER, ("---",) * len(_HEADER), *rows])


def with_table(page: str, rows: str) -> str:
    """Return the page with these rows between its marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{rows}{_END}{after}"


def in_the_documents() -> dict[str, Way]:
    """Return how each program shares time, as the page has it."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    rows = rest.partition(_END)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {name: Way(way) for name, _, way, _ in cells}
