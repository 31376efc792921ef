"""The errors that simisp raises, all of them below :class:`SimispError`.

::

    SimispError
      SourceError         a text is wrong: diagnostics with file, line, column, and what was meant
        ScenarioError       a scenario
        ScriptError         a dial-up script (RAS error 752)
      EndpointError       the operating system refused: path, errno, what to do
      LockError           the port is held: lock file, holder
      TranscriptError     a line of a transcript is not what the format has

A failed expectation is a verdict, not an error, and so is a hang. Misuse by a caller is ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence

from simisp.diagnostics import Diagnostic, SourceText, render_all

__all__ = [
    "EndpointError",
    "LockError",
    "ScenarioError",
    "ScriptError",
    "SimispError",
    "SourceError",
    "TranscriptError",
]


class SimispError(Exception):
    """Anything that simisp can't do, with a message that says what to do about it."""


class SourceError(SimispError):
    """A text that can't be used, with every mistake found in it.

    Attributes:
        source: The text and its name. A text that it builds on may be wrong in its place.
        diagnostics: What is wrong, at least one finding; the place of each has its text.
    """

    def __init__(self, source: SourceText, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(render_all(diagnostics, source))
        self.source = source
        self.diagnostics = tuple(diagnostic.within(source) for diagnostic in diagnostics)


class ScenarioError(SourceError):
    """A scenario that can't be played."""


class ScriptError(SourceError):
    """A dial-up script that can't be run; RAS calls it error 752."""


class EndpointError(SimispError):
    """The operating system refused something about a port.

    Attributes:
        path: The port or file in question.
        errno: The system's error number, or None when the refusal is our own.
        remedy: What the caller can do about it.
    """

    def __init__(self, message: str, *, path: str, errno: int | None = None, remedy: str = "") -> None:
        super().__init__(f"{message}: {path}" + (f" ({remedy})" if remedy else ""))
        self.path = path
        self.errno = errno
        self.remedy = remedy


class LockError(SimispError):
    """The port is held by somebody else.

    Attributes:
        path: The lock file, or the port itself for flock and TIOCEXCL.
        pid: The holder, or None when it can't be told.
        command: The holder's command line, empty when it can't be read.
    """

    def __init__(self, message: str, *, path: str, pid: int | None = None, command: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.pid = pid
        self.command = command


class TranscriptError(SimispError):
    """A transcript that can't be read.

    Attributes:
        line: The line that is wrong, counted from 1.
    """

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"line {line} of the transcript: {message}")
        self.line = line
