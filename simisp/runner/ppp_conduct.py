"""What a scenario expects of PPP, watched record by record: the watches of :mod:`simisp.runner.conduct` for it.

==========================  =========================================================================================
expectation                 states
==========================  =========================================================================================
ppp up within               *none*; *coming up* since PPP began; *up* until the link or the call is over
client gave up within       the same
terminated cleanly          *none*; *up*, with what was seen of Terminate-Request and Terminate-Ack
==========================  =========================================================================================
"""

from __future__ import annotations

from simisp.facts.line import CallEnded, WentOnHook
from simisp.facts.port import PortClosed
from simisp.facts.ppp import (
    AddressAgreed,
    Authenticated,
    AuthenticationFailed,
    LinkDown,
    LinkEnding,
    LinkPhase,
    LinkUp,
    Network,
    PacketReceived,
    PacketSent,
    PhaseEntered,
)
from simisp.ppp.control import PacketCode
from simisp.ppp.describe import code_name
from simisp.ppp.frame import ProtocolNumber, protocol_name
from simisp.runner.conduct_watch import ExpectationWatch
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.ppp_expectations import (
    AgreedAddress,
    AuthenticatedAs,
    GaveUpWithin,
    PppConduct,
    PppUpWithin,
    TerminatedCleanly,
)
from simisp.transcript import Record

__all__ = ["PppWatch", "watch_of_ppp"]

_NEVER_BEGAN = "PPP never began"
_LCP = protocol_name(ProtocolNumber.LCP)
_TERMINATE_REQUEST = code_name(ProtocolNumber.LCP, PacketCode.TERMINATE_REQUEST)
_TERMINATE_ACK = code_name(ProtocolNumber.LCP, PacketCode.TERMINATE_ACK)
_CARRIER_LOST = LinkEnding.CARRIER_LOST
"""The reason of a link that ends with its call: the record of the call, which follows, says which side ended that."""


