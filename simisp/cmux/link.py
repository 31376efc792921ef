"""One data link connection (DLC): whether it is up, and what each frame does to it.

========  =====================  ========  ========================================================================
state     input                  next      answer, and what follows
========  =====================  ========  ========================================================================
DOWN      SABM, accepted         UP        UA
DOWN      SABM, refused          DOWN      DM
DOWN      DISC, UIH, UI          DOWN      DM
DOWN      *set up*               RISING    SABM [T1]
RISING    UA                     UP        -
RISING    SABM                   UP        UA: both sides have set it up at once
RISING    DM, DISC               DOWN      DM to a DISC; it is refused
RISING    [T1]                   RISING    SABM again, N2 times; then DOWN, *unanswered*
UP        SABM                   UP        UA: the other side has begun anew; what is held is dropped
UP        DISC                   DOWN      UA
UP        DM                     DOWN      -
UP        *take down*            FALLING   DISC [T1]
FALLING   UA, DM                 DOWN      -
FALLING   DISC                   DOWN      UA: both sides have taken it down at once
FALLING   SABM                   FALLING   DM
FALLING   [T1]                   FALLING   DISC again, N2 times; then DOWN, *unanswered*
any other                                  nothing
========  =====================  ========  ========================================================================

See Also:
    3GPP TS 27.010, 5.3 (frames), 5.4.1 (establishment), 5.4.2 (release), 5.7.1 (T1 and N2).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from simisp.cmux.frame import FrameKind
from simisp.cmux.signals import V24Signals

__all__ = ["DataLink", "LinkState"]


class LinkState(Enum):
    """The state of a DLC."""

    __hash__ = object.__hash__

    DOWN = "down"
    RISING = "being set up"
    UP = "up"
    FALLING = "being taken down"


_DOWN, _RISING, _UP, _FALLING = LinkState
_SABM, _UA, _DM, _DISC, _UIH, _UI = FrameKind

_NEXT: Mapping[tuple[LinkState, FrameKind], tuple[LinkState, FrameKind | None]] = {
    (_DOWN, _SABM): (_UP, _UA),
    (_DOWN, _DISC): (_DOWN, _DM),
    (_DOWN, _UIH): (_DOWN, _DM),
    (_DOWN, _UI): (_DOWN, _DM),
    (_RISING, _UA): (_UP, None),
    (_RISING, _SABM): (_UP, _UA),
    (_RISING, _DM): (_DOWN, None),
    (_RISING, _DISC): (_DOWN, _DM),
    (_UP, _SABM): (_UP, _UA),
    (_UP, _DISC): (_DOWN, _UA),
    (_UP, _DM): (_DOWN, None),
    (_FALLING, _UA): (_DOWN, None),
    (_FALLING, _DM): (_DOWN, None),
    (_FALLING, _DISC): (_DOWN, _UA),
    (_FALLING, _SABM): (_FALLING, _DM),
}


class DataLink:
    """One DLC.

    Args:
        dlci: Its identifier.
        frame_size: How many octets of it a frame carries at most.

    Attributes:
        dlci: Its identifier.
        frame_size: N1 of this DLC; PN may lower it.
        state: Its state.
        deadline: When T1 runs out; None if it does not run.
        held: Octets that wait for the other side to take them.
        own: The circuits that this side drives.
        peer: The circuits that the other side drives.
        signalled: Whether this side has sent its circuits.
        in_ui: Whether its octets go in UI frames, as PN may ask.
    """

    __slots__ = ("_left", "deadline", "dlci", "frame_size", "held", "in_ui", "own", "peer", "signalled", "state")

    def __init__(self, dlci: int, frame_size: int) -> None:
        self.dlci = dlci
        self.frame_size = frame_size
        self.state = LinkState.DOWN
        self.deadline: float | None = None
        self.held = bytearray()
        self.own = V24Signals()
        self.peer = V24Signals(ready=False, clear=False)
        self.in_ui = False
        self.signalled = False
        self._left = 0

    def take(self, kind: FrameKind, *, accepts: bool = True) -> FrameKind | None:
        """Take a frame; return the kind of the answer, or None.

        Args:
            kind: The kind of the frame.
            accepts: Whether this side takes part in such a DLC.
        """
        if kind is FrameKind.SABM and not accepts:
            return FrameKind.DM
        state, answer = _NEXT.get((self.state, kind), (self.state, None))
        if kind is FrameKind.SABM and state is LinkState.UP:
            self.held.clear()
        if state is not self.state:
            self._enter(state)
        return answer

    def set_up(self, *, due: float, tries: int) -> FrameKind:
        """Ask for the DLC; return the frame to send, which is repeated ``tries`` times, first at ``due`` (T1)."""
        self._enter(LinkState.RISING)
        self.deadline, self._left = due, tries
        return FrameKind.SABM

    def take_down(self, *, due: float, tries: int) -> FrameKind:
        """Take the DLC down; return the frame to send, as for :meth:`set_up`."""
        self._enter(LinkState.FALLING)
        self.deadline, self._left = due, tries
        return FrameKind.DISC

    def run_out(self, *, due: float) -> FrameKind | None:
        """T1 has run out: return the frame to repeat, or None if it has been repeated N2 times and the DLC is down."""
        if not self._left:
            self._enter(LinkState.DOWN)
            return None
        self._left -= 1
        self.deadline = due
        return FrameKind.SABM if self.state is LinkState.RISING else FrameKind.DISC

    def _enter(self, state: LinkState) -> None:
        self.state = state
        self.deadline = None
        if state is not LinkState.UP:
            self.held.clear()
