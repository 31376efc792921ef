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

_CARRIER_LOOK = 0.25  # seconds between two looks at DCD, where there is one
_SHARED_TIME = "SIMISP_CLOCK_PAGE"  # in the environment of whoever shares time with a simulator


class Player:
    """Plays one machine after the other on a port.

    Args:
        clock: The time.
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
        """Play on this port from now on."""
        self._port = port

    async def play(self, machine: Machine, start: Callable[[float], None], is_over: Callable[[], bool]) -> None:
        """Play a machine until it is over.

        Args:
            machine: The machine.
            start: Begins it, given the time.
            is_over: Whether it is over.
        """
        self._machine, self._is_over = machine, is_over
        self._driver = MachineDriver(machine, self._clock, self._put_out, due=self._due)
        self._over = self._loop.create_future()
        assert self._port is not None
        # Where it is not on to begin with nothing is done: a PTY has none, and a cable may lack it.
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
        """Take octets from the port. Between two machines they wait for the next."""
        if self._machine is None:
            self._early += data
            del self._early[:-65536]
            return
        self._machine.receive_data(data, now=self._clock.now())
        self._after()
        self._look_at_carrier()

    def give_back(self, data: bytes) -> None:
        """Take octets that the machine before did not read, for the next."""
        self._early[:0] = data

    def port_lost(self) -> None:
        """Take the loss of the port as that of the carrier."""
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
        """Tell the machine if DCD has gone off."""
        assert self._port is not None
        if self._had_carrier and self._port.carrier() is False:
            self._had_carrier = False
            self.port_lost()

    async def _watch_carrier(self) -> None:
        """Look at DCD again and again.

        Not in time that is shared with a simulator: who looks again and again never waits forever, and a hang could
        not be proven. There it is looked at with each octet and each time limit, and so with the NO CARRIER that
        follows its going off.
        """
        while self._had_carrier and _SHARED_TIME not in os.environ:
            await asyncio.sleep(_CARRIER_LOOK)
            self._look_at_carrier()
