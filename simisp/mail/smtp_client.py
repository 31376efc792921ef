"""The sending side of SMTP, as the mail service speaks it to its ISP's host.

One command is outstanding at a time, so the state is the command whose reply is awaited (RFC 5321, 4.3.2). A reply is
positive (2yz or 3yz), transient (4yz) or permanent (5yz):

========  =========================  ==================================================================================
state     positive reply             any other reply
========  =========================  ==================================================================================
GREETING  EHLO                       QUIT and OVER, the session failed
EHLO      *next message*             HELO
HELO      *next message*             QUIT and OVER, the session failed
MAIL      RCPT for each recipient    the message is refused or deferred, RSET
RCPT      next RCPT; after the last  this recipient is refused or deferred; then as at the left
          DATA, or RSET if no
          recipient was accepted
DATA      354: the content           the message is refused or deferred, RSET
CONTENT   delivered; *next message*  the message is refused or deferred; *next message*
RSET      *next message*             *next message*
ETRN      next ETRN, then QUIT       next ETRN, then QUIT
TURN      OVER, ``RolesTurned``      QUIT
QUIT      OVER, ``SmtpClientEnded``      OVER, ``SmtpClientEnded``
========  =========================  ==================================================================================

*Next message* asks the owner for it (WANTING) and, when :meth:`SmtpClient.give` passes it, sends MAIL; after the last
message it sends ETRN or TURN, if configured, then QUIT. A reply of 421 (RFC 5321, 3.8) or a line that is not a reply
leads to OVER from any state. A permanent reply refuses, every other one defers.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.mail.message import Message, crlf
from simisp.mail.smtp_reply import Reply, ReplyReader

__all__ = [
    "ClientOutput",
    "Etrn",
    "MessageDeferred",
    "MessageDelivered",
    "MessageInDoubt",
    "MessageRefused",
    "MessageWanted",
    "RetrievalAnswered",
    "RolesTurned",
    "SmtpClient",
    "SmtpClientEnded",
    "Turn",
]

_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,254}")
_CLOSING = 421
_PIECE = 4096  # octets processed at a time
_MOST_UNREAD = 65536  # octets kept unread from a host that talks while we fetch a message


@dataclass(frozen=True, slots=True)
class Etrn:
    """Ask the host to deliver what it has queued for these domains, over connections of its own (RFC 1985)."""

    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Ask the host to change roles and send what it has over this connection (RFC 821, 3.8)."""


@dataclass(frozen=True, slots=True)
class MessageWanted(Output):
    """The next message is due: answer by calling :meth:`SmtpClient.give`."""

    id: str


@dataclass(frozen=True, slots=True)
class MessageInDoubt(Output):
    """The end of a message is about to be sent: from here on it may be delivered without our learning of it.

    An owner that must survive a crash records this before it sends the output that follows.
    """

    id: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageDelivered(Output):
    """The host has accepted a message for these recipients."""

    id: str
    recipients: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class MessageRefused(Output):
    """The host permanently refuses a message for these recipients."""

    id: str
    recipients: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class MessageDeferred(Output):
    """The host does not accept a message for these recipients at present."""

    id: str
    recipients: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class RetrievalAnswered(Output):
    """The host's reply to ETRN or TURN."""

    command: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class RolesTurned(Output):
    """The host now sends, and we receive: pass its octets to an SMTP server from here on."""


@dataclass(frozen=True, slots=True)
class SmtpClientEnded(Output):
    """The session is over and the connection can be closed.

    Attributes:
        complaint: What failed in the session as a whole; empty if it succeeded.
    """

    complaint: str = ""


class _State(Enum):
    GREETING = "greeting"
    EHLO = "EHLO"
    HELO = "HELO"
    WANTING = "wanting a message"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    RSET = "RSET"
    ETRN = "ETRN"
    TURN = "TURN"
    QUIT = "QUIT"
    OVER = "over"


ClientOutput = (
    SendData
    | MessageWanted
    | MessageInDoubt
    | MessageDelivered
    | MessageRefused
    | MessageDeferred
    | RetrievalAnswered
    | RolesTurned
    | SmtpClientEnded
)
"""All that an SMTP client puts out."""


