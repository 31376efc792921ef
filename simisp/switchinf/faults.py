"""The faults that a SWITCH.INF can have: stable codes, each with the RAS error that a dialler of the time showed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from simisp.diagnostics import Diagnostic, Place, Severity

__all__ = ["MAX_FINDINGS", "Fault", "Findings", "Hint"]

MAX_FINDINGS = 100
"""How many findings of one file are reported. The rest of the file is still parsed, for its correct sections."""

Hint: TypeAlias = str | Callable[[], str]
"""What to do about a finding; a function where the text takes long to compute and may not be needed."""


class Fault(Enum):
    """A kind of mistake: its code, and its RAS error, 0 for a mere warning."""

    TOO_LARGE = ("SWI001", 667)
    """The file is larger than any plausible list of scripts."""
    BAD_HEADER = ("SWI002", 667)
    """A section header lacks the name or the closing bracket."""
    NAME_TOO_LONG = ("SWI003", 658)
    """A section's name is longer than the phone book can show."""
    DUPLICATE_SECTION = ("SWI004", 667)
    """Two sections have the same name; the second is never found."""
    OUTSIDE_SECTION = ("SWI005", 667)
    """A line precedes the first section."""
    UNKNOWN_KEYWORD = ("SWI006", 698)
    """A line does not begin with a keyword."""
    NO_EQUALS = ("SWI007", 662)
    """A keyword lacks its equals sign."""
    UNKNOWN_MACRO = ("SWI008", 654)
    """A macro is unknown, or not allowed in this kind of line."""
    BAD_MATCH = ("SWI009", 655)
    """``<match>`` lacks its quoted string, or text follows a macro that takes the rest of the response."""
    NO_COMMAND = ("SWI010", 661)
    """A response precedes the first command, or a section has no command."""
    NO_RESPONSES = ("SWI011", 0)
    """No line takes the response to a command: the script goes no further."""
    TOO_LONG = ("SWI012", 700)
    """A line is longer than a command may be."""
    SPELLING = ("SWI013", 0)
    """A keyword is not in capitals."""
    DOUBTFUL_COMMENT = ("SWI014", 0)
    """A semicolon looks like the start of a comment but is not."""
    DEVICE_KEYWORD = ("SWI015", 0)
    """A keyword is for devices and has no meaning in a log-in script."""
    UNREACHABLE = ("SWI016", 0)
    """A line can never be reached."""

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value[0]

    @property
    def ras_error(self) -> int:
        """The RAS error, or 0 for a warning."""
        return self.value[1]


class Findings:
    """The findings of one file: at most :data:`MAX_FINDINGS`, but always including the first error.

    Attributes:
        full: Whether the limit is reached.
    """

    def __init__(self) -> None:
        self.full = False
        self._has_error = False
        self._found: list[Diagnostic] = []

    def add(self, fault: Fault, place: Place, message: str, hint: Hint = "") -> None:
        """Add an error, or a warning if the fault has no RAS error. A full list still takes its first error."""
        if self.full and (self._has_error or not fault.ras_error):
            return
        self._has_error = self._has_error or bool(fault.ras_error)
        severity = Severity.ERROR if fault.ras_error else Severity.WARNING
        if fault.ras_error:
            message = f"{message} (RAS error {fault.ras_error})"
        told = hint if isinstance(hint, str) else hint()
        self._found.append(Diagnostic(place, message, told, fault.code, severity))
        self.full = len(self._found) >= MAX_FINDINGS

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the findings in the order of the file; a full list ends with a note that there may be more."""
        found = sorted(self._found, key=lambda diagnostic: diagnostic.place)
        if self.full:
            note = f"only the first {MAX_FINDINGS} findings are shown; there may be more"
            found.append(Diagnostic(found[-1].place, note, severity=Severity.NOTE))
        return tuple(found)
