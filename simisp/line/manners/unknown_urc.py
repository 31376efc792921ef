"""An unsolicited result that no program knows."""

from __future__ import annotations

from simisp.line.manners.turn import MannerOptions, MannerRow
from simisp.line.manners.urc_before_answer import UrcBeforeAnswer

__all__ = ["ROW"]


ROW = MannerRow(
    "unknown urc",
    "an unsolicited result that no manual has comes before the answer",
    ("FactbirdHQ/atat#183",),
    UrcBeforeAnswer,
    MannerOptions(text='*EUNKN: 7,"?",(1'),
    options=frozenset({"text"}),
)
