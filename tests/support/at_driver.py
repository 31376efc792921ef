"""An AT driver on pyserial, with and without planted bugs: reads a modem's signal and sends a short message.

It is run as a program: ``at_driver.py PORT [BUG ...]``.
"""

from __future__ import annotations

import sys
import time

import serial

BUGS = ("takes any line", "expects an echo", "reads once")
"""Takes the first line for its answer, expects the first line to be its echo, takes one read for a whole answer."""


class Driver:
    def __init__(self, port: str, bugs: set[str]) -> None:
        self.port = serial.Serial(port, 115200, timeout=10)
        self.bugs = bugs
        self.buffer = b""

    def line(self) -> str:
        """Return the next line that isn't empty; an empty one at the end of the time."""
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            line, end, rest = self.buffer.partition(b"\n")
            if end:
                self.buffer = rest
                if line.strip():
                    return line.strip().decode()
                continue
            self.buffer += self.port.read(max(1, self.port.in_waiting))
        return ""

    def answer(self, command: str, wanted: str = "", bug: str = "") -> str | None:
        """Send a command; return its line of information, an empty text for a bare OK, or None for a failure."""
        self.port.write(command.encode() + b"\r")
        bug = bug if bug in self.bugs else ""
        if bug == "reads once":
            heard = self.port.read(1)
            time.sleep(0.01)
            heard += self.port.read(self.port.in_waiting)
            return heard.decode() if b"OK" in heard else None
        if bug == "expects an echo":
            self.line()
        found = ""
        while line := self.line():
            if line == "OK":
                return found
            if line == "ERROR":
                return None
            is_wanted = line != command and not found if bug == "takes any line" else line.startswith(wanted or "\0")
            found = line if is_wanted else found
        return None

    def run(self) -> int:
        signal = self.answer("AT+CSQ", "+CSQ:", bug="takes any line")
        if not (signal or "").startswith("+CSQ:"):
            return 1
        if self.answer("AT+CMGF=1", bug="expects an echo") is None:
            return 2
        if self.answer("ATZ", bug="reads once") is None:
            return 3
        self.port.close()
        return 0


if __name__ == "__main__":
    sys.exit(Driver(sys.argv[1], set(sys.argv[2:])).run())
