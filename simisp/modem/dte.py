"""The modem's side of the interface to its DTE: responses, circuits, and the one ordered list of outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simisp.circuits import Circuit
from simisp.machine import Output, SendData, SetCircuit
from simisp.modem.link import AgreedLink
from simisp.modem.rate_mismatch import RateMismatch
from simisp.modem.result_codes import (
    X_LEVELS,
    ResultCode,
    ResultCodes,
    XLevel,
    frame_information,
    frame_result,
    frame_words,
)
from simisp.modem.settings import ModemSettings
from simisp.spans import whole

__all__ = ["DteInterface"]


_CONNECT = ResultCode.CONNECT
_DSR, _CTS, _DCD = Circuit.DSR, Circuit.CTS, Circuit.DCD
_ON = {circuit: SetCircuit(circuit, True) for circuit in Circuit}
_OFF = {circuit: SetCircuit(circuit, False) for circuit in Circuit}


class DteInterface:
    r"""What the DTE sees of a modem.

    Args:
        settings: The settings in force; E, Q, V, X, S3 and S4 are read at each use.
        results: The words and numbers of the result codes.

    Example:
        >>> from simisp.modem.config import ModemConfig
        >>> dte = DteInterface(ModemConfig().new_settings(), ResultCodes())
        >>> dte.send_result(ResultCode.OK)
        >>> dte.take_outputs()
        [SendData(data=b'\r\nOK\r\n', secrets=(), relayed=False)]
    """

    __slots__ = (
        "_circuits",
        "_interruption",
        "_mismatch",
        "_results",
        "_settings",
        "echoes",
        "has_requests",
        "outputs",
        "unsent",
    )

    def __init__(self, settings: ModemSettings, results: ResultCodes) -> None:
        self._settings = settings
        self._results = results
        self.outputs: list[Output] = []
        """What has come up since it was last taken, in order, without what is unsent."""
        self.has_requests = False
        """Whether some of that is for the modem's owner to act on."""
        self.unsent: list[bytes] = []
        """Octets behind all outputs, which are collected for one output: pieces, none of them empty."""
        self._circuits: dict[Circuit, bool] = {}
        self._mismatch: RateMismatch | None = None
        self._interruption: str | None = None
        self.echoes = True
        """Whether it ever echoes; E has no effect otherwise."""

    def emit(self, output: Output) -> None:
        """Append an output for the DTE or the transcript after everything sent before.

        One for the modem's owner goes by :meth:`request`, or the owner does not look at it.
        """
        if self.unsent:
            self.flush()
        self.outputs.append(output)

    def request(self, output: Output) -> None:
        """Append an output for the modem's owner to act on after everything sent before."""
        self.has_requests = True
        if self.unsent:
            self.flush()
        self.outputs.append(output)

    def emit_again(self, outputs: Iterable[Output]) -> None:
        """Add outputs that came up before, behind everything that was sent before."""
        if self.unsent:
            self.flush()
        self.outputs += outputs

    def outputs_from(self, index: int) -> tuple[Output, ...]:
        """Return the outputs since there were this many; they stay."""
        self.flush()
        return tuple(self.outputs[index:])

    @property
    def waiting(self) -> int:
        """How many outputs wait to be taken."""
        self.flush()
        return len(self.outputs)

    def take_outputs(self) -> list[Output]:
        """Return all outputs in order, and clear them."""
        if self.unsent:
            self.flush()
        outputs, self.outputs = self.outputs, []
        return outputs

    def send_remote(self, outputs: Sequence[Output], until: frozenset[type[Output]] = frozenset()) -> int:
        """Send octets from the far end, and put out what is among them, up to the first of a kind in ``until``.

        Returns:
            How many of the outputs that were.
        """
        if self.unsent:
            self.flush()
        append, mismatch = self.outputs.append, self._mismatch
        for output in outputs:
            if type(output) is SendData:
                data, secrets = output.data, output.secrets
                if mismatch is not None:
                    data = mismatch.read(data)
                    secrets = whole(data) if secrets else ()
                append(SendData(data, secrets, True))
            elif type(output) in until:
                return outputs.index(output)
            else:
                append(output)
        return len(outputs)

    def send_echo(self, data: bytes) -> None:
        """Echo octets of a command line, if echo is on."""
        if data and self.echoes and self._settings.numbers.in_force["E"]:
            self.unsent.append(data)

    def send_exactly(self, data: bytes) -> None:
        """Send octets that are neither information text nor a result code, such as the request for a text."""
        if data:
            self.unsent.append(data)

    def send_words(self, text: str | bytes) -> None:
        """Send a result code that has no number, unless Q1 suppresses it. LF stands between its lines."""
        numbers, registers = self._settings.numbers.in_force, self._settings.registers.in_force
        if not numbers["Q"]:
            self.unsent.append(frame_words(text, numbers["V"], registers[3], registers[4]))

    def send_final(self, text: str | bytes) -> None:
        """Send a final result code that has no number, unless Q1 suppresses it."""
        self.send_words(text)

    def send_information(self, text: str | bytes) -> None:
        """Send information text. Q does not suppress it (ITU-T V.250, 6.2.5). LF stands between its lines."""
        if self._interruption is not None:
            rest = self._interrupted(text)
            if rest is None:
                return
            text = rest
        numbers, registers = self._settings.numbers.in_force, self._settings.registers.in_force
        self.unsent.append(frame_information(text, numbers["V"], registers[3], registers[4]))

    def send_result(self, code: ResultCode, *, rate: int | None = None) -> None:
        """Send a result code, unless Q1 suppresses it.

        Args:
            code: The result.
            rate: The rate in bit/s for CONNECT. X0 suppresses it.
        """
        numbers, registers = self._settings.numbers.in_force, self._settings.registers.in_force
        if not numbers["Q"]:
            shown = rate if rate is not None and X_LEVELS[numbers["X"]].rate else None
            self.unsent.append(frame_result(code, shown, numbers["V"], registers[3], registers[4], self._results))

    def send_connect(self, link: AgreedLink, rate_to_dte: int | None) -> None:
        """Send CONNECT, unless Q1 suppresses it. W and S95 say which rate it has, and X0 that it has no rate.

        Args:
            link: What the modems have agreed on.
            rate_to_dte: The rate of the DTE in bit/s; None if it is not known: then the rate is the line's.
        """
        numbers, results = self._settings.numbers.in_force, self._results
        of_line = numbers.get("W", 2) >= 2 or self._settings.registers.in_force.get(95, 0) & 1
        rate = link.rate if of_line or rate_to_dte is None else rate_to_dte
        if "{link}" not in results.connect or not self.hears.rate or not numbers["V"]:
            self.send_result(_CONNECT, rate=rate)
            return
        told = numbers.get("\\V", 1) and numbers.get("&A", 1)
        suffix = results.reliable if link.is_reliable else results.unreliable
        for word, text in (
            ("{carrier}", link.carrier),
            ("{protocol}", link.error_control),
            ("{compression}", link.compression),
        ):
            suffix = suffix.replace(word, text)
        self.send_words(results.in_words(_CONNECT, rate, suffix if told else ""))

    def interrupt(self, text: str) -> None:
        """Send an unsolicited result behind the next line of information text, or at :meth:`end_interruption`."""
        self._interruption = text if self._interruption is None else f"{self._interruption}\n{text}"

    def end_interruption(self) -> None:
        """Send the unsolicited result that was to stand in an answer, if it has not been sent."""
        text, self._interruption = self._interruption, None
        if text is not None:
            self.send_words(text)

    def _interrupted(self, text: str | bytes) -> str | None:
        """Send the first line of information text and the result that stands behind it; return the lines after it."""
        lines = text.decode("latin-1") if isinstance(text, bytes) else text
        first, has_more, rest = lines.partition("\n")
        interruption, self._interruption = self._interruption, None
        self.send_information(first)
        assert interruption is not None
        self.send_words(interruption)
        return rest if has_more else None

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Set a circuit. No output if it is unchanged; initially all circuits are off."""
        if self._circuits.get(circuit, False) is not on:
            self._circuits[circuit] = on
            if self.unsent:
                self.flush()
            self.outputs.append(_ON[circuit] if on else _OFF[circuit])

    def switch_on(self) -> None:
        """Set the circuits that are on without a carrier: CTS, with &S0 (no standard) DSR, and with &C0 DCD."""
        numbers = self._settings.numbers.in_force
        if numbers.get("&S", 0) == 0:
            self.set_circuit(_DSR, True)
        self.set_circuit(_CTS, True)
        if numbers["&C"] == 0:
            self.set_circuit(_DCD, True)

    def show_carrier(self, carrier: bool) -> None:
        """Set DCD and DSR according to the carrier: with &C0 (ITU-T V.250, 6.2.8) and &S0 they are always on."""
        numbers = self._settings.numbers.in_force
        dsr, dcd = carrier or numbers.get("&S", 0) == 0, carrier or numbers["&C"] == 0
        if self._circuits.get(_DSR, False) is not dsr:
            self.set_circuit(_DSR, dsr)
        if self._circuits.get(_DCD, False) is not dcd:
            self.set_circuit(_DCD, dcd)

    def begin_line(self, line: str) -> None:
        """Take note of the command line that is answered from now on."""

    def garble(self, mismatch: RateMismatch | None) -> None:
        """Send octets as a DTE at another rate reads them from now on; None: as they are."""
        self.flush()
        self._mismatch = mismatch

    @property
    def hears(self) -> XLevel:
        """What the X command in force lets the modem detect and report."""
        return X_LEVELS[self._settings.numbers.in_force["X"]]

    def flush(self) -> None:
        """Convert the octets collected so far to one output."""
        if self.unsent:
            data = self.take_unsent()
            self.outputs.append(SendData(data if self._mismatch is None else self._mismatch.read(data)))

    def take_unsent(self) -> bytes:
        """Return the octets collected so far, and forget them."""
        pieces, self.unsent = self.unsent, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
