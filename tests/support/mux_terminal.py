"""A client in CMUX at a modem's port, without any I/O."""

from __future__ import annotations

from typing import Self

from simisp.circuits import Circuit
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import Multiplexer
from simisp.line.session import Session
from simisp.machine import OnLine, Output, SendData, SendUnrecorded
from support.two_muxes import MuxSide

__all__ = ["MuxTerminal"]


class MuxTerminal:
    """A client in CMUX at a modem's port.

    Args:
        session: What is behind the port.
        advanced: Whether it asks for the advanced option.
        frame_size: N1.
    """

    def __init__(self, session: Session, *, advanced: bool = False, frame_size: int = 64) -> None:
        self.session = session
        self.side = MuxSide(Multiplexer(MultiplexerConfig(initiator=True, advanced=advanced, frame_size=frame_size)))
        self.plain = b""
        self.records: list[Output] = []
        self.now = 0.0
        self.session.set_circuit(Circuit.DTR, True, now=0.0)

    def say_plainly(self, data: bytes) -> bytes:
        """Send octets on the line itself; return what came back at once, outside of frames."""
        self.plain = b""
        self.session.receive_data(data, now=self.now)
        self.settle()
        return self.plain

    def begin(self, *dlcis: int) -> Self:
        """Make the line a multiplexer, and open channels."""
        config = self.side.mux._config
        assert b"OK" in self.say_plainly(b"AT+CMUX=%d,0,5,%d\r" % (config.advanced, config.frame_size))
        for dlci in (0, *dlcis):
            self.side.mux.open(dlci, now=self.now)
            self.settle()
        return self

    def settle(self) -> None:
        """Let everything arrive."""
        while True:
            for output in self.session.take_outputs():
                self.records.append(output)
                if isinstance(output, SendData):
                    self.plain += output.data
                elif isinstance(output, SendUnrecorded):
                    self.side.mux.receive_data(output.data, now=self.now)
            self.side.settle()
            if not self.side.to_peer:
                return
            data = bytes(self.side.to_peer)
            self.side.to_peer.clear()
            self.session.receive_data(data, now=self.now)

    def say(self, dlci: int, data: bytes) -> bytes:
        """Send octets on a DLC; return what came back at once."""
        self.side.heard.pop(dlci, None)
        self.side.mux.send(dlci, data, now=self.now)
        self.settle()
        return self.heard(dlci)

    def heard(self, dlci: int) -> bytes:
        """Return what has come on a DLC since the client last spoke there."""
        return bytes(self.side.heard.get(dlci, b""))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + seconds
        while (due := self.session.next_timer()) is not None and due <= end:
            self.now = due
            self.session.handle_timer(now=due)
            self.settle()
        self.now = end

    def recorded(self, kind: type) -> list[tuple[str, Output]]:
        """Return the outputs of a kind, each with its line."""
        both = [(each.line, each.output) if isinstance(each, OnLine) else ("", each) for each in self.records]
        return [(line, output) for line, output in both if isinstance(output, kind)]
