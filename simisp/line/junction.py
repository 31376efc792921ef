"""What joins the parts behind a port: modem, exchange, and the far end of the call.

What each of them puts out is passed on to the others until there is nothing left. What the junction adds is the life
of a call:

==========  ==========================================  ===============================================================
state       input                                       next state, and effect
==========  ==========================================  ===============================================================
no call     the modem dials, the outcome is known       dialling, until the route's time
            after a time
no call     the modem dials, the outcome never shows    no call; S7 of the modem decides
no call     the modem answers a call that rings         in a call: CONNECT, then the far end starts
no call     the modem answers, the caller has given up  no call; S7 of the modem decides
dialling    the route's time, it leads to the ISP       in a call: CONNECT, then the far end starts
dialling    the route's time, any other outcome         no call; the failure is reported to the modem
dialling    the modem hangs up                          no call
in a call   octets from either side                     passed on to the other, through channels if there are any
in a call   the far end hands over                      in a call with the next far end
in a call   the far end or the modem hangs up           no call, ``CallEnded``
==========  ==========================================  ===============================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never, get_args

from simisp.circuits import DTE_CIRCUITS, Circuit
from simisp.client_deeds import CircuitTurned, ClientDeed
from simisp.facts.fact import Fact
from simisp.facts.line import CallAnswered, CallEnded, CallHandedOver, Dialled, WentOnHook
from simisp.far_end import FarEnd, HandedOver, HangUpRequested, ModemRestartRequested
from simisp.framing import Framing
from simisp.line.channel import LOST_CARRIER, Channel, ChannelPlace
from simisp.line.exchange import CallOutcome, Route
from simisp.line.incoming import CallerSent, IncomingCalls, Rung
from simisp.line.line_channels import LineChannels
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.machine import Output, SendData, SetCircuit
from simisp.modem.modem import Modem
from simisp.modem.multiplexing import MultiplexerRequested
from simisp.modem.outputs import (
    AnswerRequested,
    CallFailure,
    DialRequested,
    HangUpReason,
    HungUp,
    ModemState,
    RelayData,
)

__all__ = ["LONGEST_PIECE", "MUCH", "CallSetUp", "Junction", "LineRequest"]

_FAILURES = {
    CallOutcome.BUSY: CallFailure.BUSY,
    CallOutcome.NO_DIAL_TONE: CallFailure.NO_DIALTONE,
    CallOutcome.NO_CARRIER: CallFailure.NO_CARRIER,
}
MUCH = 64 * 1024
"""How many octets for the DTE may be pending before no more of its octets are taken, if the owner leaves this to us."""
LONGEST_PIECE = 4 * 1024
"""How many octets are looked at for one command line; with all of them a flood of short lines takes ever longer."""
_MOST_HAND_OVERS = 100
"""How many far ends may have a call at one instant; one more ends the call."""
LineRequest = DialRequested | AnswerRequested | HungUp | MultiplexerRequested
"""The modem's outputs for the exchange."""
_FOR_THE_LINE = frozenset({RelayData, *get_args(LineRequest)})
"""The modem's outputs for the far end and the exchange; all others are for the DTE and the transcript."""
_FOR_THE_JUNCTION = frozenset({HangUpRequested, ModemRestartRequested, HandedOver})
"""A far end's outputs that neither the modem nor the transcript gets."""
_FOR_THE_CALLER = _FOR_THE_JUNCTION | {SendData}
"""A far end's outputs that mean nothing once the call is over."""
_ONLINE_DATA = ModemState.ONLINE_DATA
_ISP, _DCD = CallOutcome.ISP, Circuit.DCD
_CLIENT_TO_MODEM, _MODEM_TO_CLIENT = ChannelPlace.CLIENT_TO_MODEM, ChannelPlace.MODEM_TO_CLIENT
_MODEM_TO_ISP, _ISP_TO_MODEM = ChannelPlace.MODEM_TO_ISP, ChannelPlace.ISP_TO_MODEM


@dataclass(slots=True)
class CallSetUp:
    """A call being set up: where it leads, and when the modem can detect that."""

    route: Route
    due: float | None


