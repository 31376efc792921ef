"""What a fault makes of the undisturbed dialogue: one that changes nothing there, or what another does, is no case."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from simisp.line.channel import ChannelPlace
from simisp.line.faults.table import FaultPlan
from simisp.machine import Output, SendData
from simisp.sweep.undisturbed import Said, Undisturbed

__all__ = ["Effects"]

_MOST_TIMERS = 2000

_Came = tuple[tuple[float, bytes | str], ...]


class Effects:
    """Plays the octets of the undisturbed run through faults.

    Args:
        undisturbed: The run.
    """

    def __init__(self, undisturbed: Undisturbed) -> None:
        self._traffic = {place: _traffic(undisturbed.pieces, place) for place in ChannelPlace}
        self._unchanged = {
            place: _merged([(at, data) for at, data, along in traffic if along])
            for place, traffic in self._traffic.items()
        }

    def effect(self, plan: FaultPlan) -> _Came | None:
        """Return what comes of the octets, and when; None if that is what comes without the fault.

        It is no statement about a run with the fault, in which client and ISP answer differently from there on. But two
        faults with the same effect part from the undisturbed run at the same octet in the same way.
        """
        came = self._played(plan)
        return None if came == self._unchanged[plan.place] else came

    def _played(self, plan: FaultPlan) -> _Came:
        channel = plan.make(Random(0))  # noqa: S311 - no secret
        came: list[tuple[float, bytes | str]] = []

        def take(now: float) -> None:
            came.extend((now, said) for output in channel.take_outputs() if (said := _said(output)))

        for at, data, along in self._traffic[plan.place]:
            while (due := channel.next_timer()) is not None and due <= at:
                channel.handle_timer(now=due)
                take(due)
            if along:
                channel.receive_data(data, now=at)
            else:
                channel.overhear(data, now=at)
            take(at)
        for _ in range(_MOST_TIMERS):
            if (due := channel.next_timer()) is None:
                break
            channel.handle_timer(now=due)
            take(due)
        return _merged(came)


def _traffic(pieces: Sequence[Said], place: ChannelPlace) -> list[tuple[float, bytes, bool]]:
    """Return the octets that pass at a place, each with its time and whether they go its way."""
    on_line = place in {ChannelPlace.ISP_TO_MODEM, ChannelPlace.MODEM_TO_ISP}
    from_client = place in {ChannelPlace.CLIENT_TO_MODEM, ChannelPlace.MODEM_TO_ISP}
    return [(said.at, said.data, said.from_client is from_client) for said in pieces if said.is_on_line or not on_line]


def _said(output: Output) -> bytes | str:
    """Return octets, or in words what else comes out; facts say nothing of their own."""
    if type(output) is SendData:
        return output.data
    return "" if hasattr(output, "kind") else repr(output)


def _merged(came: Sequence[tuple[float, bytes | str]]) -> _Came:
    """Return what came, octets of one moment together."""
    merged: list[tuple[float, bytes | str]] = []
    for at, said in came:
        before = merged[-1] if merged else None
        if before is not None and before[0] == at and isinstance(before[1], bytes) and isinstance(said, bytes):
            merged[-1] = (at, before[1] + said)
        else:
            merged.append((at, said))
    return tuple(merged)
