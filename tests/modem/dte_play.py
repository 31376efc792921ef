"""A DTE, an exchange and a clock for the tests of the modem: what goes in, and what came out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simisp.circuits import Circuit
from simisp.facts.fact import Fact, details_of
from simisp.machine import Output, SendData, SetCircuit
from simisp.modem import Modem, ModemConfig, ModemState, RelayData
from simisp.modem.subsystem import ModemSubsystem
from simisp.spans import whole

CIRCUITS_AT_START = [SetCircuit(Circuit.DSR, True), SetCircuit(Circuit.CTS, True)]


def sent(outputs: Iterable[Output]) -> bytes:
    """Return all octets for the DTE."""
    return b"".join(output.data for output in outputs if isinstance(output, SendData))


def relayed(outputs: Iterable[Output]) -> bytes:
    """Return all octets for the far end."""
    return b"".join(output.data for output in outputs if isinstance(output, RelayData))


def acts(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs without notes."""
    return [output for output in outputs if not isinstance(output, Fact)]


def notes(outputs: Iterable[Output], what: str) -> list[dict[str, Any]]:
    """Return the details of the notes about ``what``."""
    return [details_of(output) for output in outputs if isinstance(output, Fact) and output.kind == what]


class Play:
    """A modem on a stage. Echo is off unless asked for, so that answers stand out."""

    def __init__(self, config: ModemConfig | None = None, subsystem: ModemSubsystem | None = None) -> None:
        self.now = 0.0
        self.modem = Modem(config or ModemConfig(settings={"E": 0}), subsystem)
        self.opening = self.modem.take_outputs()

    def types(self, data: bytes | str) -> list[Output]:
        """Let the DTE send octets."""
        self.modem.receive_data(data.encode() if isinstance(data, str) else data, now=self.now)
        return self.modem.take_outputs()

    def runs(self, line: str) -> bytes:
        """Let the DTE send a command line, and return what it is told."""
        return sent(self.types(f"AT{line}\r"))

    def waits(self, seconds: float) -> list[Output]:
        """Let time pass, calling on the modem whenever it asked for it."""
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.modem.handle_timer(now=self.now)
        self.now = end
        return self.modem.take_outputs()

    def state(self) -> ModemState:
        """Return what octets from the DTE mean now."""
        return self.modem.state

    def dtr(self, on: bool) -> list[Output]:
        """Let the DTE put DTR on or off."""
        self.modem.set_circuit(Circuit.DTR, on, now=self.now)
        return self.modem.take_outputs()

    def connects(self, rate: int | None = None) -> list[Output]:
        """Let the carrier come."""
        self.modem.connect(rate, now=self.now)
        return self.modem.take_outputs()

    def hears(self, data: bytes, *, secret: bool = False) -> list[Output]:
        """Let octets come from the far end."""
        self.modem.receive_remote_data(data, now=self.now, secrets=whole(data) if secret else ())
        return self.modem.take_outputs()

    def rings(self) -> list[Output]:
        """Let it ring once."""
        self.modem.ring(now=self.now)
        return self.modem.take_outputs()

    def calls(self, line: str = "DT5551234") -> None:
        """Let the DTE set up a call, up to CONNECT, and stay silent for two seconds."""
        self.runs(line)
        self.connects()
        self.waits(2.0)
