"""A Session whose line can become a multiplexer: each channel is a line of the same modem.

===============  ===================================  =================================================================
state            input                                next state, and effect
===============  ===================================  =================================================================
AT line          ``AT+CMUX=…``, answered with OK      multiplexer; what follows the command line are frames
AT line          anything else                        as for :class:`~simisp.line.session.Session`
multiplexer      a DLC comes up                       a new Session for it: an AT interpreter with settings of its own,
                                                      on the subsystem that all lines of the modem share
multiplexer      a DLC goes down                      its call ends, and its Session is gone
multiplexer      octets and circuits of a DLC         to and from its Session (:mod:`simisp.line.mux_channel`); DTR and
                                                      RTS come by MSC, DSR, CTS, DCD and RI go by MSC
multiplexer      CLD, DISC on DLCI 0, DTR off,        AT line; every DLC goes down
                 the other side does not wake up
multiplexer      the modem starts anew (conduct)      AT line, without a word but its banner; every DLC goes down
===============  ===================================  =================================================================

What happens on a DLC is recorded as on a line of its own, :func:`channel_name`. The frames that carry its octets are
not recorded besides: the octets would be there twice, and a password typed in single characters could not be masked in
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from simisp.circuits import Circuit
from simisp.cmux.conduct import MuxConduct
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.frame import HIGHEST_DLCI
from simisp.cmux.multiplexer import Multiplexer
from simisp.cmux.outputs import DlcData, DlcSignals
from simisp.facts.cmux import DlcClosed, DlcOpened, MultiplexerBegan, MultiplexerEnded
from simisp.facts.fact import Fact
from simisp.far_end import FarEnd
from simisp.line.channel import ChannelPlace
from simisp.line.incoming import IncomingCalls
from simisp.line.mux_channel import MuxChannel, channel_name
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.machine import Output, SendData, SendUnrecorded, earliest
from simisp.modem.known_answers import KnownAnswer
from simisp.modem.multiplexing import MULTIPLEX, MULTIPLEX_WITHIN, MultiplexerRequested

__all__ = ["MultiplexedSession", "MuxSetup"]

_NEXT_TO_THE_CLIENT = frozenset({ChannelPlace.CLIENT_TO_MODEM, ChannelPlace.MODEM_TO_CLIENT})
_PIECE = 512
"""How many octets of frames are taken at a time: their answers may be far longer."""


@dataclass(frozen=True)
class MuxSetup:
    """What a modem's multiplexer is like, besides what ``AT+CMUX`` says.

    Attributes:
        conduct: Its manners.
        dlcis: Which DLCs it has, besides DLCI 0.
        restarts_after: How long after it has begun the modem starts anew, in seconds, without a word to the client;
            None for never.
        banner: What it sends then, as an AT modem.
    """

    conduct: MuxConduct = field(default_factory=MuxConduct)
    dlcis: frozenset[int] = field(default_factory=lambda: frozenset(range(1, HIGHEST_DLCI + 1)))
    restarts_after: float | None = None
    banner: bytes = b"\r\nRDY\r\n"


@dataclass(frozen=True)
class MultiplexedConfig:
    """The configuration of a Session with a multiplexer. All Sessions made of one share what is worked out from it.

    Attributes:
        line: The configuration of each of its lines.
        setup: What the multiplexer is like.
    """

    line: SessionConfig
    setup: MuxSetup = field(default_factory=MuxSetup)

    @cached_property
    def outside(self) -> SessionConfig:
        """The configuration of the AT line."""
        has_it = self.line.modem.profile.rows.get_row(MULTIPLEX.name) is MULTIPLEX
        return self.line if has_it else replace(self.line, modem=self.line.modem.with_row(MULTIPLEX))

    @cached_property
    def within(self) -> SessionConfig:
        """The configuration of a channel's line. Channels between client and modem lie below the multiplexer."""
        for_calls = {place: maker for place, maker in self.line.channels.items() if place not in _NEXT_TO_THE_CLIENT}
        exchange = replace(self.line.exchange, calls_in=())
        modem = self.line.modem.with_row(MULTIPLEX_WITHIN)
        return replace(self.line, modem=modem, exchange=exchange, channels=for_calls)


