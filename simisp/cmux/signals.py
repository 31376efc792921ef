"""The circuits of a DLC, as the octet that the modem status command carries.

====  ====  ===========================  ===========================
bit   name  from the DTE                 from the DCE
====  ====  ===========================  ===========================
0x02  FC    it can take no octets        it can take no octets
0x04  RTC   DTR                          DSR
0x08  RTR   RTS                          CTS
0x40  IC    -                            RI
0x80  DV    (data valid)                 DCD
====  ====  ===========================  ===========================

See Also:
    3GPP TS 27.010, 5.4.6.3.7.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["V24Signals"]

_EA = 0x01
_FC, _RTC, _RTR, _IC, _DV = 0x02, 0x04, 0x08, 0x40, 0x80


@dataclass(frozen=True, slots=True)
class V24Signals:
    """The circuits that one side of a DLC drives.

    Attributes:
        stopped: FC: its side can take no octets now.
        ready: RTC: DTR, or DSR.
        clear: RTR: RTS, or CTS.
        ring: IC: RI.
        carrier: DV: DCD.

    Example:
        >>> hex(V24Signals(ready=True, clear=True, carrier=True).octet)
        '0x8d'
        >>> V24Signals.of(0x8F).stopped
        True
    """

    stopped: bool = False
    ready: bool = True
    clear: bool = True
    ring: bool = False
    carrier: bool = False

    @property
    def octet(self) -> int:
        """The octet that says them."""
        bits = ((_FC, self.stopped), (_RTC, self.ready), (_RTR, self.clear), (_IC, self.ring), (_DV, self.carrier))
        return _EA | sum(bit for bit, on in bits if on)

    @staticmethod
    def of(octet: int) -> V24Signals:
        """Return the signals that an octet says."""
        return V24Signals(*(bool(octet & bit) for bit in (_FC, _RTC, _RTR, _IC, _DV)))
