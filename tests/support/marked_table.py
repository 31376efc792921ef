"""Tables in the documents that a program writes between two marks, and that a test reads there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["VIRTUAL_TIME", "MarkedTable"]

VIRTUAL_TIME = Path(__file__).parents[2] / "docs" / "virtual-time.md"


@dataclass(frozen=True)
class MarkedTable:
    """A table between two marks on a page of the documents.

    Attributes:
        page: The page.
        name: What the marks say: ``<!-- name -->`` and ``<!-- end of name -->``.
        header: The names of its columns.
    """

    page: Path
    name: str
    header: tuple[str, ...]

    def cells(self) -> list[list[str]]:
        """Return the cells of each row as the page has them, without the header."""
        _, _, rest = self.page.read_text(encoding="utf-8").partition(self._begin)
        rows = rest.partition(self._end)[0].splitlines()[2:]
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]

    def write(self, rows: Iterable[tuple[str, ...]]) -> None:
        """Put these rows in place of those that the page has."""
        written = "".join(f"| {' | '.join(row)} |\n" for row in [self.header, ("---",) * len(self.header), *rows])
        before, _, rest = self.page.read_text(encoding="utf-8").partition(self._begin)
        _, _, after = rest.partition(self._end)
        self.page.write_text(f"{before}{self._begin}{written}{self._end}{after}", encoding="utf-8")

    @property
    def _begin(self) -> str:
        return f"<!-- {self.name} -->\n"

    @property
    def _end(self) -> str:
        return f"<!-- end of {self.name} -->\n"
