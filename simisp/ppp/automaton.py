"""The option negotiation automaton: one table for all control protocols.

The table is the code: :data:`TRANSITIONS` is read from it. A cell has actions, a slash and the next state; a number
alone is a transition without an action, and ``-`` cannot happen or means nothing. The states are

== =========  ==================================  == =========  ==========================================
0  Initial    the lower layer is down, closed     5  Stopping   Terminate-Request sent, down was not asked for
1  Starting   the lower layer is down, open       6  Req-Sent   Configure-Request sent, nothing acknowledged
2  Closed     the lower layer is up, closed       7  Ack-Rcvd   the peer has acknowledged ours
3  Stopped    waits for the peer's request        8  Ack-Sent   this side has acknowledged the peer's
4  Closing    Terminate-Request sent              9  Opened     both
== =========  ==================================  == =========  ==========================================

and the events

=====  ==============================================  =====  ==========================================================
Up     the lower layer is up                           RCN    Configure-Nak or -Reject
Down   the lower layer is down                         RTR    Terminate-Request
Open   this side wants the protocol                    RTA    Terminate-Ack
Close  this side does not want it any more             RUC    a packet with an unknown code
TO+    the restart timer, tries are left               RXJ+   Code- or Protocol-Reject of what can be done without
TO-    the restart timer, no try is left               RXJ-   Code- or Protocol-Reject of what is needed
RCR+   a Configure-Request with good options           RXR    Echo-Request, -Reply or Discard-Request
RCR-   a Configure-Request with others                 RCA    Configure-Ack
=====  ==============================================  =====  ==========================================================

The actions are returned to the protocol, in their order: ``tlu`` and ``tld`` (this layer up, down), ``tls`` and ``tlf``
(started, finished), ``scr``, ``sca``, ``scn``, ``str``, ``sta``, ``scj``, ``ser`` (send a Configure-Request, -Ack, -Nak
or -Reject, a Terminate-Request or -Ack, a Code-Reject, an Echo-Reply). ``irc`` and ``zrc``, which set the restart
counter, are done here. The restart timer is started by ``scr``, ``str`` and ``zrc``; it does not run in states 0 to 3
and 9.

See Also:
    RFC 1661, 4.1 (table), 4.2 (states), 4.3 (events), 4.4 (actions), 4.6 (counters and timers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

__all__ = [
    "TRANSITIONS",
    "AutomatonAction",
    "AutomatonEvent",
    "AutomatonState",
    "NegotiationAutomaton",
    "RestartTimers",
    "Transition",
]

_TABLE = """
event  0      1          2          3              4      5      6          7          8          9
Up     2      irc,scr/6  -          -              -      -      -          -          -          -
Down   -      -          0          tls/1          0      1      1          1          1          tld/1
Open   tls/1  1          irc,scr/6  3              5      5      6          7          8          9
Close  0      tlf/0      2          2              4      4      irc,str/4  irc,str/4  irc,str/4  tld,irc,str/4
TO+    -      -          -          -              str/4  str/5  scr/6      scr/6      scr/8      -
TO-    -      -          -          -              tlf/2  tlf/3  tlf/3p     tlf/3p     tlf/3p     -
RCR+   -      -          sta/2      irc,scr,sca/8  4      5      sca/8      sca,tlu/9  sca/8      tld,scr,sca/8
RCR-   -      -          sta/2      irc,scr,scn/6  4      5      scn/6      scn/7      scn/6      tld,scr,scn/6
RCA    -      -          sta/2      sta/3          4      5      irc/7      scr/6      irc,tlu/9  tld,scr/6
RCN    -      -          sta/2      sta/3          4      5      irc,scr/6  scr/6      irc,scr/8  tld,scr/6
RTR    -      -          sta/2      sta/3          sta/4  sta/5  sta/6      sta/6      sta/6      tld,zrc,sta/5
RTA    -      -          2          3              tlf/2  tlf/3  6          6          8          tld,scr/6
RUC    -      -          scj/2      scj/3          scj/4  scj/5  scj/6      scj/7      scj/8      scj/9
RXJ+   -      -          2          3              4      5      6          6          8          9
RXJ-   -      -          tlf/2      tlf/3          tlf/2  tlf/3  tlf/3      tlf/3      tlf/3      tld,irc,str/5
RXR    -      -          2          3              4      5      6          7          8          ser/9
"""


class AutomatonState(Enum):
    """The state of a control protocol. The value is its number in the standard."""

    __hash__ = object.__hash__  # looked up with each packet; Enum hashes the name each time

    INITIAL = 0
    STARTING = 1
    CLOSED = 2
    STOPPED = 3
    CLOSING = 4
    STOPPING = 5
    REQ_SENT = 6
    ACK_RCVD = 7
    ACK_SENT = 8
    OPENED = 9


class AutomatonEvent(Enum):
    """What happens to a control protocol. The value is its name in the standard."""

    __hash__ = object.__hash__

    UP = "Up"
    DOWN = "Down"
    OPEN = "Open"
    CLOSE = "Close"
    TO_PLUS = "TO+"
    TO_MINUS = "TO-"
    RCR_PLUS = "RCR+"
    RCR_MINUS = "RCR-"
    RCA = "RCA"
    RCN = "RCN"
    RTR = "RTR"
    RTA = "RTA"
    RUC = "RUC"
    RXJ_PLUS = "RXJ+"
    RXJ_MINUS = "RXJ-"
    RXR = "RXR"


class AutomatonAction(Enum):
    """What a control protocol does then. The value is its name in the standard."""

    __hash__ = object.__hash__

    TLU = "tlu"
    TLD = "tld"
    TLS = "tls"
    TLF = "tlf"
    IRC = "irc"
    ZRC = "zrc"
    SCR = "scr"
    SCA = "sca"
    SCN = "scn"
    STR = "str"
    STA = "sta"
    SCJ = "scj"
    SER = "ser"


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event does in a state.

    Attributes:
        actions: In their order.
        state: The next state.
        passive: Whether a passive side omits the actions: it goes on waiting.
    """

    actions: tuple[AutomatonAction, ...]
    state: AutomatonState
    passive: bool = False


