"""The Link Control Protocol: how the line is used, and whether the peer is still there.

==  ==============  ==================================================================================================
no  option          the peer's request is answered with
==  ==============  ==================================================================================================
1   MRU             Ack; below 128 a Nak with 1500
2   ACCM            Ack
3   authentication  Ack of a method that this side agrees to, else a Nak with the best of them; a Reject if there is
                    no name to authenticate
5   magic number    Ack; 0 or this side's own number a Nak with another one
7   PFC             Ack
8   ACFC            Ack
..  any other       Reject: quality (4), callback (13), multilink and the rest
==  ==============  ==================================================================================================

A request with this side's own magic number is its own, come back from the line, or chance, which does not repeat
itself: five of them in succession mean that the line is looped back. So does an echo with it.

See Also:
    RFC 1661, 5.7 to 5.9 and 6; RFC 1662, 7.1; RFC 1570, 1 (identification, time remaining).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from simisp.machine import earliest
from simisp.ppp.automaton import AutomatonEvent
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.control import ControlProtocol, LayerEvent, PacketCode
from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber
from simisp.ppp.hdlc import EVERY_CONTROL

__all__ = ["DEFAULT_MRU", "Lcp", "LcpOption", "ProtocolRejected"]

DEFAULT_MRU = 1500
"""The longest information field that any side takes (RFC 1661, 6.1)."""
_LEAST_MRU = 128
_MOST_LOOPS = 5
_MOST_MAGICS = 16
_METHODS = {method.option: method for method in AuthMethod}


class LcpOption:
    """The numbers of the options (RFC 1661, 6; RFC 1662, 7.1)."""

    MRU = 1
    ACCM = 2
    AUTHENTICATION = 3
    QUALITY = 4
    MAGIC = 5
    PFC = 7
    ACFC = 8


@dataclass(frozen=True, slots=True)
class ProtocolRejected:
    """The peer does not know a protocol.

    Attributes:
        protocol: The protocol's number.
    """

    protocol: int


class Lcp(ControlProtocol):
    """LCP of one side.

    Args:
        config: What this side is set to.
        random: Where magic numbers come from.

    Attributes:
        magic: This side's magic number; 0 if the peer has rejected the option, or it is not asked for.
        auth: How the peer is asked to authenticate itself; None if it is not.
        peer_auth: How this side has to authenticate itself; None if it has not.
        peer_mru: The longest information field that the peer takes.
        peer_accm: The control characters that the peer wants escaped.
        peer_pfc: Whether the peer takes a short protocol field.
        peer_acfc: Whether the peer takes frames without address and control.
        looped_back: Whether the line was found to be looped back.
        echo_lost: Whether the peer did not answer so many Echo-Requests that the link was ended.
        auth_refused: Whether the peer refuses every way to authenticate itself.
        rejected: Protocols that the peer does not know; the owner takes them away.
    """

    protocol = ProtocolNumber.LCP

    def __init__(self, config: PppConfig, random: Random) -> None:
        super().__init__(config.timers)
        self._config = config
        self._random = random
        self._loops = 0
        self._own_magics: deque[int] = deque(maxlen=_MOST_MAGICS)
        """The numbers that this side has asked for or suggested: on a slow line they come back late."""
        self._echo_due: float | None = None
        self._echoes_pending = 0
        self._echo_id = 0
        self.looped_back = self.echo_lost = self.auth_refused = False
        self.rejected: list[ProtocolRejected] = []
        self._begin()

    def _begin(self) -> None:
        config = self._config
        self.magic = self._new_magic() if config.magic else 0
        self.auth = config.auth[0] if config.auth else None
        self._mru = config.mru
        self._take_defaults()

    def _take_defaults(self) -> None:
        self.peer_auth: AuthMethod | None = None
        self.peer_mru = DEFAULT_MRU
        self.peer_accm = EVERY_CONTROL
        self.peer_pfc = self.peer_acfc = False

    def _new_magic(self) -> int:
        self._own_magics.append(self._random.randrange(1, 1 << 32))
        return self._own_magics[-1]

    @property
    def accm(self) -> int:
        """The control characters that the peer escapes once LCP is up, because this side has asked for it."""
        return EVERY_CONTROL if LcpOption.ACCM in self._refused else self._config.accm

    # Options ---------------------------------------------------------------------------------------------------------

    def _wanted(self) -> Iterable[ConfigOption]:
        config = self._config
        if self._mru != DEFAULT_MRU:
            yield ConfigOption(LcpOption.MRU, self._mru.to_bytes(2, "big"))
        if config.accm != EVERY_CONTROL:
            yield ConfigOption(LcpOption.ACCM, config.accm.to_bytes(4, "big"))
        if self.auth is not None:
            yield ConfigOption(LcpOption.AUTHENTICATION, self.auth.option)
        if self.magic:
            yield ConfigOption(LcpOption.MAGIC, self.magic.to_bytes(4, "big"))
        if config.pfc:
            yield ConfigOption(LcpOption.PFC)
        if config.acfc:
            yield ConfigOption(LcpOption.ACFC)

    def _judge(self, option: ConfigOption) -> ConfigOption | None:
        match option.type, len(option.data):
            case LcpOption.MRU, 2:
                enough = int.from_bytes(option.data, "big") >= _LEAST_MRU
                return option if enough else ConfigOption(LcpOption.MRU, DEFAULT_MRU.to_bytes(2, "big"))
            case LcpOption.AUTHENTICATION, _:
                return self._judge_authentication(option)
            case LcpOption.MAGIC, 4:
                return self._judge_magic(option)
            case (LcpOption.ACCM, 4) | (LcpOption.PFC | LcpOption.ACFC, 0):
                return option
            case _:
                return None

    def _judge_authentication(self, option: ConfigOption) -> ConfigOption | None:
        if self._config.user is None or not self._config.agrees:
            return None
        if _METHODS.get(option.data) in self._config.agrees:
            return option
        return ConfigOption(LcpOption.AUTHENTICATION, self._config.agrees[0].option)

    def _judge_magic(self, option: ConfigOption) -> ConfigOption:
        number = int.from_bytes(option.data, "big")
        if number and number not in self._own_magics:
            self._loops = 0
            return option
        self._loops += bool(number)
        return ConfigOption(LcpOption.MAGIC, self._new_magic().to_bytes(4, "big"))

    def _agree(self, options: tuple[ConfigOption, ...]) -> None:
        self._take_defaults()
        for option in options:
            match option.type:
                case LcpOption.MRU:
                    self.peer_mru = int.from_bytes(option.data, "big")
                case LcpOption.ACCM:
                    self.peer_accm = int.from_bytes(option.data, "big")
                case LcpOption.AUTHENTICATION:
                    self.peer_auth = _METHODS[option.data]
                case LcpOption.PFC:
                    self.peer_pfc = True
                case LcpOption.ACFC:
                    self.peer_acfc = True

    def _take_nak(self, option: ConfigOption) -> None:
        match option.type, len(option.data):
            case LcpOption.AUTHENTICATION, _ if self.auth is not None:
                suggested = _METHODS.get(option.data)
                if suggested in self._config.auth:
                    self.auth = suggested
                else:
                    self._try_next_method()
            case LcpOption.MAGIC, 4 if self.magic:
                self.magic = self._new_magic()
            case LcpOption.MRU, 2:
                self._mru = max(_LEAST_MRU, min(self._config.mru, int.from_bytes(option.data, "big")))

    def _try_next_method(self) -> None:
        """Ask for the method after the present one, if any is left."""
        assert self.auth is not None
        behind = self._config.auth[self._config.auth.index(self.auth) + 1 :]
        if behind:
            self.auth = behind[0]
        else:
            self.auth_refused = True

    def _take_reject(self, option: ConfigOption) -> None:
        if option.type == LcpOption.MAGIC:
            self.magic = 0
        elif option.type == LcpOption.AUTHENTICATION:
            self.auth_refused = True

    # Packets ---------------------------------------------------------------------------------------------------------

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a packet of the peer."""
        super().receive(packet, now=now)
        if self.auth_refused:
            self.close(b"The peer refuses to authenticate itself", now=now)
        elif self._loops >= _MOST_LOOPS:
            self._find_loop(now)
        if LayerEvent.UP in self.outputs and self._config.echo_every is not None:
            self._echoes_pending = 0
            self._echo_due = now + self._config.echo_every
        if not self.is_open:
            self._echo_due = None

    def _take_extra(self, packet: ControlPacket, *, now: float) -> bool:
        match packet.code:
            case PacketCode.PROTOCOL_REJECT:
                if self.is_open and len(packet.data) >= 2:
                    self.rejected.append(ProtocolRejected(int.from_bytes(packet.data[:2], "big")))
            case PacketCode.ECHO_REQUEST | PacketCode.ECHO_REPLY:
                if self.is_open and len(packet.data) >= 4:
                    self._take_echo(packet, now)
            case PacketCode.DISCARD_REQUEST | PacketCode.IDENTIFICATION | PacketCode.TIME_REMAINING:
                pass
            case _:
                return False
        return True

    def _take_echo(self, packet: ControlPacket, now: float) -> None:
        if self.magic and packet.data[:4] == self.magic.to_bytes(4, "big"):
            self._find_loop(now)
        elif packet.code == PacketCode.ECHO_REQUEST:
            answer = self.magic.to_bytes(4, "big") + packet.data[4:]
            self._do(AutomatonEvent.RXR, now, packet.identifier, answer=answer)
        else:
            self._echoes_pending = 0

    def _find_loop(self, now: float) -> None:
        self._loops = 0
        self.looped_back = True
        self.close(b"The line is looped back", now=now)

    def reject(self, protocol: int, information: bytes) -> None:
        """Send a Protocol-Reject. Nothing is sent unless LCP is up (RFC 1661, 5.7)."""
        if self.is_open:
            self._identifier = self._next_identifier()
            repeated = information[: self.peer_mru - 6]
            self._send(PacketCode.PROTOCOL_REJECT, self._identifier, protocol.to_bytes(2, "big") + repeated)

    # Echo ------------------------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """Return when the restart timer expires or an Echo-Request is due."""
        return earliest((super().next_timer(), self._echo_due))

    def handle_timer(self, *, now: float) -> None:
        """Act on the restart timer, and send an Echo-Request that is due."""
        super().handle_timer(now=now)
        if not self.is_open:
            self._echo_due = None
        while self._echo_due is not None and now >= self._echo_due:
            self._echo(self._echo_due, now)

    def _echo(self, due: float, now: float) -> None:
        if self._echoes_pending >= self._config.echo_failures:
            self._echo_due = None
            self.echo_lost = True
            self.close(b"No answer to Echo-Requests", now=now)
            return
        assert self._config.echo_every is not None
        self._echoes_pending += 1
        self._echo_id = (self._echo_id + 1) % 256
        self._echo_due = due + self._config.echo_every
        self._send(PacketCode.ECHO_REQUEST, self._echo_id, self.magic.to_bytes(4, "big"))
