"""Clients that break: each reads in a way that was reported to fail."""

from __future__ import annotations

import re

from support.public_line import ClientFailedError, PublicLine


class NaiveClient:
    """Reads until OK or ERROR, whatever comes, and takes the second line for the value.

    Args:
        line: The port.
    """

    def __init__(self, line: PublicLine) -> None:
        self.line = line
        self.unsolicited: list[str] = []

    def command(self, command: str, within: float = 5.0) -> bytes:
        """Send a command; return all that comes up to OK or ERROR."""
        self.line.write(command.encode() + b"\r")
        return self.read_until(b"OK\r\n", b"ERROR\r\n", within=within)

    def read_until(self, *marks: bytes, within: float) -> bytes:
        """Return all that comes up to one of these marks."""
        text, end = b"", self.line.now + within
        while not any(mark in text for mark in marks):
            data = self.line.read(end - self.line.now) if end > self.line.now else b""
            if not data:
                raise ClientFailedError(f"time-out behind {text!r}")
            text += data
        return text

    def value(self, command: str, within: float = 5.0) -> str:
        """Return the line behind the echo."""
        lines = self.command(command, within).split(b"\r\n")
        if len(lines) < 4:
            raise ClientFailedError(f"no value in {lines}")
        return lines[1].decode("latin-1")

    def signal(self) -> int:
        """Return the signal strength: the first number behind the colon."""
        match = re.match(r"\+CSQ: (\d+),(\d+)$", self.value("AT+CSQ"))
        if match is None:
            raise ClientFailedError("no signal strength")
        return int(match[1])

    def registration(self) -> int:
        """Return the state of registration: the second number."""
        return int(self.value("AT+CREG?").split(",")[1])

    def model(self) -> str:
        """Return the name of the model."""
        return self.value("AT+CGMM")

    def operators(self) -> int:
        """Return how many networks there are."""
        return self.value("AT+COPS=?", within=180.0).count("(")

    def reset(self) -> None:
        """Reset the modem."""
        self.expect_ok(self.command("ATZ"))

    def restart(self) -> None:
        """Restart the modem, and take its OK for the end of it."""
        self.expect_ok(self.command("AT+CFUN=1,1"))

    def off_line(self) -> None:
        """Take the modem off the network: a second is enough for any command."""
        self.expect_ok(self.command("AT+CFUN=0", within=1.0))

    def hangs_up_on_dtr(self) -> None:
        """Let the modem hang up when DTR drops."""
        text = self.read_after("AT&D2")
        if b"NO CARRIER" in text:
            raise ClientFailedError("the connection is lost")

    def is_there(self) -> bool:
        """Return whether a modem answers a vendor's probe, with OK or ERROR: any modem does."""
        self.command("AT^PROBE")
        return True

    def send(self, number: str, text: str) -> None:
        """Send a message."""
        self.expect_ok(self.command("AT+CMGF=1"))
        self.line.write(f'AT+CMGS="{number}"\r'.encode())
        self.read_until(b"\r\n> ", within=10.0)
        self.line.write(text.encode() + b"\x1a")
        self.read_until(b"OK\r\n", within=60.0)

    def dial(self, number: str) -> bool:
        """Dial, and reset the modem and dial again until it connects."""
        while True:
            self.line.write(f"ATD{number}\r".encode())
            if b"CONNECT" in self.read_until(b"CONNECT", b"NO CARRIER", b"BUSY", within=90.0):
                return True
            self.line.read(30.0)
            self.reset()

    def dial_network(self) -> bool:
        """Dial once."""
        self.line.write(b"ATD*99#\r")
        return b"CONNECT" in self.read_until(b"CONNECT", b"NO CARRIER", b"ERROR", within=90.0)

    def asks_network(self, code: str) -> bool:
        """Send a code to the network; return whether it takes it: OK is the answer."""
        return b"OK\r\n" in self.command(f'AT+CUSD=1,"{code}",15')

    def hears(self, what: str, within: float) -> bool:
        """Return whether an unsolicited result comes in so many seconds."""
        end, text = self.line.now + within, b""
        while end > self.line.now and (data := self.line.read(end - self.line.now)):
            text += data
        return what.encode() in text

    def read_after(self, command: str) -> bytes:
        """Send a command; return what one read gives behind the echo."""
        self.line.write(command.encode() + b"\r")
        return self.line.read(5.0)

    @staticmethod
    def expect_ok(text: bytes) -> None:
        """Check that a command has succeeded."""
        if b"OK\r\n" not in text:
            raise ClientFailedError(f"refused: {text!r}")


