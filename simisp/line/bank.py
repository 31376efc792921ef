"""A bank of lines with an exchange between them: a modem on one dials the number of another, and is answered there.

For a line of the bank that a number leads to:

==============  ==============================================  =======================================================
state           input                                           next state, and effect
==============  ==============================================  =======================================================
free            another line dials its number                   called; it rings, with that number as the caller's
called          its modem answers (ATA, S0)                     connected; both modems report CONNECT
called          the caller hangs up, or S7 runs out there       free; it rings no more
called          its modem dials                                 dialling; the caller hears the busy tone
connected       its modem hangs up                              free; the other line loses its carrier
connected       the other line's modem hangs up                 free; it loses its carrier
any but free    another line dials its number                   unchanged; that line hears the busy tone
==============  ==============================================  =======================================================

A line whose modem has several ports is called at the first of them, and is busy while any of them has a call. Each of
them dials through the exchange of the bank.

A number of a hunt group leads to the first of its lines that is free. Numbers that no line has lead where the exchange
has them. What one line does may have something to put out at another: after each event at one its owner gives a turn
(:meth:`~simisp.line.session.Session.settle`) to those that the switchboard names (:meth:`Switchboard.take_concerned`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.facts.line import CallAnswered, Dialled
from simisp.far_end import HangUpRequested
from simisp.line.exchange import CallOutcome, Route, digits_of
from simisp.line.incoming import IncomingCall, IncomingCalls
from simisp.line.junction import CallSetUp, LineRequest
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.machine import Output, SendData
from simisp.modem.caller import Caller
from simisp.modem.outputs import AnswerRequested, DialRequested, ModemState
from simisp.ppp.passwords import PasswordSpans
from simisp.spans import Spans

__all__ = ["BankLine", "Switchboard"]

_MOST_RINGS = 100
"""Ten minutes: a caller that waits longer than S7 can say has been forgotten."""
_MUCH = 64 * 1024
"""Octets that may be on their way to a line whose client does not read."""
_BUSY = Route(CallOutcome.BUSY, 0.5, rings=False)
_RINGING = Route(CallOutcome.NO_ANSWER, None, rings=True)


class _OtherLine:
    """The far end of a call between two lines, as one of them has it: what the other one's modem sends.

    Args:
        name: The other line, in words.
        owner: The line that has it.

    Attributes:
        owner: The line that has it.
        there: The far end that the other line has.
        held: How many octets wait to be taken.
    """

    reads_lines = False
    has_eight_bits = False
    waits_for_caller = False
    is_through = False

    def __init__(self, name: str, owner: BankLine) -> None:
        self.name = name
        self.owner = owner
        self.there: _OtherLine | None = None
        self.held = 0
        self._passwords, self._passed_on = PasswordSpans(), PasswordSpans()
        self._outputs: list[Output] = []

    @property
    def unread(self) -> int:
        """How many octets wait at the other line, whose client does not read."""
        return self.there.held if self.there is not None else 0

    def secrets_in(self, data: bytes) -> Spans:
        """Return where the next octets are a password of PPP: nothing else is known to be a secret."""
        return self._passwords.find(data)

    @property
    def doing(self) -> str:
        """What it is doing."""
        return f"has connected {self.name}"

    def start(self, *, now: float) -> None:
        """Do nothing: both clients speak as they like."""

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets for the other line."""
        if self.there is not None:
            self.there.bring(SendData(data, self._passed_on.find(data)))

    def bring(self, output: SendData | HangUpRequested) -> None:
        """Take what the other line sends."""
        self.owner.be_concerned()
        self._outputs.append(output)
        if isinstance(output, SendData):
            self.held += len(output.data)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: no circuit reaches the other line but the carrier."""

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Do nothing: the other line's client sees the carrier alone."""

    def next_timer(self) -> None:
        """Return None: nothing here goes by time."""

    def handle_timer(self, *, now: float) -> None:
        """Do nothing."""

    def take_outputs(self) -> list[Output]:
        """Return what the other line has sent since the last call. There is room now, for which that line may wait."""
        outputs, self._outputs = self._outputs, []
        if self.held >= _MUCH and self.there is not None:
            self.there.owner.be_concerned()
        self.held = 0
        return outputs


