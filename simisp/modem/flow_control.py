r"""Flow control by octets: DC3 (XOFF) from the DTE stops what comes from the far end, DC1 (XON) lets it go on.

==================================  =================================================================================
setting                             DC1 and DC3 from the DTE in a call
==================================  =================================================================================
``+IFC=1``, ``&K4``, ``\Q1``        stop and go, and do not go to the far end
``+IFC=3``, ``&K5``                 stop and go, and go to the far end too
any other                           data like any other octet
==================================  =================================================================================

RTS and CTS are circuits, and the owner of a modem holds back octets itself. A modem in a call takes all that its DTE
sends, so it never sends DC3 of its own.

See Also:
    ITU-T V.250, 6.2.12 (+IFC).
"""

from __future__ import annotations

import re
from enum import Enum

from simisp.modem.settings import ModemSettings

__all__ = ["XON", "OctetFlow", "octet_flow"]

XON, _XOFF = 0x11, 0x13
_EITHER = re.compile(b"[%c%c]" % (XON, _XOFF))


class OctetFlow(Enum):
    """What becomes of DC1 and DC3, besides their effect."""

    TAKEN = "taken"
    PASSED = "passed"

    def find(self, data: bytes, start: int) -> int:
        """Return the index of the first DC1 or DC3 from ``start`` on, or the length of the data."""
        match = _EITHER.search(data, start)
        return len(data) if match is None else match.start()


def octet_flow(settings: ModemSettings) -> OctetFlow | None:
    """Return how octets control the flow under these settings, or None if they do not.

    Example:
        >>> from simisp.modem.config import ModemConfig
        >>> octet_flow(ModemConfig(settings={"+IFC": "1,1"}).new_settings())
        <OctetFlow.TAKEN: 'taken'>
    """
    by_dte, numbers = settings.parameters.in_force.get("+IFC", ("2",))[0], settings.numbers.in_force
    k, q = numbers.get("&K", 3), numbers.get("\\Q", 3)
    if by_dte == "1" or k == 4 or q == 1:
        return OctetFlow.TAKEN
    return OctetFlow.PASSED if by_dte == "3" or k == 5 else None
