"""The dialling side and its line: RAS port, dial attempts, script processes, modem, exchange and ISP."""

from __future__ import annotations

from typing import assert_never

from simisp.circuits import DCE_CIRCUITS
from simisp.facts.dial_up import (
    DialEnded,
    ModemConnected,
    ModemResponded,
    PortHeld,
    PortState,
    RedialScheduled,
    ScriptEnded,
    ScriptLeftRunning,
    ScriptStarted,
)
from simisp.facts.fact import Fact
from simisp.line.session import Session
from simisp.machine import SendData, SetCircuit, earliest
from simisp.ras.dial import DialAttempt
from simisp.ras.link import RasLink
from simisp.ras.outputs import (
    AttemptEnded,
    AttemptOutput,
    LineUp,
    LinkRequested,
    RedialPending,
    ScriptAbandoned,
    ScriptEnd,
    ScriptEndRequested,
    ScriptRequested,
)
from simisp.ras.phonebook import Entry, Protocol
from simisp.ras.port import Port, PortChanged, PortHolder
from simisp.scp.code import Program
from simisp.story.config import StoryConfig
from simisp.story.link import DialUpLink, speaks_ppp
from simisp.story.script_process import ScriptProcess
from simisp.transcript import Transcript

__all__ = ["DialUp", "DialUpOutput"]

DialUpOutput = LineUp | AttemptEnded
"""All that the dialling side puts out."""

_FIRST_PID = 101


