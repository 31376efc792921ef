"""What kind of hang it is: who waits for whom, whether for ever, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from simisp.far_end import FarEnd
from simisp.forensics import PortReport
from simisp.virtual_loop.clock import Spinning, Stuck
from simisp.virtual_loop.waits import VirtualWait

__all__ = ["Hang", "WhoWaits", "who_waits"]


class WhoWaits(Enum):
    """Who waits for whom."""

    FOR_THE_ISP = "the client waits for the ISP"
    FOR_THE_CLIENT = "the ISP waits for the client"
    FOR_EACH_OTHER = "client and ISP wait for each other"
    SPINNING = "the client runs and runs, and no octets flow"
    LIVE_LOCK = "octets flow, and nothing advances"


@dataclass(frozen=True, slots=True)
class Hang:
    """A hang.

    Attributes:
        waits: Who waits for whom.
        proven: Whether it is proven that it would stay so for ever: all wait, nobody has a deadline, and no octet is
            under way. Only virtual time can prove it.
        until: When the port would have come free, in seconds of the run; None for never or unknown.
        participants: In virtual time, who waits where, since when and until when.
        unless_signalled: Whether a thread waits for a signal, which anybody may send: the proof holds unless one is
            sent.
        outside: Why nothing is proven: which process waits for what outside of the run; empty without such a wait.
    """

    waits: WhoWaits
    proven: bool = False
    until: float | None = None
    participants: tuple[VirtualWait, ...] = ()
    unless_signalled: bool = False
    outside: str = ""

    def describe(self) -> str:
        """Return what the clock has found out, as the end of a sentence; empty in real time."""
        if self.proven:
            return "; proven: it would stay so for ever" + (
                ", unless a signal is sent" if self.unless_signalled else ""
            )
        if self.outside:
            return f"; not proven: {self.outside}"
        if self.until is not None:
            return f"; it comes free only at {self.until:.3f} s"
        return ""


def who_waits(
    far_end: FarEnd | None, report: PortReport, stuck: Stuck | None, participants: Sequence[VirtualWait] = ()
) -> WhoWaits:
    """Return who waits for whom.

    Args:
        far_end: The ISP's side of the call; None when there is no call.
        report: Who holds the port, and where they are blocked.
        stuck: Why time can't pass, if it can't.
        participants: In virtual time, who waits where. A thread that shares the clock looks at the line over and over,
            and the report may have met it between two looks.
    """
    if isinstance(stuck, Spinning):
        return WhoWaits.LIVE_LOCK if stuck.octets else WhoWaits.SPINNING
    isp_waits = far_end is None or far_end.waits_for_caller
    client_reads = any(thread.on_port for holder in report.holders for thread in holder.threads) or any(
        wait.on_line for wait in participants
    )
    if isp_waits and client_reads:
        return WhoWaits.FOR_EACH_OTHER
    return WhoWaits.FOR_THE_CLIENT if isp_waits else WhoWaits.FOR_THE_ISP