class Junction:
    """Modem, exchange and far end, and the channels between them.

    Args:
        config: The configuration.
        shared: What it shares with the other Sessions of its modem; None for the only one.
    """

    __slots__ = (
        "_call",
        "_channels",
        "_clearing_until",
        "_config",
        "_ends",
        "_framing",
        "_incoming",
        "_manners",
        "_number",
        "_outputs",
        "_shared",
        "calls",
        "far_end",
        "modem",
    )

    def __init__(self, config: SessionConfig, shared: SharedModem | None = None) -> None:
        if shared is not None:
            subsystem = shared.subsystem
        else:
            subsystem = config.subsystem() if config.subsystem is not None else None
        self.modem = Modem(config.modem, subsystem)
        self.far_end: FarEnd | None = None
        """The far end of the call that is up; None between calls."""
        self.calls = 0
        """How many calls the ISP has answered, on all lines of the modem."""
        self._number = 0
        """The number of the call that is up: the last one here, but others may have been answered elsewhere since."""
        self._config = config
        self._shared = shared
        self._call: CallSetUp | None = None
        self._incoming = IncomingCalls(config.exchange.calls_in) if config.exchange.calls_in else None
        self._clearing_until = 0.0
        self._outputs: list[Output] = []
        self._framing = config.isp.framing if config.isp.framing.databits < 8 else None
        """The ISP's character framing, if it changes octets."""
        self._ends = _PLAIN_ENDS if self._framing is None else _line_ends(self._framing)
        self._channels = self._open_channels(config) if config.channels else None
        self._manners = config.manners() if config.manners is not None else None
        if config.modem.leased_line:
            self._come_through(Route(CallOutcome.ISP, None, rings=False), now=0.0)
        self._take_from_modem(0.0)  # the circuits that are initially on

    def _settle(self, now: float) -> None:
        """Pass outputs from part to part until there are none left."""
        self._take_from_modem(now)
        hand_overs = 0
        while self.far_end is not None and (replies := self.far_end.take_outputs()):
            if self._channels is None and self._manners is None and self._framing is None:
                taken = self.modem.receive_remote(replies, now=now, until=_FOR_THE_JUNCTION)
                passed_on = self._take_from_modem(now)
                if taken == len(replies):
                    if passed_on:
                        continue
                    return  # the far end has heard nothing since it was asked
                replies = replies[taken:]
            for reply in replies:
                hand_overs += type(reply) is HandedOver
                self._from_isp(HangUpRequested() if hand_overs > _MOST_HAND_OVERS else reply, now)
                self._take_from_modem(now)  # so that facts of the ISP come after the octets that it sent before

    def _take_from_modem(self, now: float) -> bool:
        """Take what the modem has put out; return whether another part may have heard something of it."""
        modem = self.modem
        outputs = modem.take_outputs()
        if not outputs:
            return False
        if self._manners is not None:
            outputs = self._manners.alter_outputs(modem, outputs, _FOR_THE_LINE, now)
        elif self._channels is None and not modem.has_requests:
            self._outputs += outputs
            return False
        self._pass_on(outputs, now)
        return True

    def _pass_on(self, outputs: list[Output], now: float) -> None:
        """Pass on what has come from the modem."""
        channels = self._channels
        for output in outputs:
            if type(output) is RelayData:
                self._relay(output.data, now)
            elif type(output) in _FOR_THE_LINE and isinstance(output, LineRequest):  # which alone takes longer
                self._from_modem(output, now)
            elif channels is None:
                self._outputs.append(output)
            else:
                if type(output) is SendData:
                    channels.let_overhear(_MODEM_TO_CLIENT, output.data, now)
                if not channels.send(_MODEM_TO_CLIENT, output, now):
                    self._outputs.append(output)

    def _relay(self, data: bytes, now: float) -> None:
        """Pass on octets of the modem to the far end."""
        if self._channels is not None:
            self._send_on(_MODEM_TO_ISP, SendData(data), now)
        elif self.far_end is not None:
            self.far_end.receive_data(data if self._framing is None else self._decoded(data), now=now)

    @property
    def _framing_in_force(self) -> Framing | None:
        """The character framing of the far end that has the call, if it changes octets."""
        return None if self.far_end is not None and self.far_end.has_eight_bits else self._framing

    def _encoded(self, data: bytes) -> bytes:
        """Return octets of the far end as they are on the line."""
        framing = self._framing_in_force
        return data if framing is None else framing.encode(data)

    def _decoded(self, data: bytes) -> bytes:
        """Return octets of the line as the far end takes them."""
        framing = self._framing_in_force
        return data if framing is None else framing.decode(data)

    def _from_modem(self, output: LineRequest, now: float) -> None:
        match output:
            case DialRequested():
                self._dial(output, now)
            case HungUp():
                self._outputs.append(_ON_HOOK[output.reason])
                self._end("client", now)
                if self._channels is not None:
                    self._channels.end_call()
            case MultiplexerRequested():
                self._multiplex(output)
            case AnswerRequested():
                # A caller who has given up is not there any more: no carrier comes, and S7 of the modem decides.
                if self._incoming is not None and self._incoming.is_ringing:
                    self._incoming.answer()
                    self._come_through(Route(CallOutcome.ISP, None, rings=False), now)
            case other:
                assert_never(other)

    def _multiplex(self, request: MultiplexerRequested) -> None:
        """Take note that the line is to become a multiplexer: this Session has none."""

    def _from_isp(self, output: Output, now: float) -> None:
        match output:
            case SendData(data, secrets):
                self._send_on(_ISP_TO_MODEM, SendData(self._encoded(data), secrets), now)
            case HangUpRequested():
                self._end("isp", now)
                self._send_on(_ISP_TO_MODEM, LOST_CARRIER, now)
            case ModemRestartRequested(banner):
                self.modem.lose_power(now=now)
                self._take_from_modem(now)
                self.modem.power_up(now=now)
                self._take_from_modem(now)
                self._pass_on([SendData(banner)], now)
            case HandedOver(to, unread):
                self._outputs.append(CallHandedOver(self._number, to.name))
                self.far_end = to
                to.start(now=now)
                if unread:
                    to.receive_data(unread, now=now)
            case _:
                self._outputs.append(output)
                if self._channels is not None and isinstance(output, Fact):
                    self._channels.let_notice(output, now)

    def _let_modem_take(self, data: bytes, now: float) -> None:
        """Pass octets that have come through a channel to the modem."""
        position = 0
        while position < len(data):
            end = self._next_place(data, position, self.modem.state)
            position += self.modem.receive_some(data[position:end], 0, now=now)
            self._settle(now)

    def _next_place(self, data: bytes, start: int, state: ModemState) -> int:
        """Return the index, from ``start``, of the first octet whose meaning for the far end may differ."""
        if state is not _ONLINE_DATA:
            return min(len(data), start + LONGEST_PIECE)
        far_end = self.far_end
        if far_end is None or not far_end.reads_lines:
            return len(data)
        match = self._ends.either.search(data, start)
        return len(data) if match is None else match.end()

    def _let_modem_see(self, circuit: Circuit, on: bool, now: float) -> None:
        self.modem.set_circuit(circuit, on, now=now)
        self._settle(now)
        if self.far_end is not None:
            self._let_far_end_see(CircuitTurned(circuit, on), now)

    def _let_far_end_see(self, deed: ClientDeed, now: float) -> None:
        """Show the far end what the client did to the port, if the call is still up then."""
        if self.far_end is not None:
            self.far_end.see_deed(deed, now=now)
            self._settle(now)

    @property
    def _is_full(self) -> bool:
        """Whether many octets are under way in the channels, or held back by bad manners."""
        if self._manners is not None and self._manners.held >= MUCH:
            return True
        return self._channels is not None and self._channels.held >= MUCH

    def _send_on(self, place: ChannelPlace, output: Output, now: float) -> None:
        """Send octets or a circuit to the other end of a place, through its channel if there is one."""
        channels = self._channels
        if channels is not None and type(output) is SendData:
            channels.let_overhear(place, output.data, now)
        if channels is None or not channels.send(place, output, now):
            self._arrive(place, output, now)

    def add_channel(self, place: ChannelPlace, channel: Channel) -> None:
        """Put a channel behind those that a place has, at any moment; what is under way in them goes on into it.

        Args:
            place: The place.
            channel: The channel, which has taken nothing yet.
        """
        if self._channels is None:
            self._channels = self._open_channels(self._config)
        self._channels.add(place, channel)

    def _open_channels(self, config: SessionConfig) -> LineChannels:
        return LineChannels(
            config.channels, config.seed, arrive=self._arrive, send_back=self._send_back, settle=self._settle
        )

    def _arrive(self, place: ChannelPlace, output: Output, now: float) -> None:
        """Pass on an output at the other end of a place. A channel's facts are for the transcript."""
        if type(output) is SendData:
            if place is _ISP_TO_MODEM:
                self.modem.receive_remote((output,), now=now)
            elif place is _CLIENT_TO_MODEM:
                self._let_modem_take(output.data, now)
            elif place is _MODEM_TO_CLIENT:
                self._outputs.append(output)
            elif self.far_end is not None:
                self.far_end.receive_data(self._decoded(output.data), now=now)
        elif type(output) is SetCircuit and place is _ISP_TO_MODEM:
            self.modem.lose_carrier(now=now)
        elif type(output) is SetCircuit and place is _CLIENT_TO_MODEM and output.circuit in DTE_CIRCUITS:
            self._let_modem_see(output.circuit, output.on, now)
        else:
            self._outputs.append(output)

    def _send_back(self, place: ChannelPlace, output: SendData, now: float) -> None:
        """Send octets that a channel has turned back to their sender."""
        match place:
            case ChannelPlace.MODEM_TO_ISP:
                self._send_on(ChannelPlace.ISP_TO_MODEM, output, now)
                self._take_from_modem(now)
            case ChannelPlace.ISP_TO_MODEM:
                self._send_on(ChannelPlace.MODEM_TO_ISP, output, now)
            case ChannelPlace.CLIENT_TO_MODEM:
                self._outputs.append(output)
            case ChannelPlace.MODEM_TO_CLIENT:
                self._let_modem_take(output.data, now)

    def _dial(self, request: DialRequested, now: float) -> None:
        if self._incoming is not None:
            self._incoming.miss("the modem dialled")
            self._outputs += self._incoming.take_outputs()
        route = self._config.exchange.route(request.number, is_clearing=now < self._clearing_until)
        self._outputs.append(_dialled(request.number, route.outcome))
        if request.stays_in_command:
            return  # the modem does not listen: more digits follow, or it hangs up
        self._call = CallSetUp(route, None if route.after is None else now + route.after)
        if route.rings:
            self.modem.hear_ring_back(now=now)

    def _come_through(self, route: Route, now: float) -> None:
        """Report the outcome of its call to the modem."""
        self._call = None
        if route.outcome is _ISP:
            self.modem.connect(now=now)
            self._answer(now=now)
        else:
            self.modem.fail_call(_FAILURES[route.outcome], now=now)

    def _answer(self, *, now: float) -> None:
        """Begin a call: the ISP answers."""
        self.calls += 1
        if self._shared is not None:
            self.calls = self._shared.calls = self._shared.calls + 1
        self._number = self.calls
        self.far_end = None
        self._take_from_modem(now)  # CONNECT precedes the ISP's first octet
        self.far_end = self._config.isp.answer(self._number)
        answered = _answered(self._number, self.far_end.name)
        self._outputs.append(answered)
        if self._channels is not None:
            self._channels.let_notice(answered, now)
        self.far_end.start(now=now)

    def _end(self, by: str, now: float) -> None:
        """End the call, or the attempt at one; ``by`` is the side that ended it."""
        self._call = None
        if self.far_end is not None:
            self.far_end.set_circuit(_DCD, False, now=now)
            # What it still asks of its owner is done; the caller gets nothing more.
            for output in self.far_end.take_outputs():
                if type(output) not in _FOR_THE_CALLER:
                    self._outputs.append(output)
            self._outputs.append(_ended(self._number, by))
            self.far_end = None
            self._clearing_until = now + self._config.exchange.busy_after

    def _let_calls_come_in(self, incoming: IncomingCalls, now: float) -> None:
        """Let the exchange ring, send the caller's number, or give up, as long as something is due."""
        while (due := incoming.next_timer()) is not None and now >= due:
            is_free = self._call is None and self.far_end is None and self.modem.state is ModemState.COMMAND
            incoming.handle_timer(is_free=is_free, now=now)
            for output in incoming.take_outputs():
                match output:
                    case Rung():
                        self.modem.ring(now=now)
                    case CallerSent(caller):
                        self.modem.hear_caller(caller, now=now)
                    case _:
                        self._outputs.append(output)
            self._settle(now)


# Facts are built slowly, and those of most calls are the same.
_ON_HOOK = {reason: WentOnHook(reason) for reason in HangUpReason}
_answered = lru_cache(maxsize=32)(CallAnswered)
_ended = lru_cache(maxsize=32)(CallEnded)


@lru_cache(maxsize=32)
def _dialled(number: str, leads_to: CallOutcome) -> Dialled:
    return Dialled(number, leads_to.value)


@dataclass(slots=True)
class _LineEnds:
    """What ends a line of the caller, as octets on the line: CR, LF, and either of them."""

    cr: bytes
    lf: bytes
    either: re.Pattern[bytes]


@lru_cache(maxsize=32)
def _line_ends(framing: Framing) -> _LineEnds:
    """Return what the ISP takes for the end of a line."""
    ends = re.escape(bytes(octet for octet in range(256) if framing.decode(bytes((octet,))) in (b"\r", b"\n")))
    return _LineEnds(framing.encode(b"\r"), framing.encode(b"\n"), re.compile(b"[%b]" % ends))


_PLAIN_ENDS = _line_ends(Framing())