class DialUp:
    """One port with everything on both of its sides, without any I/O.

    Its owner calls :meth:`dial` and :meth:`hang_up`, and receives :class:`~simisp.ras.outputs.LineUp` and
    :class:`~simisp.ras.outputs.AttemptEnded`. Everything that happens is recorded in the transcript.

    A script process that its dialler has given up on lives on, holds the port, and keeps reading from the line.

    Args:
        config: The configuration.
        transcript: Where everything is recorded.
    """

    def __init__(self, config: StoryConfig, transcript: Transcript) -> None:
        self.session = Session(config.line)
        self.port = Port(next((entry.port for entry in config.book if entry.port), "COM1"))
        self.attempt: DialAttempt | None = None
        self.script: ScriptProcess | None = None
        self._config = config
        self._scripts = dict(config.scripts)
        self._transcript = transcript
        self._pids = _FIRST_PID
        self._link: DialUpLink | RasLink | None = None
        self._ppp = speaks_ppp(config.line)
        self._outputs: list[DialUpOutput] = []

    @property
    def isp_is_ready(self) -> bool:
        """Whether the ISP has finished its dialogue and handed the call over."""
        return self.session.far_end is not None and self.session.far_end.is_through

    @property
    def host_is_reachable(self) -> bool:
        """Whether packets reach the ISP's hosts: the line carries them, and the ISP takes them."""
        return self._link is not None and self._link.is_up and self.isp_is_ready

    def new_holder(self, command: str) -> PortHolder:
        """Return a new process."""
        self._pids += 1
        return PortHolder(self._pids - 1, command)

    def install(self, path: str, program: Program) -> None:
        """Replace a script. A process that runs the old one is not affected."""
        self._scripts[path] = program

    def dial(self, entry: Entry, holder: PortHolder, *, now: float) -> None:
        """Dial an entry; no other attempt may be under way."""
        self.attempt = DialAttempt(entry, self.port, holder, on_give_up=self._config.on_give_up)
        self.attempt.start(now=now)
        self._settle(now)

    def hang_up(self, *, now: float) -> None:
        """End the attempt, or the call that it made."""
        if isinstance(self._link, RasLink):
            self._link.close(now=now)
            self._settle(now)
        if self.attempt is not None:
            self.attempt.hang_up(now=now)
            self._settle(now)

    def release(self, *, now: float) -> tuple[PortHolder, ...]:
        """End every process that holds the port except its owner, which hangs up instead; return the ended processes.

        This has the effect of rebooting the computer on a port that is locked.
        """
        ended = (self.script.holder,) if self.script is not None else ()
        if self.script is not None:
            self._close_script(now)
        self.hang_up(now=now)
        return ended

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines in all parts."""
        for part in (self.session, self.attempt, self.script):
            if part is not None:
                part.handle_timer(now=now)
                self._settle(now)
        self._check_link(now)
        self._settle(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all parts."""
        parts = (self.session, self.attempt, self.script, self._link)
        return earliest(part.next_timer() for part in parts if part is not None)

    def take_outputs(self) -> list[DialUpOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    # Between the parts -----------------------------------------------------------------------------------------------

    def _settle(self, now: float) -> None:
        """Pass outputs from part to part until there are no more."""
        while self._from_line(now) or self._from_this_side(now) or self._reap_script(now):
            pass

    def _from_line(self, now: float) -> bool:
        outputs = self.session.take_outputs()
        self._transcript.add_outputs(outputs, at=now)
        for output in outputs:
            match output:
                case SendData(data):
                    self._receive(data, now)
                case SetCircuit(circuit, on) if self.attempt is not None and circuit in DCE_CIRCUITS:
                    self.attempt.set_circuit(circuit, on, now=now)
                case _:
                    continue
            # What follows CONNECT belongs to the script, so the script starts before the next octet is passed on.
            self._from_this_side(now)
        return bool(outputs)

    def _from_this_side(self, now: float) -> bool:
        """Do what the attempt and the script ask for; return whether they asked for anything."""
        asked = self.attempt.take_outputs() if self.attempt is not None else []
        for request in asked:
            self._take(request, now)
        said = self.script.take_outputs() if self.script is not None else []
        for output in said:
            if isinstance(output, SendData):
                self.session.receive_data(output.data, now=now)
            elif isinstance(output, Fact):
                self._transcript.note(now, output)
        framed = self._link.take_outputs() if isinstance(self._link, RasLink) else []
        for output in framed:
            if isinstance(output, SendData):
                self.session.receive_data(output.data, now=now)
        if isinstance(self._link, RasLink):
            self._report_link(now)
        return bool(asked or said or framed)

    def _take(self, output: AttemptOutput, now: float) -> None:  # noqa: C901 - a table
        match output:
            case SendData(data):
                self.session.receive_data(data, now=now)
            case SetCircuit(circuit, on):
                self.session.set_circuit(circuit, on, now=now)
            case ModemResponded() | ModemConnected():
                self._transcript.note(now, output)
            case PortChanged():
                self._port_changed(output, now)
            case ScriptRequested():
                self._start_script(output, now)
            case ScriptEndRequested():
                self._end_script(now)
            case ScriptAbandoned():
                self._abandon_script(now)
            case LinkRequested(protocol, unread):
                self._begin_link(protocol, unread, now)
            case LineUp():
                self._outputs.append(output)
            case RedialPending(cause, at):
                self._transcript.note(now, RedialScheduled(str(cause.error), at))
            case AttemptEnded():
                self._attempt_ended(output, now)
            case _:
                assert_never(output)

    def _receive(self, data: bytes, now: float) -> None:
        """Pass octets from the line to the reader of the port: the script, as long as it runs."""
        if self.script is not None:
            self.script.receive_data(data, now=now)
        elif self.attempt is not None:
            self.attempt.receive_data(data, now=now)
            if isinstance(self._link, RasLink):
                self._link.receive_data(data, now=now)

    def _port_changed(self, change: PortChanged, now: float) -> None:
        if change.state is PortState.DISCONNECTING and isinstance(self._link, RasLink):
            self._link = None  # what it would repeat is no command for the modem
        holders = tuple(map(str, change.holders))
        self._transcript.note(now, PortHeld(change.port, change.state, holders, change.why))

    def _attempt_ended(self, output: AttemptEnded, now: float) -> None:
        self.attempt = None
        self._link = None
        self._transcript.note(now, DialEnded(str(output.cause.error), output.was_up, output.detail))
        self._outputs.append(output)

    # The script's process --------------------------------------------------------------------------------------------

    def _start_script(self, request: ScriptRequested, now: float) -> None:
        holder = self.new_holder(f"script {request.script}")
        self._transcript.note(now, ScriptStarted(holder.pid, str(request.script)))
        program = self._scripts.get(request.script.path)
        self.script = ScriptProcess(holder, program, user=request.user, password=self._config.password)
        self._port_changed(self.port.join(holder, now=now), now)
        self.script.start(request.unread, now=now)

    def _reap_script(self, now: float) -> bool:
        """Close a script that has ended; return whether there was one."""
        script = self.script
        if script is None or script.end is None:
            return False
        self._close_script(now)
        if self.attempt is not None:
            self.attempt.script_ended(script.end, unread=script.unread, now=now)
        return True

    def _close_script(self, now: float) -> None:
        assert self.script is not None
        script, self.script = self.script, None
        end = script.end or "killed"
        how = end.value if isinstance(end, ScriptEnd) else end
        self._transcript.note(now, ScriptEnded(script.holder.pid, how))
        change = self.port.leave(script.holder, now=now)
        if change is not None:
            self._port_changed(change, now)

    def _end_script(self, now: float) -> None:
        if self.script is not None:
            self._close_script(now)

    def _abandon_script(self, now: float) -> None:
        if self.script is not None:
            self._transcript.note(now, ScriptLeftRunning(self.script.holder.pid, self.script.waiting_for))

    # PPP or SLIP -----------------------------------------------------------------------------------------------------

    def _begin_link(self, protocol: Protocol, unread: bytes, now: float) -> None:
        if self._ppp and protocol is Protocol.PPP:
            user = self.attempt.entry.user if self.attempt is not None else ""
            self._link = RasLink(protocol, user=user, password=self._config.password, seed=int(now))
            self._link.start(unread, now=now)
        else:
            self._link = DialUpLink(protocol, now=now)
            self._report_link(now)

    def _check_link(self, now: float) -> None:
        if isinstance(self._link, RasLink):
            self._link.handle_timer(now=now)
        elif self._link is not None and self._link.next_timer() is not None:
            self._link.handle_timer(isp_is_ready=self.isp_is_ready, now=now)
            self._report_link(now)

    def _report_link(self, now: float) -> None:
        if self._link is None or self.attempt is None:
            return
        if self._link.is_up:
            self.attempt.link_up(now=now)
        elif self._link.cause is not None:
            self.attempt.link_failed(self._link.cause, now=now)
