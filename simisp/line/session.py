"""The Session: everything behind the port as one machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from simisp.circuits import Circuit
from simisp.facts.line import CallAnswered, CallEnded, Dialled, WentOnHook
from simisp.framing import Framing
from simisp.isp.accounts import Accounts
from simisp.isp.dialogue import Dialogue, DialogueState, HangUpRequested
from simisp.isp.steps import DialogueProgram
from simisp.line.exchange import CallOutcome, Exchange, Route
from simisp.machine import CircuitTaken, Output, Received, SendData, earliest
from simisp.modem.modem import Modem
from simisp.modem.outputs import AnswerRequested, CallFailure, DialRequested, HungUp, ModemState, RelayData
from simisp.modem.settings import ModemConfig

__all__ = ["Isp", "Session", "SessionConfig"]

_FAILURES = {
    CallOutcome.BUSY: CallFailure.BUSY,
    CallOutcome.NO_DIAL_TONE: CallFailure.NO_DIALTONE,
    CallOutcome.NO_CARRIER: CallFailure.NO_CARRIER,
}
_MUCH = 64 * 1024
"""Octets for the DTE after which no more of what it sent is taken, where the owner leaves that to the Session."""
_FOR_THE_LINE = frozenset({DialRequested, AnswerRequested, HungUp, RelayData})
"""What a modem asks of the exchange; the rest of its outputs is for the DTE and the transcript."""


@dataclass(frozen=True, slots=True)
class Isp:
    """What the ISP does.

    Attributes:
        programs: The dialogue of the first call, of the second, and so on; the last one repeats. Empty: the call
            stays up and nothing is said.
        accounts: Who may log in.
        framing: How the ISP frames characters. A PTY shows seven bits and parity as eight.
    """

    programs: Sequence[DialogueProgram] = ()
    accounts: Accounts = field(default_factory=Accounts)
    framing: Framing = field(default_factory=Framing)

    def program(self, call: int) -> DialogueProgram:
        """Return the dialogue of a call, counted from 1."""
        return self.programs[min(call, len(self.programs)) - 1] if self.programs else DialogueProgram(name="nothing")


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """What a Session is made of.

    Attributes:
        modem: The modem's factory settings.
        exchange: Where numbers lead.
        isp: What answers.
    """

    modem: ModemConfig = field(default_factory=ModemConfig)
    exchange: Exchange = field(default_factory=Exchange)
    isp: Isp = field(default_factory=Isp)


@dataclass(slots=True)
class _Call:
    """A call on its way: where it leads, and when the modem can tell."""

    route: Route
    due: float | None


class Session:
    r"""Modem, exchange and ISP behind one port, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Its peer is the DTE; the port's opening and closing reach it
    as DTR going on and off. Every output of its parts passes through one list, so their order is kept, and
    :class:`~simisp.machine.Received` tells what the DTE sent, so that a transcript can be made of the outputs alone.

    Args:
        config: What the Session is made of.

    Example:
        >>> session = Session(SessionConfig())
        >>> session.set_circuit(Circuit.DTR, True, now=0.0)
        >>> session.receive_data(b"ATDT5551234\r", now=1.0)
        >>> session.next_timer()
        2.0
        >>> session.handle_timer(now=2.0)
        >>> b"".join(output.data for output in session.take_outputs() if isinstance(output, SendData))
        b'ATDT5551234\r\r\nCONNECT 33600\r\n'
    """

    def __init__(self, config: SessionConfig) -> None:
        self.modem = Modem(config.modem)
        self.dialogue: Dialogue | None = None
        """The dialogue of the call that is up; None between calls."""
        self.calls = 0
        """How many calls were answered by the ISP."""
        self._config = config
        self._call: _Call | None = None
        self._outputs: list[Output] = []
        self._weighed = self._weight = 0
        self._cr, self._lf = config.isp.framing.encode(b"\r"), config.isp.framing.encode(b"\n")
        self._pieces = _pieces_of_lines(config.isp.framing)
        self._after_cr = False
        if config.modem.leased_line:
            self._come_through(Route(CallOutcome.ISP, None, rings=False), now=0.0)
        self._take_from_modem(0.0)  # the circuits that are on from the beginning

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The passwords of the accounts, plain and as they look on the line, for masking."""
        isp = self._config.isp
        plain = [password.encode("latin-1", "replace") for password in isp.accounts.passwords]
        return tuple(dict.fromkeys((*plain, *(isp.framing.encode(password) for password in plain))))

    @property
    def waiting_for(self) -> str:
        """What this side of the line waits for, in words."""
        if self.dialogue is not None:
            return f"the ISP {self.dialogue.doing}"
        if self.modem.state in (ModemState.DIALLING, ModemState.ANSWERING):
            return "the modem waits for an answer to its call"
        return "the modem waits for a command"

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the DTE."""
        position = 0
        while position < len(data):
            position = self.receive_some(data, position, now=now)

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take octets from the DTE until all are taken, or there is much to send it; return the index of the next one.

        Each line may be answered with far more than it has. An owner whose peer does not read takes the outputs, and
        comes back with the rest when there is room.
        """
        # Wherever a line ends, in the sense of the modem or of the ISP, the meaning of what follows may change.
        for match in self._pieces.finditer(data, start):
            piece = match[0]
            position = 0
            while position < len(piece):
                secret = self._reading_secret and not (self._after_cr and piece == self._lf)
                end = self.modem.receive_some(piece, position, now=now)
                self._outputs.append(Received(piece[position:end], secret))
                position = end
                self._after_cr = piece[-1:] == self._cr
                self._settle(now)
            if self._has_much_to_send:
                return match.end()
        return len(data)

    @property
    def _has_much_to_send(self) -> bool:
        for output in self._outputs[self._weighed :]:
            if type(output) is SendData:
                self._weight += len(output.data)
        self._weighed = len(self._outputs)
        return self._weight >= _MUCH

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit from the DTE: DTR or RTS."""
        self._outputs.append(CircuitTaken(circuit, on))
        self.modem.set_circuit(circuit, on, now=now)
        self._settle(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due in any part."""
        self.modem.handle_timer(now=now)
        self._settle(now)
        if self._call is not None and self._call.due is not None and now >= self._call.due:
            self._call.due = None
            self._come_through(self._call.route, now)
            self._settle(now)
        if self.dialogue is not None:
            self.dialogue.handle_timer(now=now)
            self._settle(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all parts."""
        modem = self.modem.next_timer()
        if self._call is None and self.dialogue is None:
            return modem
        return earliest(
            (
                modem,
                self._call.due if self._call is not None else None,
                self.dialogue.next_timer() if self.dialogue is not None else None,
            )
        )

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        self._weighed = self._weight = 0
        return outputs

    @property
    def _reading_secret(self) -> bool:
        dialogue = self.dialogue
        return dialogue is not None and dialogue.reading_secret and self.modem.state is ModemState.ONLINE_DATA

    def _settle(self, now: float) -> None:
        """Carry outputs from part to part until nothing is left to carry."""
        self._take_from_modem(now)
        while self.dialogue is not None and (replies := self.dialogue.take_outputs()):
            for reply in replies:
                self._from_isp(reply, now)
            self._take_from_modem(now)

    def _take_from_modem(self, now: float) -> None:
        for output in self.modem.take_outputs():
            if type(output) in _FOR_THE_LINE:
                self._from_modem(output, now)
            else:
                self._outputs.append(output)

    def _from_modem(self, output: Output, now: float) -> None:
        match output:
            case DialRequested():
                self._dial(output, now)
            case AnswerRequested():
                self._come_through(Route(CallOutcome.ISP, None, rings=False), now)
            case HungUp(reason):
                self._outputs.append(WentOnHook(reason.value))
                self._end()
            case _:
                assert isinstance(output, RelayData)
                if self.dialogue is not None:
                    self.dialogue.receive_data(self._config.isp.framing.decode(output.data), now=now)

    def _from_isp(self, output: Output, now: float) -> None:
        match output:
            case SendData(data, secret):
                self.modem.receive_remote_data(self._config.isp.framing.encode(data), now=now, secret=secret)
                self._take_from_modem(now)  # so that what the ISP notes next comes after what it sent
            case HangUpRequested():
                self._end()
                self.modem.lose_carrier(now=now)
            case _:
                self._outputs.append(output)

    def _dial(self, request: DialRequested, now: float) -> None:
        route = self._config.exchange.route(request.number)
        self._outputs.append(Dialled(request.number, route.outcome.value))
        if request.stays_in_command:
            return  # the modem listens to nothing: more digits follow, or it hangs up
        self._call = _Call(route, None if route.after is None else now + route.after)
        if route.rings:
            self.modem.hear_ring_back(now=now)

    def _come_through(self, route: Route, now: float) -> None:
        """Let the modem know what its call came to."""
        self._call = None
        if route.outcome is CallOutcome.ISP:
            self.modem.connect(now=now)
            self._answer(now=now)
        else:
            self.modem.fail_call(_FAILURES[route.outcome], now=now)

    def _answer(self, *, now: float) -> None:
        """The ISP answers: a call begins."""
        self.calls += 1
        program = self._config.isp.program(self.calls)
        self._outputs += self.modem.take_outputs()  # CONNECT comes before the ISP's first word
        self._outputs.append(CallAnswered(self.calls, program.name))
        self.dialogue = Dialogue(program, self._config.isp.accounts)
        self.dialogue.start(now=now)

    def _end(self) -> None:
        """The call, or the attempt at one, is over."""
        self._call = None
        if self.dialogue is not None:
            by = "isp" if self.dialogue.state is DialogueState.ENDED else "client"
            self._outputs.append(CallEnded(self.calls, by))
            self.dialogue = None


@lru_cache(maxsize=32)
def _pieces_of_lines(framing: Framing) -> re.Pattern[bytes]:
    """Return what a line is made of: all up to an octet that the ISP takes for a line's end."""
    ends = re.escape(bytes(octet for octet in range(256) if framing.decode(bytes((octet,))) in (b"\r", b"\n")))
    return re.compile(b"[^%b]*[%b]|[^%b]+" % (ends, ends, ends))
