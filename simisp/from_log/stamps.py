"""The time stamps of logs, in seconds from whenever a log's clock counts."""

from __future__ import annotations

import re

__all__ = ["plain", "time_of", "without_stamp"]

_CLOCK = re.compile(r"(?:^|[\sT\[>])(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
"""A time of day: of syslog, ISO 8601, journalctl, minicom, C-Kermit, and Zephyr's time since the start."""
_TICKS = re.compile(r"^[VDIWE] \((\d{1,12})\) ")
"""ESP-IDF's milliseconds since the start."""
_CONTROL = re.compile(r"<(?:dbg|inf|wrn|err)>|\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_IN_FRONT = re.compile(
    r"^(?:\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\]|\d\d:\d\d:\d\d\.\d{3}:)(?: |$)|^\[\d{4}-\d\d-\d\d [\d:.]*$"
)
"""What minicom and C-Kermit write in front of a line of the screen; minicom may tear it."""


def plain(line: str) -> str:
    r"""Return a line without colours, control characters and Zephyr's levels.

    Example:
        >>> plain("\x1b[0;32mI (1234) modem: OK\x1b[0m")
        'I (1234) modem: OK'
    """
    return _CONTROL.sub("", line)


def time_of(line: str) -> float | None:
    """Return the time stamp of a line in seconds; None if it has none.

    Example:
        >>> time_of("2026-11-29T06:36:07.5+01:00 host chat[7]: OK"), time_of("I (1250) modem: OK")
        (23767.5, 1.25)
    """
    if ticks := _TICKS.match(plain(line)):
        return int(ticks[1]) / 1000
    if clock := _CLOCK.search(line):
        hours, minutes, seconds = (int(clock[number]) for number in (1, 2, 3))
        return hours * 3600 + minutes * 60 + seconds + (float(f"0.{clock[4]}") if clock[4] else 0.0)
    return None


def without_stamp(line: str) -> str:
    """Return a line of a screen without the time that minicom or C-Kermit has written in front of it.

    Example:
        >>> without_stamp("[2026-11-29 06:37:12.538] OK"), without_stamp("06:39:59.117: OK"), without_stamp("OK")
        ('OK', 'OK', 'OK')
    """
    return _IN_FRONT.sub("", line, count=1)
