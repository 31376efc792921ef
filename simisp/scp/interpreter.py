"""A running script as a machine: octets, carrier and time in, octets and facts out.

The states are those of :class:`~simisp.scp.state.State`. RUNNING is left before each method returns:

==================  =========================================  ===================================================
state               input                                      next state, and outputs
==================  =========================================  ===================================================
READY               :meth:`Interpreter.start`                  RUNNING
RUNNING             ``waitfor``, ``getip``                     WAITING, unless unread octets already end the wait
                                                               or its limit is 0
RUNNING             ``delay``                                  DELAYED, for more than 0 seconds
RUNNING             ``halt``                                   HALTED, ``Halted``
RUNNING             ``endproc``                                ENDED, ``Ended``
RUNNING             the script fails, as by division by zero   FAILED, ``Failed``
RUNNING             :data:`BURST` instructions at one instant  SPINNING, ``Spinning`` the first time
WAITING             octets that end the wait                   RUNNING, ``$SUCCESS`` is TRUE
WAITING             the limit of ``until`` is reached          RUNNING, ``$SUCCESS`` is FALSE
DELAYED, SPINNING   the time is over                           RUNNING
any but READY and   DCD goes off                               CARRIER_LOST, ``CarrierLost``
the final ones
==================  =========================================  ===================================================

A halted script loses its carrier too; the other final states keep octets unread, for PPP. Octets that arrive while the
script does not read are kept for its next wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.errors import ScriptFaultError
from simisp.facts.dial_up import AddressNotFound, InputDropped
from simisp.framing import Framing, Parity
from simisp.machine import Output, SendData
from simisp.scp import code, outputs
from simisp.scp.address import getip_in, is_address
from simisp.scp.environment import MASK, Environment, SecretText
from simisp.scp.matcher import SEEN, Matcher
from simisp.scp.options import Options
from simisp.scp.patterns import Strings, reading_of
from simisp.scp.printer import statement_text
from simisp.scp.state import State, Waiting
from simisp.scp.syntax import PortSetting
from simisp.scp.text import encode, interpret
from simisp.scp.values import Evaluable
from simisp.scp.waits import AddressWait, InputWait
from simisp.spans import whole

__all__ = ["BURST", "MAX_UNREAD", "PAUSE", "Interpreter"]

BURST = 10_000
"""How many instructions run at one instant; a script that would run more is spinning."""

PAUSE = 0.1
"""Seconds between two bursts of a spinning script: 100 000 instructions a second, as in its time."""

MAX_UNREAD = 65536
"""How many octets are kept while the script does not read; the oldest are dropped."""

_PIECE = 1024  # octets processed at a time
# A member of an Enum costs ten times as much to look up as a name of the module.
_READY, _RUNNING, _WAITING, _ENDED = State.READY, State.RUNNING, State.WAITING, State.ENDED
_DCD = Circuit.DCD
_OPTIONS, _FRAMING, _END_OF_SCRIPT = Options(), Framing(), outputs.Ended()
_READING = reading_of(_OPTIONS)


class Interpreter:
    r"""Plays one compiled script, once, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Call :meth:`start` once the modem has connected. Its outputs
    are :class:`~simisp.machine.SendData`, marked secret if the octets contain the password or text made from it,
    :class:`~simisp.facts.fact.Fact`, and those of :mod:`simisp.scp.outputs`.

    No input from the remote raises. An operation that the script cannot perform ends it with
    :class:`~simisp.scp.outputs.Failed`. Unread input is kept up to :data:`MAX_UNREAD` octets. A script that never
    stops, in a loop without a wait or back and forth with an echo, is slowed down to :data:`BURST` instructions every
    :data:`PAUSE` seconds, so that time passes and the machine's owner can end it.

    If input and time come together, deadlines up to ``now`` come before the octets.

    Args:
        program: The script.
        user_id: ``$USERID``.
        password: ``$PASSWORD``.
        options: How to treat what the language's documentation leaves open.

    Attributes:
        state: The state of the script.
        options: As given.

    Example:
        A log-in that the ISP never answers:

        >>> from simisp.scp.compiler import compile_script
        >>> script = Interpreter(compile_script('proc main\n  waitfor "ogin:" until 30\nendproc'))
        >>> script.start(now=0.0)
        >>> str(script.waiting_for)
        'line 2: waitfor "ogin:" until 30 (ends at 30 s)'
        >>> script.next_timer()
        30.0
        >>> script.handle_timer(now=30.0)
        >>> script.take_outputs()
        [Ended()]
    """

    __slots__ = (
        "_budget",
        "_counter",
        "_current",
        "_due",
        "_environment",
        "_framing",
        "_instructions",
        "_limit",
        "_matcher",
        "_now",
        "_outputs",
        "_overflowed",
        "_patterns",
        "_reading",
        "_spun",
        "_unread",
        "_wait",
        "options",
        "state",
    )

    def __init__(
        self, program: code.Program, *, user_id: str = "", password: str = "", options: Options | None = None
    ) -> None:
        self.state = _READY
        if options is None:
            options, self._reading = _OPTIONS, _READING
        else:
            self._reading = reading_of(options)
        self.options = options
        self._environment = Environment([*program.initial], user_id, password, options)
        self._instructions = program.instructions
        self._current: code.Instruction = program.instructions[0]
        self._counter = 0
        self._budget = BURST
        self._now = 0.0
        self._spun = False
        self._due: float | None = None
        self._wait: InputWait | None = None
        self._matcher: Matcher | None = None
        self._limit: float | None = None
        self._patterns: tuple[str, ...] = ()
        self._unread = b""
        self._overflowed = False
        self._framing = _FRAMING
        self._outputs: list[Output] = []

    def start(self, *, now: float) -> None:
        """Start playing.

        Raises:
            ValueError: The script has already been started.
        """
        if self.state is not _READY:
            raise ValueError("a script is started once; make another Interpreter to play it again")
        self.handle_timer(now=now)
        self.state = _RUNNING
        self._run()

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the remote. Before the start and after the end they are kept unread."""
        due = self._due
        if now > self._now or (due is not None and now >= due):
            self.handle_timer(now=now)
        start, end = 0, len(data)
        while start < end and (wait := self._wait) is not None:
            piece = data[start : start + _PIECE] if start or end > _PIECE else data
            taken = wait.feed(piece if self._framing is _FRAMING else self._framing.decode(piece))
            if taken is None:
                start += _PIECE
                patience = wait.patience
                self._due = self._limit if patience is None else self._now + patience
            else:
                start += taken
                self._end_wait(wait)
                self._run()
        if start < end:
            self._keep(self._framing.decode(data[start:]))

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of a circuit. Loss of carrier ends the script; before the start it is ignored."""
        self.handle_timer(now=now)
        if circuit is _DCD and not on and self._is_under_way:
            self._finish(State.CARRIER_LOST, outputs.CarrierLost(self._current.place))

    def handle_timer(self, *, now: float) -> None:
        """Act on the end of a wait, a delay or a pause. Does nothing before that time."""
        if now > self._now:
            self._now, self._budget = now, BURST
        due = self._due
        if due is None or now < due:
            return
        if self._wait is not None:
            self._time_out(self._wait)
        self.state = _RUNNING
        self._run()

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if only input can end the wait."""
        return self._due

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and clear them."""
        taken, self._outputs = self._outputs, []
        return taken

    @property
    def waiting_for(self) -> Waiting | None:
        """What the script is waiting for; None before its start and after its end. If halted, it waits for its user."""
        if not self._is_under_way:
            return None
        statement = statement_text(self._current.statement) if self._current.statement is not None else ""
        patterns, seen = ((), b"") if self._wait is None else (self._patterns, self._shown(self._wait))
        return Waiting(self._current.place, statement, patterns, self._due, seen)

    @property
    def unread(self) -> bytes:
        """Octets that have arrived but not been read: at the end of the script, the first octets for PPP."""
        return self._unread

    @property
    def framing(self) -> Framing:
        """The framing that the script has set so far; 8N1 stands for the connection's framing before that."""
        return self._framing

    @property
    def _is_under_way(self) -> bool:
        """Whether the script has started and not ended; for its user a halted script has not ended."""
        return self.state is not _READY and (self.state is State.HALTED or not self.state.is_final)

    def _keep(self, octets: bytes) -> None:
        """Keep octets for the next wait."""
        self._unread += octets
        if len(self._unread) > MAX_UNREAD:
            self._unread = self._unread[-MAX_UNREAD:]
            if not self._overflowed:
                self._overflowed = True
                self._outputs.append(InputDropped(MAX_UNREAD))

    def _run(self) -> None:
        """Execute instructions until the script has to wait, or has used up its budget for this instant."""
        self._due = None
        instructions, execute, traces = self._instructions, self._EXECUTE, self.options.trace
        left = self._budget
        while left:
            left -= 1
            instruction = self._current = instructions[self._counter]
            self._counter += 1
            if traces and instruction.first and not self._spun:
                self._trace(instruction)
            try:
                execute[type(instruction)](self, instruction)
            except ScriptFaultError as fault:
                self._finish(State.FAILED, outputs.Failed(instruction.place, str(fault)))
            if self.state is not _RUNNING:
                self._budget = left
                return
        self._budget = 0
        self._spin()

    def _spin(self) -> None:
        """Pause, so that time can pass."""
        self.state = State.SPINNING
        self._due = self._now + PAUSE
        if not self._spun:
            self._spun = True
            self._outputs.append(outputs.Spinning(self._current.place))

    def _finish(self, state: State, output: Output) -> None:
        self.state = state
        self._due = None
        self._wait = None
        self._outputs.append(output)

    # Waits

    def _begin_wait(self, wait: InputWait, limit: float | None) -> None:
        """Wait for input, beginning with the unread octets, at most until the time ``limit``."""
        self._wait, self._limit = wait, limit
        self._overflowed = False
        if self._unread or wait.may_end_at_once:
            unread, self._unread = self._unread, b""
            taken = wait.feed(unread)
            if taken is not None:
                self._unread = unread[taken:]
                self._end_wait(wait)
                return
        if limit is not None and self._now >= limit:
            self._time_out(wait)
            return
        self.state = _WAITING
        patience = wait.patience
        self._due = limit if patience is None else self._now + patience
        self._spun = False

    def _time_out(self, wait: InputWait) -> None:
        """Continue after a wait that time has ended; what may be the beginning of a string is left to the next."""
        self._unread = wait.tail + self._unread
        self._end_wait(wait)

    def _end_wait(self, wait: InputWait) -> None:
        """Continue after a wait."""
        self.state = _RUNNING
        self._wait = None
        instruction = self._current
        outcome = ""
        if type(instruction) is code.Waitfor:
            found = wait.found
            self._environment.success = found is not None
            if found is not None and (target := instruction.patterns[found].target) is not None:
                self._counter = target
        else:
            outcome = self._END[type(instruction)](self, instruction, wait)
        if self.options.trace and not self._spun:
            self._trace(instruction, outcome or self._outcome(wait), self._shown(wait))

    def _shown(self, wait: InputWait) -> bytes:
        """Return the last octets that a wait has examined as they are shown."""
        return self._environment.masked(wait.seen[-SEEN:])

    def _trace(self, instruction: code.Instruction, outcome: str = "", seen: bytes = b"") -> None:
        if instruction.statement is not None:
            text = statement_text(instruction.statement)
            self._outputs.append(outputs.Traced(instruction.place, text, outcome, seen))

    # Instructions

    def _assign(self, instruction: code.Assign) -> None:
        self._environment.variables[instruction.slot] = instruction.value.evaluate(self._environment)

    def _jump(self, instruction: code.Jump) -> None:
        self._counter = instruction.target

    def _jump_unless(self, instruction: code.JumpUnless) -> None:
        if not instruction.condition.evaluate(self._environment):
            self._counter = instruction.target

    def _delay(self, instruction: code.Delay) -> None:
        seconds = self._number(instruction.seconds)
        if seconds > 0:
            self.state = State.DELAYED
            self._due = self._now + seconds
            self._spun = False

    def _waitfor(self, instruction: code.Waitfor) -> None:
        limit, seconds, reading = None, instruction.seconds, self._reading
        if seconds is None and instruction.until is not None:
            seconds = self._number(instruction.until)
        if seconds is not None and seconds > 0:
            limit = self._now + seconds
        elif seconds is not None and not self.options.until_zero_waits_forever:
            limit = self._now
        strings = instruction.strings
        if strings is None:
            strings = Strings([self._text(each.text) for each in instruction.patterns], instruction.matchcase)
        self._patterns = strings.shown
        if self.options.discard_unread_input:
            self._unread = b""
        sought = strings.sets[reading] or strings.read(reading)
        matcher = self._matcher
        if matcher is None:
            matcher = self._matcher = Matcher(sought)
        else:
            matcher.begin(sought)
        self._begin_wait(matcher, limit)

    def _outcome(self, wait: InputWait) -> str:
        """Return how the wait of a ``waitfor`` ended, in words."""
        return "time ran out" if wait.found is None else f'"{self._patterns[wait.found]}" came'

    def _getip(self, instruction: code.GetIp) -> None:
        self._wait_for_address(1 if instruction.index is None else self._number(instruction.index))

    def _end_getip(self, instruction: code.GetIp, wait: AddressWait) -> str:
        """Store the address; return how the wait ended, in words."""
        address = wait.address()
        if instruction.slot is not None:
            self._environment.variables[instruction.slot] = address
        return f"took {address}"

    def _wait_for_address(self, ordinal: int) -> None:
        if ordinal < 1:
            raise ScriptFaultError(f"'getip {ordinal}': addresses are counted from 1")
        self._patterns = ()
        self._begin_wait(AddressWait(ordinal), None)

    def _set_ip_address(self, instruction: code.SetIpAddress) -> None:
        address = self._text(instruction.address)
        ordinal = getip_in(address) if self.options.getip_in_strings else None
        if ordinal is not None:
            self._wait_for_address(ordinal)
        else:
            self._use_address(address)

    def _end_set_ip_address(self, instruction: code.SetIpAddress, wait: AddressWait) -> str:
        """Use the address that came; return how the wait ended, in words."""
        address = wait.address()
        self._use_address(address)
        return f"took {address}"

    def _use_address(self, address: str) -> None:
        if is_address(address):
            self._outputs.append(outputs.SetIpAddress(address))
        else:
            shown = MASK if isinstance(address, SecretText) else address
            self._outputs.append(AddressNotFound(self._current.place.line, shown[:64]))

    def _transmit(self, instruction: code.Transmit) -> None:
        options, literal = self.options, instruction.literal
        if literal is not None:
            output = literal[options.tags_in_any_case]
        else:
            text = self._text(instruction.text)
            secret = isinstance(text, SecretText)
            octets = encode(text if instruction.raw else interpret(text, tags_in_any_case=options.tags_in_any_case))
            output = SendData(octets, whole(octets) if secret else ())
        if options.framing_in_software:
            output = SendData(self._framing.encode(output.data), output.secrets)
        if output.data:
            self._outputs.append(output)

    def _set_port(self, instruction: code.SetPort) -> None:
        value: int | str = instruction.value
        match instruction.setting:
            case PortSetting.PARITY:
                self._framing = replace(self._framing, parity=Parity(instruction.value))
            case PortSetting.DATABITS:
                value = int(instruction.value)
                self._framing = replace(self._framing, databits=value)
            case _:
                value = int(instruction.value)
                self._framing = replace(self._framing, stopbits=value)
        self._outputs.append(outputs.SetPort(instruction.setting, value, self._framing))

    def _set_screen_keyboard(self, instruction: code.SetScreenKeyboard) -> None:
        self._outputs.append(outputs.SetScreenKeyboard(instruction.on))

    def _halt(self, instruction: code.Halt) -> None:
        self._finish(State.HALTED, outputs.Halted(instruction.place))

    def _end(self, instruction: code.End) -> None:
        self._finish(_ENDED, _END_OF_SCRIPT)

    def _text(self, value: Evaluable) -> str:
        text = value.evaluate(self._environment)
        assert isinstance(text, str), "the checker lets only strings through"
        return text

    def _number(self, value: Evaluable) -> int:
        number = value.evaluate(self._environment)
        assert isinstance(number, int), "the checker lets only integers through"
        return number

    _EXECUTE: ClassVar[Mapping[type[code.Instruction], Callable[..., None]]] = {
        code.Assign: _assign,
        code.Delay: _delay,
        code.End: _end,
        code.GetIp: _getip,
        code.Halt: _halt,
        code.Jump: _jump,
        code.JumpUnless: _jump_unless,
        code.SetIpAddress: _set_ip_address,
        code.SetPort: _set_port,
        code.SetScreenKeyboard: _set_screen_keyboard,
        code.Transmit: _transmit,
        code.Waitfor: _waitfor,
    }
    """What each instruction does: of the class, since a table of a script's own methods would be a cycle."""
    _END: ClassVar[Mapping[type[code.Instruction], Callable[..., str]]] = {
        code.GetIp: _end_getip,
        code.SetIpAddress: _end_set_ip_address,
    }
    """What those that wait for an address do at the end of the wait; each returns how it ended, in words."""
