"""The Password Authentication Protocol.

======================  ====================  =========================================================================
side                    input                 what it does
======================  ====================  =========================================================================
proves                  start                 Authenticate-Request; again each time the restart timer expires
proves                  Authenticate-Ack      done
proves                  Authenticate-Nak      failed
checks                  Authenticate-Request  Ack or Nak; a repeated one is answered in the same way
checks                  no request in time    failed
======================  ====================  =========================================================================

See Also:
    RFC 1334, 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from simisp.ppp.authentication import AuthenticationSide
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.config import AuthMethod
from simisp.ppp.frame import ControlPacket

__all__ = ["PapChecker", "PapCode", "PapProver", "read_pap_request"]


class PapCode:
    """The codes of PAP's packets."""

    REQUEST = 1
    ACK = 2
    NAK = 3


def _counted(octets: bytes) -> bytes:
    """Return octets behind their number."""
    return bytes((min(len(octets), 255),)) + octets[:255]


def read_pap_request(data: bytes) -> tuple[bytes, bytes] | None:
    r"""Return the name and the password in a request's data; None if the lengths cannot be.

    Example:
        >>> read_pap_request(b"\x03joe\x06secret")
        (b'joe', b'secret')
        >>> read_pap_request(b"\x09joe\x06secret") is None
        True
    """
    name_end = 1 + data[0] if data else 0
    if not data or name_end >= len(data):
        return None
    password_end = name_end + 1 + data[name_end]
    if password_end > len(data):
        return None
    return data[1:name_end], data[name_end + 1 : password_end]


class PapProver(AuthenticationSide):
    """The side that proves its name.

    Args:
        name: The name.
        password: The password.
        timers: The restart timer and the number of requests.
    """

    codes = frozenset((PapCode.ACK, PapCode.NAK))

    def __init__(self, name: str, password: str, timers: RestartTimers) -> None:
        super().__init__(AuthMethod.PAP, timers)
        self.name = name
        self._data = _counted(name.encode()) + _counted(password.encode())

    def start(self, *, now: float) -> None:
        """Send the request."""
        self._send_repeatedly(ControlPacket(PapCode.REQUEST, 1, self._data), now)

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take the answer."""
        if self.succeeded is not None or packet.identifier != 1:
            return
        message = packet.data[1 : 1 + packet.data[0]] if packet.data else b""
        self._end(packet.code == PapCode.ACK, message.decode("utf-8", "replace"))


class PapChecker(AuthenticationSide):
    """The side that checks the name.

    Args:
        accounts: Names and passwords.
        timers: The restart timer and the number of requests, which say how long to wait.
    """

    codes = frozenset((PapCode.REQUEST,))

    def __init__(self, accounts: Mapping[str, str], timers: RestartTimers) -> None:
        super().__init__(AuthMethod.PAP, timers)
        self._accounts = accounts

    def start(self, *, now: float) -> None:
        """Wait for the request."""
        self._wait(now)

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a request."""
        request = read_pap_request(packet.data)
        if request is None:
            return
        if self.succeeded is None:
            name, password = (octets.decode("utf-8", "replace") for octets in request)
            self.name = name
            accepted = name in self._accounts and self._accounts[name] == password
            self._end(accepted, "" if accepted else "wrong name or password")
        code, message = (PapCode.ACK, b"Login ok") if self.succeeded else (PapCode.NAK, b"Login incorrect")
        self.outputs.append(ControlPacket(code, packet.identifier, _counted(message)))
