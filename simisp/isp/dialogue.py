"""The dialogue machine: plays one program with the caller.

The program is flat code (:mod:`simisp.isp.steps`). The machine executes instructions until one waits:

============  ===================================  =======================================================
state         input                                next state, and outputs
============  ===================================  =======================================================
IDLE          :meth:`Dialogue.start`               *runs*
*runs*        ``ReadLine``, no line is typed yet   ASKING, ``Asking``
*runs*        ``AwaitDeed``                        AWAITING, ``AwaitingDeed``
*runs*        ``Pause``                            PAUSING, ``Pausing``
*runs*        ``Silence``                          SILENT, ``FellSilent``; unread input is dropped
*runs*        ``HangUp``                           ENDED, ``HangUpRequested``
*runs*        ``HandOver``                         HANDED_OVER, ``HandedOver`` with the unread input
*runs*        the end of the program               UP, ``DialogueOver``
*runs*        too many instructions or octets      PAUSING, for a moment (:data:`_BREATH`)
              at one instant
ASKING        octets that complete a line          *runs*, where the answer leads
ASKING        other octets                         ASKING, they are echoed
ASKING        the question's time is over          *runs*, where that leads, ``AnswerLate``
AWAITING      what it waits for                    *runs*, where that leads, ``DeedSeen``
AWAITING      the time for it is over              *runs*, where that leads, ``DeedLate``
PAUSING,      octets                               unchanged, they are kept for the next question
AWAITING
SILENT, UP,   octets                               unchanged, they are lost
ENDED
PAUSING,      the time is over                     *runs*
SILENT
============  ===================================  =======================================================
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import assert_never

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed, deed_in_words
from simisp.facts.isp import (
    AnswerLate,
    Asking,
    AwaitingDeed,
    DeedLate,
    DeedSeen,
    DialogueOver,
    FellSilent,
    LineAnswered,
    LogInAccepted,
    LogInRefused,
    MarkReached,
    Pausing,
)
from simisp.far_end import FarEnd, HandedOver, HangUpRequested
from simisp.isp.accounts import Accounts
from simisp.isp.line_input import LineInput
from simisp.isp.steps import (
    AwaitDeed,
    Begin,
    CheckAccount,
    DialogueProgram,
    HandOver,
    HangUp,
    JumpTo,
    Mark,
    Pause,
    ReadLine,
    RepeatFrom,
    Send,
    Silence,
)
from simisp.machine import Output, SendData
from simisp.spans import Spans, whole

__all__ = ["Dialogue", "DialogueState"]

_MOST_AT_ONCE = 1000
_MOST_SENT_AT_ONCE = 64 * 1024  # octets, after which the next text has to wait for a moment
_BREATH = 0.01  # seconds to wait after that much at one instant: an endless loop must not stop time or fill the memory
_LF = 0x0A
_PIECES = re.compile(rb"[^\r\n]{0,1024}(?:\r\n?|\n)|[^\r\n]{1,1024}")  # each fits into the buffer of typed octets


_Wait = AwaitDeed | Pause | Silence | HangUp | HandOver
"""The instructions after which the dialogue may wait."""
_Action = JumpTo | Begin | RepeatFrom
"""The instructions that change only what comes next."""


class DialogueState(Enum):
    """The state of a dialogue; the module's docstring has the transitions."""

    __hash__ = object.__hash__  # it is looked up for each line, and Enum hashes the name each time

    IDLE = "idle"
    """Not yet started."""
    ASKING = "asking"
    """Reading a line."""
    AWAITING = "awaiting"
    """Waiting for something that the caller does to its port; type-ahead is kept."""
    PAUSING = "pausing"
    """Doing nothing for a while; type-ahead is kept."""
    SILENT = "silent"
    """Not responding; input is lost."""
    UP = "up"
    """The dialogue has completed and the call stays up."""
    ENDED = "ended"
    """The ISP asked to hang up."""
    HANDED_OVER = "handed over"
    """Another far end has the call."""


_DEAF = frozenset({DialogueState.SILENT, DialogueState.UP, DialogueState.ENDED})
"""The states in which input is lost."""
_FOR_THE_CALLER = frozenset({DialogueState.ASKING, DialogueState.AWAITING, DialogueState.UP})
"""The states in which it waits for the caller."""

