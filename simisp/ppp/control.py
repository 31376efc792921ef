"""A control protocol: the automaton with packets, identifiers and options.

What LCP, IPCP, IPV6CP and CCP have in common is here; each of them says which options it asks for and what it says to
each option of the peer. Which event a packet is:

=====================  ======================================================  =========================================
packet                 when                                                    event
=====================  ======================================================  =========================================
Configure-Request      every option is good                                    RCR+
Configure-Request      an option is not                                        RCR-, answered with a Reject of those
                                                                               not known, else with a Nak
Configure-Ack          the identifier and all options are those asked for      RCA
Configure-Nak, -Reject the identifier is; rejected options were asked for      RCN
Terminate-Request                                                              RTR
Terminate-Ack                                                                  RTA
Code-Reject            of Configure-Request to Code-Reject                     RXJ-, of others RXJ+
any other code         the protocol does not know it                           RUC
any                    options or lengths that cannot be                       none: discarded
=====================  ======================================================  =========================================

A reply counts once: the peer that acknowledges a request and its repetition has said one thing twice, and the second
time must not take an open protocol down.

A negotiation that has seen many Naks and Rejects and no Ack does not converge, and is ended. The standard leaves this
open; without it, two sides may go on forever.

See Also:
    RFC 1661, 4.3 (events), 4.6 (Max-Failure), 5 (packets), 6 (options).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import ClassVar

from simisp.ppp.automaton import (
    AutomatonAction,
    AutomatonEvent,
    AutomatonState,
    NegotiationAutomaton,
    RestartTimers,
)
from simisp.ppp.frame import ConfigOption, ControlPacket, decode_options, encode_options

__all__ = ["ControlProtocol", "LayerEvent", "PacketCode"]

_MOST_REFUSALS = 10
"""This many Naks and Rejects in succession end a negotiation."""
_LONGEST_REJECTED = 1400
"""How many octets of a packet a Code-Reject or Protocol-Reject repeats, so that any peer can take it."""

_NEEDED = range(1, 8)
"""The codes without which there is no control protocol."""


class PacketCode:
    """The codes that all control protocols have, and those of LCP (RFC 1661, 5; RFC 1570, 1)."""

    CONFIGURE_REQUEST = 1
    CONFIGURE_ACK = 2
    CONFIGURE_NAK = 3
    CONFIGURE_REJECT = 4
    TERMINATE_REQUEST = 5
    TERMINATE_ACK = 6
    CODE_REJECT = 7
    PROTOCOL_REJECT = 8
    ECHO_REQUEST = 9
    ECHO_REPLY = 10
    DISCARD_REQUEST = 11
    IDENTIFICATION = 12
    TIME_REMAINING = 13


class LayerEvent(Enum):
    """What a control protocol reports to the layers beside it."""

    __hash__ = object.__hash__

    UP = "up"
    DOWN = "down"
    STARTED = "started"
    FINISHED = "finished"


_LAYER = {
    AutomatonAction.TLU: LayerEvent.UP,
    AutomatonAction.TLD: LayerEvent.DOWN,
    AutomatonAction.TLS: LayerEvent.STARTED,
    AutomatonAction.TLF: LayerEvent.FINISHED,
}


class ControlProtocol:
    """A control protocol of one side.

    Args:
        timers: The timer and the counters of the automaton.

    Attributes:
        outputs: Packets to send and events for other layers, in order; the owner takes them away.
        converges: False once the negotiation was ended because it did not converge.
        was_rejected: Whether the peer has rejected the protocol or a code that it needs.
        peer_reason: What the peer's last Terminate-Request said.
        peer_terminated: Whether the peer has sent a Terminate-Request since the negotiation began.
    """

    protocol: ClassVar[int]

    def __init__(self, timers: RestartTimers | None = None) -> None:
        self.timers = timers or RestartTimers()
        self.automaton = NegotiationAutomaton(self.timers)
        self.outputs: list[ControlPacket | LayerEvent] = []
        self.converges = True
        self.was_rejected = False
        self.peer_reason = b""
        self.peer_terminated = False
        self._identifier = 0
        self._asked: tuple[ConfigOption, ...] = ()
        self._awaits_reply = False
        self._refused: set[int] = set()
        """The types of own options that the peer has rejected."""
        self._naks_sent = 0
        self._refusals = 0
        self._reason = b""

    @property
    def is_open(self) -> bool:
        """Whether both sides have agreed."""
        return self.automaton.state is AutomatonState.OPENED

    @property
    def identifier(self) -> int:
        """The identifier of the request sent last, 0 to 255."""
        return self._identifier

    # What each protocol says -----------------------------------------------------------------------------------------

    def _wanted(self) -> Iterable[ConfigOption]:
        """Return the options to ask for. Those that the peer has rejected are left out by the caller."""
        return ()

    def _judge(self, option: ConfigOption) -> ConfigOption | None:
        """Return the peer's option if it is good, another value to suggest instead, or None to reject it."""
        return None

    def _missing(self, types: frozenset[int]) -> Iterable[ConfigOption]:
        """Return options that the peer has to ask for and has not, when it asks for these types."""
        return ()

    def _agree(self, options: tuple[ConfigOption, ...]) -> None:
        """Take note of the peer's options: they are about to be acknowledged."""

    def _take_nak(self, option: ConfigOption) -> None:
        """Change what is asked for, as far as the peer's suggestion is acceptable."""

    def _take_extra(self, packet: ControlPacket, *, now: float) -> bool:
        """Take a packet with a code of this protocol's own; return whether it has such a code."""
        return False

    def _begin(self) -> None:
        """Start from the configuration: a negotiation begins from scratch."""

    # Events from above and below -------------------------------------------------------------------------------------

    def open(self, *, now: float) -> None:
        """Take note that this side wants the protocol."""
        self._carry_out(self.automaton.take(AutomatonEvent.OPEN, now=now))

    def close(self, reason: bytes = b"", *, now: float) -> None:
        """End the protocol; the peer is given the reason."""
        self._reason = reason
        self._carry_out(self.automaton.take(AutomatonEvent.CLOSE, now=now))

    def lower_up(self, *, now: float) -> None:
        """Take note that the layer below is up."""
        self._restart()
        self._carry_out(self.automaton.take(AutomatonEvent.UP, now=now))

    def lower_down(self, *, now: float) -> None:
        """Take note that the layer below is down."""
        self._carry_out(self.automaton.take(AutomatonEvent.DOWN, now=now))

    def be_rejected(self, *, now: float) -> None:
        """Take note that the peer does not know this protocol."""
        self.was_rejected = True
        self._carry_out(self.automaton.take(AutomatonEvent.RXJ_MINUS, now=now))

    def next_timer(self) -> float | None:
        """Return when the restart timer expires, or None if it does not run."""
        return self.automaton.deadline

    def handle_timer(self, *, now: float) -> None:
        """Act on the restart timer."""
        self._carry_out(self.automaton.expire(now=now), repeats=True)

    # Packets ---------------------------------------------------------------------------------------------------------

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a packet of the peer."""
        if self.automaton.state in (AutomatonState.INITIAL, AutomatonState.STARTING):
            return
        match packet.code:
            case PacketCode.CONFIGURE_REQUEST:
                self._take_request(packet, now)
            case PacketCode.CONFIGURE_ACK:
                self._take_ack(packet, now)
            case PacketCode.CONFIGURE_NAK | PacketCode.CONFIGURE_REJECT:
                self._take_refusal(packet, now)
            case PacketCode.TERMINATE_REQUEST:
                self._take_terminate_request(packet, now)
            case PacketCode.TERMINATE_ACK:
                self._do(AutomatonEvent.RTA, now)
            case PacketCode.CODE_REJECT:
                self._take_code_reject(packet, now)
            case _:
                if not self._take_extra(packet, now=now):
                    self._do(AutomatonEvent.RUC, now, answer=packet.encode()[:_LONGEST_REJECTED])

    def _take_request(self, packet: ControlPacket, now: float) -> None:
        options = decode_options(packet.data)
        if options is None:
            return
        if self.is_open:
            self._restart()
        code, answer = self._answer_to(options)
        if code is PacketCode.CONFIGURE_ACK:
            self._agree(options)
            self._naks_sent = 0
        elif code is PacketCode.CONFIGURE_NAK:
            self._naks_sent += 1
        event = AutomatonEvent.RCR_PLUS if code is PacketCode.CONFIGURE_ACK else AutomatonEvent.RCR_MINUS
        self._do(event, now, packet.identifier, code, encode_options(answer))

    def _answer_to(self, options: tuple[ConfigOption, ...]) -> tuple[int, tuple[ConfigOption, ...]]:
        """Return the code and the options of the answer to the peer's request."""
        judged = [(option, self._judge(option)) for option in options]
        if rejected := tuple(option for option, verdict in judged if verdict is None):
            return PacketCode.CONFIGURE_REJECT, rejected
        bad = tuple((option, verdict) for option, verdict in judged if verdict is not None and verdict != option)
        if self._naks_sent >= self.timers.max_failure:
            return (
                (PacketCode.CONFIGURE_REJECT, tuple(option for option, _ in bad))
                if bad
                else (PacketCode.CONFIGURE_ACK, options)
            )
        missing = tuple(self._missing(frozenset(option.type for option in options)))
        if suggested := (*(verdict for _, verdict in bad), *missing):
            return PacketCode.CONFIGURE_NAK, suggested
        return PacketCode.CONFIGURE_ACK, options

    def _take_ack(self, packet: ControlPacket, now: float) -> None:
        if self._is_reply(packet) and packet.data == encode_options(self._asked):
            self._awaits_reply = False
            self._refusals = 0
            self._do(AutomatonEvent.RCA, now)

    def _take_refusal(self, packet: ControlPacket, now: float) -> None:
        options = decode_options(packet.data)
        if options is None or not self._is_reply(packet):
            return
        if packet.code == PacketCode.CONFIGURE_REJECT:
            if not set(options) <= set(self._asked):
                return
            self._refused.update(option.type for option in options)
            for option in options:
                self._take_reject(option)
        else:
            for option in options:
                self._take_nak(option)
        self._awaits_reply = False
        self._refusals += 1
        if self._refusals >= _MOST_REFUSALS:
            self.converges = False
            self.close(b"The negotiation does not converge", now=now)
        else:
            self._do(AutomatonEvent.RCN, now)

    def _take_reject(self, option: ConfigOption) -> None:
        """Take note that the peer has rejected an option that was asked for."""

    def _is_reply(self, packet: ControlPacket) -> bool:
        return self._awaits_reply and packet.identifier == self._identifier

    def _take_terminate_request(self, packet: ControlPacket, now: float) -> None:
        self.peer_terminated = True
        self.peer_reason = packet.data
        self._do(AutomatonEvent.RTR, now, packet.identifier)

    def _take_code_reject(self, packet: ControlPacket, now: float) -> None:
        if packet.data[:1] and packet.data[0] in _NEEDED:
            self.was_rejected = True
            self._do(AutomatonEvent.RXJ_MINUS, now)
        else:
            self._do(AutomatonEvent.RXJ_PLUS, now)

    # Actions ---------------------------------------------------------------------------------------------------------

    def _restart(self) -> None:
        self._refused.clear()
        self._naks_sent = self._refusals = 0
        self.peer_terminated = False
        self._begin()

    def _do(self, event: AutomatonEvent, now: float, identifier: int = 0, code: int = 0, answer: bytes = b"") -> None:
        self._carry_out(self.automaton.take(event, now=now), identifier, code, answer)

    def _carry_out(
        self,
        actions: tuple[AutomatonAction, ...],
        identifier: int = 0,
        code: int = 0,
        answer: bytes = b"",
        *,
        repeats: bool = False,
    ) -> None:
        """Carry out actions.

        Args:
            actions: What to do, in order.
            identifier: That of the packet that is answered.
            code: The answer's code, for sca and scn.
            answer: The answer's data.
            repeats: Whether a request is sent once more, with the identifier that it had.
        """
        for action in actions:
            match action:
                case AutomatonAction.SCR:
                    self._send_request(repeats=repeats)
                case AutomatonAction.SCA | AutomatonAction.SCN:
                    self._send(code, identifier, answer)
                case AutomatonAction.STR:
                    self._identifier = self._identifier if repeats else self._next_identifier()
                    self._send(PacketCode.TERMINATE_REQUEST, self._identifier, self._reason)
                case AutomatonAction.STA:
                    self._send(PacketCode.TERMINATE_ACK, identifier)
                case AutomatonAction.SCJ:
                    self._send(PacketCode.CODE_REJECT, self._next_identifier(), answer)
                case AutomatonAction.SER:
                    self._send(PacketCode.ECHO_REPLY, identifier, answer)
                case _:
                    self.outputs.append(_LAYER[action])

    def _send(self, code: int, identifier: int, data: bytes = b"") -> None:
        self.outputs.append(ControlPacket(code, identifier, data))

    def _send_request(self, *, repeats: bool) -> None:
        if not (repeats and self._awaits_reply):
            self._identifier = self._next_identifier()
            self._asked = tuple(option for option in self._wanted() if option.type not in self._refused)
        self._awaits_reply = True
        self._send(PacketCode.CONFIGURE_REQUEST, self._identifier, encode_options(self._asked))

    def _next_identifier(self) -> int:
        return (self._identifier + 1) % 256
