"""What can be wrong with a SWITCH.INF: stable codes, each with the RAS error that a dialler of the time would show."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from simisp.diagnostics import Diagnostic, Place, Severity

__all__ = ["MAX_FINDINGS", "Fault", "Findings", "Hint"]

MAX_FINDINGS = 100
"""How many findings of one file are reported; the rest of it is read, for the sections that are right."""

Hint: TypeAlias = str | Callable[[], str]
"""What to do about a finding, or what tells it, where that takes long and may not be wanted."""


class Fault(Enum):
    """A kind of mistake: its code, and the RAS error that it earns, 0 when it is only worth a warning."""

    TOO_LARGE = ("SWI001", 667)
    """The file is larger than any list of scripts."""
    BAD_HEADER = ("SWI002", 667)
    """A section header without a name or closing bracket."""
    NAME_TOO_LONG = ("SWI003", 658)
    """A section's name is longer than the phone book shows."""
    DUPLICATE_SECTION = ("SWI004", 667)
    """Two sections of one name; the second is never found."""
    OUTSIDE_SECTION = ("SWI005", 667)
    """A line before the first section."""
    UNKNOWN_KEYWORD = ("SWI006", 698)
    """A line that begins with no keyword."""
    NO_EQUALS = ("SWI007", 662)
    """A keyword without its equals sign."""
    UNKNOWN_MACRO = ("SWI008", 654)
    """A macro that is not known, or not in such a line."""
    BAD_MATCH = ("SWI009", 655)
    """``<match>`` without a string in quotes, or something behind the rest of a response."""
    NO_COMMAND = ("SWI010", 661)
    """A response before the first command, or a section without one."""
    NO_RESPONSES = ("SWI011", 0)
    """A command that no line takes a response for: the script goes no further."""
    TOO_LONG = ("SWI012", 700)
    """A line longer than a command may be."""
    SPELLING = ("SWI013", 0)
    """A keyword not in capitals."""
    DOUBTFUL_COMMENT = ("SWI014", 0)
    """A semicolon that looks like a comment and is none."""
    DEVICE_KEYWORD = ("SWI015", 0)
    """A keyword for devices, which a log-in script does not use."""
    UNREACHABLE = ("SWI016", 0)
    """A line that is never looked at."""

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value[0]

    @property
    def ras_error(self) -> int:
        """The RAS error, or 0."""
        return self.value[1]


class Findings:
    """The findings of one file, up to :data:`MAX_FINDINGS`, and the first mistake in any case.

    Attributes:
        full: Whether no more are taken.
    """

    def __init__(self) -> None:
        self.full = False
        self._has_error = False
        self._found: list[Diagnostic] = []

    def add(self, fault: Fault, place: Place, message: str, hint: Hint = "") -> None:
        """Report a mistake, or a warning when it earns no RAS error; a full list takes only its first mistake."""
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
        """Return what was found in the order of the file; a full list ends with a note that there may be more."""
        found = sorted(self._found, key=lambda diagnostic: diagnostic.place)
        if self.full:
            note = f"only the first {MAX_FINDINGS} findings are shown; there may be more"
            found.append(Diagnostic(found[-1].place, note, severity=Severity.NOTE))
        return tuple(found)
