"""The COM port option: the access server's side of RFC 2217.

A client sets and asks for what a serial port has; each command is answered with what is in effect then. The server
reports changes of the modem's circuits, and of the line's state, as far as the client's masks ask for them.

See Also:
    RFC 2217, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simisp.circuits import Circuit
from simisp.facts.port import FlowControl
from simisp.framing import Parity

__all__ = ["ComPortBreak", "ComPortCircuit", "ComPortOutput", "ComPortServer", "ComPortSettings", "ComPortSignature"]

_ANSWER = 100
"""What is added to a client's command to make the server's."""
(
    _SIGNATURE,
    _SET_BAUD,
    _SET_SIZE,
    _SET_PARITY,
    _SET_STOP,
    _SET_CONTROL,
    _LINE_STATE,
    _MODEM_STATE,
    _SUSPEND,
    _RESUME,
    _SET_LINE_MASK,
    _SET_MODEM_MASK,
    _PURGE,
) = range(13)
_PARITIES = {1: Parity.NONE, 2: Parity.ODD, 3: Parity.EVEN, 4: Parity.MARK, 5: Parity.SPACE}
_STOP_SIZES = {1: 1.0, 2: 2.0, 3: 1.5}
_FASTEST = 4_000_000
_LONGEST_NAME = 80
_STATE_BITS = {Circuit.DCD: 0x80, Circuit.RI: 0x40, Circuit.DSR: 0x20, Circuit.CTS: 0x10}
_CHANGE_BITS = {Circuit.DCD: 0x08, Circuit.RI: 0x04, Circuit.DSR: 0x02, Circuit.CTS: 0x01}
_IDLE_LINE = 0x60
"""Both of the transmitter's registers are empty."""


@dataclass(frozen=True, slots=True)
class ComPortSettings:
    """What the client has set, all of it.

    Attributes:
        speed: In bit/s.
        data_bits: 5 to 8.
        parity: The parity bit.
        stop_bits: 1, 1.5 or 2.
        outbound_flow: 1 none, 2 XON/XOFF, 3 RTS/CTS, 17 DCD, 19 DSR.
        inbound_flow: 14 none, 15 XON/XOFF, 16 RTS/CTS, 18 DTR.
    """

    speed: int = 9600
    data_bits: int = 8
    parity: Parity = Parity.NONE
    stop_bits: float = 1.0
    outbound_flow: int = 1
    inbound_flow: int = 14

    @property
    def flow_control(self) -> FlowControl:
        """The flow control, of both directions together."""
        ways = {self.outbound_flow, self.inbound_flow}
        return FlowControl.of(xon_xoff=bool(ways & {2, 15}), rts_cts=bool(ways & {3, 16}))


@dataclass(frozen=True, slots=True)
class ComPortCircuit:
    """The client set DTR or RTS.

    Attributes:
        circuit: Which of the two.
        on: Its new state.
    """

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class ComPortBreak:
    """The client began a break."""


@dataclass(frozen=True, slots=True)
class ComPortSignature:
    """The client named itself.

    Attributes:
        name: Its name.
    """

    name: str


ComPortOutput = ComPortSettings | ComPortCircuit | ComPortBreak | ComPortSignature | bytes
"""What the client did, or the parameters of a sub-option that is to be sent."""