def _transition(cell: str) -> Transition:
    actions, _, state = cell.rpartition("/")
    done = tuple(map(AutomatonAction, actions.split(","))) if actions else ()
    return Transition(done, AutomatonState(int(state.rstrip("p"))), cell.endswith("p"))


def _transitions() -> dict[tuple[AutomatonState, AutomatonEvent], Transition]:
    read: dict[tuple[AutomatonState, AutomatonEvent], Transition] = {}
    for row in _TABLE.split("\n")[2:-1]:
        event, *cells = row.split()
        for state, cell in zip(AutomatonState, cells, strict=True):
            if cell != "-":
                read[state, AutomatonEvent(event)] = _transition(cell)
    return read


TRANSITIONS: Mapping[tuple[AutomatonState, AutomatonEvent], Transition] = _transitions()
"""The table. What is not in it changes nothing."""

_TIMED = frozenset(map(AutomatonState, range(4, 9)))
_STARTS_TIMER = frozenset((AutomatonAction.SCR, AutomatonAction.STR, AutomatonAction.ZRC))


@dataclass(frozen=True, slots=True)
class RestartTimers:
    """The timer and the counters of the automaton.

    Attributes:
        restart: Seconds after which a request is repeated, above 0.
        max_configure: How many Configure-Requests are sent without an answer, 1 or more.
        max_terminate: How many Terminate-Requests, 1 or more.
        max_failure: How many Configure-Naks are sent before their options are rejected instead.
        passive: Whether a side that gets no answer goes on waiting for the peer's request.

    See Also:
        RFC 1661, 4.6.
    """

    restart: float = 3.0
    max_configure: int = 10
    max_terminate: int = 2
    max_failure: int = 5
    passive: bool = False


class NegotiationAutomaton:
    """The state of one control protocol, its restart timer and its restart counter.

    Args:
        timers: The timer and the counters.

    Attributes:
        state: The state.
        deadline: When the restart timer expires; None if it does not run.

    Example:
        >>> automaton = NegotiationAutomaton()
        >>> automaton.take(AutomatonEvent.OPEN, now=0.0)
        (<AutomatonAction.TLS: 'tls'>,)
        >>> automaton.take(AutomatonEvent.UP, now=1.0)
        (<AutomatonAction.SCR: 'scr'>,)
        >>> automaton.state, automaton.deadline
        (<AutomatonState.REQ_SENT: 6>, 4.0)
    """

    __slots__ = ("_left", "_timers", "deadline", "state")

    def __init__(self, timers: RestartTimers | None = None) -> None:
        self.state = AutomatonState.INITIAL
        self.deadline: float | None = None
        self._timers = timers or RestartTimers()
        self._left = 0

    def take(self, event: AutomatonEvent, *, now: float) -> tuple[AutomatonAction, ...]:
        """Take an event; return the actions that the protocol has to carry out, in their order."""
        transition = TRANSITIONS.get((self.state, event))
        if transition is None:
            return ()
        self.state = transition.state
        if transition.passive and self._timers.passive:
            self.deadline = None
            return ()
        for action in transition.actions:
            self._count(action, transition.actions)
            if action in _STARTS_TIMER:
                self.deadline = now + self._timers.restart
        if self.state not in _TIMED:
            self.deadline = None
        return tuple(action for action in transition.actions if action not in _COUNTER)

    def expire(self, *, now: float) -> tuple[AutomatonAction, ...]:
        """Act on the restart timer if it has expired; return the actions as :meth:`take` does."""
        if self.deadline is None or now < self.deadline:
            return ()
        return self.take(AutomatonEvent.TO_PLUS if self._left > 0 else AutomatonEvent.TO_MINUS, now=now)

    def _count(self, action: AutomatonAction, among: tuple[AutomatonAction, ...]) -> None:
        match action:
            case AutomatonAction.IRC:
                ends = AutomatonAction.STR in among
                self._left = self._timers.max_terminate if ends else self._timers.max_configure
            case AutomatonAction.ZRC:
                self._left = 0
            case AutomatonAction.SCR | AutomatonAction.STR:
                self._left -= 1


_COUNTER = frozenset((AutomatonAction.IRC, AutomatonAction.ZRC))
