"""The clock of a modem (+CCLK), which the network sets if it may (+CTZU): 3GPP TS 27.007, 8.15, 8.40 and 8.41."""

from __future__ import annotations

from datetime import datetime, timedelta

from simisp.cellular.sms.times import Timestamp

__all__ = ["LocalClock", "zone_text"]

_LONGEST_RUN = 10**9
_CENTURY = 2000


class LocalClock:
    """Local time.

    Args:
        text: The time when the run begins, as ``+CCLK`` has it: ``26/01/01,00:00:00+04``.

    Raises:
        ValueError: There is no such time.
    """

    def __init__(self, text: str) -> None:
        given = Timestamp.of(text)
        if given is None:
            raise ValueError(f"{text} is no time")
        self._begins, self.zone = _time_of(given), given.zone

    def at(self, now: float) -> Timestamp:
        """Return the time of day at a time of the run."""
        time = self._begins + timedelta(seconds=min(int(now), _LONGEST_RUN))
        return Timestamp(time.year % 100, time.month, time.day, time.hour, time.minute, time.second, self.zone)

    def set(self, time: Timestamp, now: float) -> bool:
        """Set the clock; return whether there is such a time."""
        try:
            self._begins = _time_of(time) - timedelta(seconds=min(int(now), _LONGEST_RUN))
        except (ValueError, OverflowError):
            return False
        self.zone = time.zone
        return True

    def move_to_zone(self, zone: int) -> None:
        """Show the same moment in another time zone, in quarters of an hour from UTC."""
        self._begins += timedelta(minutes=15 * (zone - self.zone))
        self.zone = zone


def _time_of(time: Timestamp) -> datetime:
    day = (_CENTURY + time.year, time.month, time.day)
    return datetime(*day, time.hour, time.minute, time.second)  # noqa: DTZ001 - local time


def zone_text(zone: int) -> str:
    """Return a time zone as commands have it.

    Example:
        >>> zone_text(4), zone_text(-20)
        ('+04', '-20')
    """
    return f"{zone:+03d}"
