"""The Challenge-Handshake Authentication Protocol, with MD5 and, by another algorithm, as MS-CHAP v2.

======  ===============  ==============================================================================================
side    input            what it does
======  ===============  ==============================================================================================
checks  start            Challenge; again each time the restart timer expires
checks  Response         Success or Failure; a repeated one is answered in the same way
proves  Challenge        Response, whenever it comes
proves  Success          done, if the algorithm is satisfied with what it says
proves  Failure          failed
proves  no word in time  failed
======  ===============  ==============================================================================================

See Also:
    RFC 1994, 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from hmac import compare_digest
from random import Random
from typing import Protocol

from simisp.ppp.authentication import AuthenticationSide
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.config import AuthMethod
from simisp.ppp.frame import ControlPacket

__all__ = ["ChapAlgorithm", "ChapChecker", "ChapCode", "ChapExchange", "ChapProver", "Md5Algorithm", "read_chap_value"]


class ChapCode:
    """The codes of CHAP's packets."""

    CHALLENGE = 1
    RESPONSE = 2
    SUCCESS = 3
    FAILURE = 4


@dataclass(frozen=True, slots=True)
class ChapExchange:
    """What a response is made of.

    Attributes:
        identifier: The identifier of the challenge.
        challenge: The challenge's value.
        name: The name that is proven.
        password: Its password.
    """

    identifier: int
    challenge: bytes
    name: bytes
    password: str = field(repr=False)


class ChapAlgorithm(Protocol):
    """What a response is computed by."""

    method: AuthMethod

    def response(self, exchange: ChapExchange, random: Random) -> bytes:
        """Return the value of a Response."""

    def accepts(self, exchange: ChapExchange, response: bytes) -> bool:
        """Return whether a Response's value proves the password."""

    def success(self, exchange: ChapExchange, response: bytes) -> bytes:
        """Return what a Success says."""

    def failure(self, exchange: ChapExchange) -> bytes:
        """Return what a Failure says."""

    def is_satisfied(self, exchange: ChapExchange, response: bytes, message: bytes) -> bool:
        """Return whether a Success that says this is one."""


class Md5Algorithm:
    r"""CHAP with MD5 (RFC 1994, 4.1).

    Example:
        >>> Md5Algorithm().response(ChapExchange(1, b"challenge", b"joe", "secret"), Random(0)).hex()
        '46e47770030e2b4e26a0db72a7efec00'
    """

    method = AuthMethod.CHAP

    def response(self, exchange: ChapExchange, random: Random) -> bytes:
        """Return the digest of identifier, password and challenge."""
        return _digest(exchange)

    def accepts(self, exchange: ChapExchange, response: bytes) -> bool:
        """Return whether a Response's value is that digest; one of another length is not."""
        return compare_digest(_digest(exchange), response)

    def success(self, exchange: ChapExchange, response: bytes) -> bytes:
        """Return a greeting."""
        return b"Welcome"

    def failure(self, exchange: ChapExchange) -> bytes:
        """Return a refusal."""
        return b"Authentication failed"

    def is_satisfied(self, exchange: ChapExchange, response: bytes, message: bytes) -> bool:
        """Return True: the text has no meaning."""
        return True


def _digest(exchange: ChapExchange) -> bytes:
    octets = bytes((exchange.identifier,)) + exchange.password.encode() + exchange.challenge
    return md5(octets, usedforsecurity=False).digest()


def read_chap_value(data: bytes) -> tuple[bytes, bytes] | None:
    r"""Return the value and the name in the data of a Challenge or a Response; None if the length cannot be.

    Example:
        >>> read_chap_value(b"\x02xyjoe")
        (b'xy', b'joe')
    """
    if not data or data[0] == 0 or 1 + data[0] > len(data):
        return None
    return data[1 : 1 + data[0]], data[1 + data[0] :]


class ChapChecker(AuthenticationSide):
    """The side that checks the name.

    Args:
        algorithm: What a response is computed by.
        accounts: Names and passwords.
        name: This side's name.
        timers: The restart timer and the number of challenges.
        random: Where challenges come from.
    """

    codes = frozenset((ChapCode.RESPONSE,))

    def __init__(
        self, algorithm: ChapAlgorithm, accounts: Mapping[str, str], name: str, timers: RestartTimers, random: Random
    ) -> None:
        super().__init__(algorithm.method, timers)
        self._algorithm = algorithm
        self._accounts = accounts
        self._own_name = name.encode()
        self._identifier = random.randrange(256)
        self._challenge = random.randbytes(16)
        self._answer = ControlPacket(ChapCode.FAILURE, self._identifier)

    def start(self, *, now: float) -> None:
        """Send the challenge."""
        data = bytes((len(self._challenge),)) + self._challenge + self._own_name
        self._send_repeatedly(ControlPacket(ChapCode.CHALLENGE, self._identifier, data), now)

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a response."""
        read = read_chap_value(packet.data)
        if packet.identifier != self._identifier or read is None:
            return
        if self.succeeded is None:
            self._answer = self._check(*read)
        self.outputs.append(self._answer)

    def _check(self, response: bytes, name: bytes) -> ControlPacket:
        self.name = name.decode("utf-8", "replace")
        password = self._accounts.get(self.name)
        exchange = ChapExchange(self._identifier, self._challenge, name, password or "")
        accepted = password is not None and self._algorithm.accepts(exchange, response)
        self._end(accepted, "" if accepted else "wrong name or password")
        if accepted:
            return ControlPacket(ChapCode.SUCCESS, self._identifier, self._algorithm.success(exchange, response))
        return ControlPacket(ChapCode.FAILURE, self._identifier, self._algorithm.failure(exchange))


class ChapProver(AuthenticationSide):
    """The side that proves its name.

    Args:
        algorithm: What a response is computed by.
        name: The name.
        password: The password.
        timers: The restart timer and the number of challenges, which say how long to wait.
        random: Where the algorithm's own challenge comes from, if it has one.
    """

    codes = frozenset((ChapCode.CHALLENGE, ChapCode.SUCCESS, ChapCode.FAILURE))

    def __init__(
        self, algorithm: ChapAlgorithm, name: str, password: str, timers: RestartTimers, random: Random
    ) -> None:
        super().__init__(algorithm.method, timers)
        self.name = name
        self._algorithm = algorithm
        self._password = password
        self._random = random
        self._exchange: ChapExchange | None = None
        self._response = b""

    def start(self, *, now: float) -> None:
        """Wait for the challenge."""
        self._wait(now)

    def receive(self, packet: ControlPacket, *, now: float) -> None:
        """Take a challenge, or the peer's word on the response."""
        if packet.code == ChapCode.CHALLENGE:
            self._respond(packet)
        elif self.succeeded is None and self._exchange is not None and packet.identifier == self._exchange.identifier:
            message = packet.data.decode("utf-8", "replace")
            if packet.code == ChapCode.FAILURE:
                self._end(False, message)
            else:
                good = self._algorithm.is_satisfied(self._exchange, self._response, packet.data)
                self._end(good, message if good else "the peer does not know the password either")

    def _respond(self, packet: ControlPacket) -> None:
        read = read_chap_value(packet.data)
        if read is None:
            return
        asked = ChapExchange(packet.identifier, read[0], self.name.encode(), self._password)
        if asked != self._exchange:  # a repeated challenge gets the same response
            self._exchange = asked
            self._response = self._algorithm.response(asked, self._random)
        data = bytes((len(self._response),)) + self._response + self.name.encode()
        self.outputs.append(ControlPacket(ChapCode.RESPONSE, packet.identifier, data))
