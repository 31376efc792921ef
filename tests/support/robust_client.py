"""A client that bears what modems do: it reads lines, knows what it waits for, and begins anew when it is lost."""

from __future__ import annotations

import re

from support.public_line import ClientFailedError, PublicLine

_FINAL = re.compile(r"OK|ERROR|\+CM[ES] ERROR: .*|COMMAND NOT SUPPORT")
_DIALLED = re.compile(r"CONNECT.*|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|ERROR|\+CM[ES] ERROR: .*")
_PROMPT = re.compile(rb"(?:^|[\r\n])> ?[\r\n]*\Z")
_BANNERS = frozenset({"RDY", "+CPIN: READY", "SMS DONE", "PB DONE"})
_TRIES = 4


class _LostError(Exception):
    """No answer has come in time, or the modem has restarted."""


class RobustClient:
    """Talks to a modem.

    Args:
        line: The port.

    Attributes:
        unsolicited: The unsolicited results so far.
    """

    def __init__(self, line: PublicLine) -> None:
        self.line = line
        self.unsolicited: list[str] = []
        self._buffer = b""
        self._sent = ""

    # What it can do ---------------------------------------------------------------------------------------------------

    def signal(self) -> int:
        """Return the signal strength."""
        return int(self._value("AT+CSQ", r"\+CSQ: ?(\d+),\d+")[0])

    def registration(self) -> int:
        """Return the state of registration."""
        return int(self._value("AT+CREG?", r"\+CREG: ?\d,(\d)(?:,.*)?")[0])

    def model(self) -> str:
        """Return the name of the model."""
        return self._value("AT+CGMM", r"([A-Z][A-Z0-9]+)")[0]

    def operators(self) -> int:
        """Return how many networks there are."""
        return self._value("AT+COPS=?", r"\+COPS: ?(.*)", within=180.0)[0].count("(")

    def reset(self) -> None:
        """Reset the modem."""
        self._command("ATZ")

    def restart(self) -> None:
        """Restart the modem, and wait for it."""
        self._command("AT+CFUN=1,1")
        self._find_again()

    def off_line(self) -> None:
        """Take the modem off the network."""
        self._command("AT+CFUN=0", within=15.0)

    def hangs_up_on_dtr(self) -> None:
        """Let the modem hang up when DTR drops."""
        self._command("AT&D2")

    def is_there(self) -> bool:
        """Return whether a modem answers to a vendor's probe, or at least to AT."""
        try:
            self._once("AT^PROBE", 2.0)
        except _LostError:
            self._find_again()
        return True

    def send(self, number: str, text: str) -> None:
        """Send a message."""
        self._command("AT+CMGF=1")
        self._write(f'AT+CMGS="{number}"')
        self._wait_for_prompt()
        self.line.write(text.encode() + b"\x1a")
        self._sent = text
        if not any(line.startswith("+CMGS:") for line in self._answer(_FINAL, 60.0)[1]):
            raise ClientFailedError("the message was not sent")

    def dial(self, number: str, tries: int = 3) -> bool:
        """Dial until a call comes through, so many times; return whether one did. It waits longer each time."""
        for attempt in range(tries):
            self._once("AT", 5.0) if attempt == 0 else self._listen(60.0 * attempt)
            self._write(f"ATD{number}")
            try:
                if self._answer(_DIALLED, 90.0)[0].startswith("CONNECT"):
                    return True
            except _LostError:
                self._find_again()
        return False

    def dial_network(self) -> bool:
        """Wait until the modem is registered, and dial."""
        for _ in range(60):
            if self.registration() in {1, 5}:
                return self.dial("*99#")
            self._listen(5.0)
        return False

    def asks_network(self, code: str) -> bool:
        """Send a code to the network; return whether it takes it: what it says comes behind OK, in its own time."""
        self._command(f'AT+CUSD=1,"{code}",15')
        self._listen(15.0)
        return any(line.startswith("+CUSD:") for line in self.unsolicited)

    def hears(self, what: str, within: float) -> bool:
        """Return whether an unsolicited result has come, or comes in so many seconds."""
        if what not in self.unsolicited:
            self._listen(within)
        return what in self.unsolicited

    # How it reads -----------------------------------------------------------------------------------------------------

    def _value(self, command: str, pattern: str, within: float = 5.0) -> tuple[str, ...]:
        """Return the groups of the line of an answer that has the right form; any other line is unsolicited."""
        for _ in range(_TRIES):
            try:
                _, lines = self._once(command, within)
            except _LostError:
                self._find_again()
                continue
            found = [match for line in lines if (match := re.fullmatch(pattern, line))]
            if not found:  # the data may come behind the result
                before = len(self.unsolicited)
                self._listen(0.5)
                found = [match for line in self.unsolicited[before:] if (match := re.fullmatch(pattern, line))]
            if found:
                self.unsolicited += [line for line in lines if not re.fullmatch(pattern, line)]
                return found[-1].groups()
        raise ClientFailedError(f"no answer to {command}")

    def _command(self, command: str, within: float = 5.0) -> None:
        for _ in range(_TRIES):
            try:
                final, lines = self._once(command, within)
            except _LostError:
                self._find_again()
                continue
            self.unsolicited += lines
            if final in {"OK", "NO CARRIER"}:
                return
        raise ClientFailedError(f"{command} was refused")

    def _once(self, command: str, within: float) -> tuple[str, list[str]]:
        self._write(command)
        return self._answer(_FINAL if command != "AT&D2" else re.compile("OK|ERROR|NO CARRIER"), within)

    def _write(self, command: str) -> None:
        self._take_lines()
        self._sent = command
        self.line.write(command.encode() + b"\r")

    def _answer(self, final: re.Pattern[str], within: float) -> tuple[str, list[str]]:
        """Return the final result and the lines before it, without the echo."""
        end = self.line.now + within
        lines: list[str] = []
        while True:
            while split := self._split():
                line = split[0]
                if line in _BANNERS:
                    self.unsolicited.append(line)
                    raise _LostError
                if final.fullmatch(line):
                    return line, lines
                if not self._sent.startswith(line):
                    lines.append(line)
            data = self.line.read(end - self.line.now) if end > self.line.now else b""
            if not data:
                self.unsolicited += lines
                raise _LostError
            self._buffer += data

    def _split(self) -> list[str]:
        """Return one line at a time of what was read, so that what follows a final result stays."""
        while (match := re.search(rb"[\r\n]", self._buffer)) is not None:
            line, self._buffer = self._buffer[: match.start()].strip(), self._buffer[match.end() :]
            if line:
                return [line.decode("latin-1")]
        return []

    def _take_lines(self) -> None:
        """Take what has come without being asked for."""
        while data := self.line.read(0.0):
            self._buffer += data
        while lines := self._split():
            self.unsolicited += lines

    def _listen(self, seconds: float) -> None:
        end = self.line.now + seconds
        while (left := end - self.line.now) > 0 and (data := self.line.read(left)):
            self._buffer += data
        self._take_lines()

    def _wait_for_prompt(self) -> None:
        while not _PROMPT.search(self._buffer):
            data = self.line.read(10.0)
            if not data:
                raise ClientFailedError("no request for the text")
            self._buffer += data
        self._buffer = b""

    def _find_again(self) -> None:
        """Wait until the modem is silent, then ask until it answers."""
        for _ in range(10):
            self._listen(8.0)
            try:
                if self._once("AT", 2.0)[0] == "OK":
                    return
            except _LostError:
                continue
        raise ClientFailedError("the modem has gone")
