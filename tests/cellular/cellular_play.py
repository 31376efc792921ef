"""A cellular modem on a stage, for the tests of its commands and of its state."""

from __future__ import annotations

from typing import Any

from modem.dte_play import sent
from simisp.cellular.cellular import Cellular
from simisp.cellular.state import CellularConfig
from simisp.cellular.subsystem import CellularSubsystem
from simisp.facts.fact import Fact
from simisp.machine import Output
from simisp.modem import Modem, ModemConfig

OK = b"\r\nOK\r\n"


def error(number: int) -> bytes:
    """Return an error as +CMEE=1 has it."""
    return f"\r\n+CME ERROR: {number}\r\n".encode()


def said(*lines: str) -> bytes:
    """Return information texts and the final OK."""
    return told(*lines) + OK


def told(*lines: str) -> bytes:
    """Return information texts, or unsolicited results."""
    return b"".join(b"\r\n" + line.replace("\n", "\r\n").encode() + b"\r\n" for line in lines)


class CellularPlay:
    """A cellular modem with echo off and errors as numbers, and what its DTE gets.

    Args:
        config: What modem it is; None: one with which all is well. Keyword arguments are values of the configuration.
    """

    def __init__(self, config: CellularConfig | None = None, **values: Any) -> None:
        self.now = 0.0
        self.subsystem = CellularSubsystem(config or CellularConfig(**values))
        self.modem = Modem(ModemConfig(settings={"E": 0, "+CMEE": "1"}), self.subsystem)
        self.outputs: list[Output] = list(self.modem.take_outputs())

    @property
    def cellular(self) -> Cellular:
        """The model."""
        return self.subsystem.cellular

    def types(self, data: bytes | str) -> bytes:
        """Let the DTE send octets; return what it gets at once."""
        self.modem.receive_data(data.encode() if isinstance(data, str) else data, now=self.now)
        return self._take()

    def runs(self, line: str) -> bytes:
        """Let the DTE send a command line; return what it gets at once."""
        return self.types(f"AT{line}\r")

    def finishes(self, line: str) -> bytes:
        """Let the DTE send a command line; return what it gets within the 30 seconds that the command may take."""
        return self.runs(line) + self.waits(30.0)

    def waits(self, seconds: float) -> bytes:
        """Let time pass; return what the DTE gets meanwhile."""
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.modem.handle_timer(now=self.now)
        self.now = end
        return self._take()

    def facts(self, kind: str) -> list[Fact]:
        """Return the facts of a kind so far."""
        return [output for output in self.outputs if isinstance(output, Fact) and output.kind == kind]

    def _take(self) -> bytes:
        outputs = self.modem.take_outputs()
        self.outputs += outputs
        return sent(outputs)
