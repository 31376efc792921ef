"""The Compression Control Protocol, without any compression.

A link refuses it with a Protocol-Reject. A link that opens it all the same asks for nothing and rejects every way to
compress, so both sides end with an open protocol that does nothing.

See Also:
    RFC 1962, 2 and 3 (Reset-Request and Reset-Ack).
"""

from __future__ import annotations

from simisp.ppp.control import ControlProtocol
from simisp.ppp.frame import ControlPacket, ProtocolNumber

__all__ = ["Ccp"]

_RESET_REQUEST = 14
_RESET_ACK = 15


class Ccp(ControlProtocol):
    """CCP of one side."""

    protocol = ProtocolNumber.CCP

    def _take_extra(self, packet: ControlPacket, *, now: float) -> bool:
        if packet.code == _RESET_REQUEST and self.is_open:
            self._send(_RESET_ACK, packet.identifier)
        return packet.code in (_RESET_REQUEST, _RESET_ACK)
