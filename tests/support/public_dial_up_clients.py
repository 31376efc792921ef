"""Clients of dial-up modems: one that bears what they do, and variants that each lack one thing."""

from __future__ import annotations

import re

from support.public_line import ClientFailedError, PublicLine

_GUARD_TIME = 1.5
"""Seconds of silence around an escape sequence: S12 is one second."""
_SETTINGS = ("X1", "&C1", "&D2")


class DialUpClient:
    """Sets a modem up, dials, hangs up, and listens for calls.

    Args:
        line: The port.
    """

    failed = re.compile(rb"\r\n(?:NO CARRIER|NO ANSWER|BUSY|NO DIALTONE|ERROR)\r\n")
    connected = re.compile(rb"\r\nCONNECT[^\r]*\r\n")
    set_up = b"ATE0V1"
    pause = 15.0
    """Seconds between two calls."""
    tries = 5

    def __init__(self, line: PublicLine) -> None:
        self.line = line

    # What it can do ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Reset the modem, and set it to what it is to be; a setting that it has not is left out."""
        self.command(b"ATZ", b"OK")
        for setting in _SETTINGS:
            self.command(b"AT" + setting.encode(), b"OK", b"ERROR")

    def connects(self) -> bool:
        """Dial until a call comes through, or return that none does."""
        self.command(self.set_up, b"OK", b"0\r")
        for _ in range(self.tries):
            self.line.write(b"ATDT5551234\r")
            text, end = b"", self.line.now + 90.0
            while not self.failed.search(text):
                if self.connected.search(text):
                    return True
                text += self._read(end, "for a result of the call")
            self.line.wait(self.pause)
        return False

    def escapes(self) -> None:
        """Leave the call for the modem's commands, and end it."""
        self.line.wait(_GUARD_TIME)
        self.line.write(b"+++")
        self._until(b"OK", within=_GUARD_TIME + 1.0)
        self.command(b"ATH", b"OK")

    def caller(self) -> str:
        """Return the number of the next caller, empty if it does not come."""
        self.command(b"AT+VCID=1", b"OK")
        return self._number(self._rings())

    # How it does it ---------------------------------------------------------------------------------------------------

    def command(self, command: bytes, *marks: bytes) -> bytes:
        """Send a command, and return all up to one of some texts."""
        self.line.write(command + b"\r")
        return self._until(*marks, within=5.0)

    def _until(self, *marks: bytes, within: float) -> bytes:
        text, end = b"", self.line.now + within
        while not any(mark in text for mark in marks):
            text += self._read(end, f"behind {text!r}")
        return text

    def _read(self, end: float, what: str) -> bytes:
        data = self.line.read(end - self.line.now) if end > self.line.now else b""
        if not data:
            raise ClientFailedError(f"waited in vain {what}")
        return data

    def _rings(self) -> bytes:
        """Return what comes up to the third ring."""
        text, end = b"", self.line.now + 60.0
        while text.count(b"RING") < 3:
            text += self._read(end, "for a call")
        return text

    @staticmethod
    def _number(text: bytes) -> str:
        match = re.search(rb"NMBR = (\S+)", text)
        return match[1].decode() if match else ""


class NoGuardTime(DialUpClient):
    """Sends the escape sequence and the command in one."""

    def escapes(self) -> None:
        """End the call."""
        self.line.write(b"+++ATH\r")
        self._until(b"OK", within=5.0)


class NoPause(DialUpClient):
    """Dials again at once, three times."""

    pause = 0.0
    tries = 3


class KnowsNoError(DialUpClient):
    """Knows the results of a call that V.250 has, and does not know ERROR for one."""

    failed = re.compile(rb"\r\n(?:NO CARRIER|NO ANSWER|BUSY|NO DIALTONE)\r\n")


class InsistsOnSettings(DialUpClient):
    """Begins anew until the modem has taken each setting."""

    def begin(self) -> None:
        """Reset the modem, and set it to what it is to be."""
        while self.line.now < 600.0:
            self.command(b"ATZ", b"OK")
            self.line.wait(1.0)
            if all(b"OK" in self.command(b"AT" + each.encode(), b"OK", b"ERROR") for each in _SETTINGS):
                return
        raise ClientFailedError("resets the modem forever")


class WantsNumbers(DialUpClient):
    """Asks for numbers, and knows one maker's."""

    failed = re.compile(rb"(?:^|[\r\n])[3467]\r")
    connected = re.compile(rb"(?:^|[\r\n])(?:1|5|10|11|12|15|18|84)\r")
    set_up = b"ATE0V0"


class HearsFromFirstRing(DialUpClient):
    """Takes what comes before a ring for nothing."""

    @staticmethod
    def _number(text: bytes) -> str:
        return DialUpClient._number(text.partition(b"RING")[2])
