r"""Plays a chat script as chat does.

::

    state      input                          next       what happens
    EXPECTING  what is expected comes         next step  what comes behind it stays unread
    EXPECTING  an ABORT text comes            ENDED      exit status 4 and more, by the text's place among them
    EXPECTING  the time-out, with a sub-send  SENDING    the sub-send, then its own wait
    EXPECTING  the time-out, without one      ENDED      exit status 3
    SENDING    a hundredth of a second        SENDING    the next octet goes out
    SENDING    all are sent                   next step
    SENDING    the time-out                   ENDED      exit status 1, before the next octet
    GATHERING  an octet of a report           GATHERING  for one more second
    GATHERING  a control character, a second  ENDED      the exit status that was due
    ENDED

An expected text is sought in what comes after its wait began, octet by octet: the earliest end wins; where several end
at one octet, the expected text goes before an ABORT text, and an earlier ABORT text before a later one. The
eighth bit of what comes is ignored. However it ends, chat first waits for the rest of a line that it reports.

See Also:
    chat(8), TERMINATION CODES; the rest was found by trying chat 2.4.9.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from simisp.chat.meaning import ActInSend, atoi
from simisp.chat.program import DEFAULT_LIMIT, ChatFailure, ChatProgram, ChatStep, ExpectOctets, SendOctets, SetOption
from simisp.chat.reader import ChatKeyword
from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.visible import visible

__all__ = ["ChatRun", "ChatState"]

_OCTET_TIME = 0.01
"""Seconds between two octets that are sent."""
_ACT_TIME = {ActInSend.DELAY: 1.0, ActInSend.PAUSE: 0.01, ActInSend.BREAK: 0.0}
_MOST_UNREAD = 65536
_MOST_TEXTS = 50
_LONGEST_REPORT = 4096
_FIRST_ABORT = 4
_SEVEN_BITS = bytes(octet & 0x7F for octet in range(256))
_CONTROLS = frozenset([*range(32), 127])


class ChatState(Enum):
    """What a run does."""

    READY = "not started"
    EXPECTING = "waits for text"
    SENDING = "sends"
    GATHERING = "waits for the end of a report"
    ENDED = "has ended"


class ChatRun:
    """One run of a chat script, as a machine. Its peer is the modem.

    Args:
        program: The script.
        name: What a verdict calls it.

    Attributes:
        name: As given.
        exit_status: Its exit status; None while it runs.
        at: The index of the step at which it stands, or ended; the number of steps behind the last one.
        ended_by: The index of the step with the ABORT text that ended it; None if none did.
        reason: Why it ended, as a clause; empty while it runs and after success.
        met: Steps whose text came, those with an ABORT text included.
        timed_out: Steps whose text did not come in time.
        begun: Steps that were begun.
        waited: The index of the last step that waited for text; None before the first one.
        wait_was_in_vain: Whether that wait ended with its time.
        last_sent_by: The index of the step that sent the last octet.
        sent_in_vain: Whether the last wait before that octet had ended with its time.
        reports: The texts that were reported.
    """

    def __init__(self, program: ChatProgram, *, name: str = "chat") -> None:
        self.name = name
        self.program = program
        self.exit_status: int | None = None
        self.state = ChatState.READY
        self.at = 0
        self.ended_by: int | None = None
        self.reason = ""
        self.met: set[int] = set()
        self.timed_out: set[int] = set()
        self.begun: set[int] = set()
        self.waited: int | None = None
        self.wait_was_in_vain = False
        self.last_sent_by = 0
        self.sent_in_vain = False
        self.reports: list[str] = []
        self._steps = program.steps
        self._limit = program.options.limit
        self._deadline: float | None = None
        self._unread = b""
        self._tail = b""
        """The end of what came since the wait began, as much of it as may begin a text that is sought."""
        self._aborts: list[tuple[bytes, int]] = []
        self._report_texts: list[bytes] = []
        self._report: bytearray | None = None
        self._sent: list[Output] = []
        self._elements: tuple[int | ActInSend, ...] = ()
        self._element = 0
        self._began = 0.0
        self._octets_since = 0
        """Since ``_began``: the next octet goes out a hundredth of a second for each later."""
        self._due: float | None = None
        self._status_due = 0

    @property
    def reads(self) -> bool:
        """Whether it waits for octets from the line."""
        return self.state is ChatState.EXPECTING

    @property
    def step(self) -> ChatStep | None:
        """The step at which it stands, or ended; None behind the last one."""
        return self._steps[self.at] if self.at < len(self._steps) else None

    def standing(self) -> str:
        """Return in words where it stands, or where it ended."""
        match self.step:
            case ExpectOctets(part) as step:
                return f"line {step.place.line}: expect {visible(part.text)!r}"
            case SendOctets(part) as step:
                return f"line {step.place.line}: send"
            case SetOption(statement) as step:
                return f"line {step.place.line}: {statement.keyword.value}"
            case ChatFailure(place):
                return f"line {place.line}"
            case _:
                return "the end of the script"

    def start(self, *, now: float) -> None:
        """Begin: the port is open."""
        self._go_on(0, now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the modem."""
        if self.state is ChatState.ENDED:
            return
        self._unread += data[: max(0, _MOST_UNREAD - len(self._unread))].translate(_SEVEN_BITS)
        if self.state is ChatState.EXPECTING:
            self._look(now)
        elif self.state is ChatState.GATHERING:
            self._gather(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: chat minds no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Act on a time-out, or send what is due."""
        if self.state is ChatState.SENDING and self._due is not None and now >= self._due:
            self._send_on(now)
        elif self._deadline is not None and now >= self._deadline:
            if self.state is ChatState.EXPECTING:
                self._time_out(now)
            elif self.state is ChatState.GATHERING:
                self._finish()

    def next_timer(self) -> float | None:
        """Return when it acts by itself."""
        if self.state is ChatState.SENDING:
            return self._due
        return self._deadline if self.state in (ChatState.EXPECTING, ChatState.GATHERING) else None

    def take_outputs(self) -> list[Output]:
        """Return what was sent since the last call."""
        sent, self._sent = self._sent, []
        return sent

    # Steps

    def _go_on(self, at: int, now: float) -> None:
        """Go on with a step, and with all behind it until one waits."""
        while True:
            self.at = at
            if at >= len(self._steps):
                self._end(0, "", now)
                return
            self.begun.add(at)
            match self._steps[at]:
                case SetOption() as step:
                    if not self._set(step, now):
                        return
                    at += 1
                case ExpectOctets(octets=b"", found=found):
                    self.met.add(at)
                    at = found
                case ExpectOctets():
                    self._expect(now)
                    return
                case SendOctets() as step:
                    self._send(step, now)
                    return
                case ChatFailure(_, status, reason):
                    self._end(status, reason, now)
                    return
                case other:
                    assert_never(other)

    def _set(self, step: SetOption, now: float) -> bool:
        """Change a setting; return whether the run goes on."""
        octets = step.octets
        match step.statement.keyword:
            case ChatKeyword.TIMEOUT:
                seconds = atoi(octets)
                self._limit = float(min(seconds, 2**31)) if seconds > 0 else float(DEFAULT_LIMIT)
            case ChatKeyword.ABORT:
                self._aborts.append((octets, self.at))
            case ChatKeyword.CLR_ABORT:
                self._aborts = [each for each in self._aborts if each[0] != octets]
            case ChatKeyword.REPORT:
                self._report_texts.append(octets)
            case ChatKeyword.CLR_REPORT:
                self._report_texts = [each for each in self._report_texts if each != octets]
            case _:
                pass
        if len(self._aborts) > _MOST_TEXTS or len(self._report_texts) > _MOST_TEXTS:
            self._end(2, f"more than {_MOST_TEXTS} texts", now)
            return False
        return True

    def _end(self, status: int, reason: str, now: float) -> None:
        self.reason = reason
        self._status_due = status
        self._deadline = self._due = None
        if self._report is not None:
            self.state = ChatState.GATHERING
            self._deadline = now + 1.0
            self._gather(now)
        else:
            self._finish()

    def _finish(self) -> None:
        self._report_is_whole()
        self.state = ChatState.ENDED
        self.exit_status = self._status_due
        self._deadline = None
        self._unread = b""

    # Waits

    def _expect(self, now: float) -> None:
        self.state = ChatState.EXPECTING
        self.waited, self.wait_was_in_vain = self.at, False
        self._deadline = None if self._limit is None else now + self._limit
        self._tail = b""
        self._look(now)

    def _look(self, now: float) -> None:
        """Look for the text, and for ABORT texts, in what is unread."""
        step = self._steps[self.at]
        assert isinstance(step, ExpectOctets)
        seen = self._tail + self._unread
        end = _end_of(step.octets, seen, len(self._tail))
        abort: int | None = None
        for index, (octets, _) in enumerate(self._aborts):
            ends = _end_of(octets, seen, len(self._tail))
            if ends is not None and (end is None or ends < end):
                end, abort = ends, index
        read = len(seen) if end is None else end
        if self._report_texts or self._report is not None:
            self._look_for_reports(seen[:read], len(self._tail))
        if end is None:
            longest = max(len(step.octets), _MOST_TEXTS)
            self._tail, self._unread = seen[-longest:], b""
            return
        self._unread = seen[end:]
        if abort is None:
            self.met.add(self.at)
            self._go_on(step.found, now)
            return
        text, self.ended_by = self._aborts[abort]
        self.met.add(self.ended_by)
        self._end(_FIRST_ABORT + abort, f"{visible(text.decode('latin-1'))!r} came, which is an ABORT text", now)

    def _time_out(self, now: float) -> None:
        step = self._steps[self.at]
        assert isinstance(step, ExpectOctets)
        self.timed_out.add(self.at)
        self.wait_was_in_vain = True
        if step.otherwise is None:
            self._end(3, f"{visible(step.part.text)!r} did not come in time", now)
        else:
            self._go_on(step.otherwise, now)

    # Sends

    def _send(self, step: SendOctets, now: float) -> None:
        self.state = ChatState.SENDING
        self._elements, self._element = step.text.elements, 0
        self._deadline = None if self._limit is None else now + self._limit
        self._began, self._octets_since = now, 0
        self._schedule(now)

    def _schedule(self, now: float) -> None:
        """Set the time of the next element, or go on when all are sent."""
        while self._element < len(self._elements):
            element = self._elements[self._element]
            too_late = self._deadline is not None and now >= self._deadline
            if isinstance(element, int):
                if too_late:
                    self._end(1, "sending took longer than the time-out", now)
                    return
                due = self._began + _OCTET_TIME * (self._octets_since + 1)
            else:
                due = now + _ACT_TIME[element]
            # The time-out's signal cuts a sleep short.
            self._due = due if too_late or self._deadline is None else min(due, self._deadline)
            if self._due > now:
                return
            self._act(element, now)
        self._go_on(self.at + 1, now)

    def _send_on(self, now: float) -> None:
        self._act(self._elements[self._element], now)
        self._schedule(now)

    def _act(self, element: int | ActInSend, now: float) -> None:
        self._element += 1
        if isinstance(element, int):
            self._sent.append(SendData(bytes((element,))))
            self.last_sent_by, self.sent_in_vain = self.at, self.wait_was_in_vain
            self._octets_since += 1
        else:
            self._began, self._octets_since = now, 0

    # Reports

    def _look_for_reports(self, seen: bytes, start: int) -> None:
        """Look octet by octet for texts to report, and gather what comes behind one."""
        for at in range(start, len(seen)):
            if self._report is None:
                for text in self._report_texts:
                    if seen.endswith(text, 0, at + 1):
                        self._report = bytearray(text)
                        self._report_texts.remove(text)
                        break
            else:
                self._take_of_report(seen[at])

    def _take_of_report(self, octet: int) -> None:
        if octet in _CONTROLS:
            self._report_is_whole()
        elif self._report is not None and len(self._report) < _LONGEST_REPORT:
            self._report.append(octet)

    def _report_is_whole(self) -> None:
        if self._report is not None:
            self.reports.append(self._report.decode("latin-1"))
            self._report = None

    def _gather(self, now: float) -> None:
        """Take the rest of a report at the end of the script."""
        for octet in self._unread:
            self._take_of_report(octet)
            self._deadline = now + 1.0
            if self._report is None:
                self._finish()
                return
        self._unread = b""


def _end_of(text: bytes, seen: bytes, start: int) -> int | None:
    """Return the index behind the first place at which a text ends beyond ``start``; None if it does not."""
    # An empty text ends at each octet, as chat compares.
    at = seen.find(text, max(0, start - len(text) + 1))
    return None if at < 0 else at + len(text)
