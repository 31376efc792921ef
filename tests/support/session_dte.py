"""Whole calls in pure time: a DTE that knows what to say, and a Session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.line.session import Session
from simisp.machine import Output, Received, SendData
from simisp.scenario.load import load, loads
from simisp.scenario.session import session as session_of

__all__ = ["LOG_IN", "Dte", "dial"]

LOG_IN = (("CONNECT", ""), ("ervice?", "p"), ("sername:", "alice"), ("assword:", "wonderland"))
"""What a script waits for, and what it then types."""


class Dte:
    """The software under test, without any I/O and without a clock.

    Args:
        session: The line; DTR goes on at once.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now = 0.0
        self.outputs: list[Output] = []
        self._read = 0
        session.set_circuit(Circuit.DTR, True, now=0.0)
        self._take()

    @classmethod
    def on(cls, scenario: str) -> Dte:
        """Return a DTE on a line that plays a scenario: a bundled one's name, or the text of one."""
        return cls(session_of(loads(scenario) if "\n" in scenario else load(scenario)))

    @property
    def text(self) -> str:
        """All that was sent to the DTE."""
        return b"".join(output.data for output in self.outputs if isinstance(output, SendData)).decode("latin-1")

    @property
    def typed(self) -> bytes:
        """All that the DTE sent, as the outputs tell it."""
        return b"".join(output.data for output in self.outputs if isinstance(output, Received))

    @property
    def facts(self) -> list[str]:
        """The names of all facts."""
        return [output.kind for output in self.outputs if isinstance(output, Fact)]

    def type(self, text: str | bytes, *, cut: Sequence[int] = ()) -> None:
        """Send octets, all at one time, cut at the given places."""
        data = text.encode("latin-1") if isinstance(text, str) else text
        for start, end in zip([0, *cut], [*cut, len(data)], strict=True):
            self.session.receive_data(data[start:end], now=self.now)
        self._take()

    def circuit(self, circuit: Circuit, on: bool) -> None:
        """Put a circuit on or off."""
        self.session.set_circuit(circuit, on, now=self.now)
        self._take()

    def pass_time(self, until: float) -> None:
        """Let time pass, doing on the way what falls due."""
        while (due := self.session.next_timer()) is not None and due <= until:
            assert due >= self.now, "a deadline in the past"
            self.now = due
            self.session.handle_timer(now=due)
            self._take()
            following = self.session.next_timer()
            assert following is None or following > due, "what was due is still due: time would stop"
        self.now = until

    def wait_for(self, text: str, within: float = 60.0) -> bool:
        """Read on until ``text`` came; return False when it did not come in time."""
        limit = self.now + within
        while (found := self.text.find(text, self._read)) < 0:
            due = self.session.next_timer()
            if due is None or due > limit:
                self.pass_time(limit)
                return False
            self.pass_time(due)
        self._read = found + len(text)
        return True

    def _take(self) -> None:
        self.outputs += self.session.take_outputs()


def dial(dte: Dte, script: Iterable[tuple[str, str]] = LOG_IN, *, number: str = "5551234", within: float = 60.0) -> str:
    """Dial and follow a script; return what was waited for in vain, empty when all came."""
    dte.type(f"ATDT{number}\r")
    for prompt, answer in script:
        if not dte.wait_for(prompt, within):
            return prompt
        if answer:
            dte.type(answer + "\r")
    return ""
