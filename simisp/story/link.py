"""PPP or SLIP over the line, reduced to whether it comes up, for an ISP that does not speak it.

Where the ISP's dialogue hands over to PPP, a story has the real thing: :class:`~simisp.ras.link.RasLink`.
"""

from __future__ import annotations

from simisp.isp.steps import HandOver
from simisp.line.session_config import SessionConfig
from simisp.ras.error_codes import Cause
from simisp.ras.phonebook import Protocol

__all__ = ["NEGOTIATION", "PPP_WAIT", "DialUpLink", "speaks_ppp"]

NEGOTIATION = 1.0
"""How long PPP takes with a peer that answers, in seconds."""
PPP_WAIT = 30.0
"""After how many seconds PPP gives up on a silent peer: ten Configure-Requests, three seconds apart."""


def speaks_ppp(line: SessionConfig) -> bool:
    """Return whether a dialogue of the ISP hands the call over."""
    return any(isinstance(step, HandOver) for program in line.isp.programs for step in program.code)


class DialUpLink:
    """One attempt to bring up PPP or SLIP, decided by the state of the ISP and not by packets.

    PPP comes up :data:`NEGOTIATION` after its start if the ISP has handed the call over to PPP by then, that is, has
    ended its dialogue; else at the first Configure-Request after that. It fails after :data:`PPP_WAIT`. SLIP has
    nothing to negotiate, so it is up at once, whatever answers.

    Args:
        protocol: PPP or SLIP.
        now: The time.

    Attributes:
        cause: Why it failed; None unless it did.
        is_up: Whether it came up.

    See Also:
        RFC 1661, 4.6 (Max-Configure, the restart timer); RFC 1055 (SLIP).
    """

    def __init__(self, protocol: Protocol, *, now: float) -> None:
        self.is_up = protocol is Protocol.SLIP
        self.cause: Cause | None = None
        self._answers_from = now + NEGOTIATION
        self._gives_up_at = now + PPP_WAIT

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None once the outcome is decided."""
        return None if self.is_up or self.cause else self._next

    @property
    def _next(self) -> float:
        return min(self._answers_from, self._gives_up_at)

    def handle_timer(self, *, isp_is_ready: bool, now: float) -> None:
        """Act on expired deadlines.

        Args:
            isp_is_ready: Whether the ISP has handed the call over.
            now: The time.
        """
        if self.next_timer() is None or now < self._next:
            return
        if isp_is_ready:
            self.is_up = True
        elif now >= self._gives_up_at:
            self.cause = Cause.PPP_NO_RESPONSE
        else:
            self._answers_from += NEGOTIATION * 3  # the next Configure-Request
