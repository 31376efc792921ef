"""The reports of ``simisp sweep``: ``--html``, ``--junit`` and ``--sarif``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from simisp.cli.parameters import file_options
from simisp.errors import FileError, reason_of

if TYPE_CHECKING:
    from simisp.sweep.result import SweepResult
    from simisp.sweep.sweep import Sweep

__all__ = ["SweepReports", "sweep_report_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS = {
    "html": "Write a page that shows what every fault did at every place. One file that needs no network.",
    "junit": "Write a JUnit report: a case for each kind of fault.",
    "sarif": "Write the causes as SARIF 2.1.0, each at the statement where the client stood.",
}


@dataclass(frozen=True, slots=True)
class SweepReports:
    """The files that are asked for, open; a mistake in a name is reported before the sweep."""

    files: dict[str, tuple[str, int]]

    @classmethod
    def of(cls, call: object) -> SweepReports:
        """Open the files that a command was called with. Its call has a field for each of the options.

        Raises:
            FileError: A file can't be written.
        """
        from simisp.report.safe_file import open_safely

        given = {name: getattr(call, name) for name in _OPTIONS}
        problem = "the report can't be written"
        return cls({name: (file, open_safely(file, problem)) for name, file in given.items() if file})

    def write(self, result: SweepResult, sweep: Sweep | None) -> None:
        """Write the reports and close the files.

        Args:
            result: The result.
            sweep: What was swept, for transcripts; None if that isn't known.

        Raises:
            FileError: One can't be written; the others are.
        """
        failed: FileError | None = None
        for name, (path, descriptor) in self.files.items():
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                    opened.write(_text(name, result, sweep))
            except OSError as error:
                failed = FileError(f"the report can't be written ({reason_of(error)})", path=path, errno=error.errno)
        if failed is not None:
            raise failed


def sweep_report_options(function: _Function) -> _Function:
    """Add the options to a command."""
    return file_options(function, _OPTIONS)


def _text(name: str, result: SweepResult, sweep: Sweep | None) -> str:
    from simisp.sweep.reports.html import as_html
    from simisp.sweep.reports.junit import as_junit
    from simisp.sweep.reports.sarif import as_sarif
    from simisp.sweep.reports.transcripts import transcripts_of

    if name == "html":
        return as_html(result, {} if sweep is None else transcripts_of(sweep, result))
    return as_junit(result) if name == "junit" else as_sarif(result)
