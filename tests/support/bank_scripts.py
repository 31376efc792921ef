"""Two clients that call each other through a bank of lines, as scripts of real programs.

The first calls, speaks and hangs up; then the second calls back, speaks and hangs up. Each ends with exit status 0 if
it heard all that it had to hear: the words of the other, and NO CARRIER when the other hung up.
"""

from __future__ import annotations

__all__ = ["KERMIT_CALLED_FIRST", "KERMIT_CALLS_FIRST", "PICOCOM_CALLED_FIRST"]

_OPEN = "set modem type none\nset carrier-watch off\nset line \\%1\nif fail exit 7\nset flow none\npause 1\n"
_CALL = "output ATD{number}\\13\ninput 60 CONNECT\nif fail exit 3\npause 1\n"
_ANSWER = "input 60 RING\nif fail exit 4\noutput ATA\\13\ninput 60 CONNECT\nif fail exit 5\n"
_HANG_UP = "pause 2\noutput +++\ninput 30 OK\nif fail exit 8\npause 1\noutput ATH\\13\ninput 30 OK\nif fail exit 9\n"
_HUNG_UP = "input 60 NO CARRIER\nif fail exit 10\n"

KERMIT_CALLS_FIRST = (
    f"{_OPEN}pause 1\n{_CALL}output how are you?\\13\ninput 30 fine\nif fail exit 6\n{_HANG_UP}"
    f"{_ANSWER}input 30 and you?\nif fail exit 6\noutput well\\13\n{_HUNG_UP}exit 0\n"
)
"""Its argument is the port; ``{number}`` is to be replaced by the number of the other line."""

KERMIT_CALLED_FIRST = (
    f"{_OPEN}{_ANSWER}input 30 are you?\nif fail exit 6\noutput fine\\13\n{_HUNG_UP}"
    f"pause 3\n{_CALL}output and you?\\13\ninput 30 well\nif fail exit 6\n{_HANG_UP}exit 0\n"
)
"""The same for the other side."""

PICOCOM_CALLED_FIRST = """
log_user 0
set timeout 60
proc hear {words status} {
  expect {
    $words {}
    timeout { exit $status }
    eof { exit $status }
  }
}
spawn -noecho picocom -b 115200 [lindex $argv 0]
hear "Terminal ready" 7
hear RING 4
send "ATA\\r"
hear CONNECT 5
hear "are you?" 6
send "fine\\r"
hear "NO CARRIER" 10
sleep 3
send "ATD{number}\\r"
hear CONNECT 3
sleep 1
send "and you?\\r"
hear well 6
sleep 2
send "+++"
hear OK 8
sleep 1
send "ATH\\r"
hear OK 9
send "\\001\\030"
expect eof
exit 0
"""
"""The same with picocom, by a script of expect."""
