"""One script in one process: locks, opens and if asked dials on the port, plays the script, and always cleans up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from simisp import switchinf
from simisp.dialling.script.player import Player
from simisp.dialling.serial.port import OpenPort, open_port
from simisp.errors import NoConnectionError
from simisp.locks import PortLock
from simisp.machine import Output
from simisp.runtime.clock import RealClock
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.scp.dial_script import dial_script
from simisp.scp.interpreter import Interpreter
from simisp.scp.options import Options
from simisp.scp.state import State

__all__ = ["ScriptExit", "ScriptRun", "run_script"]


class ScriptExit(Enum):
    """How a script ended; the value is the exit status."""

    ENDED = 0
    """It reached ``endproc``."""
    FAILED = 2
    """It could not continue: RAS error 752."""
    HALTED = 3
    """``halt``."""
    CARRIER_LOST = 4
    """The carrier or the port was lost."""


_ENDS: Mapping[State | switchinf.State, ScriptExit] = {
    State.ENDED: ScriptExit.ENDED,
    State.FAILED: ScriptExit.FAILED,
    State.HALTED: ScriptExit.HALTED,
    State.CARRIER_LOST: ScriptExit.CARRIER_LOST,
    switchinf.State.ENDED: ScriptExit.ENDED,
    switchinf.State.FAILED: ScriptExit.HALTED,  # "on an error the script halts": not a mistake in the script
    switchinf.State.CARRIER_LOST: ScriptExit.CARRIER_LOST,
}


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """The script to play, and the port.

    Attributes:
        program: The script: a compiled .scp, or a section of a SWITCH.INF.
        port: A device's path or a URL, see :func:`simisp.dialling.serial.port.open_port`.
        user: ``$USERID``.
        password: ``$PASSWORD``.
        dial: The number to dial first; None if the call is already up.
        options: The options of the interpreter.
        lock_directories: The lock directories; the system's if empty.
        lock: Whether to lock the port; a TCP connection is never locked.
        speed: How many seconds of the script pass in one real second.
        pad: What a section of pad.inf asks of a PAD.
    """

    program: Program | switchinf.Section
    port: str
    user: str = ""
    password: str = ""
    dial: str | None = None
    options: Options = field(default_factory=Options)
    lock_directories: Sequence[str | Path] = ()
    lock: bool = True
    speed: float = 1.0
    pad: switchinf.PadCall = field(default_factory=switchinf.PadCall)


async def run_script(run: ScriptRun, *, on_output: Callable[[Output], None] = lambda output: None) -> ScriptExit:
    """Play a script on a port; the port and its locks are released however it ends, even if it is cancelled.

    Raises:
        LockError: The port is held (RAS error 633).
        EndpointError: The port can't be opened.
        NoConnectionError: The modem did not connect.
    """
    lock = PortLock(run.port, directories=run.lock_directories) if run.lock and "://" not in run.port else None
    if lock is not None:
        lock.acquire()
    try:
        return await _play_on_port(run, lock, on_output)
    finally:
        if lock is not None:
            lock.release()


async def _play_on_port(run: ScriptRun, lock: PortLock | None, on_output: Callable[[Output], None]) -> ScriptExit:
    player = Player(RealClock(run.speed), on_output)
    port = await open_port(run.port, on_data=player.data_arrived, on_lost=lambda reason: player.port_lost())
    try:
        player.use(port)
        if lock is not None:
            lock.guard(port.descriptor)
        if run.dial is not None:
            await _dial(run, player)
        return await _play_script(run, player, port)
    finally:
        port.stop_reading()
        await asyncio.shield(port.close())


async def _dial(run: ScriptRun, player: Player) -> None:
    """Dial with a minimal script in the script language itself."""
    assert run.dial is not None
    dialler = Interpreter(compile_script(dial_script(run.dial), "<dial>"))
    await player.play(dialler, lambda now: dialler.start(now=now), lambda: dialler.state.is_final)
    if dialler.state is not State.ENDED:
        raise NoConnectionError(f"the modem did not connect to {run.dial}", path=run.port)
    player.give_back(dialler.unread)


async def _play_script(run: ScriptRun, player: Player, port: OpenPort) -> ScriptExit:
    script = _machine(run, port)
    await player.play(script, lambda now: script.start(now=now), lambda: script.state.is_final)
    return _ENDS[script.state]


def _machine(run: ScriptRun, port: OpenPort) -> Interpreter | switchinf.SectionMachine:
    """Return the machine that plays the script in its language."""
    if isinstance(run.program, switchinf.Section):
        options = switchinf.Options(trace=run.options.trace)
        return switchinf.SectionMachine(
            run.program, user_id=run.user, password=run.password, pad=run.pad, options=options
        )
    framing = replace(run.options, framing_in_software=not port.frames)
    return Interpreter(run.program, user_id=run.user, password=run.password, options=framing)