class PppWatch(ExpectationWatch):
    """Watches PPP for one expectation.

    Args:
        expectation: The expectation in words.
    """

    def __init__(self, expectation: str) -> None:
        super().__init__(expectation)
        self._was_tried = False

    @property
    def was_tried(self) -> bool:
        """Whether PPP has begun, so that there is something to judge."""
        return self._was_tried

    def take(self, record: Record) -> None:
        """Take a record."""
        self._was_tried = self._was_tried or isinstance(record.fact, PhaseEntered)

    def judge(self, _facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        return self.result(self._wrong or self.missing())

    def missing(self) -> str:
        """Return what has not come about by the end of the run; empty if nothing is missing."""
        return ""


class _Attempts(PppWatch):
    """Follows attempts to bring PPP up."""

    def __init__(self, expectation: str) -> None:
        super().__init__(expectation)
        self._began_at: float | None = None
        self._is_up = False
        self._has_begun = False

    def take(self, record: Record) -> None:
        """Take a record."""
        super().take(record)
        match record.fact:
            case PhaseEntered(LinkPhase.ESTABLISH) if self._began_at is None:
                self._began_at, self._has_begun, self._is_up = record.at, True, False
            case LinkUp(Network.IP) if self._began_at is not None and not self._is_up:
                self._is_up = True
                self.came_up(record.at - self._began_at)
            case LinkDown(reason) if reason is not _CARRIER_LOST:
                self._over(record, by_client=reason is LinkEnding.PEER_TERMINATED, why=reason.value)
            case WentOnHook():
                self._over(record, by_client=True, why="the client went on hook")
            case CallEnded() as ended:
                self._over(record, by_client=ended.by_client, why=f"the call was ended by the {ended.by}")
            case PortClosed(0):
                self._over(record, by_client=True, why="the client closed the port")

    def _over(self, record: Record, *, by_client: bool, why: str) -> None:
        if self._began_at is not None and not self._is_up:
            self.failed(record.at - self._began_at, by_client=by_client, why=why)
        self._began_at = None
        self._is_up = False

    def came_up(self, after: float) -> None:
        """Take note that IP is up, this many seconds after PPP began."""

    def failed(self, after: float, *, by_client: bool, why: str) -> None:
        """Take note that an attempt is over without success."""


class _UpWithin(_Attempts):
    def __init__(self, expected: PppUpWithin) -> None:
        super().__init__(f"ppp up within {expected.ppp_up_within:g} s")
        self._limit = expected.ppp_up_within

    def came_up(self, after: float) -> None:
        if after > self._limit:
            self.note(f"it was up only after {after:.3f} s")

    def failed(self, after: float, *, by_client: bool, why: str) -> None:
        self.note(f"it was over after {after:.3f} s and had not been up: {why}")

    def missing(self) -> str:
        if not self._has_begun:
            return _NEVER_BEGAN
        return "it is not up" if self._began_at is not None and not self._is_up else ""


class _GaveUpWithin(_Attempts):
    def __init__(self, expected: GaveUpWithin) -> None:
        super().__init__(f"client gave up within {expected.client_gave_up_within:g} s")
        self._limit = expected.client_gave_up_within
        self._gave_up = False

    def failed(self, after: float, *, by_client: bool, why: str) -> None:
        if by_client:
            self._gave_up = True
            if after > self._limit:
                self.note(f"it gave up only after {after:.3f} s")
        elif after > self._limit:
            self.note(f"after {after:.3f} s it had not given up: {why}")

    def missing(self) -> str:
        if not self._has_begun:
            return _NEVER_BEGAN
        return "it has not given up" if self._began_at is not None and not self._is_up else ""

    def judge(self, facts: RunFacts) -> ExpectationResult:
        result = super().judge(facts)
        if result.held and not self._gave_up:
            return self.not_judged("no attempt was left to the client to give up")
        return result


class _Clean(PppWatch):
    def __init__(self) -> None:
        super().__init__("terminated cleanly")
        self._is_up = False
        self._was_up = False
        self._requested = self._acknowledged = False

    def take(self, record: Record) -> None:
        super().take(record)
        match record.fact:
            case LinkUp(Network.IP):
                self._is_up = self._was_up = True
                self._requested = self._acknowledged = False
            case PacketReceived(protocol, code) | PacketSent(protocol, code) if protocol == _LCP:
                self._requested = self._requested or code == _TERMINATE_REQUEST
                self._acknowledged = self._acknowledged or (self._requested and code == _TERMINATE_ACK)
            case LinkDown(reason, True) if reason is not _CARRIER_LOST:
                self._over(record, reason.value)
            case CallEnded(_, by):
                self._over(record, f"the call was ended by the {by}")

    def _over(self, record: Record, why: str) -> None:
        if self._is_up and not self._acknowledged:
            lacks = "no Terminate-Ack" if self._requested else "no Terminate-Request"
            self.note(f"at {record.at:.3f} s the link was over with {lacks}: {why}")
        self._is_up = False

    def missing(self) -> str:
        if not self._was_up:
            return "PPP was never up"
        return "the link is still up" if self._is_up and not self._acknowledged else ""


class _Address(PppWatch):
    def __init__(self, expected: AgreedAddress) -> None:
        super().__init__(f"address {expected.address}")
        self._wanted = expected.address
        self._agreed = False

    def take(self, record: Record) -> None:
        super().take(record)
        match record.fact:
            case AddressAgreed(_, remote):
                self._agreed = True
                if remote != self._wanted:
                    self.note(f"at {record.at:.3f} s it was {remote or 'none'}")

    def missing(self) -> str:
        return "" if self._agreed else "no address was agreed on"


class _LoggedInAs(PppWatch):
    def __init__(self, expected: AuthenticatedAs) -> None:
        super().__init__(f"authenticated as {expected.authenticated_as}")
        self._wanted = expected.authenticated_as
        self._done = False

    def take(self, record: Record) -> None:
        super().take(record)
        match record.fact:
            case Authenticated(name, _, True):
                self._done = True
                self._compare(name, record)
            case AuthenticationFailed(name, _, True) if name:
                self._compare(name, record)

    def _compare(self, name: str, record: Record) -> None:
        if name != self._wanted:
            self.note(f"at {record.at:.3f} s it was {name!r}")

    def missing(self) -> str:
        return "" if self._done else "no log-in succeeded"


def watch_of_ppp(expected: PppConduct) -> PppWatch:
    """Return a new watch for an expectation of PPP."""
    match expected:
        case PppUpWithin():
            return _UpWithin(expected)
        case GaveUpWithin():
            return _GaveUpWithin(expected)
        case TerminatedCleanly():
            return _Clean()
        case AgreedAddress():
            return _Address(expected)
        case AuthenticatedAs():
            return _LoggedInAs(expected)
