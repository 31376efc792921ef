"""A program that a call is joined to, as a process: on a terminal of its own as getty hands one over, or on a socket.

===========  ================================  ========================================================================
state        input                             next state, and effect
===========  ================================  ========================================================================
running      octets from the program           running: they are handed over, while there is room for them
running      the process has ended             ended: its process group gets SIGKILL, its exit status is recorded
ended        no more octets                    over
running      :meth:`hang_up`                   hung up: its line is gone, and its process group gets SIGHUP
hung up      two seconds                       hung up: its process group gets SIGKILL
hung up      the process has ended             over
any          :meth:`stop`                      over: its process group gets SIGKILL
===========  ================================  ========================================================================
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shlex
import signal
import socket
import subprocess
import termios
import tty
from collections.abc import Callable
from uuid import uuid4

from simisp.errors import reason_of
from simisp.facts.fact import Fact
from simisp.facts.isp import ProgramEnded, ProgramSaid, ProgramStarted
from simisp.joined_program import JoinedProgram, ProgramCommand, ProgramTerminal
from simisp.runtime.child import RUN_MARK, ChildEnd
from simisp.runtime.process_end import EndWatch
from simisp.transcript.redaction import mask_arguments

__all__ = ["ProgramProcess"]

_PIECE = 4096
_GRACE = 2.0
"""Seconds after SIGHUP until SIGKILL."""
_LONGEST_LINE = 400
"""How many octets of a line of standard error are recorded."""
_MOST_LINES = 1000
"""How many lines of standard error are recorded."""


class ProgramProcess:
    """One program and its line. Create it inside a running event loop.

    Args:
        program: The machine's half.
        note: Called with what is to be recorded.
        stirred: Called when the machine's half has something new, or the backlog has changed.
        now: Returns the time.

    Attributes:
        program: The machine's half.
    """

    def __init__(
        self,
        program: JoinedProgram,
        note: Callable[[Fact], None],
        stirred: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self.program = program
        self._now = now
        self._note = note
        self._stirred = stirred
        self._loop = asyncio.get_running_loop()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: EndWatch | None = None
        self._line = -1
        self._errors = _ErrorLines(self._loop, program.command.name, note)
        self._to_program = bytearray()
        self._is_heard = False
        self._killing: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self._process is None and self._line < 0

    def start(self) -> None:
        """Start the program. Where it can't be started, that is recorded, and it has ended."""
        command = self.program.command
        line, theirs = _line_for(command.terminal)
        try:
            self._process = self._spawn(command, theirs)
        except (OSError, ValueError) as error:
            os.close(line)
            self._errors.close()
            self._note(ProgramEnded(command.name, f"it can't be started: {reason_of(error)}"))
            self.program.end(now=self._now())
            self._loop.call_soon(self._stirred)
            return
        finally:
            os.close(theirs)
        self._errors.started()
        self._line = line
        os.set_blocking(line, False)
        self._note(ProgramStarted(self._process.pid, shlex.join(mask_arguments(command.argv))))
        self._watch = EndWatch(self._process.pid, self._ended)
        self.mind_room()

    def _spawn(self, command: ProgramCommand, theirs: int) -> subprocess.Popen[bytes]:
        has_terminal = command.terminal is not ProgramTerminal.NONE

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        # The program has the mark of no run's command, so that none takes it for an orphan of its own.
        mark = {RUN_MARK: str(uuid4())}
        return subprocess.Popen(  # noqa: S603 - the program that the scenario names
            command.argv,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs if command.errors_to_caller else self._errors.open(),
            env={**os.environ, **mark, **command.environment},
            cwd=command.working_folder,
            start_new_session=True,
            preexec_fn=take_terminal if has_terminal else None,  # noqa: PLW1509 - it is one system call
        )

    # The caller ------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Write octets of the caller to the program, now or as soon as it reads."""
        if self._line < 0:
            self.program.note_read(len(data))
            return
        is_waiting = bool(self._to_program)
        self._to_program += data
        if is_waiting:
            return
        self._write()
        if self._to_program:
            self._loop.add_writer(self._line, self._write_more)

    def _write_more(self) -> None:
        self._write()
        if not self._to_program:
            self._loop.remove_writer(self._line)
        self._stirred()

    def _write(self) -> None:
        try:
            written = os.write(self._line, self._to_program)
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            written = len(self._to_program)
        del self._to_program[:written]
        self.program.note_read(written)

    # The program -----------------------------------------------------------------------------------------------------

    def mind_room(self) -> None:
        """Read from the program while there is room for what it says."""
        wanted = self._line >= 0 and self.program.has_room
        if wanted and self._process is None:
            self._loop.call_soon(self._hear)  # what is left may be nothing, which no selector reports
        elif wanted is not self._is_heard:
            self._is_heard = wanted
            if wanted:
                self._loop.add_reader(self._line, self._hear)
            else:
                self._loop.remove_reader(self._line)

    def _hear(self) -> None:
        if self._line < 0 or not self.program.has_room:
            return
        said = self._read()
        if said:
            self.program.take(said, now=self._now())
            self.mind_room()
            self._stirred()
        elif said is not None or self._process is None:
            self._close_line()
            self._finish()

    def _read(self) -> bytes | None:
        """Return what the program has said; empty when it says no more, None when there is nothing now."""
        try:
            return os.read(self._line, _PIECE)
        except BlockingIOError:
            return None
        except OSError:  # on a terminal, EIO: no process has it any more
            return b""

    def _ended(self) -> None:
        """Act on the end of the process. What it said last is still taken."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL)  # until it is reaped, the number of its group is no other's
        end = ChildEnd.of(self._process.wait())
        self._forget_process()
        self._errors.close()
        self._note(ProgramEnded(self.program.command.name, str(end)))
        if self._is_heard:
            self._is_heard = False
            self._loop.remove_reader(self._line)
        self.mind_room()
        self._finish()

    def _finish(self) -> None:
        if self.is_over:
            self.program.end(now=self._now())
            self._stirred()

    # Its end ---------------------------------------------------------------------------------------------------------

    def hang_up(self) -> None:
        """End the program, for the call is over: its line is gone, and it has a moment to end."""
        self._close_line()
        if self._process is not None:
            self._signal(signal.SIGHUP)
            self._signal(signal.SIGCONT)
            self._killing = self._loop.call_later(_GRACE, self._signal, signal.SIGKILL)

    def stop(self) -> None:
        """End the program at once, and wait until it has ended. Calling it again does nothing."""
        self._close_line()
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._forget_process()
        self._errors.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _forget_process(self) -> None:
        self._process = None
        if self._watch is not None:
            self._watch.close()
        if self._killing is not None:
            self._killing.cancel()

    def _close_line(self) -> None:
        if self._line >= 0:
            self._loop.remove_reader(self._line)
            self._loop.remove_writer(self._line)
            os.close(self._line)
            self._line, self._is_heard = -1, False
            self.program.note_read(len(self._to_program))
            self._to_program.clear()


class _ErrorLines:
    """The lines that a program writes to its standard error."""

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str, note: Callable[[Fact], None]) -> None:
        self._loop = loop
        self._name = name
        self._note = note
        self._ends = (-1, -1)
        self._begun = b""
        self._left = _MOST_LINES

    def open(self) -> int:
        """Return the end that the program writes to. It is closed here as soon as something can be read."""
        self._ends = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        reading, writing = self._ends
        os.set_blocking(writing, True)
        self._loop.add_reader(reading, self._read)
        return writing

    def started(self) -> None:
        """Take note that the program has its end."""
        if self._ends[1] >= 0:
            os.close(self._ends[1])
            self._ends = (self._ends[0], -1)

    def _read(self) -> None:
        try:
            data = os.read(self._ends[0], _PIECE)
        except BlockingIOError:
            return
        if not data:
            self.close()
            return
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._record(line)
        if len(self._begun) > _LONGEST_LINE:
            self._record(self._begun)
            self._begun = b""

    def _record(self, line: bytes) -> None:
        text = line.rstrip(b"\r")[:_LONGEST_LINE].decode("utf-8", "replace")
        if text and self._left:
            self._left -= 1
            self._note(ProgramSaid(self._name, text if self._left else f"{text} (it says more than is recorded)"))

    def close(self) -> None:
        """Record the rest, and look no more. Calling it again does nothing."""
        reading, writing = self._ends
        if writing >= 0:
            os.close(writing)
        if reading >= 0:
            self._loop.remove_reader(reading)
            self._ends = (-1, -1)
            with contextlib.suppress(BlockingIOError):
                self._begun += os.read(reading, _PIECE)
            for line in self._begun.split(b"\n"):
                self._record(line)
            self._begun = b""
            os.close(reading)


def _line_for(terminal: ProgramTerminal) -> tuple[int, int]:
    """Return our end of a new line, and the program's."""
    if terminal is ProgramTerminal.NONE:
        ours, theirs = socket.socketpair()
        return ours.detach(), theirs.detach()
    master, slave = os.openpty()
    if terminal is ProgramTerminal.RAW:
        tty.setraw(slave)
    return master, slave
