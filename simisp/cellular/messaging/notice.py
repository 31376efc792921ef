"""What ports are shown of messages that arrive: +CMTI, +CMT, +CDSI, +CDS, as +CNMI says (3GPP TS 27.005, 3.4.1).

The mode of +CNMI says when. In mode 0 indications wait until another mode is set; in mode 1 they are dropped while
the port is in a call; otherwise they wait for its end, as all unsolicited results do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simisp.cellular.messaging.text_form import delivered_line, is_text_mode, report_line
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.coding import DataCoding
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, encode_pdu
from simisp.modem.outputs import ModemState

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["MOST_BUFFERED", "Notices", "is_acknowledged", "routes_of"]

MOST_BUFFERED = 32
"""How many indications wait in mode 0 for each port; the oldest of more are dropped."""

_CNMI = "+CNMI"
_MODE, _MT, _DS, _BUFFER = 0, 1, 3, 4


class Notices:
    """The ports of a modem, and the indications that wait for them.

    Attributes:
        units: The ports.
    """

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._buffered: list[tuple[Unit, str | bytes]] = []

    def stores_reports(self) -> bool:
        """Return whether a port wants delivery reports in the store."""
        return any(_cnmi(unit)[_DS] == "2" for unit in self.units)

    def stop_routing(self) -> None:
        """Set ``<mt>`` and ``<ds>`` to 0 at all ports: a message was not acknowledged."""
        for unit in self.units:
            mode, _, broadcast, _, buffer = _cnmi(unit)
            unit.settings.parameters[_CNMI] = (mode, "0", broadcast, "0", buffer)

    def show(self, units: Sequence[Unit], unit: SmsDeliver | SmsStatusReport, centre: Address | None) -> None:
        """Send a message or a report itself to ports."""
        for port in units:
            if is_text_mode(port):
                line = delivered_line(port, unit, centre) if isinstance(unit, SmsDeliver) else report_line(port, unit)
            else:
                name = "+CMT: ," if isinstance(unit, SmsDeliver) else "+CDS: "
                line = f"{name}{len(unit.encode())}\n{encode_pdu(unit, centre).hex().upper()}".encode()
            self._send(port, line)

    def tell_place(self, unit: SmsDeliver | SmsStatusReport, memory: str, index: int) -> None:
        """Report the place of a message or a report to the ports that want to know."""
        name, setting = ("+CMTI", _MT) if isinstance(unit, SmsDeliver) else ("+CDSI", _DS)
        for port in self.units:
            if _cnmi(port)[setting] != "0":
                self._send(port, f'{name}: "{memory}",{index}')

    def release(self, port: Unit) -> None:
        """Act on a new mode of a port: what waits is sent, or forgotten if it says so."""
        cnmi = _cnmi(port)
        if cnmi[_MODE] == "0":
            return
        waiting = [line for other, line in self._buffered if other is port]
        self._buffered = [(other, line) for other, line in self._buffered if other is not port]
        for line in waiting if cnmi[_BUFFER] == "0" else ():
            self._send(port, line)

    def _send(self, port: Unit, line: str | bytes) -> None:
        mode = _cnmi(port)[_MODE]
        if mode == "0":
            mine = [index for index, (other, _) in enumerate(self._buffered) if other is port]
            if len(mine) >= MOST_BUFFERED:
                del self._buffered[mine[0]]
            self._buffered.append((port, line))
        elif mode != "1" or port.call.state is not ModemState.ONLINE_DATA:
            port.send_unsolicited(line)


def routes_of(units: Sequence[Unit], unit: SmsDeliver | SmsStatusReport) -> list[Unit]:
    """Return the ports to which a message or a report itself goes; none if it goes into the store."""
    if isinstance(unit, SmsStatusReport):
        return [port for port in units if _cnmi(port)[_DS] == "1"]
    message_class = DataCoding.of(unit.coding).message_class
    wanted = {"2"} if message_class != 3 else {"2", "3"}
    return [port for port in units if _cnmi(port)[_MT] in wanted] if message_class != 2 else []


def is_acknowledged(service: int, unit: SmsDeliver | SmsStatusReport) -> bool:
    """Return whether the DTE is to acknowledge what it was sent."""
    return service == 1 and isinstance(unit, SmsDeliver | SmsStatusReport)


def _cnmi(unit: Unit) -> tuple[str, ...]:
    return unit.settings.parameters[_CNMI]
