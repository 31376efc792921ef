"""A serial port on a connection, with circuits, speed and break: telnet with the COM port option (RFC 2217)."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, BreakSeen, CallerNamed, PortCircuit, PortSettings
from simisp.endpoints.coding import CodingOutput
from simisp.endpoints.telnet import TelnetCoding
from simisp.telnet.codes import BINARY, COM_PORT, SGA
from simisp.telnet.com_port import (
    ComPortBreak,
    ComPortCircuit,
    ComPortOutput,
    ComPortServer,
    ComPortSettings,
    ComPortSignature,
)

__all__ = ["Rfc2217Coding"]


class Rfc2217Coding(TelnetCoding):
    r"""A connection to an access server's COM port.

    Until the client has agreed to the option it is plain telnet, and no circuit is shown.

    Example:
        >>> coding = Rfc2217Coding()
        >>> coding.receive(b"\xff\xfb\x2c")  # WILL COM-PORT-OPTION: agreed, and the circuits as they are
        [b'\xff\xfd,', b'\xff\xfa,k\x00\xff\xf0']
        >>> coding.receive(b"\xff\xfa\x2c\x05\x09\xff\xf0")  # DTR off
        [PortCircuit(circuit=<Circuit.DTR: 'DTR'>, on=False), b'\xff\xfa,i\t\xff\xf0']
    """

    abilities = frozenset({Ability.CIRCUITS, Ability.SPEED, Ability.BREAK})
    # The client's own port has no echo of telnet's, and no terminal type.
    _WANTED_OF_US = (SGA, BINARY, COM_PORT)
    _WANTED_OF_THEM = (SGA, BINARY, COM_PORT)

    def __init__(self) -> None:
        super().__init__()
        self._port = ComPortServer("simisp")
        self._is_agreed = False

    @property
    def suspended(self) -> bool:  # type: ignore[override]
        """Whether the client wants no octets of the line for now."""
        return self._port.suspended

    @property
    def purged(self) -> bool:  # type: ignore[override]
        """Whether the client asked to drop what waits for it. Reading clears it."""
        return self._port.take_purge()

    def show(self, circuit: Circuit, on: bool) -> bytes:
        """Return what shows the client a circuit, once it has agreed to be shown any."""
        state = self._port.set_circuit(circuit, on)
        return self._engine.sub_option(COM_PORT, state) if state and self._is_agreed else b""

    def _sub_option(self, option: int, parameters: bytes) -> Sequence[CodingOutput]:
        if option != COM_PORT:
            return []
        # pyserial may take our offer for the answer to its own and send none: what it says next shows that it agrees.
        return [*self._agreed(), *(self._of_port(output) for output in self._port.receive(parameters))]

    def _of_port(self, output: ComPortOutput) -> CodingOutput:
        match output:
            case bytes():
                return self._engine.sub_option(COM_PORT, output)
            case ComPortSettings(speed, data_bits, parity, stop_bits):
                stop = 1 if stop_bits == 1 else 2
                return PortSettings(speed, stop, output.flow_control, data_bits, parity)
            case ComPortCircuit(circuit, on):
                return PortCircuit(circuit, on)
            case ComPortBreak():
                return BreakSeen()
            case ComPortSignature(name):
                return CallerNamed("signature", name)

    def _switched(self, option: int, ours: bool, on: bool) -> Sequence[CodingOutput]:
        return self._agreed() if option == COM_PORT and on else []

    def _agreed(self) -> list[CodingOutput]:
        """Show the client the circuits as they are, once it has agreed to be shown any."""
        if self._is_agreed:
            return []
        self._is_agreed = True
        return [self._engine.sub_option(COM_PORT, self._port.modem_state())]
