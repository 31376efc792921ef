"""What can be wrong with a script's text: the stable codes, and the list that a reading fills.

These are the mistakes for which RAS answers error 752: the script is not run at all. What a script may say but had
better not is the linter's matter, under codes from SCP101 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from simisp.diagnostics import Diagnostic, Place, Severity

__all__ = ["MAX_FINDINGS", "Fault", "Findings"]

MAX_FINDINGS = 100
"""How many mistakes of one text are reported; reading stops after them."""


class Fault(Enum):
    """A kind of mistake. The value is its code, which never changes."""

    TOO_LARGE = "SCP001"
    """The text is larger than any script."""
    UNKNOWN_CHARACTER = "SCP002"
    """A character that means nothing outside a string."""
    UNTERMINATED_STRING = "SCP003"
    """A string without its closing quote."""
    BAD_NUMBER = "SCP004"
    """A number that is no whole number, or is out of range."""
    UNKNOWN_SYSTEM_VARIABLE = "SCP005"
    """A ``$`` name that the dialler does not provide."""
    FOREIGN_OPERATOR = "SCP006"
    """An operator of another language."""
    NAME_TOO_LONG = "SCP007"
    """A name of hundreds of characters."""
    UNEXPECTED = "SCP010"
    """A word or sign that can't stand where it does."""
    UNKNOWN_COMMAND = "SCP011"
    """A statement that begins with no command, label or assignment."""
    EXPECTED_EXPRESSION = "SCP012"
    """A value is lacking."""
    OUTSIDE_PROCEDURE = "SCP013"
    """A statement or declaration stands outside a procedure."""
    LATE_DECLARATION = "SCP014"
    """A declaration after the first command."""
    RESERVED_WORD = "SCP015"
    """A word of the language used as a name."""
    BAD_SETTING = "SCP016"
    """``set`` with an unknown setting or value."""
    LABEL_MISSING = "SCP017"
    """Several strings in one ``waitfor`` without a label for each."""
    TOO_DEEP = "SCP018"
    """Blocks or an expression nested or chained beyond any sense."""
    MISSING_ENDIF = "SCP020"
    """An ``if`` without ``endif``."""
    MISSING_ENDWHILE = "SCP021"
    """A ``while`` without ``endwhile``."""
    MISSING_ENDPROC = "SCP022"
    """A ``proc`` without ``endproc``."""
    STRAY_END = "SCP023"
    """``endif``, ``endwhile`` or ``endproc`` with nothing to close."""
    NO_MAIN = "SCP030"
    """No ``proc main``."""
    DUPLICATE_PROCEDURE = "SCP031"
    """Two procedures of one name."""
    DUPLICATE_LABEL = "SCP032"
    """Two labels of one name in a procedure."""
    UNDEFINED_LABEL = "SCP033"
    """A jump to a label that the procedure lacks."""
    DUPLICATE_VARIABLE = "SCP034"
    """Two variables of one name in a procedure."""
    UNDECLARED_VARIABLE = "SCP035"
    """A variable that is not declared, or only further down."""
    TYPE_MISMATCH = "SCP036"
    """A value of the wrong type."""
    READ_ONLY = "SCP037"
    """An assignment to a system variable."""


class Findings:
    """The mistakes found in one text, up to :data:`MAX_FINDINGS`.

    Args:
        found: Mistakes that an earlier reading has found.

    Attributes:
        full: Whether to stop reading: the list is full, or the text makes no further reading worth while.
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
        """Report a mistake after which nothing more is to be read."""
        self.add(fault, place, message, hint)
        self.full = True

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was found in the order of the text; a full list ends with a note that there may be more."""
        found = sorted(self._found, key=lambda diagnostic: diagnostic.place)
        if len(found) >= MAX_FINDINGS:
            note = f"only the first {MAX_FINDINGS} mistakes are shown; there may be more"
            found.append(Diagnostic(found[-1].place, note, severity=Severity.NOTE))
        return tuple(found)
