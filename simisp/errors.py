"""Every exception class of simisp. All of them are below :class:`SimispError`, and none is defined elsewhere.

::

    SimispError
      SourceError                 a text is wrong: each finding with file, line and column
        ScenarioError               a scenario
        ScriptError                 a dial-up script (RAS error 752)
      PathError                   something at a path can't be used: path, errno, remedy
        EndpointError               a port
          NoConnectionError           the modem on the port did not connect
        FileError                   a file or folder that is no part of a port
      LockError                   another process holds the port, or a mail queue: lock file, holder
      TranscriptError             a line of a transcript is not what the format has
      CaptureError                a file of captured frames is none
      UnreadableMessageError      a queued mail can't be sent
      PduError                    octets that are no short message, or a text that can't be in one
      ClientError                 a program can't be started
      MissingPackageError         an optional Python package is not installed
      ClockError                  time can't pass as it was asked to
        ClockUnavailableError       the clock can't be had for this command or event loop
        PreloadUnavailableError     there is no preload library, and none can be built
        ProvenHangError             every task waits and nothing can end it: the hang is proven
        SpinningError               a task never waits, so virtual time can't pass
        UnsharedTimeError           something goes by real time where time is virtual or pure
      RunInterruptedError         a signal ended the run
      ScriptFaultError            a running script can't go on; the interpreter reports it, no caller sees it
      ScenarioUnreachedError      in a test: nothing was tested, for the ISP was never reached (an AssertionError)
      WrongClientError            in a test: the client did something wrong (an AssertionError)

A failed expectation is a verdict, not an error, and so is a hang of a client process; ``check``, ``wait_for`` and
``assert_released`` of :mod:`simisp.testing` raise an AssertionError of one of two kinds, as a test expects. A caller's
own mistake is ValueError or TypeError. An error of the operating system that concerns neither a port nor a named file
stays OSError.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from simisp.diagnostics import Diagnostic, Place, Severity, SourceText, render_all

__all__ = [
    "CaptureError",
    "ClientError",
    "ClockError",
    "ClockUnavailableError",
    "Diagnostic",
    "EndpointError",
    "FileError",
    "LockError",
    "MissingPackageError",
    "NoConnectionError",
    "PathError",
    "PduError",
    "Place",
    "PreloadUnavailableError",
    "ProvenHangError",
    "RunInterruptedError",
    "ScenarioError",
    "ScenarioUnreachedError",
    "ScriptError",
    "ScriptFaultError",
    "Severity",
    "SimispError",
    "SourceError",
    "SourceText",
    "SpinningError",
    "TranscriptError",
    "UnreadableMessageError",
    "UnsharedTimeError",
    "WaitingTask",
    "WrongClientError",
    "reason_of",
]

_NUMBER = re.compile(r"\[Errno -?[0-9]+\] ?")


def reason_of(error: BaseException) -> str:
    """Internal: return what an error of Python's says, without the system's error number.

    Example:
        >>> reason_of(FileNotFoundError(2, "No such file or directory", "modem"))
        'No such file or directory'
        >>> reason_of(OSError("Multiple exceptions: [Errno 111] refused, [Errno 111] refused"))
        'Multiple exceptions: refused, refused'
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _NUMBER.sub("", said) or type(error).__name__


