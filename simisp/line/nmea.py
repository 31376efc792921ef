r"""A modem's NMEA port: the position, in sentences that come by themselves.

=======  ====================================  =========================================================================
state    input                                 next state, and effect
=======  ====================================  =========================================================================
closed   the client opens the port (DTR on)    sending; the first sentences at the next whole interval
sending  the interval is over                  sending; every sentence of the list, in order
sending  the port is closed (DTR off), or the  closed
         modem loses its power
either   octets of the client                  unchanged; a GNSS receiver takes no commands here
=======  ====================================  =========================================================================

See Also:
    NMEA 0183, 5.3 (format), 6.3 (RMC, GGA).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from simisp.circuits import Circuit
from simisp.line.port_machine import QuietPort
from simisp.machine import SendData

__all__ = ["NmeaConfig", "NmeaPort", "sentence"]


def sentence(fields: str) -> str:
    r"""Return a sentence with its delimiters and its checksum.

    Example:
        >>> sentence("GPGLL,,,,,,V,N")
        '$GPGLL,,,,,,V,N*64\r\n'
    """
    checksum = reduce(lambda total, octet: total ^ octet, fields.encode("latin-1"), 0)
    return f"${fields}*{checksum:02X}\r\n"


@dataclass(frozen=True, slots=True)
class NmeaConfig:
    """What an NMEA port says.

    Attributes:
        every: The interval in seconds, above 0.
        sentences: ``RMC``, ``GGA``, or the fields of any other sentence, without ``$`` and checksum.
        latitude: In degrees, north of the equator above 0.
        longitude: In degrees, east of Greenwich above 0.
        has_fix: Whether the position is known. Without it the fields are empty, and the status is V.
        begins: The date and the time of day (UTC) when the run begins.
    """

    every: float = 1.0
    sentences: Sequence[str] = ("RMC", "GGA")
    latitude: float = 0.0
    longitude: float = 0.0
    has_fix: bool = True
    begins: datetime = datetime(2000, 1, 1)  # noqa: DTZ001 - UTC, as NMEA has it


class NmeaPort(QuietPort):
    r"""The machine of an NMEA port.

    Args:
        config: What it says.

    Example:
        >>> port = NmeaPort(NmeaConfig(sentences=("GGA",), latitude=52.52, longitude=-13.405))
        >>> port.set_circuit(Circuit.DTR, True, now=0.3)
        >>> port.handle_timer(now=1.0)
        >>> port.take_outputs()[-1].data
        b'$GPGGA,000001.00,5231.2000,N,01324.3000,W,1,08,1.0,0.0,M,0.0,M,,*46\r\n'
    """

    def __init__(self, config: NmeaConfig) -> None:
        super().__init__()
        self._config = config
        self._due: float | None = None

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the client: it gets sentences while DTR is on."""
        super().set_circuit(circuit, on, now=now)
        if circuit is Circuit.DTR:
            every = self._config.every
            self._due = (now // every + 1) * every if on else None

    def lose_power(self, *, now: float) -> None:
        """Fall silent until the port is opened again."""
        self._due = None

    def next_timer(self) -> float | None:
        """Return when the next sentences are due."""
        return self._due

    def handle_timer(self, *, now: float) -> None:
        """Send the sentences if they are due. If several intervals have passed they come once."""
        if self._due is None or now < self._due:
            return
        self._outputs.append(SendData("".join(map(self._sentence, self._config.sentences)).encode("latin-1")))
        passed = (now - self._due) // self._config.every
        self._due += (passed + 1) * self._config.every

    def _sentence(self, kind: str) -> str:
        config = self._config
        assert self._due is not None
        at = config.begins + timedelta(seconds=round(self._due, 2))
        clock = f"{at:%H%M%S}.{at.microsecond // 10000:02}"
        where = _position(config) if config.has_fix else ",,,"
        if kind == "RMC":
            status, mode = ("A", "A") if config.has_fix else ("V", "N")
            speed = "0.0,0.0" if config.has_fix else ","
            return sentence(f"GPRMC,{clock},{status},{where},{speed},{at:%d%m%y},,,{mode}")
        if kind == "GGA":
            quality = "1,08,1.0,0.0,M,0.0,M,," if config.has_fix else "0,00,,,M,,M,,"
            return sentence(f"GPGGA,{clock},{where},{quality}")
        return sentence(kind)


def _position(config: NmeaConfig) -> str:
    latitude = _degrees(config.latitude, 2)
    longitude = _degrees(config.longitude, 3)
    return f"{latitude},{'N' if config.latitude >= 0 else 'S'},{longitude},{'E' if config.longitude >= 0 else 'W'}"


def _degrees(angle: float, digits: int) -> str:
    """Return an angle as whole degrees and minutes, as NMEA writes them together."""
    ten_thousandths = round(abs(angle) * 60 * 10_000)
    degrees, rest = divmod(ten_thousandths, 60 * 10_000)
    return f"{degrees:0{digits}}{rest // 10_000:02}.{rest % 10_000:04}"
