"""A line with a public scenario, for small clients in pure time: what they write and read, and how long they wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from simisp.circuits import Circuit
from simisp.facts.line import Dialled
from simisp.facts.messages import SmsSent
from simisp.machine import Output, SendData, SendUnrecorded, SetCircuit
from simisp.scenario.load import loads
from simisp.scenario.session import session

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "public"
PATIENCE = 3600.0
"""A client that waits longer than this for anything hangs, in seconds."""


_MANNERS = re.compile(
    r"^  (?:manners|cmux):\n(?:    .*\n)+|^line:\n(?:  .*\n)+|^    behaviour: .*\n|: \{behaviour: [^}]*\}", re.MULTILINE
)


class ClientFailedError(Exception):
    """The client has not done what it was to do."""


_Client = TypeVar("_Client")


@dataclass(frozen=True)
class ReportedCase(Generic[_Client]):
    """A scenario that was made from a report, what a client is to do in it, and a client that fails.

    Attributes:
        name: The scenario.
        naive: Makes a client that fails.
        task: Does it, and returns whether it has come out right.
        without: What of the scenario makes that client fail, and what a good one has there; empty if it is its manners.
    """

    name: str
    naive: type[_Client]
    task: Callable[[_Client], bool]
    without: tuple[str, str] = ("", "")

    def comes_out_right(self, client: _Client) -> bool:
        """Return whether a client does what it is to do."""
        try:
            return self.task(client)
        except ClientFailedError:
            return False


class PublicLine:
    """The port of a scenario's modem.

    Args:
        name: The scenario's name.
        has_manners: Whether modem, line and ISP have their bad manners.
        more: What the scenario has besides of its modem.
        instead: A text of the scenario, and what stands there in its place.

    Attributes:
        now: The time, in seconds.
        has_carrier: Whether DCD is on.
    """

    def __init__(
        self, name: str, *, has_manners: bool = True, more: str = "", instead: tuple[str, str] = ("", "")
    ) -> None:
        text = (SCENARIOS / f"{name}.yaml").read_text()
        text = text if has_manners else _MANNERS.sub("", text)
        text = text.replace("modem:\n", f"modem:\n{more}", 1)
        if instead[0]:
            assert instead[0] in text
            text = text.replace(*instead)
        self._session = session(loads(text))
        self._outputs: list[Output] = []
        self._unread: list[bytes] = []
        self.now = 0.0
        self.has_carrier = False
        self._session.set_circuit(Circuit.DTR, True, now=0.0)
        self._take()
        self._unread.clear()

    def write(self, data: bytes) -> None:
        """Send octets."""
        self._session.receive_data(data, now=self.now)
        self._take()

    def read(self, within: float) -> bytes:
        """Return the octets that come next, as one read would; none if nothing comes in so many seconds."""
        end = self.now + within
        while not self._unread:
            if not self._let_happen(end):
                return b""
        return self._unread.pop(0)

    def hang_up(self) -> None:
        """Switch DTR off for two seconds, and read on behind what came meanwhile."""
        for on in (False, True):
            self._session.set_circuit(Circuit.DTR, on, now=self.now)
            self._take()
            self.wait(2.0)
        self._unread.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass without reading."""
        end = self.now + seconds
        while self._let_happen(end):
            pass

    def _let_happen(self, end: float) -> bool:
        """Let happen what is due next; False if nothing more is due up to a time, which it is then."""
        due = self._session.next_timer()
        if due is None or due > end:
            self.now = end
            if end > PATIENCE:
                raise ClientFailedError("the client waits forever")
            return False
        self.now = max(self.now, due)
        self._session.handle_timer(now=self.now)
        self._take()
        return True

    @property
    def texts(self) -> list[str]:
        """The texts of the messages that the modem has sent."""
        return [output.text for output in self._outputs if isinstance(output, SmsSent)]

    @property
    def dialled(self) -> list[str]:
        """The numbers that the modem has dialled."""
        return [output.number for output in self._outputs if isinstance(output, Dialled)]

    def _take(self) -> None:
        outputs = self._session.take_outputs()
        for output in outputs:
            if isinstance(output, SetCircuit) and output.circuit is Circuit.DCD:
                self.has_carrier = output.on
        self._outputs += [output for output in outputs if not isinstance(output, SendData)]
        data = b"".join(output.data for output in outputs if isinstance(output, SendData | SendUnrecorded))
        if data:
            self._unread.append(data)
