"""A running section of a SWITCH.INF as a machine: octets, carrier and time in, octets and facts out.

The machine is a loop over commands. The states are those of :class:`~simisp.switchinf.state.State`:

====================  ====================================  ====================================================
state                 input                                 next state, and output
====================  ====================================  ====================================================
READY                 :meth:`SectionMachine.start`          plays the first command, see below
PAUSING               the pause is over, a response is due  WAITING
PAUSING               the pause is over, no response is     plays the next command
                      due
WAITING               a line fits without taking the rest   acts on the line, see below
WAITING               octets, but no such line              WAITING; the response ends after
                                                            :data:`RESPONSE_GAP` of silence
WAITING               silence: a line fits                  acts on the first line that fits
WAITING               silence: no line fits                 FAILED, ``Failed`` with RAS error 652
PAUSING or WAITING    DCD goes off                          CARRIER_LOST, ``CarrierLost``
====================  ====================================  ====================================================

*To play a command* is to send its octets. The state after it is PAUSING if the command is empty
(:data:`EMPTY_COMMAND_PAUSE`) or does not end with a carriage return (:data:`SHORT_PAUSE`), else WAITING if a response
is due, else the next command is played. After the last command the state is ENDED, with ``Ended``. A response is due
unless ``NoResponse`` follows the command. If the command has no response lines, no response is due after the last
command of the section, or if :class:`~simisp.switchinf.state.Options` says so; elsewhere the script waits forever.

*To act on a line* depends on its keyword: ``OK`` plays the next command, ``LOOP`` waits for another response to the
same command, ``CONNECT`` leads to ENDED with ``Ended(connected=True)``, and an ``ERROR`` keyword leads to FAILED with
``Failed`` and its RAS error. ENDED, FAILED and CARRIER_LOST are final: octets are kept unread, for PPP.
"""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.facts.dial_up import InputDropped
from simisp.machine import Output, SendData
from simisp.spans import whole
from simisp.switchinf import outputs
from simisp.switchinf.response import LineMatcher
from simisp.switchinf.state import Options, State, Waiting
from simisp.switchinf.syntax import (
    Command,
    CommandPiece,
    Credential,
    LiteralOctets,
    PadCall,
    Response,
    ResponseKind,
    Section,
)
from simisp.switchinf.text import encode

__all__ = ["EMPTY_COMMAND_PAUSE", "MAX_UNREAD", "RESPONSE_GAP", "SHORT_PAUSE", "SectionMachine"]

RESPONSE_GAP = 2.0
"""Seconds of silence that end a response."""

EMPTY_COMMAND_PAUSE = 2.0
"""Seconds that ``COMMAND=`` waits."""

SHORT_PAUSE = 0.3
"""Seconds of pause after a command without a carriage return; documented as a few hundred milliseconds."""

MAX_UNREAD = 65536
"""How many octets are kept while the script does not read; the oldest are dropped."""

_PIECE = 1024  # octets processed at a time
_SEEN = 1024  # octets kept to show of a response
_MASK = b"********"
_MAY_BE_SECRET = frozenset({Credential.PASSWORD, Credential.USER_DATA, Credential.FACILITIES})

_ERRORS = {
    ResponseKind.ERROR: (651, "the remote reported an error"),
    ResponseKind.ERROR_NO_CARRIER: (679, "the carrier is lost"),
    ResponseKind.ERROR_DIAGNOSTICS: (651, "the remote reported an error"),
}
"""The RAS error and its message for each keyword that ends the script with an error."""


