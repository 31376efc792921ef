"""The receiving side of SMTP: an ISP's mail host, and the mail service when the host sends.

The state consists of whether the client has greeted, the sender, the recipients, and whether content is being received
(RFC 5321, 4.1.4, order of commands):

===================  ==========================  ============================  ========================================
command              accepted if                 effect                        reply, and reply if not accepted
===================  ==========================  ============================  ========================================
EHLO, HELO           it has an argument          greeted; transaction cleared  250, else 501
MAIL FROM            greeted, no sender yet      the sender is set             250, else 503
RCPT TO              a sender is set             a recipient is added          250, else 503; 452 if there are too many
DATA                 there is a recipient        content follows               354, else 503
a dot on its line    content is being received   ``MailAccepted``;             250, or 552 if it is too large
                                                 transaction cleared
RSET                 always                      transaction cleared           250
ETRN                 granted, no sender set      ``QueueRunRequested``         250, else 500 or 503
TURN                 granted, no sender set      over, ``TurnRequested``       250, else 502
QUIT                 always                      over, ``ServerEnded``         221
===================  ==========================  ============================  ========================================

A syntax error is answered by 500 or 501 and changes no state.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from simisp.circuits import Circuit
from simisp.machine import Output, SendData

__all__ = [
    "LONGEST_LINE",
    "MOST_HELD",
    "MOST_OCTETS",
    "MOST_RECIPIENTS",
    "HostBehaviour",
    "MailAccepted",
    "QueueRunRequested",
    "ServerEnded",
    "ServerOutput",
    "SmtpServer",
    "TurnRequested",
]

LONGEST_LINE = 2048
"""How long a command line may be, in octets. RFC 5321 requires at least 512."""
MOST_RECIPIENTS = 1000
"""How many recipients a message may have. RFC 5321 requires at least 100."""
MOST_OCTETS = 32 * 1024 * 1024
"""How large a message may be, in octets."""
MOST_HELD = 64 * 1024
"""How many octets a slow host may have pending before it refuses further commands."""

_PATH = re.compile(r"(FROM|TO):\s*<([^<>\s]*)>(?:\s+(.*))?", re.IGNORECASE)


class HostBehaviour(Enum):
    """How a mail host behaves."""

    WELL = "well"
    BUSY = "421"
    """It greets with 421 and closes."""
    SLOW = "slow"
    """It delays each reply. A client that does not wait for replies is finally answered with 421."""
    SILENT = "silent after DATA"
    """It receives a whole message and then says nothing more."""


@dataclass(frozen=True, slots=True)
class MailAccepted(Output):
    """A message was accepted; the reply that says so follows this output."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class QueueRunRequested(Output):
    """The client asks, by ETRN, for the mail that waits for a domain."""

    domain: str


@dataclass(frozen=True, slots=True)
class TurnRequested(Output):
    """The client asked by TURN to change roles, and was granted it: from here on our side sends."""


@dataclass(frozen=True, slots=True)
class ServerEnded(Output):
    """The session is over and the connection can be closed."""


ServerOutput = SendData | MailAccepted | QueueRunRequested | TurnRequested | ServerEnded
"""All that an SMTP server puts out."""


