"""Two ends of a multiplexer, and the octets under way between them."""

from __future__ import annotations

from simisp.cmux.conduct import MuxConduct
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import Multiplexer
from simisp.cmux.outputs import DlcData, DlcSignals
from simisp.cmux.signals import V24Signals
from simisp.facts.cmux import DlcClosed, DlcOpened
from simisp.machine import Output, SendData

__all__ = ["MuxSide", "TwoMuxes"]


class MuxSide:
    """One end, and what its owner has heard of it."""

    def __init__(self, mux: Multiplexer) -> None:
        self.mux = mux
        self.heard: dict[int, bytearray] = {}
        self.signals: dict[int, V24Signals] = {}
        self.outputs: list[Output] = []
        self.to_peer = bytearray()

    def settle(self) -> None:
        for output in self.mux.take_outputs():
            self.outputs.append(output)
            match output:
                case SendData(data):
                    self.to_peer += data
                case DlcData(dlci, data):
                    self.heard.setdefault(dlci, bytearray()).extend(data)
                case DlcSignals(dlci, signals):
                    self.signals[dlci] = signals

    @property
    def ups(self) -> list[int]:
        return [output.dlci for output in self.outputs if isinstance(output, DlcOpened)]

    @property
    def downs(self) -> list[tuple[int, str]]:
        return [(output.dlci, output.why) for output in self.outputs if isinstance(output, DlcClosed)]


class TwoMuxes:
    """A client (the initiator) and a modem (the responder)."""

    def __init__(
        self, *, advanced: bool = False, frame_size: int = 31, conduct: MuxConduct | None = None, **config: object
    ) -> None:
        self.client = MuxSide(
            Multiplexer(MultiplexerConfig(initiator=True, advanced=advanced, frame_size=frame_size, **config))  # type: ignore[arg-type]
        )
        self.modem = MuxSide(
            Multiplexer(
                MultiplexerConfig(advanced=advanced, frame_size=frame_size, **config),  # type: ignore[arg-type]
                conduct or MuxConduct(),
            )
        )
        self.now = 0.0

    def exchange(self) -> None:
        """Let everything arrive that is under way."""
        while True:
            self.client.settle()
            self.modem.settle()
            to_modem, to_client = bytes(self.client.to_peer), bytes(self.modem.to_peer)
            if not to_modem and not to_client:
                return
            self.client.to_peer.clear()
            self.modem.to_peer.clear()
            self.modem.mux.receive_data(to_modem, now=self.now)
            self.client.mux.receive_data(to_client, now=self.now)

    def pass_one(self, *, from_client: bool, lost: bool = False) -> None:
        """Let one octet arrive, or be lost."""
        one, other = (self.client, self.modem) if from_client else (self.modem, self.client)
        one.settle()
        if one.to_peer:
            octet = bytes(one.to_peer[:1])
            del one.to_peer[:1]
            if not lost:
                other.mux.receive_data(octet, now=self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, with everything that is due, and let what comes of it arrive."""
        end = self.now + seconds
        while True:
            self.exchange()
            times = [due for side in (self.client, self.modem) if (due := side.mux.next_timer()) is not None]
            if not times or min(times) > end:
                break
            self.now = min(times)
            self.client.mux.handle_timer(now=self.now)
            self.modem.mux.handle_timer(now=self.now)
        self.now = end

    def open(self, *dlcis: int) -> TwoMuxes:
        """Let the client set up DLCI 0 and others."""
        for dlci in (0, *dlcis):
            self.client.mux.open(dlci, now=self.now)
            self.exchange()
        return self
