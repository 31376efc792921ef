"""Where a link may be made to behave badly.

A link asks its behaviour about each frame and each phase. This one does nothing anywhere, so the link is what the
standards say; a bad behaviour overrides what it needs and may call any public method of its link, except
:meth:`~simisp.ppp.link.PppLink.receive_data`, ``handle_timer`` and ``take_outputs``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simisp.ppp.link import PppLink

from simisp.facts.ppp import LinkPhase, Network

__all__ = ["LinkBehaviour", "PppFrame"]


@dataclass(frozen=True, slots=True)
class PppFrame:
    """A frame, apart from how it is written on the line.

    Attributes:
        protocol: The number of its protocol.
        information: What it carries.
    """

    protocol: int
    information: bytes


class LinkBehaviour:
    """A link that behaves well."""

    def begin(self, link: PppLink, *, now: float) -> None:
        """Take note that the link starts; its lower layer is about to come up."""

    def before_send(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Return what is sent in place of a frame: it, others, or nothing. They do not come here again."""
        return (frame,)

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the octets that are sent for a frame, given those that it should be."""
        return octets

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Return the received octets that the link looks at, given those that came."""
        return data

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Take a received frame; return whether the link is to ignore it."""
        return False

    def on_phase(self, phase: LinkPhase, *, now: float) -> None:
        """Take note that the link is in another phase."""

    def on_up(self, network: Network, *, now: float) -> None:
        """Take note that packets of a network can pass."""

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called."""
        return None

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