class SmtpServer:
    r"""One SMTP session from the receiving side, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`; its peer is the client. No input from the client raises;
    commands in the wrong order, overlong lines and oversized messages are answered according to RFC 5321.

    Args:
        name: The name that the host gives.
        behaviour: How it behaves.
        delay: How long a slow host delays each reply, in seconds.
        turns: Whether it grants TURN.
        serves_queue: Whether it grants ETRN.

    Example:
        >>> host = SmtpServer("mail.isp.example")
        >>> host.start(now=0.0)
        >>> host.receive_data(b"HELO alice.example\r\n", now=0.0)
        >>> [output.data for output in host.take_outputs()]
        [b'220 mail.isp.example ESMTP\r\n', b'250 mail.isp.example\r\n']

    See Also:
        RFC 5321, 4.1.1 (commands), 4.5.2 (transparency); RFC 1985 (ETRN).
    """

    def __init__(
        self,
        name: str,
        *,
        behaviour: HostBehaviour = HostBehaviour.WELL,
        delay: float = 5.0,
        turns: bool = False,
        serves_queue: bool = False,
    ) -> None:
        self._name = name
        self._behaviour = behaviour
        self._delay = delay if behaviour is HostBehaviour.SLOW else 0.0
        self._turns = turns
        self._serves_queue = serves_queue
        self._line = bytearray()
        self.taken = 0
        """How many complete lines have arrived."""
        self._over = False
        self._greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._content: bytearray | None = None
        self._too_large = False
        self._outputs: list[ServerOutput] = []
        self._pending: deque[tuple[float, list[ServerOutput]]] = deque()
        self._held = 0
        """How many octets of replies and messages are pending."""
        self._free_at = 0.0
        self._commands = self._known_commands()

    def _known_commands(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
            "ETRN": self._etrn,
            "TURN": self._turn,
            "QUIT": self._quit,
        }

    @property
    def over(self) -> bool:
        """Whether the session has ended, or the roles have changed."""
        return self._over

    def start(self, *, now: float) -> None:
        """Send the greeting."""
        if self._behaviour is HostBehaviour.BUSY:
            self._finish(f"421 {self._name} is too busy", ServerEnded())
        else:
            self._reply(f"220 {self._name} ESMTP")
        self._hold(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the client."""
        self.handle_timer(now=now)
        for piece in data.splitlines(keepends=True) if b"\n" in data else (data,):
            if self._over:
                return
            self._take_piece(piece)
            self._hold(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a connection has no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Release the replies that a slow host has delayed for long enough."""
        while self._pending and now >= self._pending[0][0]:
            outputs = self._pending.popleft()[1]
            self._held -= _octets(outputs)
            self._outputs += outputs

    def next_timer(self) -> float | None:
        """Return when the next delayed reply of a slow host is due."""
        return self._pending[0][0] if self._pending else None

    def take_outputs(self) -> list[ServerOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    # Lines -----------------------------------------------------------------------------------------------------------

    def _take_piece(self, piece: bytes) -> None:
        """Take a line or part of one. Only CRLF ends a line (RFC 5321, 2.3.8)."""
        room = LONGEST_LINE if self._content is None else MOST_OCTETS
        if len(self._line) + len(piece) > room:
            self._too_large = True
            # Only the end of the line matters from here on, and a long line is never the dot that ends a message.
            piece = b"x" + (self._line[-1:] + piece)[-2:]
            self._line.clear()
        self._line += piece
        if not self._line.endswith(b"\r\n"):
            return
        self.taken += 1
        line, self._line = bytes(self._line), bytearray()
        if self._content is not None:
            self._content_line(line)
        elif self._held >= MOST_HELD:
            self._finish(f"421 {self._name} has too much to think about", ServerEnded())
        elif self._too_large:
            self._too_large = False
            self._reply("500 line too long")
        else:
            self._command(line[:-2].decode("utf-8", "replace"))

    def _content_line(self, line: bytes) -> None:
        assert self._content is not None
        if line == b".\r\n":
            self._end_content(bytes(self._content))
            return
        self._content += line[1:] if line.startswith(b".") else line
        if len(self._content) > MOST_OCTETS:
            self._too_large = True
            self._content.clear()

    def _end_content(self, content: bytes) -> None:
        sender, recipients, too_large = self._sender or "", tuple(self._recipients), self._too_large
        self._forget()
        if too_large:
            self._reply("552 message too large")
        elif self._behaviour is HostBehaviour.SILENT:
            self._over = True
        else:
            self._outputs.append(MailAccepted(sender, recipients, content))
            self._reply("250 message taken")

    def _command(self, line: str) -> None:
        verb, _, argument = line.partition(" ")
        handler = self._commands.get(verb.upper())
        if "\ufffd" in line:
            self._reply("500 a command is ASCII or UTF-8")
        elif handler is None:
            self._reply("500 command not recognised")
        else:
            handler(argument.strip())

    # Commands --------------------------------------------------------------------------------------------------------

    def _ehlo(self, argument: str) -> None:
        if self._hello(argument):
            extensions = ["8BITMIME", "SMTPUTF8", f"SIZE {MOST_OCTETS}", *(["ETRN"] if self._serves_queue else [])]
            lines = [self._name, *extensions]
            self._reply("\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))

    def _helo(self, argument: str) -> None:
        if self._hello(argument):
            self._reply(f"250 {self._name}")

    def _hello(self, argument: str) -> bool:
        if not argument:
            self._reply("501 say who you are")
            return False
        self._greeted = True
        self._forget()
        return True

    def _mail(self, argument: str) -> None:
        match = _PATH.fullmatch(argument)
        if not self._greeted or self._sender is not None:
            self._reply("503 not now")
        elif match is None or match[1].upper() != "FROM":
            self._reply("501 MAIL FROM:<address>")
        else:
            self._sender = match[2]
            self._reply("250 sender taken")

    def _rcpt(self, argument: str) -> None:
        match = _PATH.fullmatch(argument)
        if self._sender is None:
            self._reply("503 MAIL comes first")
        elif match is None or match[1].upper() != "TO" or not match[2]:
            self._reply("501 RCPT TO:<address>")
        elif len(self._recipients) >= MOST_RECIPIENTS:
            self._reply("452 too many recipients")
        else:
            self._recipients.append(match[2])
            self._reply("250 recipient taken")

    def _data(self, argument: str) -> None:
        if argument:
            self._reply("501 DATA has no argument")
        elif not self._recipients:
            self._reply("503 RCPT comes first")
        else:
            self._content = bytearray()
            self._reply("354 end with a dot on a line of its own")

    def _rset(self, argument: str) -> None:
        self._forget()
        self._reply("250 forgotten")

    def _noop(self, argument: str) -> None:
        self._reply("250 nothing done")

    def _vrfy(self, argument: str) -> None:
        self._reply("252 send a message and see")

    def _etrn(self, argument: str) -> None:
        if not self._serves_queue:
            self._reply("500 command not recognised")
        elif self._sender is not None:
            self._reply("503 not during a mail transaction")
        elif not argument:
            self._reply("501 ETRN needs a domain")
        else:
            self._reply(f"250 queuing for node {argument} started")
            self._outputs.append(QueueRunRequested(argument))

    def _turn(self, argument: str) -> None:
        if not self._turns or self._sender is not None:
            self._reply("502 no turning")
        else:
            self._finish("250 your turn", TurnRequested())

    def _quit(self, argument: str) -> None:
        self._finish(f"221 {self._name} closes", ServerEnded())

    # Replies ---------------------------------------------------------------------------------------------------------

    def _reply(self, text: str) -> None:
        self._outputs.append(SendData(text.encode("ascii", "replace") + b"\r\n"))

    def _finish(self, text: str, end: ServerOutput) -> None:
        self._over = True
        self._reply(text)
        self._outputs.append(end)

    def _hold(self, now: float) -> None:
        """Delay the replies of a slow host, one after the other."""
        if self._delay and self._outputs:
            outputs, self._outputs = self._outputs, []
            self._free_at = max(self._free_at, now) + self._delay
            self._held += _octets(outputs)
            self._pending.append((self._free_at, outputs))

    def _forget(self) -> None:
        self._sender = None
        self._recipients = []
        self._content = None
        self._too_large = False


def _octets(outputs: list[ServerOutput]) -> int:
    """Return how many octets of replies and messages there are in outputs."""
    return sum(
        len(output.data) if isinstance(output, SendData) else len(output.content)
        for output in outputs
        if isinstance(output, SendData | MailAccepted)
    )
