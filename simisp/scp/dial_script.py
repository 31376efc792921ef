"""Dialling, as the script language itself would do it."""

from __future__ import annotations

__all__ = ["dial_script"]

_DIAL = """
proc main
  transmit "ATZ^M"
  waitfor "OK" until 5
  if !$SUCCESS then
    halt
  endif
  transmit "ATD{number}^M"
  waitfor "CONNECT" then Connected, "BUSY" then Refused, "NO CARRIER" then Refused,
    "NO ANSWER" then Refused, "NO DIALTONE" then Refused, "NO DIAL TONE" then Refused, "ERROR" then Refused until 90
Refused:
  halt
Connected:
  waitfor "<lf>" until 2
endproc
"""


def dial_script(number: str) -> str:
    """Return a script that dials ``number`` and ends with the line of CONNECT, or halts when it does not come."""
    return _DIAL.format(number="".join(character for character in number if character not in '"\\^<>\r\n'))