class MultiplexedSession(Session):
    r"""A Session whose modem has ``AT+CMUX``. The module's docstring has its states.

    Args:
        config: The configuration.
        shared: What it shares with the other Sessions of its modem; None for the only one.

    Example:
        >>> session = MultiplexedSession(MultiplexedConfig(SessionConfig()))
        >>> session.receive_data(b"AT+CMUX=0\r" + bytes.fromhex("f9 03 3f 01 1c f9"), now=1.0)
        >>> [output.data for output in session.take_outputs() if isinstance(output, (SendData, SendUnrecorded))]
        [b'AT+CMUX=0\r', b'\r\nOK\r\n', b'\xf9\x03s\x01\xd7\xf9']
    """

    __slots__ = ("_channels_up", "_mux", "_mux_config", "_requested", "_restarts_at")

    def __init__(self, config: MultiplexedConfig, shared: SharedModem | None = None) -> None:
        self._mux: Multiplexer | None = None
        self._channels_up: dict[int, MuxChannel] = {}
        self._requested: MultiplexerRequested | None = None
        self._restarts_at: float | None = None
        self._mux_config = config
        super().__init__(config.outside, shared if shared is not None else SharedModem.of(config.outside))

    @property
    def waiting_for(self) -> str:
        """What this side of the line is waiting for, in words."""
        if self._mux is None:
            return super().waiting_for
        told = [f"on {channel_name(dlci)} {line.session.waiting_for}" for dlci, line in self._channels_up.items()]
        return ", ".join(told) or "the multiplexer waits for a channel"

    @property
    def present_far_end(self) -> FarEnd | None:
        """The far end of the call that is up, on any line; None between calls."""
        ends = (line.session.far_end for line in self._channels_up.values())
        return self.far_end or next((end for end in ends if end is not None), None)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines in all parts."""
        super().handle_timer(now=now)
        if self._mux is not None:
            if self._restarts_at is not None and now >= self._restarts_at:
                self._restart(now)
                return
            self._mux.handle_timer(now=now)
            for line in self._channels_up.values():
                line.session.handle_timer(now=now)
            self._settle_channels(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all parts."""
        due = super().next_timer()
        if self._mux is None:
            return due
        lines = (line.next_timer() for line in self._channels_up.values())
        return earliest((due, self._mux.next_timer(), self._restarts_at, *lines))

    def settle(self, *, now: float) -> None:
        """Pass on what another line of the same modem has caused here."""
        super().settle(now=now)
        if self._mux is not None:
            self._settle_channels(now)

    def unplug(self, *, now: float) -> None:
        """Go on hook on every line: the port is gone for good."""
        self._leave("unplugged", now)
        super().unplug(now=now)

    def lose_power(self, *, now: float) -> None:
        """Be unplugged, on every line."""
        self._leave("the modem has lost its power", now)
        super().lose_power(now=now)

    def _let_calls_come_in(self, incoming: IncomingCalls, now: float) -> None:
        """Let calls ring on the lowest channel, or nowhere while the multiplexer has none."""
        if self._mux is None:
            super()._let_calls_come_in(incoming, now)
        elif not self._channels_up:
            incoming.handle_timer(is_free=False, now=now)
            self._outputs += [output for output in incoming.take_outputs() if isinstance(output, Fact)]

    def _let_the_lowest_ring(self) -> None:
        """Calls that come in ring on the lowest channel."""
        lowest = min(self._channels_up, default=None)
        for dlci, line in self._channels_up.items():
            line.session.hear_calls(self._incoming if dlci == lowest else None)

    # From the DTE ----------------------------------------------------------------------------------------------------

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Take a whole command line whose answer is known, on the AT line."""
        return super().answer_known(data, now=now) if self._mux is None else None

    def _take_first(self, data: bytes, now: float) -> int:
        if self._mux is not None:
            return self._take_frames(data, 0, now)
        taken = super()._take_first(data, now)
        if self._requested is not None:
            self._begin(now)
        return taken

    def _take(self, data: bytes, start: int, now: float) -> int:
        if self._mux is not None and self._channels is None:
            return self._take_frames(data, start, now)
        end = super()._take(data, start, now)
        if self._requested is not None:
            self._begin(now)
        return end

    def _let_modem_take(self, data: bytes, now: float) -> None:
        position = 0
        while position < len(data):
            if self._mux is not None:
                position = self._take_frames(data, position, now)
                continue
            end = self._next_place(data, position, self.modem.state)
            position += self.modem.receive_some(data[position:end], 0, now=now)
            self._settle(now)
            if self._requested is not None:
                self._begin(now)

    def _let_modem_see(self, circuit: Circuit, on: bool, now: float) -> None:
        if circuit is Circuit.DTR and not on:
            self._leave("DTR off", now)
        super()._let_modem_see(circuit, on, now)

    def _take_frames(self, data: bytes, start: int, now: float) -> int:
        """Take octets of the multiplexer; return the index of the next one, which may be the AT line's."""
        assert self._mux is not None
        mux = self._mux
        end = min(len(data), start + _PIECE)
        mux.feed(data[start:end], now=now)
        self._settle_channels(now)
        while mux.step(now=now):
            self._settle_channels(now)
        return end - len(mux.rest()) if mux.over else end

    # The multiplexer -------------------------------------------------------------------------------------------------

    def _multiplex(self, request: MultiplexerRequested) -> None:
        self._requested = request

    def _begin(self, now: float) -> None:
        """Become a multiplexer, now that the command line has been answered."""
        assert self._requested is not None
        request, self._requested = self._requested, None
        setup = self._mux_config.setup
        config = MultiplexerConfig(
            advanced=request.advanced,
            in_ui=request.in_ui,
            frame_size=request.frame_size,
            t1=request.t1,
            t2=request.t2,
            t3=request.t3,
            tries=request.tries,
            dlcis=setup.dlcis,
        )
        self._mux = Multiplexer(config, setup.conduct)
        self.modem.attend(False)
        self._restarts_at = None if setup.restarts_after is None else now + setup.restarts_after
        self._outputs.append(MultiplexerBegan("advanced" if request.advanced else "basic", request.frame_size))

    def _leave(self, why: str, now: float) -> None:
        """Be an AT line again, whatever the other side believes."""
        if self._mux is None:
            return
        for dlci in list(self._channels_up):
            self._take_down(dlci, now)
            self._outputs.append(DlcClosed(dlci, why))
        self._outputs.append(MultiplexerEnded(why))
        self._end_multiplexer()

    def _restart(self, now: float) -> None:
        """Start the modem anew: it says so as an AT modem, and knows of no multiplexer."""
        self._leave("the modem has started anew", now)
        self._send_plain(SendData(self._mux_config.setup.banner), now)

    def _end_multiplexer(self) -> None:
        self._mux = self._restarts_at = None
        self.modem.attend(True)

    def _settle_channels(self, now: float) -> None:
        """Pass on what has come up, between the multiplexer and its channels' lines, until there is nothing left."""
        mux = self._mux
        while mux is not None:
            outputs = mux.take_outputs()
            for output in outputs:
                self._from_mux(output, now)
            stirred = [line.pass_on(mux, self._outputs, now) for line in self._channels_up.values()]
            if not outputs and not any(stirred):
                break
        if self._shared is not None:
            self.calls = self._shared.calls
        if mux is not None and mux.over:
            self._end_multiplexer()

    def _from_mux(self, output: Output, now: float) -> None:
        match output:
            case SendData(data):
                self._send_plain(SendUnrecorded(data), now)
            case DlcData(dlci, data):
                if (line := self._channels_up.get(dlci)) is not None:
                    line.take_data(data, now)
            case DlcSignals(dlci, signals):
                if (line := self._channels_up.get(dlci)) is not None:
                    line.take_signals(signals, now)
            case DlcOpened(dlci):
                self._outputs.append(output)
                if dlci:
                    self._channels_up[dlci] = MuxChannel(dlci, self._mux_config.within, self._shared)
                    self._let_the_lowest_ring()
            case DlcClosed(dlci):
                self._take_down(dlci, now)
                self._outputs.append(output)
            case _:
                self._outputs.append(output)

    def _take_down(self, dlci: int, now: float) -> None:
        line = self._channels_up.pop(dlci, None)
        if line is not None:
            line.close(self._outputs, now)
            self._let_the_lowest_ring()

    def _send_plain(self, output: SendData | SendUnrecorded, now: float) -> None:
        """Send octets to the client, through the channel below the multiplexer if there is one."""
        channels = self._channels
        if channels is None or not channels.send(ChannelPlace.MODEM_TO_CLIENT, SendData(output.data), now):
            self._outputs.append(output)
