"""The file for ``--transcript``; ``-`` is standard output, which is then reserved for the records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from simisp.cli.files import STANDARD_STREAM
from simisp.cli.output import say
from simisp.cli.standard_streams import have_output_on_error
from simisp.errors import FileError

if TYPE_CHECKING:
    from simisp.capture.pcap_file import PcapFile
    from simisp.report.json_lines import JsonLines

__all__ = ["open_transcript", "report_complaint", "status_with_files"]

_INCOMPLETE = 2


def open_transcript(name: str | None) -> JsonLines | None:
    """Open the file for the records, if one is requested.

    With ``-``, everything that this process and its children write to standard output goes to standard error from then
    on, so that a program that reads the records gets nothing else.

    Raises:
        FileError: The file can't be written.
    """
    if name is None:
        return None
    from simisp.report.json_lines import JsonLines

    if name != STANDARD_STREAM:
        return JsonLines(name)
    if sys.stdout is None:
        raise FileError("the transcript can't be written (Bad file descriptor)", path="/dev/stdout")
    lines = JsonLines("/dev/stdout")
    have_output_on_error()
    return lines


def report_complaint(lines: JsonLines | PcapFile) -> None:
    """Report why a transcript, or a file of frames, is incomplete, if it is."""
    if lines.complaint:
        say(f"simisp: {lines.complaint}", err=True)


def status_with_files(status: int, *files: JsonLines | PcapFile | None) -> int:
    """Return the exit status of a run that has ended with a status: 2 if a file that was asked for is incomplete."""
    return _INCOMPLETE if any(file is not None and file.complaint for file in files) else status
