"""An unsolicited result with the same prefix as the answer, and another number of values."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class UrcLikeAnswer:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(AnswerMark.INFORMATION)
        if index is None:
            return
        prefix, colon, values = turn.pieces[index].data.strip().partition(b":")
        if colon:
            shown = self._options.text or ("5" if b"," in values else "5,1")
            turn.insert(index, f"{prefix.decode('latin-1')}: {shown}")


ROW = MannerRow(
    "urc like answer",
    "an unsolicited result with the prefix of the answer, and another number of values, comes before the answer",
    ("FreeRTOS/FreeRTOS-Cellular-Interface#89", "vshymanskyy/TinyGSM#503", "FactbirdHQ/atat#223"),
    UrcLikeAnswer,
    options=frozenset({"text"}),
)