# Outputs are built slowly, and those of most calls are the same.
_OVER = DialogueOver()
_END_OF_LINE = SendData(b"\r\n")
_asking = lru_cache(maxsize=64)(Asking)
_mark_reached = lru_cache(maxsize=64)(MarkReached)
_line_answered = lru_cache(maxsize=64)(LineAnswered)
_log_in_accepted = lru_cache(maxsize=64)(LogInAccepted)


@lru_cache(maxsize=64)
def _echo_of(line: bytes) -> SendData:
    """Return the echo of a whole line that is no secret."""
    return SendData(line + b"\r\n")


@lru_cache(maxsize=256)
def _sent_as(text: str, new_line: bool) -> SendData:
    """Return what is sent for a text without answers, on a new line or where the cursor is."""
    data = Send(text).octets({})
    return SendData(b"\r\n" + data if new_line else data)


_IDLE, _ASKING, _UP = DialogueState.IDLE, DialogueState.ASKING, DialogueState.UP
_HANDED_OVER = DialogueState.HANDED_OVER


class Dialogue:
    r"""An ISP's log-in dialogue, without any I/O.

    It is a :class:`~simisp.far_end.FarEnd`, and keeps the machine contract of :mod:`simisp.machine`.

    Args:
        program: The program to play.
        accounts: The accounts that may log in.
        after_line: Whether a line was read just before and its CR counted as its end, so that an LF at the beginning
            belongs to that line. This is so if another dialogue has handed over to this one.

    Example:
        >>> from simisp.isp.steps import DialogueProgram, ReadLine, Send, Silence
        >>> question = ReadLine("Username:", again=0, otherwise=2)
        >>> isp = Dialogue(DialogueProgram((Send("Username:", own_line=True), question, Silence())))
        >>> isp.start(now=0.0)
        >>> isp.receive_data(b"alice\r", now=1.0)
        >>> [output.data for output in isp.take_outputs() if isinstance(output, SendData)]
        [b'\r\nUsername:', b'alice\r\n']
        >>> isp.state, isp.next_timer()
        (<DialogueState.SILENT: 'silent'>, None)
    """

    __slots__ = (
        "_accounts",
        "_answers",
        "_asked",
        "_at_line_start",
        "_awaited",
        "_failures",
        "_input",
        "_loops",
        "_next",
        "_outputs",
        "_resume_at",
        "_sent",
        "_successor",
        "_unread",
        "program",
        "state",
    )

    def __init__(self, program: DialogueProgram, accounts: Accounts | None = None, *, after_line: bool = False) -> None:
        self.program = program
        self.state: DialogueState = _IDLE
        self._accounts = Accounts() if accounts is None else accounts
        self._next = 0
        self._input = LineInput(after_line)
        self._answers: dict[str, str] = {}
        self._failures: dict[int, int] = {}
        self._loops: dict[int, int] = {}
        self._resume_at: float | None = None
        self._sent = 0
        """How many octets were sent since the last answer or pause."""
        self._asked: ReadLine | None = None
        self._awaited: AwaitDeed | None = None
        self._successor: FarEnd | None = None
        self._unread = b""
        self._at_line_start = False  # we cannot know where the cursor is before we send anything
        self._outputs: list[Output] = []

    @property
    def name(self) -> str:
        """The dialogue's name in the scenario."""
        return self.program.name

    @property
    def waits_for_caller(self) -> bool:
        """Whether it has asked a question, waits for what the caller does, or has nothing more to say."""
        return self.state in _FOR_THE_CALLER

    @property
    def is_through(self) -> bool:
        """Whether the dialogue has completed and the call stays up."""
        return self.state is DialogueState.UP

    has_eight_bits = False
    unread = 0

    @property
    def reads_lines(self) -> bool:
        """Whether it is reading the answer to a question: octets after the line may be for something else."""
        return self._asked is not None

    def secrets_in(self, data: bytes) -> Spans:
        """Return all of the caller's next octets if they answer a prompt for a secret; they are cut after each line."""
        asked = self._asked
        return whole(data) if asked is not None and asked.secret else ()

    @property
    def doing(self) -> str:
        """What the ISP is doing, as the end of a sentence that begins with "the ISP"."""
        match self.state:
            case DialogueState.ASKING:
                assert self._asked is not None
                return f"waits for the answer to {self._asked.prompt!r}" if self._asked.prompt else "waits for a line"
            case DialogueState.AWAITING:
                assert self._awaited is not None
                return f"waits for {deed_in_words(self._awaited.deed)}"
            case DialogueState.PAUSING:
                return f"pauses until {self._resume_at:.3f} s"
            case DialogueState.SILENT:
                return "is silent " + ("forever" if self._resume_at is None else f"until {self._resume_at:.3f} s")
            case _:
                return "has nothing more to say"

    def start(self, *, now: float) -> None:
        """Start: the call is connected."""
        self._run(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller."""
        if self._asked is not None and self._resume_at is not None and now > self._resume_at:
            self.handle_timer(now=now)
        if self.state is _ASKING and (typed := self._input.take_whole_line(data)) is not None:
            line, echo = typed
            self._answer(line, echo)
            self._run(now)
            return
        # Line by line: each line decides what happens to those after it, however the octets were split.
        for piece in _PIECES.finditer(data):
            if self.state is _HANDED_OVER:
                self._unread += data[piece.start() :]
                return
            if self.state in _DEAF:
                return
            self._input.add(piece[0])
            if self.state is _ASKING and self._take_answer():
                self._run(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a dialogue has no circuits."""

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Go on if this is what it waits for."""
        awaited = self._awaited
        if awaited is None or awaited.deed != deed:
            return
        if self._resume_at is not None and now > self._resume_at:
            self.handle_timer(now=now)
            return
        self._awaited = self._resume_at = None
        self._outputs.append(DeedSeen(deed_in_words(deed)))
        self._next = awaited.then
        self._run(now)

    def handle_timer(self, *, now: float) -> None:
        """Continue after a pause or a silence that is over, or without the answer that is late."""
        if self._resume_at is not None and now >= self._resume_at:
            self._resume_at = None
            if self._asked is not None:
                self._leave(self._asked)
            elif self._awaited is not None:
                self._give_up(self._awaited)
            self._run(now)

    def _leave(self, question: ReadLine) -> None:
        """Go on without an answer: its time is over, and what was typed of it is dropped."""
        self._asked = None
        self._input.forget()
        self._outputs.append(AnswerLate(question.prompt, question.within or 0.0))
        self._next = question.late

    def _give_up(self, awaited: AwaitDeed) -> None:
        """Go on without what was waited for: its time is over."""
        self._awaited = None
        self._outputs.append(DeedLate(deed_in_words(awaited.deed), awaited.within or 0.0))
        self._next = awaited.late

    def next_timer(self) -> float | None:
        """Return the end of the pause or silence, or of the time for an answer or for what the caller is to do."""
        return self._resume_at

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        if self._successor is not None:
            outputs.append(HandedOver(self._successor, self._unread))
            self._successor = None
        return outputs

    def _run(self, now: float) -> None:
        """Execute instructions until one waits."""
        since_answer = self._sent = 0
        code = self.program.code
        while since_answer < _MOST_AT_ONCE:
            index = self._next
            if index >= len(code):
                self.state = _UP
                self._outputs.append(_OVER)
                return
            instruction = code[index]
            if self._sent >= _MOST_SENT_AT_ONCE and type(instruction) is Send:
                break
            self._next = index + 1
            if type(instruction) is Send:
                self._send(instruction)
            elif type(instruction) is ReadLine:
                if self._ask(instruction, now):
                    return
                since_answer = self._sent = 0
                continue
            elif type(instruction) is Mark:
                self._outputs.append(_mark_reached(instruction.name))
            elif type(instruction) is CheckAccount:
                self._check_account(instruction)
            elif self._waits(instruction, now):
                return
            since_answer += 1
        self.state = DialogueState.PAUSING
        self._resume_at = now + _BREATH

    def _waits(self, instruction: _Wait | _Action, now: float) -> bool:
        """Execute an instruction that sends nothing; return whether the dialogue now waits."""
        match instruction:
            case AwaitDeed():
                return self._await(instruction, now)
            case Pause(seconds):
                return self._wait(DialogueState.PAUSING, seconds, now)
            case Silence(seconds):
                self._input.forget()
                return self._wait(DialogueState.SILENT, seconds, now)
            case HangUp():
                self.state = DialogueState.ENDED
                self._outputs.append(HangUpRequested())
            case HandOver(_, make):
                self.state = DialogueState.HANDED_OVER
                self._successor = make()
                self._unread = self._input.take_rest()
            case _:
                self._act(instruction)
                return False
        return True

    def _act(self, instruction: _Action) -> None:
        """Execute an instruction that changes only what comes next."""
        match instruction:
            case JumpTo(target):
                self._next = target
            case Begin():
                self._loops[self._next] = 0
            case RepeatFrom(target, times):
                self._loops[target] = self._loops.get(target, 0) + 1
                if self._loops[target] < times:
                    self._next = target
            case _:
                assert_never(instruction)

    def _wait(self, state: DialogueState, seconds: float | None, now: float) -> bool:
        """Begin to wait; return whether the wait takes any time in floating point."""
        until = None if seconds is None else now + seconds
        if until is not None and until <= now:
            return False
        self.state = state
        self._resume_at = until
        self._outputs.append(FellSilent(until) if state is DialogueState.SILENT else Pausing(until))
        return True

    def _ask(self, question: ReadLine, now: float) -> bool:
        """Begin to read a line; return whether the dialogue waits for it."""
        self.state = _ASKING
        self._asked = question
        self._resume_at = None if question.within is None else now + question.within
        self._outputs.append(_asking(question.prompt))
        return not self._input.ahead or not self._take_answer()

    def _await(self, awaited: AwaitDeed, now: float) -> bool:
        """Begin to wait for something that the caller does."""
        self.state = DialogueState.AWAITING
        self._awaited = awaited
        self._resume_at = None if awaited.within is None else now + awaited.within
        self._outputs.append(AwaitingDeed(deed_in_words(awaited.deed)))
        return True

    def _take_answer(self) -> bool:
        """Read the input; return whether it completes a line and the dialogue continues."""
        question = self._asked
        assert question is not None
        line, echo = self._input.read_line()
        if line is None:
            if question.echo and echo:
                self._at_line_start = False
                self._outputs.append(SendData(echo, whole(echo) if question.secret else ()))
            return False
        self._answer(line.decode("latin-1"), echo)
        return True

    def _answer(self, line: str, echo: bytes) -> None:
        """Take a whole line for the answer, and go where it leads.

        Blanks around it are ignored, except in a password.
        """
        question, outputs = self._asked, self._outputs
        assert question is not None
        answer = line.strip()
        if not (question.echo and echo):
            outputs.append(_END_OF_LINE)
        elif question.secret:
            outputs.append(SendData(echo + b"\r\n", whole(echo)))
        else:
            outputs.append(_echo_of(echo))
        # The answer to a prompt for a secret is not repeated in the transcript's facts.
        outputs.append(_line_answered(question.prompt, "" if question.secret else answer))
        self._at_line_start = True
        self._asked = self._resume_at = None
        self._next = self._follow(question, line, answer)

    def _follow(self, question: ReadLine, line: str, answer: str) -> int:
        """Return where an answer leads."""
        if not answer:
            return question.again
        if question.name is not None:
            self._answers[question.name] = line if question.secret else answer
        for expected, target in question.choices:
            if expected.matches(answer):
                return target
        return question.otherwise

    def _check_account(self, check: CheckAccount) -> None:
        index = self._next
        user = self._answers.get(check.user, "")
        if self._accounts.accepts(user, self._answers.get(check.password, "")):
            self._outputs.append(_log_in_accepted(user))
            self._failures[index] = 0
            self._next = check.accepted
            return
        failures = self._failures[index] = self._failures.get(index, 0) + 1
        self._outputs.append(LogInRefused(user, failures))
        self._next = check.refused if failures < check.attempts else check.exhausted

    def _send(self, text: Send) -> None:
        new_line = text.own_line and not self._at_line_start
        if "{" not in text.text:
            sent = _sent_as(text.text, new_line)
        else:
            data = text.octets(self._answers)
            sent = SendData(b"\r\n" + data if new_line else data)
        if sent.data:
            self._at_line_start = sent.data[-1] == _LF
            self._sent += len(sent.data)
            self._outputs.append(sent)
