"""The faults that a script's text can have: stable codes, and the list of findings that parsing fills.

These are the mistakes for which RAS reports error 752: the script is not run at all. Valid but risky scripts are the
linter's matter, under codes from SCP101 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from simisp.diagnostics import Diagnostic, Place, Severity

__all__ = ["MAX_FINDINGS", "Fault", "Findings"]

MAX_FINDINGS = 100
"""How many mistakes of one text are reported; parsing stops after them."""


class Fault(Enum):
    """A kind of mistake. The value is its code, which never changes."""

    TOO_LARGE = "SCP001"
    """The text is larger than any plausible script."""
    UNKNOWN_CHARACTER = "SCP002"
    """A character has no meaning outside a string."""
    UNTERMINATED_STRING = "SCP003"
    """A string lacks its closing quote."""
    BAD_NUMBER = "SCP004"
    """A number is not whole, or is out of range."""
    UNKNOWN_SYSTEM_VARIABLE = "SCP005"
    """The dialler does not provide this ``$`` name."""
    FOREIGN_OPERATOR = "SCP006"
    """An operator of another language."""
    NAME_TOO_LONG = "SCP007"
    """A name has hundreds of characters."""
    UNEXPECTED = "SCP010"
    """A word or sign is not allowed where it is."""
    UNKNOWN_COMMAND = "SCP011"
    """A statement does not begin with a command, label or assignment."""
    EXPECTED_EXPRESSION = "SCP012"
    """A value is missing."""
    OUTSIDE_PROCEDURE = "SCP013"
    """A statement or declaration is outside a procedure."""
    LATE_DECLARATION = "SCP014"
    """A declaration follows the first command."""
    RESERVED_WORD = "SCP015"
    """A word of the language is used as a name."""
    BAD_SETTING = "SCP016"
    """``set`` has an unknown setting or value."""
    LABEL_MISSING = "SCP017"
    """A ``waitfor`` has several strings, but not a label for each."""
    TOO_DEEP = "SCP018"
    """Blocks or an expression are nested or chained too deeply."""
    MISSING_ENDIF = "SCP020"
    """An ``if`` lacks its ``endif``."""
    MISSING_ENDWHILE = "SCP021"
    """A ``while`` lacks its ``endwhile``."""
    MISSING_ENDPROC = "SCP022"
    """A ``proc`` lacks its ``endproc``."""
    STRAY_END = "SCP023"
    """``endif``, ``endwhile`` or ``endproc`` has nothing to close."""
    NO_MAIN = "SCP030"
    """There is no ``proc main``."""
    DUPLICATE_PROCEDURE = "SCP031"
    """Two procedures have the same name."""
    DUPLICATE_LABEL = "SCP032"
    """Two labels of a procedure have the same name."""
    UNDEFINED_LABEL = "SCP033"
    """A jump names a label that the procedure lacks."""
    DUPLICATE_VARIABLE = "SCP034"
    """Two variables of a procedure have the same name."""
    UNDECLARED_VARIABLE = "SCP035"
    """A variable is not declared, or only further down."""
    TYPE_MISMATCH = "SCP036"
    """A value has the wrong type."""
    READ_ONLY = "SCP037"
    """A system variable is assigned to."""


class Findings:
    """The mistakes found in one text, up to :data:`MAX_FINDINGS`.

    Args:
        found: Mistakes found in an earlier pass.

    Attributes:
        full: Whether to stop parsing: the list is full, or the text is hopeless.
    """

    def __init__(self, found: Sequence[Diagnostic] = ()) -> None:
        self.full = False
        self._found = list(found)

    def add(self, fault: Fault, place: Place, message: str, hint: str = "") -> None:
        """Report a mistake, unless the list is full."""
        if self.full:
            return
        self._found.append(Diagnostic(place, message, hint, fault.value))
        self.full = len(self._found) >= MAX_FINDINGS

    def stop(self, fault: Fault, place: Place, message: str, hint: str = "") -> None:
        """Report a mistake, and stop parsing."""
        self.add(fault, place, message, hint)
        self.full = True

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the findings in the order of the text; a full list ends with a note that there may be more."""
        found = sorted(self._found, key=lambda diagnostic: diagnostic.place)
        if len(found) >= MAX_FINDINGS:
            note = f"only the first {MAX_FINDINGS} mistakes are shown; there may be more"
            found.append(Diagnostic(found[-1].place, note, severity=Severity.NOTE))
        return tuple(found)
