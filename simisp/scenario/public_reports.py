"""The bundled scenarios that were made from public reports, and what their heads say.

Such a file begins with a comment of two paragraphs: what is played, and the reports with what went wrong there:

    # The echo of a command comes only with its answer, a second later.
    #
    # arduino-libraries/MKRGSM#52: the library waited for the echo of what it had sent, and gave up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simisp.scenario.load import public_scenarios

__all__ = ["PublicReport", "public_reports"]

_THREAD = r"[\w-]+/[\w.-]+#\d+"
_HEAD = re.compile(
    rf"# (?P<shows>.*)\n#\n# (?P<threads>{_THREAD}(?:, {_THREAD})*): (?P<symptom>.*)\ntitle: (?P<title>.*)\n"
)


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A scenario that was made from public reports.

    Attributes:
        path: Its file.
        title: Its title.
        shows: What it plays.
        threads: The reports, as ``owner/project#number``.
        symptom: What went wrong there.
    """

    path: Path
    title: str
    shows: str
    threads: tuple[str, ...]
    symptom: str

    @classmethod
    def read(cls, path: Path) -> PublicReport:
        """Read the head of a file; what is not written like one leaves all but the title empty."""
        match = _HEAD.match(path.read_text(encoding="utf-8"))
        if match is None:
            return cls(path, path.stem, "", (), "")
        return cls(path, match["title"], match["shows"], tuple(match["threads"].split(", ")), match["symptom"])

    def has(self, words: Sequence[str]) -> bool:
        """Return whether each word is in its name or in what is said of it, in either case."""
        text = " ".join((self.path.name, self.title, self.shows, *self.threads, self.symptom)).casefold()
        return all(word.casefold() in text for word in words)


def public_reports(words: Sequence[str] = ()) -> list[PublicReport]:
    """Return those that have each of some words, in order of name."""
    return [report for report in map(PublicReport.read, public_scenarios()) if report.has(words)]
