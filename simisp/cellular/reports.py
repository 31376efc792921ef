"""Unsolicited results of a cellular modem, for the ports that have asked for them.

============  ==================================  ======================================================================
result        asked for by                        when
============  ==================================  ======================================================================
+CREG …       +CREG=1 or 2, and so on             the registration in this domain changes
+CIEV         +CMER=1…3, and its <ind> not 0      an indicator of +CIND changes
+CGEV         +CGEREP=1 or 2                      the network detaches the modem, a context comes or goes
+CTZV         +CTZR=1                             the network says another time zone, or the modem registers
+CPIN         always                              the SIM is put in or taken out
============  ==================================  ======================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simisp.cellular.clock import zone_text
from simisp.cellular.messaging.charset import to_dte
from simisp.cellular.messaging.text_form import charset_of

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["INDICATORS", "PortReports", "service_line"]

INDICATORS = (("battchg", 5), ("signal", 5), ("service", 1), ("call", 1), ("roam", 1))
"""What +CIND shows, with the highest value of each (3GPP TS 27.007, 8.9)."""
_OFF = "0"
_INDICATIONS = 3
"""Which value of +CMER says whether there are +CIEV."""


_DEFAULT_ALPHABET, _UCS2 = 15, 72
"""Data coding schemes of USSD texts (3GPP TS 23.038, 5)."""


def service_line(unit: Unit, text: str) -> bytes:
    """Return a USSD text as a port gets it, in its character set (3GPP TS 27.007, 7.15)."""
    charset = charset_of(unit)
    coding = _UCS2 if charset == "UCS2" else _DEFAULT_ALPHABET
    return b'+CUSD: 0,"%b",%d' % (to_dte(text.replace('"', ""), charset), coding)


class PortReports:
    """Sends unsolicited results to ports.

    Attributes:
        units: The ports.
    """

    def __init__(self) -> None:
        self.units: tuple[Unit, ...] = ()
        self._indicators: Sequence[int] | None = None

    def send(self, text: str) -> None:
        """Send a result to all ports."""
        for unit in self.units:
            unit.send_unsolicited(text)

    def send_where(self, name: str, text: str, *, value: int = 0) -> None:
        """Send a result to the ports where a value of a command is not 0."""
        for unit in self.units:
            if unit.settings.parameters[name][value] != _OFF:
                unit.send_unsolicited(text)

    def packet_event(self, text: str) -> None:
        """Report an event of the packet domain (3GPP TS 27.007, 10.1.19)."""
        self.send_where("+CGEREP", f"+CGEV: {text}")

    def time_zone(self, zone: int) -> None:
        """Report the time zone that the network has said (8.41)."""
        self.send_where("+CTZR", f'+CTZV: "{zone_text(zone)}"')

    def indicators(self, values: Iterable[int]) -> None:
        """Report the indicators that have changed (8.10); the first time there is nothing to compare with."""
        current = tuple(values)
        before = current if self._indicators is None else self._indicators
        self._indicators = current
        for number, (old, new) in enumerate(zip(before, current, strict=True), start=1):
            if old == new:
                continue
            for unit in self.units:
                wanted = unit.settings.parameters["+CMER"]
                if _OFF not in (wanted[0], wanted[_INDICATIONS]):
                    unit.send_unsolicited(f"+CIEV: {number},{new}")
