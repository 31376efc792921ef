"""Does to a client what its scenario asks for: stops its processes, signals them, or opens the port a second time.

An act is done by the clock, at the time at which the line asks for it. In virtual time that is when nothing runs any
more: the client has done all that it does before the moment.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Collection, Sequence
from typing import assert_never

from simisp.errors import reason_of
from simisp.facts.faults import ClientAct, ClientFaultDone, ClientFaultDue, ClientProcesses
from simisp.locks.terminal import is_exclusive
from simisp.procfs.process import named, process_status
from simisp.runner.station import Station
from simisp.runtime.child import Child
from simisp.scenario.model import Scenario
from simisp.transcript import Record

__all__ = ["ClientFaults"]

_STOPPING = 0.5
"""Real seconds within which a process is seen to be stopped."""


class ClientFaults:
    """Acts on the client of one run.

    Args:
        station: The scenario on its port; its transcript says what is due.
        child: The client.

    Attributes:
        done: What was done and when, in words.
    """

    def __init__(self, station: Station, child: Child) -> None:
        self._station = station
        self._child = child
        self._second: int | None = None
        self._stopped: frozenset[int] = frozenset()
        self.done: list[str] = []
        if _has_client_faults(station.scenario.model):
            station.transcript.listen(self._take)

    def release(self) -> None:
        """Let the second client close the port: the run is over."""
        if self._second is not None:
            self._act(ClientFaultDue(ClientAct.CLOSE))

    def _take(self, record: Record) -> None:
        if isinstance(due := record.fact, ClientFaultDue):
            clock = self._station.clock
            clock.call_at(clock.now(), lambda: self._act(due), settled=True)

    def _act(self, due: ClientFaultDue) -> None:
        match due.act:
            case ClientAct.STOP:
                self._stop(due.process)
            case ClientAct.CONTINUE:
                stopped, self._stopped = self._stopped, frozenset()
                self._station.clock.expect_stopped(self._stopped)
                self._send("continued", stopped, signal.SIGCONT)
            case ClientAct.SIGNAL:
                self._send(f"sent {due.signal} to", self._processes(due.process), signal.Signals[due.signal])
            case ClientAct.OPEN:
                self._note(self._open(due.text))
            case ClientAct.CLOSE:
                self._note(self._close())
            case _:
                assert_never(due.act)

    def _note(self, what: str, names: Sequence[str] = (), pids: Sequence[int] = ()) -> None:
        if what:
            at = self._station.clock.now()
            self._station.note(ClientFaultDone(what, tuple(pids)))
            self.done.append(f"at {at:.3f} s the scenario {what}" + (f" {', '.join(names)}" if names else ""))

    def _processes(self, which: ClientProcesses) -> Collection[int]:
        living = self._child.living()
        return [pid for pid in living if pid == self._child.pid] if which is ClientProcesses.COMMAND else living

    def _send(self, what: str, pids: Collection[int], number: signal.Signals) -> list[int]:
        """Send a signal, and note it; return the processes that it was sent to."""
        sent: dict[int, str] = {}
        for pid in sorted(pids):
            name = named(pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
                sent[pid] = name
        self._note(what, list(sent.values()) or ["nothing: no process of the client was there"], list(sent))
        return list(sent)

    def _stop(self, which: ClientProcesses) -> None:
        pids = self._send("stopped", self._processes(which), signal.SIGSTOP)
        until = time.monotonic() + _STOPPING
        while any(map(_runs, pids)) and time.monotonic() < until:
            time.sleep(0)  # each is on its way out of the call in which it was, which takes microseconds
        self._stopped |= frozenset(pids)
        self._station.clock.expect_stopped(self._stopped)

    def _open(self, text: str) -> str:
        station = self._station
        if station.terminal is None:
            return "had no second client: the port is not a terminal"
        if self._second is not None:
            return ""
        if is_exclusive(station.terminal.slave):  # which stops all but root, and simisp may be root
            return "had no second client on the port: it is used exclusively (TIOCEXCL)"
        try:
            self._second = os.open(station.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
            if text:
                os.write(self._second, text.encode("latin-1"))
        except OSError as error:
            return f"had no second client on the port: {reason_of(error)}"
        return "let a second client open the port"

    def _close(self) -> str:
        if self._second is None:
            return ""
        os.close(self._second)
        self._second = None
        return "let the second client close the port"


def _has_client_faults(scenario: Scenario) -> bool:
    own = [] if scenario.lines is None or isinstance(scenario.lines, int) else scenario.lines
    lines = (scenario.line, *(each.line for each in own if each.line is not None))
    return any(item.fault.endswith("client") for line in lines for item in line.faults)


def _runs(pid: int) -> bool:
    status = process_status(pid)
    return status is not None and not status.ended and status.state not in "Tt"