class SmtpClient:
    r"""One SMTP session that delivers messages and then asks for those waiting at the host, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`; its peer is the host. It has no timers: its owner decides
    how long a host may be silent.

    For each recipient, each message ends with one of :class:`MessageDelivered`, :class:`MessageRefused` and
    :class:`MessageDeferred`. If none of these comes, the message was not delivered, unless :class:`MessageInDoubt`
    came before.

    Args:
        ids: The messages to deliver, in order.
        name: The name that we give in EHLO.
        retrieval: How to ask for the mail that waits at the host; None not to ask.

    Example:
        >>> client = SmtpClient(["1"], name="alice.example")
        >>> client.receive_data(b"220 mail.isp.example\r\n", now=0.0)
        >>> client.take_outputs()
        [SendData(data=b'EHLO alice.example\r\n', secrets=(), relayed=False)]

    See Also:
        RFC 5321, 3.3 (mail transactions), 4.3.2 (replies by command); RFC 1047 (duplicate messages).
    """

    def __init__(self, ids: Iterable[str], *, name: str, retrieval: Etrn | Turn | None = None) -> None:
        self._ids = deque(ids)
        self._name = name
        self._domains = deque(retrieval.domains if isinstance(retrieval, Etrn) else ())
        self._turns = isinstance(retrieval, Turn)
        self._state = _State.GREETING
        self._reader = ReplyReader()
        self.taken = 0
        """How many complete replies have arrived."""
        self._unread = bytearray()
        self._extensions: frozenset[str] = frozenset()
        self._message: Message | None = None
        self._to_ask: deque[str] = deque()
        self._accepted: list[str] = []
        self._outputs: list[ClientOutput] = []
        self._handlers: Mapping[_State, Callable[[Reply], None]] = {
            _State.GREETING: self._greeted,
            _State.EHLO: self._extended,
            _State.HELO: self._welcomed,
            _State.MAIL: self._sender_taken,
            _State.RCPT: self._recipient_taken,
            _State.DATA: self._content_wanted,
            _State.CONTENT: self._content_taken,
            _State.RSET: self._forgotten,
            _State.ETRN: self._queue_started,
            _State.TURN: self._turned,
            _State.QUIT: self._closed,
        }

    @property
    def over(self) -> bool:
        """Whether the session has ended, or the roles have changed."""
        return self._state is _State.OVER

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the host."""
        for start in range(0, len(data), _PIECE):
            self._unread += data[start : start + _PIECE][: _MOST_UNREAD - len(self._unread)]
            self._read()

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a connection has no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Do nothing: there are no timers."""

    def next_timer(self) -> float | None:
        """Return None."""
        return None

    def take_outputs(self) -> list[ClientOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def give(self, message: Message | None) -> None:
        """Take the message asked for; None if it is no longer in the queue."""
        if self._state is _State.WANTING:
            self._begin(message)
            self._read()

    def _begin(self, message: Message | None) -> None:
        if message is None or not message.recipients:
            self._next()
            return
        self._message = message
        self._accepted = []
        usable = [address for address in message.recipients if self._is_usable(address)]
        self._to_ask = deque(usable)
        for address in message.recipients:
            if address not in usable:
                self._outputs.append(MessageRefused(message.id, (address,), self._why_unusable(address)))
        if not usable or (message.sender and not self._is_usable(message.sender)):
            self._fail_rest(f"the sender's address: {self._why_unusable(message.sender)}", permanent=True)
            self._next()
            return
        self._send(f"MAIL FROM:<{message.sender}>{self._mail_parameters(message)}", _State.MAIL)

    # Replies, by the command that they answer ------------------------------------------------------------------------

    def _read(self) -> None:
        """Read replies one at a time: once a message is asked for, further replies wait until it is given."""
        while self._unread and not self.over and self._state is not _State.WANTING:
            end = self._unread.find(b"\n") + 1 or len(self._unread)
            line = bytes(self._unread[:end])
            del self._unread[:end]
            for reply in self._reader.read(line):
                self.taken += 1
                self._take(reply)

    def _take(self, reply: Reply) -> None:
        if reply.code == 0:
            self._end(f"the host does not speak SMTP: {reply.lines[0][:80]!r}")
        elif reply.code == _CLOSING:
            self._fail_rest(str(reply), permanent=False)
            self._end(str(reply))
        elif self._state in self._handlers:
            self._handlers[self._state](reply)

    def _greeted(self, reply: Reply) -> None:
        if reply.is_positive:
            self._send(f"EHLO {self._name}", _State.EHLO)
        else:
            self._quit(str(reply))

    def _extended(self, reply: Reply) -> None:
        if reply.is_positive:
            words = (line.split() for line in reply.lines[1:])
            self._extensions = frozenset(line[0].upper() for line in words if line)
            self._next()
        else:
            self._send(f"HELO {self._name}", _State.HELO)

    def _welcomed(self, reply: Reply) -> None:
        if reply.is_positive:
            self._next()
        else:
            self._quit(str(reply))

    def _sender_taken(self, reply: Reply) -> None:
        if reply.is_positive:
            self._ask_recipient()
        else:
            self._fail_rest(str(reply), permanent=reply.is_permanent)
            self._send("RSET", _State.RSET)

    def _recipient_taken(self, reply: Reply) -> None:
        address = self._to_ask.popleft()
        if reply.is_positive:
            self._accepted.append(address)
        else:
            self._fail((address,), str(reply), permanent=reply.is_permanent)
        self._ask_recipient()

    def _content_wanted(self, reply: Reply) -> None:
        assert self._message is not None
        if reply.code != 354:
            self._fail_rest(str(reply), permanent=reply.is_permanent)
            self._send("RSET", _State.RSET)
            return
        stuffed = (b"\r\n" + crlf(self._message.content)).replace(b"\r\n.", b"\r\n..")[2:]
        self._outputs.append(SendData(stuffed))
        self._outputs.append(MessageInDoubt(self._message.id, tuple(self._accepted)))
        self._outputs.append(SendData(b".\r\n"))
        self._state = _State.CONTENT

    def _content_taken(self, reply: Reply) -> None:
        assert self._message is not None
        if reply.is_positive:
            self._outputs.append(MessageDelivered(self._message.id, tuple(self._accepted), str(reply)))
            self._accepted = []
        else:
            self._fail_rest(str(reply), permanent=reply.is_permanent)
        self._next()

    def _forgotten(self, reply: Reply) -> None:
        self._next()

    def _queue_started(self, reply: Reply) -> None:
        self._outputs.append(RetrievalAnswered("ETRN", reply))
        self._next()

    def _turned(self, reply: Reply) -> None:
        self._outputs.append(RetrievalAnswered("TURN", reply))
        if reply.is_positive:
            self._state = _State.OVER
            self._outputs.append(RolesTurned())
        else:
            self._next()

    def _closed(self, reply: Reply) -> None:
        self._end("")

    # Commands --------------------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Continue with the next message, then with the retrieval, then with QUIT."""
        self._message = None
        if self._ids:
            self._state = _State.WANTING
            self._outputs.append(MessageWanted(self._ids.popleft()))
        elif self._domains:
            self._send(f"ETRN {self._domains.popleft()}", _State.ETRN)
        elif self._turns:
            self._turns = False
            self._send("TURN", _State.TURN)
        else:
            self._quit("")

    def _ask_recipient(self) -> None:
        if self._to_ask:
            self._send(f"RCPT TO:<{self._to_ask[0]}>", _State.RCPT)
        elif self._accepted:
            self._send("DATA", _State.DATA)
        else:
            self._send("RSET", _State.RSET)

    def _mail_parameters(self, message: Message) -> str:
        parameters = ""
        if "SIZE" in self._extensions:
            parameters += f" SIZE={len(crlf(message.content))}"
        if "8BITMIME" in self._extensions and not message.content.isascii():
            parameters += " BODY=8BITMIME"
        addresses = (message.sender, *self._to_ask)
        if "SMTPUTF8" in self._extensions and not "".join(addresses).isascii():
            parameters += " SMTPUTF8"
        return parameters

    def _is_usable(self, address: str) -> bool:
        return not self._why_unusable(address)

    def _why_unusable(self, address: str) -> str:
        if not _ADDRESS.fullmatch(address):
            return "no address that SMTP carries"
        if any("\ud800" <= character <= "\udfff" for character in address):
            return "an address that is neither ASCII nor UTF-8"
        if not address.isascii() and "SMTPUTF8" not in self._extensions:
            return "the host does not offer SMTPUTF8, which this address needs"
        return ""

    def _send(self, command: str, state: _State) -> None:
        self._state = state
        self._outputs.append(SendData(command.encode("utf-8") + b"\r\n"))

    def _quit(self, complaint: str) -> None:
        if complaint:
            self._outputs.append(SendData(b"QUIT\r\n"))
            self._end(complaint)
        else:
            self._send("QUIT", _State.QUIT)

    def _end(self, complaint: str) -> None:
        self._state = _State.OVER
        self._outputs.append(SmtpClientEnded(complaint))

    def _fail_rest(self, reply: str, *, permanent: bool) -> None:
        """Report every recipient of the current message that was not reported yet."""
        self._fail((*self._accepted, *self._to_ask), reply, permanent=permanent)
        self._accepted = []
        self._to_ask.clear()

    def _fail(self, recipients: tuple[str, ...], reply: str, *, permanent: bool) -> None:
        if self._message is not None and recipients:
            kind = MessageRefused if permanent else MessageDeferred
            self._outputs.append(kind(self._message.id, recipients, reply))
