"""The command line as a process of its own, without its start: a process that has imported all of simisp is forked.

Half of what the tests of the commands took was the start of Python and the imports, two hundred times over. What is
started here is a process as any other, with its own standard streams, environment, folder and exit status; only its
parent is another. A test of the start itself, or of closed streams, calls ``python -m simisp``.
"""

from __future__ import annotations

import array
import atexit
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

__all__ = ["ReadyPopen", "ReadyProcess", "ready_simisp", "start_ready_simisp"]

_SERVER = Path(__file__).with_name("ready_server.py")
_STATUS = 4
_Stream = int | IO[Any]


@dataclass
class ReadyProcess:
    """A process that was forked.

    Attributes:
        arguments: What it was called with.
        pid: Its process id.
    """

    arguments: Sequence[str]
    pid: int
    _status: socket.socket

    def fileno(self) -> int:
        """Return a descriptor that can be read from as soon as the process has ended."""
        return self._status.fileno()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if not select.select([self], [], [], 0)[0]:
            with suppress(ProcessLookupError):  # it ends just now
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it if it has not ended."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Wait for its end and return its exit status, or the negative number of the signal that ended it.

        Raises:
            TimeoutExpired: It has not ended within ``timeout`` seconds of real time.
        """
        self._status.settimeout(timeout)
        try:
            status = self._status.recv(_STATUS)
        except TimeoutError:
            raise subprocess.TimeoutExpired(list(self.arguments), timeout) from None
        self._status.close()
        return os.waitstatus_to_exitcode(int.from_bytes(status))


class ReadyPopen:
    """A process that runs beside the test, in a group of its own: what tests use of :class:`subprocess.Popen`.

    Args:
        arguments: What stands behind ``simisp``.

    Attributes:
        pid: Its process id.
        stdout: What it writes.
        stderr: What it complains of.
        returncode: Its exit status, or the negative number of the signal that ended it; None as long as it runs.
    """

    def __init__(self, *arguments: str) -> None:
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        streams = [nothing, its_out, its_err]
        self._process = start_ready_simisp(*arguments, streams=streams, new_group=True)
        for number in streams:
            os.close(number)
        self.pid = self._process.pid
        self.stdout = os.fdopen(out, encoding="utf-8")
        self.stderr = os.fdopen(err, encoding="utf-8")
        self.returncode: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            self._process.send_signal(number)

    def terminate(self) -> None:
        """End it by SIGTERM, if it has not ended."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it if it has not ended."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = 180.0) -> int:
        """Wait for its end and return its exit status.

        Raises:
            TimeoutExpired: It has not ended in time.
        """
        if self.returncode is None:
            self.returncode = self._process.wait(timeout)
        return self.returncode

    def communicate(self, timeout: float = 180.0) -> tuple[str, str]:
        """Return the rest of what it writes, at its end.

        Raises:
            TimeoutExpired: It has not ended in time.
        """
        streams = [stream for stream in (self.stdout, self.stderr) if not stream.closed]
        with ThreadPoolExecutor() as pool:
            reading = [pool.submit(stream.read) for stream in streams]
            self.wait(timeout)
            out, err = [each.result(timeout) for each in reading] or ["", ""]
        for stream in streams:
            stream.close()
        return out, err


class _Server:
    """The process that is forked; it is started at the first use, and ends with the one that has started it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(_SERVER), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=_SERVER.parents[2],
            )
        atexit.register(self._end)

    def start(self, request: Mapping[str, Any], streams: Sequence[_Stream]) -> ReadyProcess:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            numbers = [stream if isinstance(stream, int) else stream.fileno() for stream in streams]
            passed = array.array("i", [*numbers, theirs.fileno()])
            self._ours.sendmsg([pickle.dumps(request)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        pid = int.from_bytes(ours.recv(_STATUS))
        assert pid, "the process that was to be forked has died"
        return ReadyProcess(request["arguments"], pid, ours)

    def _end(self) -> None:
        self._ours.close()
        self._process.wait()


@cache
def _server() -> _Server:
    return _Server()


def start_ready_simisp(
    *arguments: str,
    streams: Sequence[_Stream],
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    new_session: bool = False,
    new_group: bool = False,
    name: str = "",
) -> ReadyProcess:
    """Start the command line.

    Args:
        arguments: What stands behind ``simisp``.
        streams: What becomes of its standard input, output and error.
        cwd: Its folder; this process's if it is None.
        env: Its environment; this process's if it is None.
        new_session: Whether it is the first process of a session of its own.
        new_group: Whether it is the first process of a group of its own.
        name: Its name in the list of processes; if it is empty, that of Python.
    """
    request = {
        "arguments": arguments,
        "cwd": str(cwd or Path.cwd()),
        "environment": dict(os.environ if env is None else env),
        "new session": new_session,
        "new group": new_group,
        "name": name,
    }
    return _server().start(request, streams)


def ready_simisp(
    *arguments: str,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: _Stream | None = None,
    stdout: _Stream | None = None,
    stderr: _Stream | None = None,
    given: str | None = None,
    timeout: float = 180,
    new_session: bool = False,
    name: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end; return its exit status and what it has written into streams not named here.

    Args:
        arguments: What stands behind ``simisp``.
        cwd: Its folder; this process's if it is None.
        env: Its environment; this process's if it is None.
        stdin: Its standard input; ``/dev/null`` if it is None.
        stdout: Its standard output; a pipe if it is None.
        stderr: Its standard error; a pipe if it is None, the same as its output if it is ``subprocess.STDOUT``.
        given: What it reads from a pipe, in place of ``stdin``.
        timeout: How long it may take, in seconds of real time; it is killed then.
        new_session: Whether it is the first process of a session of its own.
        name: Its name in the list of processes; if it is empty, that of Python.

    Raises:
        TimeoutExpired: It has not ended in time.
    """
    readers: list[_Reader | None] = []
    ends: list[_Stream] = []
    opened: list[int] = []
    for stream in (stdout, stderr):
        if stream == subprocess.STDOUT:
            readers.append(None)
            ends.append(ends[0])
        elif stream is None:
            reading, writing = os.pipe()
            readers.append(_Reader(reading))
            opened.append(writing)
            ends.append(writing)
        else:
            readers.append(None)
            ends.append(stream)
    if stdin is None:
        opened.append(stdin := _with(given) if given is not None else os.open(os.devnull, os.O_RDONLY))
    process = start_ready_simisp(
        *arguments, streams=[stdin, *ends], cwd=cwd, env=env, new_session=new_session, name=name
    )
    for number in opened:
        os.close(number)
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    finally:
        said = [reader.text(timeout) if reader is not None else None for reader in readers]
    return subprocess.CompletedProcess(["simisp", *arguments], status, *said)


def _with(text: str) -> int:
    """Return the reading end of a pipe with a text in it."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        stream.write(text)
    return reading


class _Reader(threading.Thread):
    """Reads a pipe to its end, and closes it."""

    def __init__(self, number: int) -> None:
        super().__init__(daemon=True)
        self._stream = os.fdopen(number, "rb")
        self._read = b""
        self.start()

    def run(self) -> None:
        with self._stream as stream:
            self._read = stream.read()

    def text(self, timeout: float) -> str:
        self.join(timeout)
        assert not self.is_alive(), "something that was left behind still has the pipe"
        return self._read.decode()
