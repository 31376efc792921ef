"""The modem: command lines and result codes after ITU-T V.250 and Hayes, call control, the escape sequence.

:class:`Modem` is the machine; :data:`~simisp.modem.commands.COMMANDS` is the table that it runs on.
"""

from __future__ import annotations

from simisp.modem.config import ModemConfig
from simisp.modem.modem import Modem
from simisp.modem.outputs import (
    AnswerRequested,
    CallFailure,
    DialRequested,
    HangUpReason,
    HungUp,
    ModemState,
    RelayData,
)

__all__ = [
    "AnswerRequested",
    "CallFailure",
    "DialRequested",
    "HangUpReason",
    "HungUp",
    "Modem",
    "ModemConfig",
    "ModemState",
    "RelayData",
]