class ComPortServer:
    r"""The serial port that a client finds on its connection.

    Args:
        signature: How the server names itself.

    Example:
        >>> server = ComPortServer("modem")
        >>> server.receive(b"\x01\x00\x00\x04\xb0")[0]
        ComPortSettings(speed=1200, data_bits=8, parity=<Parity.NONE: 'none'>, stop_bits=1.0, ...)
        >>> server.receive(b"\x01\x00\x00\x00\x00")
        [b'e\x00\x00\x04\xb0']
    """

    def __init__(self, signature: str) -> None:
        self.settings = ComPortSettings()
        self.suspended = False
        """Whether the client wants no octets of the line for now."""
        self._signature = signature.encode("ascii", "replace")
        self._circuits = dict.fromkeys(_STATE_BITS, False)
        self._own = {Circuit.DTR: True, Circuit.RTS: True}
        self._break = False
        self._line_mask = 0
        self._modem_mask = 0xFF
        self._purged = False
        self._commands: dict[int, Callable[[bytes], list[ComPortOutput]]] = {
            _SIGNATURE: self._take_signature,
            _SET_BAUD: self._set_baud,
            _SET_SIZE: self._set_size,
            _SET_PARITY: self._set_parity,
            _SET_STOP: self._set_stop,
            _SET_CONTROL: self._control,
            _SUSPEND: self._suspend,
            _RESUME: self._resume,
            _SET_LINE_MASK: self._set_line_mask,
            _SET_MODEM_MASK: self._set_modem_mask,
            _PURGE: self._purge,
        }

    def receive(self, parameters: bytes) -> list[ComPortOutput]:
        """Take the parameters of a sub-option. What is no command, or has too few octets, is ignored."""
        command = self._commands.get(parameters[0]) if parameters else None
        return command(parameters[1:]) if command is not None else []

    def take_purge(self) -> bool:
        """Return whether the client asked since the last call to drop what waits for it."""
        purged, self._purged = self._purged, False
        return purged

    def modem_state(self) -> bytes:
        """Return the parameters that show the circuits as they are, whatever has changed."""
        state = sum(bit for circuit, bit in _STATE_BITS.items() if self._circuits[circuit])
        return bytes((_ANSWER + _MODEM_STATE, state & self._modem_mask))

    def set_circuit(self, circuit: Circuit, on: bool) -> bytes:
        """Set a circuit that the DCE drives; return the parameters that show it, empty if the mask keeps it back."""
        if circuit not in self._circuits or self._circuits[circuit] is on:
            return b""
        self._circuits[circuit] = on
        # The change bit of RI stands for its end alone (a trailing edge); its beginning shows in the state.
        changed = 0 if circuit is Circuit.RI and on else _CHANGE_BITS[circuit]
        if not (changed | _STATE_BITS[circuit]) & self._modem_mask:
            return b""
        code, state = self.modem_state()
        return bytes((code, state | changed & self._modem_mask))

    def _answer(self, command: int, value: bytes) -> bytes:
        return bytes((_ANSWER + command,)) + value

    def _set(self, command: int, value: bytes, settings: ComPortSettings) -> list[ComPortOutput]:
        outputs: list[ComPortOutput] = []
        if settings != self.settings:
            self.settings = settings
            outputs.append(settings)
        return [*outputs, self._answer(command, value)]

    def _take_signature(self, text: bytes) -> list[ComPortOutput]:
        if not text:
            return [self._answer(_SIGNATURE, self._signature)]
        return [ComPortSignature(text[:_LONGEST_NAME].decode("ascii", "replace"))]

    def _set_baud(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 4:
            return []
        asked = int.from_bytes(value, "big")
        speed = asked if 1 <= asked <= _FASTEST else self.settings.speed
        return self._set(_SET_BAUD, speed.to_bytes(4, "big"), replace(self.settings, speed=speed))

    def _set_size(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        size = value[0] if 5 <= value[0] <= 8 else self.settings.data_bits
        return self._set(_SET_SIZE, bytes((size,)), replace(self.settings, data_bits=size))

    def _set_parity(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        parity = _PARITIES.get(value[0], self.settings.parity)
        code = next(code for code, each in _PARITIES.items() if each is parity)
        return self._set(_SET_PARITY, bytes((code,)), replace(self.settings, parity=parity))

    def _set_stop(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        size = _STOP_SIZES.get(value[0], self.settings.stop_bits)
        code = next(code for code, each in _STOP_SIZES.items() if each == size)
        return self._set(_SET_STOP, bytes((code,)), replace(self.settings, stop_bits=size))

    def _control(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        code = value[0]
        if code in (1, 2, 3, 17, 19):
            return self._set(_SET_CONTROL, value, replace(self.settings, outbound_flow=code))
        if code in (14, 15, 16, 18):
            return self._set(_SET_CONTROL, value, replace(self.settings, inbound_flow=code))
        if 4 <= code <= 6:
            return self._control_break(code)
        if 7 <= code <= 12:
            return self._control_circuit(code)
        flows = {0: self.settings.outbound_flow, 13: self.settings.inbound_flow}
        return [self._answer(_SET_CONTROL, bytes((flows[code],)))] if code in flows else []

    def _control_break(self, code: int) -> list[ComPortOutput]:
        begins = code == 5 and not self._break
        if code != 4:
            self._break = code == 5
        answer = self._answer(_SET_CONTROL, bytes((5 if self._break else 6,)))
        return [ComPortBreak(), answer] if begins else [answer]

    def _control_circuit(self, code: int) -> list[ComPortOutput]:
        circuit, first = (Circuit.DTR, 7) if code < 10 else (Circuit.RTS, 10)
        outputs: list[ComPortOutput] = []
        if code != first:
            on = code == first + 1
            if self._own[circuit] is not on:
                self._own[circuit] = on
                outputs.append(ComPortCircuit(circuit, on))
        state = first + 1 if self._own[circuit] else first + 2
        return [*outputs, self._answer(_SET_CONTROL, bytes((state,)))]

    def _suspend(self, _: bytes) -> list[ComPortOutput]:
        self.suspended = True
        return []

    def _resume(self, _: bytes) -> list[ComPortOutput]:
        self.suspended = False
        return []

    def _set_line_mask(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        self._line_mask = value[0]
        answers: list[ComPortOutput] = [self._answer(_SET_LINE_MASK, value)]
        if state := _IDLE_LINE & self._line_mask:
            answers.append(self._answer(_LINE_STATE, bytes((state,))))
        return answers

    def _set_modem_mask(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1:
            return []
        self._modem_mask = value[0]
        return [self._answer(_SET_MODEM_MASK, value), self.modem_state()]

    def _purge(self, value: bytes) -> list[ComPortOutput]:
        if len(value) != 1 or not 1 <= value[0] <= 3:
            return []
        self._purged = self._purged or value[0] in (1, 3)
        return [self._answer(_PURGE, value)]
