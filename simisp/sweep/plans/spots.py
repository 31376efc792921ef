"""Where in the undisturbed dialogue something can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simisp.facts.sources import Source
from simisp.line.faults.table import FAULTS
from simisp.sweep.case import YamlValue
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["Spot", "beginnings", "spots"]

_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Spot:
    """A moment between two octets, counted where a fault counts.

    Attributes:
        sender: Whose octets are counted: those of the ISP, the modem or the client.
        side: ``"line"``, between modem and ISP, or ``"port"``, between client and modem.
        direction: ``"to dte"`` or ``"from dte"``.
        octets: How many octets have passed there before.
        position: How many octets have passed before, in both directions together.
        text: The last octets before it in this direction, with an asterisk for each that is secret.
    """

    sender: Source
    side: str
    direction: str
    octets: int
    position: int
    text: str

    @property
    def words(self) -> str:
        """Where it is, in words."""
        side = "ISP" if self.sender is Source.ISP else self.sender.value
        return (
            f"of the {side} after {self.text!r}, octet {self.position}"
            if self.text
            else f"of the {side} from the start"
        )

    def fault(self, kind: str, **told: YamlValue) -> dict[str, YamlValue]:
        """Return a fault that comes here.

        Args:
            kind: The kind of fault.
            told: What it is told.
        """
        usual = FAULTS[kind]
        side: dict[str, YamlValue] = {} if self.side == usual.side else {"side": self.side}
        way: dict[str, YamlValue] = {} if self.direction == usual.direction else {"direction": self.direction}
        after: dict[str, YamlValue] = {"after": {"octets": str(self.octets)}} if self.octets else {}
        return {"fault": kind, **side, **way, **after, **told}


def spots(undisturbed: Undisturbed, *senders: Source) -> Iterator[Spot]:
    """Yield the moment before each octet of these senders, and that after the last octet of each of their pieces.

    What the ISP sends is counted between ISP and modem, and what the client sends while a call is up likewise; what the
    modem itself sends, and what is sent to it, is counted at the port.
    """
    texts = {"to dte": "", "from dte": ""}
    for said in undisturbed.pieces:
        direction = "from dte" if said.from_client else "to dte"
        side, before = ("line", said.before_on_line) if said.is_on_line else ("port", said.before)
        for index, octet in enumerate(said.shown):
            if said.sender in senders:
                yield Spot(said.sender, side, direction, before + index, said.position + index, texts[direction])
            texts[direction] = (texts[direction] + chr(octet))[-_SHOWN:]
        if said.sender in senders:
            end = len(said.data)
            yield Spot(said.sender, side, direction, before + end, said.position + end, texts[direction])


def beginnings(undisturbed: Undisturbed, *senders: Source) -> Iterator[Spot]:
    """Yield the moment before the first octet of each piece of these senders."""
    starts = {said.position for said in undisturbed.pieces_of(*senders)}
    return (spot for spot in spots(undisturbed, *senders) if spot.position in starts)
