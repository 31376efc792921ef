"""A script on a stage: what the remote says and when, and what the script makes of it."""

from __future__ import annotations

from collections.abc import Callable

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.machine import Output, SendData
from simisp.scp import Interpreter, Options, compile_script
from simisp.scp.outputs import Traced

MAIN = "proc main\n{}\nendproc\n"


class Player:
    """Plays a script, or the body of its main procedure, and keeps everything that it puts out."""

    def __init__(
        self, text: str, *, user_id: str = "alice", password: str = "wonderland", options: Options | None = None
    ) -> None:
        if "proc" not in text:
            text = MAIN.format(text)
        self.script = Interpreter(compile_script(text), user_id=user_id, password=password, options=options)
        self.outputs: list[Output] = []
        self.now = 0.0
        self._do(self.script.start)

    def hears(self, data: bytes, *, at: float | None = None) -> Player:
        """Octets come in."""
        self.now = self.now if at is None else at
        self._do(lambda now: self.script.receive_data(data, now=now))
        return self

    def passes(self, seconds: float) -> Player:
        """Time goes by, from one timer to the next."""
        end = self.now + seconds
        while (due := self.script.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self._do(lambda now: self.script.handle_timer(now=now))
        self.now = end
        return self

    def loses_carrier(self) -> Player:
        """The modem reports the end of the call."""
        self._do(lambda now: self.script.set_circuit(Circuit.DCD, False, now=now))
        return self

    @property
    def sent(self) -> bytes:
        """All octets sent so far."""
        return b"".join(output.data for output in self.outputs if isinstance(output, SendData))

    @property
    def facts(self) -> list[Output]:
        """All outputs but the octets and the trace."""
        return [output for output in self.outputs if not isinstance(output, SendData | Traced)]

    @property
    def notes(self) -> list[str]:
        """The names of the facts noted."""
        return [output.kind for output in self.outputs if isinstance(output, Fact)]

    def _do(self, act: Callable[..., None]) -> None:
        act(now=self.now)
        self.outputs += self.script.take_outputs()