class Switchboard:
    """The exchange of a bank: which line a number leads to.

    Args:
        groups: The names of the lines of each hunt group, in the order in which they are tried, by the group's number.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]] = {}) -> None:
        self._groups = {digits_of(number): tuple(names) for number, names in groups.items()}
        self._lines: dict[str, BankLine] = {}
        self.calls = 0
        """How many calls were answered, on all lines together, by lines and by the ISP."""
        self._concerned: dict[str, None] = {}

    def concern(self, name: str) -> None:
        """Note that another line has caused something at the line of this name."""
        self._concerned[name] = None

    def count_call(self) -> None:
        """Count a call that is answered, which all lines know of."""
        self.calls += 1
        self._concerned.update(dict.fromkeys(self._lines))

    def take_concerned(self) -> list[str]:
        """Return the names of the lines at which others have caused something since the last call, and forget them."""
        concerned, self._concerned = list(self._concerned), {}
        return concerned

    def add(self, line: BankLine) -> None:
        """Take a line in, or a further port of a line."""
        self._lines[line.name] = line

    def lines_at(self, number: str) -> tuple[BankLine, ...]:
        """Return the lines that a number leads to, in their order; empty for a number that none has."""
        wanted = digits_of(number)
        if wanted in self._groups:
            return tuple(self._lines[name] for name in self._groups[wanted])
        lines = (line for line in self._lines.values() if line.first_port is None)
        return tuple(line for line in lines if digits_of(line.number) == wanted)


class BankLine(Session):
    """One line of a bank.

    Args:
        config: Its configuration.
        name: Its name in records.
        number: Its number.
        switchboard: The exchange of the bank, which takes it in.
        shared: What it shares with the other ports of its modem; None for a modem with one port.
        first_port: The modem's first port, if this is a further one; that is where it is called.
    """

    __slots__ = ("_called", "_caller", "_further", "_scheduled", "_switchboard", "first_port", "name", "number")

    def __init__(  # noqa: PLR0917 - its parts
        self,
        config: SessionConfig,
        name: str,
        number: str,
        switchboard: Switchboard,
        shared: SharedModem | None = None,
        first_port: BankLine | None = None,
    ) -> None:
        # Set before the modem begins: a leased line is connected from the start.
        self.name = name
        self.number = number
        self.first_port = first_port
        self._further: list[BankLine] = []
        self._switchboard = switchboard
        self._caller: BankLine | None = None
        self._called: BankLine | None = None
        super().__init__(config, shared)
        self._scheduled = self._incoming
        switchboard.add(self)
        if first_port is not None:
            first_port._further.append(self)  # noqa: SLF001 - a port of the same modem

    @property
    def is_free(self) -> bool:
        """Whether it rings when its number is dialled: no port of its modem has a call."""
        is_ringing = self._incoming is not None and self._incoming.is_ringing
        is_busy = self._call is not None or self.far_end is not None or self._caller is not None
        has_call = is_busy or is_ringing or self.modem.state is not ModemState.COMMAND
        return not has_call and all(port.is_free for port in self._further)

    @property
    def waiting_for(self) -> str:
        """What this side of the line is waiting for, in words."""
        if isinstance(self.far_end, _OtherLine):
            return f"the line is connected with {self.far_end.name}"
        return super().waiting_for

    @property
    def has_line_of_bank(self) -> bool:
        """Whether the call that is up is one with another line of the bank."""
        return isinstance(self.far_end, _OtherLine)

    # What other lines do ---------------------------------------------------------------------------------------------

    @property
    def switchboard(self) -> Switchboard:
        """The exchange of the bank."""
        return self._switchboard

    def be_concerned(self) -> None:
        """Note that there is something to pass on here that another line has caused."""
        self._switchboard.concern(self.name)

    def be_called(self, by: BankLine, *, now: float) -> None:
        """Ring, until it is answered or given up."""
        self.be_concerned()
        self._caller = by
        self._incoming = IncomingCalls([IncomingCall(now, rings=_MOST_RINGS, caller=Caller(by.number))])

    def be_given_up(self, *, now: float) -> None:
        """Ring no more: the caller has hung up."""
        self.be_concerned()
        self._caller = None
        assert self._incoming is not None
        self._incoming.miss("the caller gave up")
        self._outputs += self._incoming.take_outputs()
        self._incoming = self._scheduled

    def find_busy(self, *, now: float) -> None:
        """Hear the busy tone: the line that rang has gone off hook for a call of its own."""
        self.be_concerned()
        self._called = None
        self._call = CallSetUp(_BUSY, now + (_BUSY.after or 0.0))

    def be_connected(self, end: _OtherLine, *, now: float) -> None:
        """Have a carrier: the call has been answered, here or there."""
        self.be_concerned()
        self._call = self._caller = self._called = None
        self._incoming = self._scheduled
        self.modem.connect(now=now)
        self.calls = self._number = self._switchboard.calls
        self._take_from_modem(now)  # CONNECT precedes the first octet of the other line
        self.far_end = end
        self._outputs.append(CallAnswered(self._number, end.name))

    def settle(self, *, now: float) -> None:
        """Pass on what another line has caused here: rings, an answer, octets, the end of a call."""
        super().settle(now=now)
        self.calls = self._switchboard.calls

    # What its own modem does -----------------------------------------------------------------------------------------

    def _answer(self, *, now: float) -> None:
        self.calls = self._switchboard.calls
        if self._shared is not None:
            self._shared.calls = self.calls
        super()._answer(now=now)
        self._switchboard.count_call()

    def _dial(self, request: DialRequested, now: float) -> None:
        if self._caller is not None:
            caller, self._caller = self._caller, None
            caller.find_busy(now=now)
        lines = self._switchboard.lines_at(request.number)
        if not lines:
            super()._dial(request, now)
        else:
            self._dial_a_line(request, lines, now)
        if self._incoming is not self._scheduled:
            self._incoming = self._scheduled

    def _dial_a_line(self, request: DialRequested, lines: Sequence[BankLine], now: float) -> None:
        if self._incoming is not None:
            self._incoming.miss("the modem dialled")
            self._outputs += self._incoming.take_outputs()
        called = next((line for line in lines if line is not self and line.is_free), None)
        self._outputs.append(
            Dialled(request.number, CallOutcome.BUSY.value if called is None else f"line {called.name}")
        )
        if request.stays_in_command:
            return
        if called is None:
            self._call = CallSetUp(_BUSY, now + (_BUSY.after or 0.0))
            return
        self._called, self._call = called, CallSetUp(_RINGING, None)
        self.modem.hear_ring_back(now=now)
        called.be_called(self, now=now)

    def _from_modem(self, output: LineRequest, now: float) -> None:
        if isinstance(output, AnswerRequested) and self._caller is not None:
            caller = self._caller
            here, there = _OtherLine(f"line {caller.name}", self), _OtherLine(f"line {self.name}", caller)
            here.there, there.there = there, here
            self._switchboard.count_call()
            self.be_connected(here, now=now)
            caller.be_connected(there, now=now)
        else:
            super()._from_modem(output, now)

    def _end(self, by: str, now: float) -> None:
        if self._called is not None:
            called, self._called = self._called, None
            called.be_given_up(now=now)
        end = self.far_end
        if not isinstance(end, _OtherLine):
            super()._end(by, now)
            return
        super()._end(by if by == "client" else end.name, now)
        if end.there is not None:
            end.there.bring(HangUpRequested())
            end.there.there = None
            end.there = None
