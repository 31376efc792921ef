r"""Clients of a pure run: software that dials, as a machine in the same process.

A client opens the port when it starts and closes it when it has ended. Two are here: a script of the Windows dial-up
language, and a Python generator, which says and hears things one after the other::

    def dialler() -> Conversation:
        yield b"ATDT5551234\r"
        if not (yield Hear("CONNECT", "NO CARRIER", within=60)) == "CONNECT":
            return 1
        yield b"p\r"
        return 0
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Protocol

from simisp.circuits import Circuit
from simisp.machine import Machine, Output, SendData
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.scp.dial_script import dial_script
from simisp.scp.interpreter import Interpreter
from simisp.scp.options import Options
from simisp.scp.state import State

__all__ = ["Conversation", "GeneratorClient", "Hear", "PureClient", "ScriptClient"]

_MOST_KEPT = 65536
"""Octets that wait for a client to hear them; the oldest go first."""
_NO_CONNECTION = 6
_STATUS = {State.ENDED: 0, State.FAILED: 2, State.HALTED: 3, State.CARRIER_LOST: 4}
"""The exit status of ``simisp script run`` for each end of a script."""
_FINAL = frozenset(state for state in State if state.is_final)
# A member of an Enum costs ten times as much to look up as a name of the module.
_ENDED, _WAITING, _DCD = State.ENDED, State.WAITING, Circuit.DCD


class PureClient(Machine, Protocol):
    """Software that dials. Its peer is the line: what it sends goes there, and what the line sends comes in."""

    @property
    def name(self) -> str:
        """What a verdict calls it."""

    @property
    def exit_status(self) -> int | None:
        """Its exit status; None while it runs."""

    @property
    def reads(self) -> bool:
        """Whether it waits for octets from the line."""

    def start(self, *, now: float) -> None:
        """Begin: the port is open."""


class ScriptClient:
    """A script of the Windows dial-up language that dials first, as ``simisp script run --dial`` does.

    Args:
        program: The script.
        number: What to dial, such as ``T5551234``; None leaves that to the script.
        user: ``$USERID``.
        password: ``$PASSWORD``.
        name: What a verdict calls it.
        options: How the script is played; None for the usual way.
        on_output: Called with each output of the script, in order; not with those of the dialling before it.
    """

    __slots__ = ("_on_output", "_plays", "_script", "_taken", "exit_status", "name")

    def __init__(
        self,
        program: Program,
        *,
        number: str | None,
        user: str = "",
        password: str = "",
        name: str = "script",
        options: Options | None = None,
        on_output: Callable[[Output], None] | None = None,
    ) -> None:
        self.name = name
        self.exit_status: int | None = None
        self._on_output = on_output
        self._script = Interpreter(program, user_id=user, password=password, options=options)
        self._plays = self._script if number is None else Interpreter(_dial_program(number))
        self._taken: list[Output] = []  # what was put out and is not asked for yet, besides what the player still has

    @property
    def reads(self) -> bool:
        """Whether a wait of the script is for octets."""
        return self._plays.state is _WAITING

    @property
    def unread(self) -> bytes:
        """The octets that the script has not looked at."""
        return self._plays.unread

    def start(self, *, now: float) -> None:
        """Begin to dial, or to play the script."""
        self._plays.start(now=now)
        self._after(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        plays = self._plays
        plays.receive_data(data, now=now)
        if plays.state is not _WAITING or self._on_output is not None:
            self._after(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the modem: DCD."""
        # While it dials there is no carrier to lose.
        if circuit is _DCD and self._plays is self._script:
            self._script.set_circuit(circuit, on, now=now)
            self._after(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        self._plays.handle_timer(now=now)
        self._after(now)

    def next_timer(self) -> float | None:
        """Return when the script's wait or delay ends."""
        return self._plays.next_timer()

    def take_outputs(self) -> list[Output]:
        """Return what the script has put out since the last call."""
        outputs = self._plays.take_outputs()
        if self._taken:
            outputs, self._taken = self._taken + outputs, []
        return outputs

    def _after(self, now: float) -> None:
        """Show what has been put out, if anyone looks, and go on where what plays has ended."""
        plays = self._plays
        if plays is self._script:
            if self._on_output is not None:
                self._show(self._on_output)
            if plays.state in _FINAL:
                self.exit_status = _STATUS[plays.state]
        elif plays.state is _ENDED:
            self._taken = plays.take_outputs()
            self._plays = self._script
            self._script.start(now=now)
            self._script.receive_data(plays.unread, now=now)
            self._after(now)
        elif plays.state in _FINAL:
            self.exit_status = _NO_CONNECTION

    def _show(self, on_output: Callable[[Output], None]) -> None:
        outputs = self._script.take_outputs()
        self._taken += outputs
        for output in outputs:
            on_output(output)


class Hear:
    """What a conversation waits for.

    Args:
        texts: One of these, whichever comes first; of those that begin at the same octet, the first named.
        within: For this many seconds, 0.0 or more; None without limit.

    Raises:
        TypeError: One of ``texts`` is not a text.
        ValueError: There is no text, or one has characters above U+00FF, which are no octets; or ``within`` is negative
            or NaN.
    """

    __slots__ = ("sought", "texts", "within")

    def __init__(self, *texts: str, within: float | None = None) -> None:
        self.texts = texts
        try:
            self.sought = _sought(texts)
        except TypeError:  # what cannot be looked up, such as a list, is named like all that is no text
            self.sought = _Sought(texts)
        if within is not None and not within >= 0:
            raise ValueError(f"a conversation hears for 0 s or more, not {within!r}")
        self.within = within


Conversation = Generator[bytes | float | Hear, str | None, int]
"""Yields octets to say, seconds to wait, or what to hear; gets the text that was heard, None when none came in time;
returns the exit status."""


class GeneratorClient:
    """A conversation as a machine.

    Args:
        conversation: Makes the generator.
        name: What a verdict calls it.

    Raises:
        TypeError: What it makes is no generator. Each method that lets the conversation go on raises it for what a
            conversation can't yield or return, and ValueError for a wait of no such length.
    """

    __slots__ = ("_conversation", "_hears", "_sent", "_unheard", "_until", "exit_status", "name")

    def __init__(self, conversation: Callable[[], Conversation], *, name: str = "conversation") -> None:
        self.name = name
        self.exit_status: int | None = None
        made: object = conversation()
        if not isinstance(made, Generator):
            raise TypeError(f"a conversation is a function with a yield in it, not one that returns {made!r}")
        self._conversation: Conversation = made
        self._hears: Hear | None = None
        self._until: float | None = None
        self._unheard = b""
        self._sent: list[Output] = []

    @property
    def reads(self) -> bool:
        """Whether it waits to hear something."""
        return self._hears is not None

    @property
    def unread(self) -> bytes:
        """The octets behind what it has heard."""
        return self._unheard

    def start(self, *, now: float) -> None:
        """Begin to talk."""
        self._go_on(None, now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        unheard = self._unheard + data
        self._unheard = unheard if len(unheard) <= _MOST_KEPT else unheard[-_MOST_KEPT:]
        hears = self._hears
        if hears is not None:
            heard = self._search(hears, len(data))
            if heard is not None:
                self._go_on(heard, now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a conversation minds no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Go on with what was not heard in time, or after a wait."""
        if self._until is not None and now >= self._until:
            self._go_on(None, now)

    def next_timer(self) -> float | None:
        """Return when it no longer waits."""
        return self._until

    def take_outputs(self) -> list[Output]:
        """Return what was said since the last call."""
        sent, self._sent = self._sent, []
        return sent

    def _go_on(self, heard: str | None, now: float) -> None:
        """Let the conversation go on until it waits."""
        self._hears = self._until = None
        try:
            while True:
                act = self._conversation.send(heard)
                heard = None
                if isinstance(act, bytes):
                    if act:
                        self._sent.append(SendData(act))
                elif isinstance(act, Hear):
                    if self._unheard or act.sought.has_empty:
                        heard = self._search(act, len(self._unheard))
                    if heard is None:
                        self._hears = act
                        self._until = None if act.within is None else now + act.within
                        return
                else:
                    self._until = now + _seconds(act)
                    return
        except StopIteration as stop:
            self.exit_status = _status(stop.value)

    def _search(self, wanted: Hear, new: int) -> str | None:
        """Return what is heard first, and forget all up to its end; so many octets at the end are new."""
        sought, among = wanted.sought, self._unheard
        if new + sought.overlap < len(among):
            among = among[-new - sought.overlap :]
        if sought.single:
            _, heard, behind = among.partition(sought.single)
            if not heard:
                return None
            self._unheard = behind
            return wanted.texts[0]
        found = sought.pattern.search(among)
        if found is None:
            return None
        self._unheard = among[found.end() :]
        assert found.lastindex is not None
        return wanted.texts[found.lastindex - 1]


def _seconds(act: object) -> float:
    """Return for how long a conversation waits.

    Raises:
        TypeError: It has yielded something else.
        ValueError: It is no length of time.
    """
    if isinstance(act, bool) or not isinstance(act, int | float):
        raise TypeError(f"a conversation yields octets to say, seconds to wait, or Hear(...), not {act!r}")
    if not act >= 0:
        raise ValueError(f"a conversation waits for 0 s or more, not {act!r}")
    return act


def _status(returned: object) -> int:
    """Return the exit status that a conversation returns, 0 for None.

    Raises:
        TypeError: It is no whole number.
    """
    if returned is None:
        return 0
    if isinstance(returned, bool) or not isinstance(returned, int):
        raise TypeError(f"a conversation returns its exit status, a whole number, not {returned!r}")
    return returned


class _Sought:
    """Texts as they are looked for."""

    __slots__ = ("has_empty", "overlap", "pattern", "single")

    def __init__(self, texts: tuple[str, ...]) -> None:
        if not texts:
            raise ValueError("a conversation hears at least one text")
        octets = [_octets(text) for text in texts]
        self.single = octets[0] if len(octets) == 1 else b""
        """The only text, which is looked for without a pattern, in less time."""
        self.pattern = re.compile(b"|".join(b"(%b)" % re.escape(each) for each in octets) or b"(?!)")
        """Any of the texts, with a group for each."""
        self.overlap = max(0, max(map(len, octets), default=0) - 1)
        """How many octets that were searched may be the beginning of a text."""
        self.has_empty = b"" in octets
        """Whether one of them is heard at once."""


def _octets(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a conversation hears texts, not {text!r}")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"a conversation hears texts of octets, characters up to U+00FF, not {text!r}") from None


_sought = lru_cache(maxsize=256)(_Sought)


@lru_cache(maxsize=32)
def _dial_program(number: str) -> Program:
    return compile_script(dial_script(number), "<dial>")
