"""A script machine played on an open port."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence

from simisp.circuits import Circuit
from simisp.dialling.serial.port import OpenPort
from simisp.machine import Machine, Output, SendData
from simisp.runtime.clock import Clock
from simisp.runtime.machine_driver import MachineDriver
from simisp.scp.outputs import SetPort

__all__ = ["Player"]

_CARRIER_LOOK = 0.25  # seconds between two checks of DCD, if the port has it
_SHARED_TIME = "SIMISP_CLOCK_PAGE"  # in the environment of a process that shares time with a simulator


class Player:
    """Plays one machine after another on a port.

    Args:
        clock: The clock.
        on_output: Called with every output that is not for the port.
    """

    def __init__(self, clock: Clock, on_output: Callable[[Output], None]) -> None:
        self._clock = clock
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._port: OpenPort | None = None
        self._machine: Machine | None = None
        self._driver: MachineDriver[Output] | None = None
        self._is_over: Callable[[], bool] = lambda: False
        self._over: asyncio.Future[None] | None = None
        self._early = bytearray()
        self._lost = False
        self._had_carrier = False

    def use(self, port: OpenPort) -> None:
        """Use this port from now on."""
        self._port = port

    async def play(self, machine: Machine, start: Callable[[float], None], is_over: Callable[[], bool]) -> None:
        """Play a machine until it has ended.

        Args:
            machine: The machine.
            start: Starts it; called with the time.
            is_over: Returns whether it has ended.
        """
        self._machine, self._is_over = machine, is_over
        self._driver = MachineDriver(machine, self._clock, self._put_out, due=self._due)
        self._over = self._loop.create_future()
        assert self._port is not None
        # If DCD is off at the beginning nothing is done: a PTY does not have it, and a cable may lack it.
        self._had_carrier = bool(self._port.carrier())
        watch = asyncio.ensure_future(self._watch_carrier())
        try:
            start(self._clock.now())
            if self._early:
                early, self._early = bytes(self._early), bytearray()
                machine.receive_data(early, now=self._clock.now())
            if self._lost:
                machine.set_circuit(Circuit.DCD, False, now=self._clock.now())
            self._after()
            await self._over
        finally:
            watch.cancel()
            self._driver.stop()
            self._machine = None

    def data_arrived(self, data: bytes) -> None:
        """Take octets from the port. Between two machines they wait for the next one."""
        if self._machine is None:
            self._early += data
            del self._early[:-65536]
            return
        self._machine.receive_data(data, now=self._clock.now())
        self._after()
        self._look_at_carrier()

    def give_back(self, data: bytes) -> None:
        """Take octets that the last machine did not read, for the next one."""
        self._early[:0] = data

    def port_lost(self) -> None:
        """Treat the loss of the port as loss of carrier."""
        self._lost = True
        if self._machine is not None:
            self._machine.set_circuit(Circuit.DCD, False, now=self._clock.now())
            self._after()

    def _due(self) -> None:
        if self._machine is not None:
            self._machine.handle_timer(now=self._clock.now())
            self._after()
            self._look_at_carrier()

    def _after(self) -> None:
        assert self._driver is not None
        self._driver.settle()
        if self._is_over() and self._over is not None and not self._over.done():
            self._over.set_result(None)

    def _put_out(self, outputs: Sequence[Output], now: float) -> None:
        assert self._port is not None
        for output in outputs:
            if isinstance(output, SendData) and not self._lost:
                self._port.send(output.data)
            elif isinstance(output, SetPort):
                framing = output.framing
                self._port.set_framing(framing.databits, framing.parity.value, framing.stopbits)
            self._on_output(output)

    def _look_at_carrier(self) -> None:
        """Report to the machine if DCD has gone off."""
        assert self._port is not None
        if self._had_carrier and self._port.carrier() is False:
            self._had_carrier = False
            self.port_lost()

    async def _watch_carrier(self) -> None:
        """Check DCD periodically.

        Not in time shared with a simulator: a process that polls never waits forever, so no hang could be proven. There
        DCD
        is checked with each octet and at each time limit, and so with the NO CARRIER that follows its going off.
        """
        while self._had_carrier and _SHARED_TIME not in os.environ:
            await asyncio.sleep(_CARRIER_LOOK)
            self._look_at_carrier()
