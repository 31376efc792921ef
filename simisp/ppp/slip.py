r"""SLIP: IP packets on a serial line, and nothing else.

======  ======================  ===================================================================
octet   name                    what it means
======  ======================  ===================================================================
0xC0    END                     the packet is complete; one before it may clear the line of noise
0xDB    ESC                     the next octet is 0xDC for END, 0xDD for ESC; any other stands for itself
======  ======================  ===================================================================

There is no address, no check sequence and nothing to negotiate, so a link is up from its start, whatever answers.

See Also:
    RFC 1055.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.facts.ppp import FrameError, LinkUp, Network, PacketReceived, PacketSent
from simisp.machine import Output, SendData
from simisp.ppp.describe import describe_ip
from simisp.ppp.hdlc import FramingFault
from simisp.ppp.network import echo_reply
from simisp.spans import Spans

__all__ = ["SlipFarEnd", "SlipFramer"]

_END = b"\xc0"
_ESC = b"\xdb"
_PAIR = re.compile(b"\xdb(.)", re.DOTALL)
_MEANT = {b"\xdc": _END, b"\xdd": _ESC}
_LONGEST = 1500
_SHORTEST = 20


class SlipFramer:
    r"""Packets of both directions of one line.

    Args:
        longest: The most octets of a packet that comes; a longer one is dropped.

    Example:
        >>> framer = SlipFramer()
        >>> framer.encode(b"a\xc0b\xdb")
        b'\xc0a\xdb\xdcb\xdb\xdd\xc0'
        >>> list(framer.decode(b"\xc0a\xdb\xdcb\xdb\xdd\xc0"))
        [b'a\xc0b\xdb']
    """

    __slots__ = ("_dropped", "_held", "_longest")

    def __init__(self, *, longest: int = _LONGEST) -> None:
        self._longest = longest
        self._held = bytearray()
        self._dropped = 0

    def encode(self, packet: bytes) -> bytes:
        """Return a packet as it is sent, with an END at both ends."""
        return _END + packet.replace(_ESC, b"\xdb\xdd").replace(_END, b"\xdb\xdc") + _END

    def decode(self, data: bytes) -> Iterator[bytes | FramingFault]:
        """Take octets; yield the packets that they complete, and what is too long for one, in order."""
        *ended, rest = data.split(_END)
        for octets in ended:
            self._hold(octets)
            held, dropped = bytes(self._held), self._dropped
            self._held.clear()
            self._dropped = 0
            packet = _unescaped(held)
            if dropped or len(packet) > self._longest:
                yield FramingFault("too long", dropped or len(held))
            elif packet:
                yield packet
        self._hold(rest)

    def _hold(self, octets: bytes) -> None:
        if self._dropped:
            self._dropped += len(octets)
            return
        self._held += octets
        if len(self._held) > 2 * self._longest:
            self._dropped = len(self._held)
            self._held.clear()


def _unescaped(octets: bytes) -> bytes:
    return _PAIR.sub(lambda pair: _MEANT.get(pair[1], pair[1]), octets) if _ESC in octets else octets


class SlipFarEnd:
    """SLIP as the far end of a call. It is a :class:`~simisp.far_end.FarEnd`, and never ends a call.

    Args:
        answers_ping: Whether ICMP echo requests are answered.
        name: Its name in records.

    Attributes:
        name: Its name in records.
    """

    reads_lines = False
    has_eight_bits = True
    doing = "has SLIP up"
    waits_for_caller = True
    is_through = True
    unread = 0

    def __init__(self, *, answers_ping: bool = False, name: str = "SLIP") -> None:
        self.name = name
        self._answers_ping = answers_ping
        self._framer = SlipFramer()
        self._outputs: list[Output] = []

    def secrets_in(self, data: bytes) -> Spans:
        """Return nothing: SLIP has no passwords."""
        return ()

    def start(self, *, now: float) -> None:
        """Start: packets can pass at once."""
        self._outputs.append(LinkUp(Network.IP))

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller."""
        for found in self._framer.decode(data):
            if isinstance(found, FramingFault):
                self._outputs.append(FrameError(found.why, found.octets))
            elif len(found) < _SHORTEST:
                self._outputs.append(FrameError("too short", len(found)))
            else:
                self._take(found)

    def _take(self, packet: bytes) -> None:
        self._outputs.append(PacketReceived("IP", "", 0, describe_ip(packet) or f"{len(packet)} octets"))
        answer = echo_reply(packet) if self._answers_ping else None
        if answer is not None:
            self._outputs.append(PacketSent("IP", "", 0, describe_ip(answer)))
            self._outputs.append(SendData(self._framer.encode(answer)))

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: the end of the call is the end of this far end."""

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Do nothing: only octets are for SLIP."""

    def handle_timer(self, *, now: float) -> None:
        """Do nothing: SLIP has no timers."""

    def next_timer(self) -> float | None:
        """Return None: SLIP has no timers."""
        return None

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        return outputs
