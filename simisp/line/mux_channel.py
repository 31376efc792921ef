"""One channel of a multiplexer: a DLC, the Session that is its line, and the flow control between them.

A channel that is full stops its own DLC and no other. Each direction has two limits:

============================  ========================================================================================
octets from the client        that the line, or what it leads to (a program), has not read
============================  ========================================================================================
more than 16 KiB              FC of this DLC is set in MSC: the client has to wait
4 KiB or less                 FC is cleared
64 KiB beyond the far end     more are discarded, for a client that minds no FC. That is a fact, when it begins, each
                              time that there are twice as many, and when the channel has room again or is down
============================  ========================================================================================

============================  ========================================================================================
octets for the client         that wait because the client has set FC, or sent FCoff
============================  ========================================================================================
16 KiB or more                nothing more is taken of the client's, and no timer of the far end runs
============================  ========================================================================================

A circuit goes past octets that wait, as on a modem: if DTR ends the call, they are lost with it.

See Also:
    3GPP TS 27.010, 5.4.8 (flow control), 5.4.6.3.7 (FC).
"""

from __future__ import annotations

from dataclasses import replace

from simisp.circuits import Circuit
from simisp.cmux.multiplexer import Multiplexer
from simisp.cmux.signals import V24Signals
from simisp.facts.line import OctetsLost
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.machine import OnLine, Output, SendData, SetCircuit

__all__ = ["MOST_UNTAKEN", "MuxChannel", "channel_name"]

_HIGH_WATER = 16 * 1024
_LOW_WATER = 4 * 1024
MOST_UNTAKEN = 64 * 1024
"""How many octets of a client that minds no FC wait until the line takes them; more are discarded."""


def channel_name(dlci: int) -> str:
    """Return the name of a DLC's line in a transcript.

    Example:
        >>> channel_name(2)
        'dlci 2'
    """
    return f"dlci {dlci}"


class MuxChannel:
    """One DLC and its Session.

    Args:
        dlci: The DLC.
        config: The configuration of its line.
        shared: What the lines of the modem share.

    Attributes:
        session: Its line.
    """

    def __init__(self, dlci: int, config: SessionConfig, shared: SharedModem | None) -> None:
        self.session = _ChannelSession(config, shared)
        self._dlci = dlci
        self._name = channel_name(dlci)
        self._signals = V24Signals()
        self._peer = V24Signals(ready=False, clear=False)
        self._untaken = bytearray()
        self._discarded = 0
        self._recorded = 0

    def next_timer(self) -> float | None:
        """Return when the line has something to do; 0.0, at once, if a program that it leads to has read meanwhile."""
        return 0.0 if self._has_room_again else self.session.next_timer()

    def take_data(self, data: bytes, now: float) -> None:
        """Take octets of the client's, and pass on to the line as many as it takes."""
        if not self._untaken:
            data = data[self.session.receive_some(data, 0, now=now) :]
        kept = data[: MOST_UNTAKEN - len(self._untaken)]
        self._untaken += kept
        self._discarded += len(data) - len(kept)

    def take_signals(self, signals: V24Signals, now: float) -> None:
        """Take the circuits that the client drives."""
        before, self._peer = self._peer, signals
        has_call = self.session.far_end is not None
        if signals.ready is not before.ready:
            self.session.set_circuit(Circuit.DTR, signals.ready, now=now)
        if signals.clear is not before.clear:
            self.session.set_circuit(Circuit.RTS, signals.clear, now=now)
        if has_call and self.session.far_end is None:
            self._discarded += len(self._untaken)
            self._untaken.clear()

    def close(self, records: list[Output], now: float) -> None:
        """Be down: the call ends, and what waits is lost."""
        self.session.hear_calls(None)
        self.session.unplug(now=now)
        self._discarded += len(self._untaken)
        self._untaken.clear()
        records += [OnLine(self._name, output) for output in self.session.take_outputs()]
        self._note_discarded(records, is_over=True)

    def pass_on(self, mux: Multiplexer, records: list[Output], now: float) -> bool:
        """Send what the Session has put out, and record it; return whether anything has changed."""
        self.session.held_back = mux.held_on(self._dlci)
        self.session.settle(now=now)  # another channel may have changed what they share
        taken = self.session.receive_some(bytes(self._untaken), 0, now=now) if self._untaken else 0
        del self._untaken[:taken]
        outputs = self.session.take_outputs()
        for output in outputs:
            records.append(OnLine(self._name, output))
            if isinstance(output, SendData):
                mux.send(self._dlci, output.data, now=now)
            elif isinstance(output, SetCircuit):
                self._signals = _with_circuit(self._signals, output)
                mux.set_signals(self._dlci, self._signals, now=now)
        return self._control_flow(mux, records, now) or bool(outputs or taken)

    def _control_flow(self, mux: Multiplexer, records: list[Output], now: float) -> bool:
        """Stop the client or let it go on, and record what was discarded; return whether that has changed."""
        self._note_discarded(records, is_over=not self._untaken)
        stopped = self._waiting > (_LOW_WATER if self._signals.stopped else _HIGH_WATER)
        if stopped is self._signals.stopped:
            return False
        self._signals = replace(self._signals, stopped=stopped)
        mux.set_signals(self._dlci, self._signals, now=now)
        return True

    @property
    def _waiting(self) -> int:
        """How many octets of the client's have not been read."""
        far_end = self.session.far_end
        return len(self._untaken) + (far_end.unread if far_end is not None else 0)

    @property
    def _has_room_again(self) -> bool:
        """Whether octets can be taken, or the client can go on, since a program has read: no event here says so."""
        can_take = bool(self._untaken) and not self.session.takes_nothing
        return can_take or (self._signals.stopped and self._waiting <= _LOW_WATER)

    def _note_discarded(self, records: list[Output], *, is_over: bool) -> None:
        """Record what was discarded, each time that it has doubled: few facts for however many octets."""
        if self._discarded and (is_over or self._discarded >= self._recorded):
            records.append(OnLine(self._name, OctetsLost(self._discarded, f"channel {self._dlci} takes no more")))
            self._recorded += self._discarded
            self._discarded = 0
        if is_over:
            self._recorded = 0


class _ChannelSession(Session):
    """The line of a channel, which is full while its client takes nothing.

    Attributes:
        held_back: How many octets for the client wait in the multiplexer.
    """

    __slots__ = ("held_back",)

    def __init__(self, config: SessionConfig, shared: SharedModem | None) -> None:
        self.held_back = 0
        super().__init__(config, shared)

    @property
    def _is_full(self) -> bool:
        return self.held_back >= _HIGH_WATER or super()._is_full


def _with_circuit(signals: V24Signals, change: SetCircuit) -> V24Signals:
    """Return the signals of a DCE, with one circuit changed."""
    match change.circuit:
        case Circuit.DSR:
            return replace(signals, ready=change.on)
        case Circuit.CTS:
            return replace(signals, clear=change.on)
        case Circuit.RI:
            return replace(signals, ring=change.on)
        case Circuit.DCD:
            return replace(signals, carrier=change.on)
    return signals
