"""The post-connect script in a separate process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from simisp.dialling.serial.terminal import SerialTerminal
from simisp.errors import ClientError
from simisp.ras.outputs import ScriptEnd
from simisp.ras.phonebook import PostConnectScript

__all__ = ["ScriptChild"]

_PATIENCE = 2.0
_ENDS: Mapping[int, ScriptEnd] = {
    0: ScriptEnd.COMPLETED,
    2: ScriptEnd.SYNTAX_ERROR,
    3: ScriptEnd.HALTED,
    4: ScriptEnd.CARRIER_LOST,
}
"""The meaning of the exit statuses of ``simisp script run``."""
_abandoned: list[subprocess.Popen[bytes]] = []


class ScriptChild:
    """A script processor started on a port.

    It is in its own process group, inherits the open port, and outlives its dialler unless it is ended.

    Args:
        process: The process.
        script: The script; for a user's command the exit status shows only whether it succeeded.

    Attributes:
        pid: Its process id.
        script: The script.
    """

    # asyncio's subprocesses are unsuitable: they are killed together with their event loop.

    def __init__(self, process: subprocess.Popen[bytes], script: PostConnectScript) -> None:
        self.pid = process.pid
        self.script = script
        self._process = process

    @classmethod
    def start(
        cls, script: PostConnectScript, terminal: SerialTerminal, *, user: str, password: str, speed: float = 1.0
    ) -> ScriptChild:
        """Start a script on a port.

        A command has the port as its standard input and output, as pppd has it for chat, and its environment has
        ``SIMISP_USER`` and ``SIMISP_PASSWORD``. A script file is played by ``simisp script run``, which gets the
        password on its standard input, so that neither arguments nor environment show it; the user data and facilities
        for a PAD follow on two lines of their own.

        Raises:
            ClientError: It cannot be started.
        """
        # Reap the children that were left running and have ended since.
        _abandoned[:] = [process for process in _abandoned if process.poll() is None]
        argv = list(script.command) or _script_run(script, terminal.descriptor, user, speed)
        secrets = {"SIMISP_USER": user, "SIMISP_PASSWORD": password} if script.command else {}
        line = terminal.descriptor
        terminal.lend()
        try:
            process = subprocess.Popen(  # noqa: S603 - the phone book names the command
                argv,
                stdin=line if script.command else subprocess.PIPE,
                stdout=line if script.command else subprocess.DEVNULL,
                env=os.environ | secrets,
                pass_fds=() if script.command else (line,),
                process_group=0,
            )
        except (OSError, ValueError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            raise ClientError(f"the script can't be started ({reason}): {argv[0]}") from None
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write("".join(f"{line}\n" for line in (password, *_for_pad(script))).encode())
        return cls(process, script)

    async def wait(self) -> ScriptEnd:
        """Wait until it has ended; return how it ended."""
        await _ended(self.pid)
        status = self._process.wait()
        if self.script.command:
            return ScriptEnd.FAILED if status else ScriptEnd.COMPLETED
        return _ENDS.get(status, ScriptEnd.FAILED)

    async def end(self) -> None:
        """End it and its process group: SIGTERM, then SIGKILL."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_ended(self.pid), _PATIENCE)
                break
        self._process.wait()

    def abandon(self) -> None:
        """Leave it running; its end is no longer awaited."""
        _abandoned.append(self._process)


async def _ended(pid: int) -> None:
    """Wait until a child process has ended, without reaping it."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    descriptor = os.pidfd_open(pid)
    try:
        loop.add_reader(descriptor, lambda: None if ended.done() else ended.set_result(None))
        await ended
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _script_run(script: PostConnectScript, descriptor: int, user: str, speed: float) -> list[str]:
    options = ["--port", f"fd://{descriptor}", "--no-lock", "--user", user, "--password-stdin"]
    if speed != 1.0:
        options += ["--speed", repr(speed)]
    if script.section:
        options += ["--section", script.section]
    if script.pad.address:
        options += ["--x25-address", script.pad.address]
    if _for_pad(script):
        options += ["--pad-stdin"]
    return [sys.executable, "-m", "simisp", "script", "run", *options, "--", script.path]


def _for_pad(script: PostConnectScript) -> tuple[str, ...]:
    """Return the texts for a PAD that must not show in arguments, to follow the password on standard input."""
    return (script.pad.user_data, script.pad.facilities) if script.pad.user_data or script.pad.facilities else ()
