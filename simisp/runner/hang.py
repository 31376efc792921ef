"""The kind of a hang: which side waits for which, whether forever, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from simisp.far_end import FarEnd
from simisp.forensics.report import PortReport
from simisp.virtual_loop.virtual_wait import VirtualWait

if TYPE_CHECKING:  # a run in real time needs no shared clock
    from simisp.virtual_loop.clock import StuckReason

__all__ = ["MOST_FOLLOWED", "Hang", "WhoWaits", "who_waits"]

MOST_FOLLOWED = 200
"""How often time may move while a hang is followed in virtual time to see whether it ends.

A wait for hours is one such moment. A client that polls, or a link that is up and asks for echoes, would be followed in
vain; and a limit in real seconds would end each run at another time.
"""


class WhoWaits(Enum):
    """Which side waits for which."""

    FOR_THE_ISP = "the client waits for the ISP"
    FOR_ANOTHER_LINE = "the client of one line waits for that of another"
    FOR_THE_CLIENT = "the ISP waits for the client"
    FOR_EACH_OTHER = "client and ISP wait for each other"
    SPINNING = "the client keeps running, and no octets flow"
    LIVE_LOCK = "octets flow, but nothing advances"


@dataclass(frozen=True, slots=True)
class Hang:
    """A hang.

    Attributes:
        waits: Which side waits for which.
        proven: Whether it is proven to last forever: all parties wait, none has a deadline, and no octet is under way.
            Only virtual time can prove it.
        until: When the port would have become free, in seconds of the run; None for never or unknown.
        participants: In virtual time, which thread waits where, since when and until when.
        unless_signalled: Whether a thread waits for a signal, which any process may send: the proof holds unless one is
            sent.
        outside: Why nothing is proven: the process that waits for something outside the run; empty if there is none.
    """

    waits: WhoWaits
    proven: bool = False
    until: float | None = None
    participants: tuple[VirtualWait, ...] = ()
    unless_signalled: bool = False
    outside: str = ""

    def describe(self, *, several: bool = False) -> str:
        """Return what the clock has found out, as the end of a sentence; empty in real time.

        Args:
            several: Whether it is about several ports.
        """
        if self.proven:
            return "; proven: it would stay so forever" + (", unless a signal is sent" if self.unless_signalled else "")
        if self.outside:
            return f"; not proven: {self.outside}"
        if self.until is not None:
            return f"; {'all come' if several else 'it comes'} free only at {self.until:.3f} s"
        return ""


def who_waits(
    far_end: FarEnd | None, report: PortReport, stuck: StuckReason | None, participants: Sequence[VirtualWait] = ()
) -> WhoWaits:
    """Return which side waits for which.

    Args:
        far_end: The ISP's side of the call; None if there is no call.
        report: The processes that hold the port, and where they are blocked.
        stuck: Why time can't pass, if it can't.
        participants: In virtual time, which thread waits where. A thread that shares the clock polls the line, and the
            report may have seen it between two polls.
    """
    if stuck is not None:
        from simisp.virtual_loop.clock import SpinningClients

        if isinstance(stuck, SpinningClients):
            return WhoWaits.LIVE_LOCK if stuck.octets else WhoWaits.SPINNING
    isp_waits = far_end is None or far_end.waits_for_caller
    client_reads = any(
        thread.on_port for port in report.all_ports for holder in port.holders for thread in holder.threads
    ) or any(wait.on_line for wait in participants)
    if isp_waits and client_reads:
        return WhoWaits.FOR_EACH_OTHER
    return WhoWaits.FOR_THE_CLIENT if isp_waits else WhoWaits.FOR_THE_ISP
