"""The authentication phase of a link: the sides that LCP has agreed on, and what comes of them.

========  ==========================================  =================================================================
state     input                                       next state
========  ==========================================  =================================================================
none      :meth:`~LinkAuthentication.choose`          chosen: the peer proves its name, this side does, both, or neither
chosen    :meth:`~LinkAuthentication.start`           under way
under way every side has succeeded                    proven
under way one side has failed                         failed: the link ends, with its reason
any       :meth:`~LinkAuthentication.forget`          none
========  ==========================================  =================================================================

See Also:
    RFC 1661, 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from simisp.facts.ppp import Authenticated, AuthenticationFailed, LinkEnding
from simisp.ppp.authentication import AuthenticationSide
from simisp.ppp.chap import ChapAlgorithm, ChapChecker, ChapProver, Md5Algorithm
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.frame import ControlPacket
from simisp.ppp.lcp import Lcp
from simisp.ppp.mschap import MsChapV2Algorithm
from simisp.ppp.pap import PapChecker, PapProver

__all__ = ["LinkAuthentication"]


class LinkAuthentication:
    """The authentications of one side of a link.

    Args:
        config: What this side is set to.
        random: Where challenges come from.
    """

    def __init__(self, config: PppConfig, random: Random) -> None:
        self._config = config
        self._random = random
        self._checks: AuthenticationSide | None = None
        self._proves: AuthenticationSide | None = None

    @property
    def sides(self) -> tuple[AuthenticationSide, ...]:
        """The authentications of the present phase, that of the peer first; empty where there are none."""
        return tuple(each for each in (self._checks, self._proves) if each is not None)

    def choose(self, lcp: Lcp) -> None:
        """Prepare what LCP has agreed on."""
        config = self._config
        if lcp.auth is AuthMethod.PAP:
            self._checks = PapChecker(config.accounts, config.timers)
        elif lcp.auth is not None:
            algorithm = _algorithm(lcp.auth)
            self._checks = ChapChecker(algorithm, config.accounts, config.name, config.timers, self._random)
        if lcp.peer_auth is None or config.user is None:
            return
        if lcp.peer_auth is AuthMethod.PAP:
            self._proves = PapProver(config.user, config.password, config.timers)
        else:
            algorithm = _algorithm(lcp.peer_auth)
            self._proves = ChapProver(algorithm, config.user, config.password, config.timers, self._random)

    def start(self, now: float) -> None:
        """Begin."""
        for each in self.sides:
            each.start(now=now)

    def forget(self) -> None:
        """Have none: LCP is down."""
        self._checks = self._proves = None

    def receive(self, protocol: int, packet: ControlPacket, now: float) -> None:
        """Take a packet of the peer's, for the side that it concerns."""
        for each in self.sides:
            if each.protocol == protocol and packet.code in each.codes:
                each.receive(packet, now=now)

    @property
    def failed(self) -> AuthenticationSide | None:
        """The first side that has failed; None while none has."""
        return next((each for each in self.sides if each.succeeded is False), None)

    @property
    def is_proven(self) -> bool:
        """Whether every side has succeeded."""
        return all(each.succeeded for each in self.sides)

    def successes(self) -> Iterable[Authenticated]:
        """Return what was proven, as facts."""
        return [Authenticated(each.name, each.method.value, each is self._checks) for each in self.sides]

    def failure(self, failed: AuthenticationSide) -> tuple[AuthenticationFailed, LinkEnding]:
        """Return that a side has failed, as a fact, and how the link ends by it."""
        of_peer = failed is self._checks
        fact = AuthenticationFailed(failed.name, failed.method.value, of_peer, failed.why)
        if failed.timed_out:
            return fact, LinkEnding.AUTHENTICATION_TIMEOUT
        return fact, LinkEnding.PEER_NOT_AUTHENTICATED if of_peer else LinkEnding.NOT_AUTHENTICATED


def _algorithm(method: AuthMethod) -> ChapAlgorithm:
    if method is AuthMethod.MSCHAP_V2:
        return MsChapV2Algorithm()
    return Md5Algorithm()
