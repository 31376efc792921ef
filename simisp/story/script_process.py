"""The process that runs a post-connect script, in pure time."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.machine import Output
from simisp.ras.outputs import ScriptEnd
from simisp.ras.port import Holder
from simisp.scp.code import Program
from simisp.scp.interpreter import Interpreter
from simisp.scp.state import State

__all__ = ["ScriptProcess"]

_ENDS: Mapping[State, ScriptEnd] = {
    State.ENDED: ScriptEnd.COMPLETED,
    State.CARRIER_LOST: ScriptEnd.CARRIER_LOST,
    State.FAILED: ScriptEnd.FAILED,
}


class ScriptProcess:
    """A script processor at work.

    As under Windows NT it knows nothing of the carrier: when its dialler hangs up it waits on, for as long as its
    script says. A script that halts waits for somebody to press Continue, which nobody does.

    Args:
        holder: Its process.
        program: The script; None stands for one with mistakes in it, which ends at once.
        user: The user name.
        password: The password.
    """

    def __init__(self, holder: Holder, program: Program | None, *, user: str, password: str) -> None:
        self.holder = holder
        self._interpreter = Interpreter(program, user_id=user, password=password) if program is not None else None

    @property
    def end(self) -> ScriptEnd | None:
        """How it has ended; None while it runs."""
        return ScriptEnd.SYNTAX_ERROR if self._interpreter is None else _ENDS.get(self._interpreter.state)

    @property
    def unread(self) -> bytes:
        """What came from the line and was not taken."""
        return b"" if self._interpreter is None else self._interpreter.unread

    @property
    def waiting_for(self) -> str:
        """What it waits for, in words."""
        return str(self._interpreter.waiting_for or "nothing") if self._interpreter is not None else "nothing"

    def start(self, unread: bytes, *, now: float) -> None:
        """Begin, with what came from the line before."""
        if self._interpreter is not None:
            self._interpreter.start(now=now)
            self._interpreter.receive_data(unread, now=now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        if self._interpreter is not None:
            self._interpreter.receive_data(data, now=now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        if self._interpreter is not None:
            self._interpreter.handle_timer(now=now)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` wants to be called, or None."""
        return None if self._interpreter is None else self._interpreter.next_timer()

    def take_outputs(self) -> list[Output]:
        """Return the script's outputs since the last call."""
        return [] if self._interpreter is None else self._interpreter.take_outputs()
