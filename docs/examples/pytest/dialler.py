"""A dialler with a limit on every wait: `dialler.py PORT` ends with 0 after the log-in, with 1 where it gives up."""

import os
import select
import sys
import tty

LIMIT = 30.0


def heard(port, text):
    """Read until a text has come; return whether it came in time."""
    got = b""
    while text not in got:
        ready, _, _ = select.select([port], [], [], LIMIT)
        if not ready:
            return False
        got += os.read(port, 256)
    return True


port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
for answer, question in [
    (b"ATDT5551234\r", b"Service?"),
    (b"p\r", b"Username:"),
    (b"alice\r", b"Password:"),
    (b"wonderland\r", b"welcome"),
]:
    os.write(port, answer)
    if not heard(port, question):
        print(f"nothing came for {LIMIT:g} s", file=sys.stderr)
        sys.exit(1)