class SimispError(Exception):
    """Base of all. Its text says what simisp can't do and, where something helps, what to do about it.

    On the command line any of them is printed without a traceback and ends simisp with exit status 2, unless the
    command says otherwise.
    """

    def __reduce__(self) -> tuple[object, ...]:
        """Return what pickle makes an equal one of: an error of another process, such as one of a pool's."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[SimispError], args: tuple[object, ...], state: dict[str, object]) -> SimispError:
    """Return an error without its constructor, whose arguments are not kept."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class SourceError(SimispError):
    """Raised when a text can't be used, such as a phone book. It reports every mistake in it, not only the first.

    Attributes:
        source: The text and its name. A text that it builds on may be wrong in its place.
        diagnostics: What is wrong, at least one finding; the place of each has its text.
    """

    def __init__(self, source: SourceText, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(render_all(diagnostics, source))
        self.source = source
        self.diagnostics = tuple(diagnostic.within(source) for diagnostic in diagnostics)


class ScenarioError(SourceError):
    """Raised when a scenario is loaded that can't be found, read or played."""


class ScriptError(SourceError):
    """Raised when a dial-up script is compiled that can't be run; RAS calls it error 752."""


class PathError(SimispError):
    """Raised when something at a path can't be used, whether the operating system refuses or simisp does.

    Attributes:
        path: What can't be used: a path, a URL, or another name for it such as ``memory:hang``.
        errno: The system's error number, or None when the refusal is simisp's own.
        remedy: What the caller can do about it; empty when there is nothing to say.
    """

    def __init__(self, message: str, *, path: str, errno: int | None = None, remedy: str = "") -> None:
        super().__init__(f"{message}: {path}" + (f" ({remedy})" if remedy else ""))
        self.path = path
        self.errno = errno
        self.remedy = remedy


class EndpointError(PathError):
    """Raised when a port can't be had or used.

    A port is a PTY with its link, a terminal device, a TCP connection or a port in memory; the folder of links and the
    lock directories belong to it. When another process holds it, the error is :class:`LockError`.
    """


class NoConnectionError(EndpointError):
    """Raised when a script was to dial a number first and the modem on its port did not connect."""


class FileError(PathError):
    """Raised when a file or folder can't be read, written or made, or holds something other than was asked for.

    Scripts, transcripts, event logs, passwords and mail are such files. What belongs to a port is
    :class:`EndpointError`.
    """


class LockError(SimispError):
    """Raised when another process holds the port, or the mail queue.

    Attributes:
        path: The lock file, or the port itself for flock and TIOCEXCL.
        pid: The holder, or None when it is not known.
        command: The holder's command line, empty when it can't be read.
    """

    def __init__(self, message: str, *, path: str, pid: int | None = None, command: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.pid = pid
        self.command = command


class WrongClientError(SimispError, AssertionError):
    """Raised in a test when the client did something wrong: it holds the port, or an expectation does not hold."""


class ScenarioUnreachedError(SimispError, AssertionError):
    """Raised in a test when nothing was tested: the port was never opened, or no call ever reached the ISP.

    It is likely that the test or its set-up is wrong, and not what the client does on the line.
    """


class TranscriptError(SimispError):
    """Raised when a transcript is read that is not in the format.

    Attributes:
        line: The line that is wrong, counted from 1.
    """

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"line {line} of the transcript: {message}")
        self.line = line


class CaptureError(SimispError):
    """Raised when a file of captured frames is read that is neither pcapng nor pcap, or is damaged.

    Attributes:
        at: Where, in octets from the beginning of the file.
    """

    def __init__(self, message: str, *, at: int) -> None:
        super().__init__(f"octet {at} of the capture: {message}")
        self.at = at


class UnreadableMessageError(SimispError):
    """Raised when a file in a mail queue is not a message that can be sent; its text says why."""


class PduError(SimispError):
    """Raised when octets are no unit of a short message, or when a text can't be put into one.

    The simulated modem answers it with an error of its own, so no caller of a line sees it raised.

    Args:
        what: What is wrong, without a full stop.
        position: Where: the index of an octet of the unit, or of a character of the text.

    Attributes:
        what: What is wrong.
        position: Where.
    """

    def __init__(self, what: str, position: int) -> None:
        super().__init__(f"{what} (at {position})")
        self.what = what
        self.position = position


class MissingPackageError(SimispError):
    """Raised when something needs a Python package that is optional and not installed.

    Attributes:
        package: The package.
        extra: The extra of simisp that installs it.
    """

    def __init__(self, message: str, *, package: str, extra: str) -> None:
        super().__init__(f"{message}: install {package}, for example with pip install 'simisp[{extra}]'")
        self.package = package
        self.extra = extra


class ClientError(SimispError):
    """Raised when a program can't be started: a run's command, its ISP's, or an entry's post-connect script."""


class ClockError(SimispError):
    """Raised when time can't pass as it was asked to; each of its subclasses says why."""


class ClockUnavailableError(ClockError):
    """Raised before a run starts when its clock was asked for by name and the command or event loop can't have it.

    With the clock ``auto`` such a run has real time instead, and its verdict says why.
    """


class PreloadUnavailableError(ClockError):
    """Raised when there is no preload library and none can be built, so that other programs can't share virtual time.

    Attributes:
        reason: Why, in one line.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"real time only: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """One asyncio task that waits, as a :class:`ProvenHangError` names it.

    Attributes:
        name: The task's name.
        calls: The coroutines that wait for each other, the outermost first.
        file: The file of the innermost line that is not asyncio's own; empty when it is not known.
        line: That line, counted from 1.
    """

    name: str
    calls: tuple[str, ...]
    file: str
    line: int

    def describe(self) -> str:
        """Return it in words.

        Example:
            >>> WaitingTask("Task-1", ("dial", "StreamReader.readuntil"), "/home/a/dialler.py", 12).describe()
            "task 'Task-1' waits in dial > StreamReader.readuntil, dialler.py:12"
        """
        place = f", {PurePath(self.file).name}:{self.line}" if self.file else ""
        return f"task {self.name!r} waits in {' > '.join(self.calls) or 'nothing that can be told'}{place}"


class ProvenHangError(ClockError):
    """Raised in a virtual loop when every task waits, none has a deadline and nothing is under way.

    It would stay so forever, so this is a proof and not a time-out.

    Attributes:
        at: When the hang was proven, in seconds of the loop's time.
        tasks: The tasks that wait, and where.
        situation: What the witnesses of the loop say, such as what the ISP waits for; one line each.
    """

    def __init__(self, at: float, tasks: tuple[WaitingTask, ...], situation: tuple[str, ...] = ()) -> None:
        lines = [f"a hang, proven at {at:.3f} s: every task waits, none has a deadline, and nothing is under way"]
        lines += [f"  {task.describe()}" for task in tasks]
        super().__init__("\n".join([*lines, *(f"  {line}" for line in situation)]))
        self.at = at
        self.tasks = tasks
        self.situation = situation


class SpinningError(ClockError):
    """Raised in a virtual loop when a task runs on and on and never waits, so that time can't pass."""


class UnsharedTimeError(ClockError):
    """Raised in virtual or pure time when something goes by real time.

    A descriptor, a thread, a signal and another process do: a program that the ISP runs, for instance.
    """


class RunInterruptedError(SimispError):
    """Raised inside the command line when SIGINT, SIGTERM or SIGHUP has ended a run, after its cleaning up.

    Attributes:
        exit_status: 128 and the signal's number, as shells have it.
    """

    def __init__(self, signal: str, *, exit_status: int) -> None:
        super().__init__(signal)
        self.exit_status = exit_status


class ScriptFaultError(SimispError):
    """Raised inside the script interpreter when a running script can't go on, as for a division by zero.

    The interpreter reports it as a record and ends the script as failed, so no caller of an interpreter sees it raised.
    """
