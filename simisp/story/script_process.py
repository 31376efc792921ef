"""The process that runs a post-connect script, in pure time."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.machine import Output
from simisp.ras.outputs import ScriptEnd
from simisp.ras.port import PortHolder
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
    """A running script processor.

    As under Windows NT it does not see the carrier: after its dialler has hung up it waits for as long as its script
    says. A script that halts waits for a user to press Continue, which never happens.

    Args:
        holder: Its process.
        program: The script; None stands for a script with syntax errors, whose process ends at once.
        user: The user name.
        password: The password.
    """

    def __init__(self, holder: PortHolder, program: Program | None, *, user: str, password: str) -> None:
        self.holder = holder
        self._interpreter = Interpreter(program, user_id=user, password=password) if program is not None else None

    @property
    def end(self) -> ScriptEnd | None:
        """How it ended; None while it runs."""
        return ScriptEnd.SYNTAX_ERROR if self._interpreter is None else _ENDS.get(self._interpreter.state)

    @property
    def unread(self) -> bytes:
        """Octets that came from the line and were not read."""
        return b"" if self._interpreter is None else self._interpreter.unread

    @property
    def waiting_for(self) -> str:
        """What it is waiting for, in words."""
        return str(self._interpreter.waiting_for or "nothing") if self._interpreter is not None else "nothing"

    def start(self, unread: bytes, *, now: float) -> None:
        """Start, with the octets that have come from the line so far."""
        if self._interpreter is not None:
            self._interpreter.start(now=now)
            self._interpreter.receive_data(unread, now=now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        if self._interpreter is not None:
            self._interpreter.receive_data(data, now=now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if self._interpreter is not None:
            self._interpreter.handle_timer(now=now)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no deadline is pending."""
        return None if self._interpreter is None else self._interpreter.next_timer()

    def take_outputs(self) -> list[Output]:
        """Return the script's outputs since the last call."""
        return [] if self._interpreter is None else self._interpreter.take_outputs()