class EndsWithOk(NaiveClient):
    """Takes an answer for complete when the last thing read is OK."""

    def read_until(self, *marks: bytes, within: float) -> bytes:
        """Return all that comes up to one of these marks at the very end."""
        text, end = b"", self.line.now + within
        while not text.endswith(marks):
            data = self.line.read(end - self.line.now) if end > self.line.now else b""
            if not data:
                raise ClientFailedError(f"time-out behind {text!r}")
            text += data
        return text


class FixedBuffer128(NaiveClient):
    """Has room for 128 octets of an answer, and drops the rest."""

    room = 128

    def read_until(self, *marks: bytes, within: float) -> bytes:
        """Return the first octets of what comes up to one of these marks."""
        text, end = b"", self.line.now + within
        while not any(mark in text for mark in marks):
            data = self.line.read(end - self.line.now) if end > self.line.now else b""
            if not data:
                raise ClientFailedError("time-out: OK did not fit")
            text = (text + data)[: self.room]
        return text


class FixedBuffer1024(FixedBuffer128):
    """Has room for 1 024 octets."""

    room = 1024


class EchoFirst(NaiveClient):
    """Waits for the echo of a command for a short while before it reads the answer."""

    def command(self, command: str, within: float = 5.0) -> bytes:
        """Send a command, wait for its echo, and return what follows up to OK or ERROR."""
        self.line.write(command.encode() + b"\r")
        text = b""
        while not text.startswith(command.encode()):
            data = self.line.read(0.2)
            if not data:
                raise ClientFailedError("no echo")
            text += data
        return text if b"OK\r\n" in text else text + self.read_until(b"OK\r\n", b"ERROR\r\n", within=within)


class WithoutEcho(NaiveClient):
    """Switches the echo off once and for all, and counts lines from the first octet of an answer."""

    def __init__(self, line: PublicLine) -> None:
        super().__init__(line)
        self.expect_ok(self.command("ATE0&W"))

    def value(self, command: str, within: float = 5.0) -> str:
        """Return the first line of an answer."""
        return self.command(command, within)[2:].split(b"\r\n")[0].decode("latin-1")


class DrainsInput(NaiveClient):
    """Reads an answer, and drops all else that has come before it sends the next command."""

    def signal(self) -> int:
        """Return the signal strength."""
        strength = super().signal()
        while self.line.read(0.0):
            pass
        return strength


class DropsOtherLines(NaiveClient):
    """Looks for its value among the lines of an answer, and drops all others."""

    def signal(self) -> int:
        """Return the signal strength."""
        for line in self.command("AT+CSQ").split(b"\r\n"):
            if match := re.fullmatch(rb"\+CSQ: (\d+),(\d+)", line):
                return int(match[1])
        raise ClientFailedError("no signal strength")


class StopsAtUnknown(DropsOtherLines):
    """Has a list of unsolicited results, and takes the line for broken at one that is not in it."""

    def hears(self, what: str, within: float) -> bool:
        """Return whether an unsolicited result comes, if no unknown one comes before it."""
        end = self.line.now + within
        while end > self.line.now and (data := self.line.read(end - self.line.now)):
            for line in filter(None, data.decode().split("\r\n")):
                if line == what:
                    return True
                if not line.startswith(("+CREG", "+CMTI", "RING")):
                    return False
        return False


class AnsweredInTurn(NaiveClient):
    """Takes whatever comes after a command for its answer, also after a time-out."""

    def signal(self) -> int:
        """Return the signal strength; -1 if it does not come in time."""
        try:
            return super().signal()
        except ClientFailedError:
            return -1

    def dial(self, number: str) -> bool:
        """Dial; the first answer is that of the dial command."""
        self.line.write(f"ATD{number}\r".encode())
        text = self.read_until(b"OK\r\n", b"CONNECT", b"NO CARRIER", within=90.0)
        if b"OK\r\n" in text:
            raise ClientFailedError("OK is no answer to a dial command")
        return b"CONNECT" in text


class WaitsForAnswer(NaiveClient):
    """Knows no time-out."""

    def read_until(self, *marks: bytes, within: float) -> bytes:
        """Return all that comes up to one of these marks, however long it takes."""
        text = b""
        while not any(mark in text for mark in marks):
            text += self.line.read(600.0)
        return text


class EndsLinesWithCrLf(NaiveClient):
    """Ends each line with CR and LF."""

    def send(self, number: str, text: str) -> None:
        """Send a message."""
        self.expect_ok(self.command("AT+CMGF=1"))
        self.line.write(f'AT+CMGS="{number}"\r\n'.encode())
        self.read_until(b"> ", within=10.0)
        self.line.write(text.encode() + b"\x1a")
        self.read_until(b"OK\r\n", within=60.0)