class SectionMachine:
    r"""Plays one section, once, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Call :meth:`start` once the modem has connected. A response
    begins with its first octet that is not a space, so the space after a prompt does not count. It ends after
    :data:`RESPONSE_GAP` seconds of silence, or earlier if a line fits that does not take the rest. Lines are tried in
    order. Matching is case-sensitive. No input from the remote raises.

    Args:
        section: The script.
        user_id: The value of ``<username>``.
        password: The value of ``<password>``.
        pad: What a section of pad.inf asks of a PAD; if None, its macros are empty.
        options: How to treat what the language's documentation leaves open.

    Attributes:
        state: The state of the script.

    Example:
        >>> from simisp.switchinf import parse
        >>> text = "[x]\nCOMMAND=\nOK=<match>\"ogin:\"\nLOOP=<ignore>\nCOMMAND=<username><cr>\nOK=<ignore>\n"
        >>> script = SectionMachine(parse(text).sections[0], user_id="alice")
        >>> script.start(now=0.0)
        >>> script.next_timer()
        2.0
        >>> script.receive_data(b"login: ", now=3.0)
        >>> script.take_outputs()
        [SendData(data=b'alice\r', secrets=(), relayed=False)]
        >>> script.next_timer() is None
        True
    """

    def __init__(
        self,
        section: Section,
        *,
        user_id: str = "",
        password: str = "",
        pad: PadCall | None = None,
        options: Options | None = None,
    ) -> None:
        self.state = State.READY
        self._section = section
        pad = pad or PadCall()
        self._credentials = {
            Credential.USERNAME: encode(user_id),
            Credential.PASSWORD: encode(password),
            Credential.X25_ADDRESS: encode(pad.address),
            Credential.USER_DATA: encode(pad.user_data),
            Credential.FACILITIES: encode(pad.facilities),
        }
        secrets = [password, *pad.secrets]
        self._secrets = [encode(secret) for secret in sorted(secrets, key=len, reverse=True) if secret]
        self._options = options or Options()
        self._index = 0
        self._now = 0.0
        self._due: float | None = None
        self._matchers: list[tuple[Response, LineMatcher]] = []
        self._seen = b""
        self._unread = bytearray()
        self._overflowed = False
        self._outputs: list[Output] = []

    def start(self, *, now: float) -> None:
        """Start playing.

        Raises:
            ValueError: The script has already been started.
        """
        if self.state is not State.READY:
            raise ValueError("a script is started once; make another SectionMachine to play it again")
        self._now = now
        self._play()

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the remote. Before the start and after the end they are kept unread."""
        self.handle_timer(now=now)
        self._now = now
        for start in range(0, len(data), _PIECE):
            self._unread += data[start : start + _PIECE]
            self._read()
            self._limit_unread()

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of a circuit. Loss of carrier ends the script; before the start it is ignored."""
        self.handle_timer(now=now)
        if circuit is Circuit.DCD and not on and self._is_under_way:
            self._finish(State.CARRIER_LOST, outputs.CarrierLost(self._command.place))

    def handle_timer(self, *, now: float) -> None:
        """Act on the end of a pause or of a response. Does nothing before that time."""
        if self._due is None or now < self._due:
            return
        self._now = now
        self._due = None
        if self.state is State.PAUSING:
            self._expect()
        else:
            self._end_response()
        self._read()

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if only octets can continue the script."""
        return self._due

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and clear them."""
        taken, self._outputs = self._outputs, []
        return taken

    @property
    def waiting_for(self) -> Waiting | None:
        """What the script is waiting for; None before it starts and after it ends."""
        if not self._is_under_way:
            return None
        lines = tuple(response.text for response in self._command.responses)
        return Waiting(self._command.place, self._command.text, lines, self._due, self._masked(self._seen))

    @property
    def unread(self) -> bytes:
        """Octets that have arrived but not been read: at the end of the script, the first octets for PPP."""
        return bytes(self._unread)

    @property
    def _is_under_way(self) -> bool:
        return self.state is not State.READY and not self.state.is_final

    @property
    def _command(self) -> Command:
        """The command being played, or the last one played."""
        return self._section.commands[min(self._index, len(self._section.commands) - 1)]

    def _play(self) -> None:
        """Play commands until one has to wait."""
        commands = self._section.commands
        while self._index < len(commands):
            command = commands[self._index]
            self._send(command)
            pause = EMPTY_COMMAND_PAUSE if not command.pieces else 0.0 if command.ends_line else SHORT_PAUSE
            if pause:
                self.state = State.PAUSING
                self._due = self._now + pause
                return
            if self._waits(command):
                self._begin_response()
                return
            self._index += 1
        self._finish(State.ENDED, outputs.Ended())

    def _send(self, command: Command) -> None:
        if self._options.trace:
            self._outputs.append(outputs.Traced(command.place, command.text))
        octets = b"".join(
            piece.octets if isinstance(piece, LiteralOctets) else self._credentials[piece] for piece in command.pieces
        )
        if octets:
            has_secret = any(map(self._is_secret, command.pieces))
            self._outputs.append(SendData(octets, whole(octets) if has_secret else ()))

    def _is_secret(self, piece: CommandPiece) -> bool:
        if isinstance(piece, LiteralOctets) or piece not in _MAY_BE_SECRET:
            return False
        return piece is Credential.PASSWORD or self._credentials[piece] in self._secrets

    def _waits(self, command: Command) -> bool:
        """Return whether a response is due after a command."""
        if not command.expects_response or command.responses:
            return command.expects_response
        is_last = self._index == len(self._section.commands) - 1
        return not is_last and not self._options.goes_on_without_response

    def _expect(self) -> None:
        """Continue after the pause of a command."""
        if self._waits(self._command):
            self._begin_response()
        else:
            self._next_command()

    def _next_command(self) -> None:
        self._index += 1
        self._matchers = []
        self._play()

    # Responses

    def _begin_response(self) -> None:
        self.state = State.WAITING
        self._due = None
        self._seen = b""
        self._overflowed = False
        self._matchers = [
            (response, LineMatcher(response.pieces, self._credentials.__getitem__))
            for response in self._command.responses
        ]

    def _read(self) -> None:
        """Feed unread octets to the lines that wait for them."""
        while self._unread and self.state is State.WAITING:
            data = bytes(self._unread)
            self._unread.clear()
            data = data if self._seen else data.lstrip(b" ")
            end, taker = self._look(data)
            self._seen = (self._seen + data[:end])[-_SEEN:]
            if taker is not None:
                self._unread += data[end:]
                self._take(*taker)
            elif self._seen and self._matchers:
                self._due = self._now + RESPONSE_GAP

    def _look(self, data: bytes) -> tuple[int, tuple[Response, LineMatcher] | None]:
        """Feed octets to the lines; return how many were used, and the line that takes the response at once, if any.

        A line that takes the rest, once it fits, keeps the response from the lines after it.
        """
        ends = [(matcher.feed(data), index) for index, (_, matcher) in enumerate(self._matchers)]
        for end, index in sorted((end, index) for end, index in ends if end is not None):
            if index >= len(self._matchers):
                continue
            if not self._matchers[index][1].takes_rest:
                return end, self._matchers[index]
            del self._matchers[index + 1 :]
        return len(data), None

    def _end_response(self) -> None:
        """Find the line that takes a response, now that the response has ended."""
        for response, matcher in self._matchers:
            if matcher.fits:
                self._take(response, matcher)
                return
        self._trace(self._command, "nothing fits")
        message = "no line takes this response"
        self._finish(State.FAILED, outputs.Failed(self._command.place, 652, message))

    def _take(self, response: Response, matcher: LineMatcher) -> None:
        """Act on a line that has taken the response."""
        self._trace(response, "fits")
        match response.kind:
            case ResponseKind.OK:
                self._next_command()
            case ResponseKind.LOOP:
                self._begin_response()
            case ResponseKind.CONNECT:
                self._finish(State.ENDED, outputs.Ended(connected=True))
            case _:
                ras_error, message = _ERRORS[response.kind]
                words = self._masked(matcher.diagnostics).decode("cp1252", "replace").strip()
                self._finish(State.FAILED, outputs.Failed(response.place, ras_error, message, words))

    def _trace(self, line: Command | Response, outcome: str) -> None:
        if self._options.trace:
            self._outputs.append(outputs.Traced(line.place, line.text, outcome, self._masked(self._seen)))

    def _finish(self, state: State, output: Output) -> None:
        self.state = state
        self._due = None
        self._matchers = []
        self._outputs.append(output)

    def _limit_unread(self) -> None:
        if len(self._unread) > MAX_UNREAD:
            del self._unread[:-MAX_UNREAD]
            if not self._overflowed:
                self._overflowed = True
                self._outputs.append(InputDropped(MAX_UNREAD))

    def _masked(self, octets: bytes) -> bytes:
        for secret in self._secrets:
            octets = octets.replace(secret, _MASK)
        return octets
